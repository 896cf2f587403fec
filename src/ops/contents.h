/*
 * contents.h: the tables of a database, how many rows each has, and a sum of them: what a backup is known
 * by again after it was restored.
 *
 * The sum is that of 64-bit hashes of each row's text, made by the PostgreSQL server under settings that are
 * always the same; the order of rows does not matter.  Of SQLite rows are counted: its backup is compared as
 * a file.
 */
#ifndef PGRADE_OPS_CONTENTS_H
#define PGRADE_OPS_CONTENTS_H

#include "engine/engine.h"

struct json;

struct contents_table {
    struct str schema; /* NULL ptr: of SQLite */
    struct str name;
    int64_t rows;
    struct str sum; /* NULL ptr: none was made, because a row is too long for the server, or it is SQLite */
};

struct contents {
    struct contents_table *tables;
    size_t count;
    size_t capacity;
};

/* In the state that the engine's transaction sees.  Partitions are tables; tables of extensions are left to
 * their extension. */
bool contents_read(struct arena *arena, struct engine *engine, const volatile sig_atomic_t *interrupted,
                   struct contents *contents, struct err *err) MUST_USE;

/* The tables alone, which is quick: of a PostgreSQL database, rows 0 and no sums. */
bool contents_list(struct arena *arena, struct engine *engine, struct contents *contents,
                   struct err *err) MUST_USE;

int64_t contents_rows(const struct contents *contents);

/* As member "tables", as a manifest and --json have it: docs/json.md. */
void contents_put(struct json *json, const struct contents *contents);

/* What differs in `found`, one line each: a table that is missing, a number, a sum.  Tables that are only in
 * `found` are no difference. */
struct str *contents_compare(struct arena *arena, const struct contents *expected,
                             const struct contents *found, size_t *count);
/* The same, and another number of tables is one. */
struct str *contents_differences(struct arena *arena, const struct contents *expected,
                                 const struct contents *found, size_t *count);

#endif
