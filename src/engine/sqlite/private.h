/* private.h: what the files of this room share. */
#ifndef PGRADE_ENGINE_SQLITE_PRIVATE_H
#define PGRADE_ENGINE_SQLITE_PRIVATE_H

#include <sqlite3.h>

#include "engine/sqlite/sqlite.h"

struct sqlite {
    struct engine engine;
    sqlite3 *connection;
    char *path; /* for messages */
    bool utf16; /* the file keeps its texts so */
};

/* The header and size of the file, looked at before SQLite opens it: five kinds of trouble, five messages. */
bool sqlite_examine(const char *path, struct err *err) MUST_USE;

/*
 * A read-only connection makes an empty -wal and a -shm beside a file in WAL mode, and may not remove them.
 * SQLite removes them when the last connection that may write is closed and there is nothing to check point:
 * so this opens such a connection, reads, and closes it.  With a program connected to the file SQLite leaves
 * all as it is; with a -wal that is not empty, which is somebody's, nothing is done.
 */
void sqlite_tidy(const char *path);

/* How to go on with a damaged file, as a command line. */
void sqlite_hint_recover(const char *path, struct err *err);

/* Sets the error from SQLite's own. */
bool sqlite_error(struct sqlite *sqlite, int code, struct str sql, struct err *err);

bool sqlite_exec(struct engine *engine, struct str sql, struct err *err);
bool sqlite_query(struct engine *engine, struct str sql, const struct str *params, size_t param_count,
                  struct rows **rows, struct err *err);
bool sqlite_rows_next(struct rows *rows, bool *found, struct err *err);
void sqlite_rows_close(struct rows *rows);
bool sqlite_read_schema(struct engine *engine, struct arena *arena, struct schema *schema, struct err *err);

#endif
