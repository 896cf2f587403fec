/* sql.h: what the files of `pgrade sql` share. */
#ifndef PGRADE_CLI_SQL_H
#define PGRADE_CLI_SQL_H

#include "base/json.h"
#include "cli/command.h"
#include "core/core.h"
#include "schema/statements.h"

enum sql_format {
    SQL_ALIGNED,
    SQL_CSV,
    SQL_JSON
};

struct sql {
    struct invocation *invocation;
    struct url url;
    const char *statement; /* of the command line, or NULL */
    struct core_options options;
    struct pgrade_database *db; /* NULL: not connected, in the prompt only */
    enum sql_format format;
    bool expanded; /* aligned: a line a value */
    bool warned;   /* of a pooler */
    bool timing;
    size_t width; /* of the terminal; 0: stdout is none */
    struct json json;
    struct buf out; /* of JSON: what was not written yet */
};

/* Which rules of quoting hold. */
enum sql_dialect sql_dialect(const struct sql *sql);

/* Connects, with what the URL and the options say. */
bool sql_connect(struct sql *sql, struct err *err) MUST_USE;

/* One statement, and what it gives on stdout; `line` is where it stands, for JSON. */
bool sql_run_statement(struct sql *sql, struct str text, size_t line, struct pgrade_error *error) MUST_USE;

/* All statements of a text; `name` is what errors call it. */
bool sql_run_script(struct sql *sql, struct str text, const char *name, bool single_transaction,
                    struct err *err) MUST_USE;

/* Reads statements from the terminal until its end or \q. */
bool sql_prompt(struct sql *sql, struct err *err) MUST_USE;

/* Where in the statement the mistake was seen, as text; "" where that is not known. */
const char *sql_place(struct arena *arena, struct str statement, int64_t position);

/* The rows of one statement, in the format. */
bool sql_put_rows(struct sql *sql, struct pgrade_rows *rows, int64_t *count,
                  struct pgrade_error *error) MUST_USE;

/* A cell as text; NULL ptr: it is NULL. */
struct str sql_cell(struct arena *arena, const struct pgrade_value *value, const char *type);

#endif
