/*
 * engine.h: what any engine can do.
 *
 * An engine is one connection to one database.  The functions here call through a const table (struct
 * engine_ops), chosen by the URL; a wrapper that logs statements implements the same table (engine_trace()).
 *
 * Values: rows come as struct value.  Bytes belong to the engine and are valid until the next call on the
 * same rows. Errors: ERR_DATABASE with the server's words in `detail` and its SQLSTATE; opening has finer
 * codes (ERR_CONNECT, ERR_PERMISSION, ERR_SOURCE_...). Threads: an engine belongs to one thread at a time;
 * only engine_cancel() may be called from another.
 */
#ifndef PGRADE_ENGINE_ENGINE_H
#define PGRADE_ENGINE_ENGINE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "engine/value.h"
#include "schema/model.h"
#include "url/url.h"

struct engine_ops;
struct session_ops;
struct session_options;

struct engine {
    const struct engine_ops *ops;
};

/* The hint of an error that says that the connection was lost. */
#define ENGINE_LOST_HINT "see the server's log"

struct engine_options {
    bool trace;  /* log every statement (LOG_TRACE) */
    int busy_ms; /* SQLite: how long to wait for a lock; 0: 5,000 */
    /* SQLite: this process has the file open already, so it must not be looked at by other means than
     * SQLite's own: closing any descriptor of a file drops the locks that the process holds on it. */
    bool opened_before;
    /* SQLite: where a copy of the source is made; NULL: $TMPDIR, else /var/tmp, else /tmp. */
    const char *work_directory;
    bool in_place;     /* SQLite: no copy is made; writers of a file in rollback mode wait all the time */
    const char *named; /* SQLite: what messages call the file; NULL: its path */
    const char *vfs;   /* SQLite: by which of its VFSs the file is read; NULL: the usual one */
    bool again; /* PostgreSQL: a further connection of a run: what was said of the first is not said again */
    const char *application_name; /* PostgreSQL: shown in pg_stat_activity; NULL: pgrade */
    /* Connecting, copying a source, and each statement of a session end with ERR_CANCELED as soon as this is
     * set; NULL: never. */
    const volatile sig_atomic_t *interrupted;
    const struct session_options *session; /* a session of its user's own: session.h; NULL: one of pgrade's */
};

/* Rows of one statement, read forwards once. */
struct rows {
    struct engine *engine;
    size_t width;
    struct value *cells; /* the current row; of PostgreSQL there are NULLs behind it */
};

struct engine_ops {
    const char *name; /* "sqlite", "postgres" */

    /* Required of every engine. */
    void (*close)(struct engine *engine);
    bool (*exec)(struct engine *engine, struct str sql, struct err *err);
    bool (*query)(struct engine *engine, struct str sql, const struct str *params, size_t param_count,
                  struct rows **rows, struct err *err);
    bool (*rows_next)(struct rows *rows, bool *found, struct err *err);
    void (*rows_close)(struct rows *rows);
    void (*cancel)(struct engine *engine);

    /* Optional: NULL where the engine has no such thing. */
    bool (*read_schema)(struct engine *engine, struct arena *arena, struct schema *schema, struct err *err);
    bool (*copy_in)(struct engine *engine, struct str sql, struct err *err);
    bool (*copy_put)(struct engine *engine, const void *bytes, size_t size, struct err *err);
    bool (*copy_in_end)(struct engine *engine, int64_t *rows, struct err *err);
    void (*copy_in_abort)(struct engine *engine, const char *why);
    bool (*copy_out)(struct engine *engine, struct str sql, struct err *err);
    bool (*copy_get)(struct engine *engine, struct str *bytes, struct err *err);
    bool (*copy_get_many)(struct engine *engine, struct str *bytes, struct err *err);
    const struct session_ops *session; /* of every engine that can be opened as one */
};

/* Opens what the URL names: PostgreSQL by connecting; SQLite read-only, never created, never written.  The
 * engine is closed with engine_close(). */
bool engine_open(const struct url *url, const struct engine_options *options, struct engine **engine,
                 struct err *err) MUST_USE;

/* NULL is allowed. */
void engine_close(struct engine *engine);

/* Statements without results that matter; several may be separated by semicolons. */
bool engine_exec(struct engine *engine, struct str sql, struct err *err) MUST_USE;
bool engine_execf(struct engine *engine, struct err *err, const char *format, ...) PRINTF_LIKE(3, 4) MUST_USE;

/* One statement with text parameters ($1 ... on PostgreSQL, ?1 ... on SQLite; a NULL ptr is NULL). */
bool engine_query(struct engine *engine, struct str sql, const struct str *params, size_t param_count,
                  struct rows **rows, struct err *err) MUST_USE;
/* *found is false after the last row. */
bool rows_next(struct rows *rows, bool *found, struct err *err) MUST_USE;
void rows_close(struct rows *rows); /* NULL is allowed */

/* The single value of a single row; texts are copied to the arena.  No row gives VALUE_NULL. */
bool engine_value(struct engine *engine, struct arena *arena, struct str sql, const struct str *params,
                  size_t param_count, struct value *value, struct err *err) MUST_USE;
bool engine_int(struct engine *engine, struct str sql, int64_t *value, struct err *err) MUST_USE;

/* Makes the statement under way fail soon.  From any thread. */
void engine_cancel(struct engine *engine);

/* Reads the catalog into the schema model. */
bool engine_read_schema(struct engine *engine, struct arena *arena, struct schema *schema,
                        struct err *err) MUST_USE;

/* COPY ... FROM STDIN: begin, any number of puts (cut where you like), end.  After a failed put or end the
 * COPY is over and the transaction has failed; to give up, abort. */
bool engine_copy_in(struct engine *engine, struct str sql, struct err *err) MUST_USE;
bool engine_copy_put(struct engine *engine, const void *bytes, size_t size, struct err *err) MUST_USE;
bool engine_copy_in_end(struct engine *engine, int64_t *rows, struct err *err) MUST_USE;
void engine_copy_in_abort(struct engine *engine, const char *why);

/* COPY ... TO STDOUT: begin, then get until the bytes are empty.  copy_get() gives a row at a time,
 * copy_get_many() what has come, cut anywhere.  The bytes are valid until the next get. */
bool engine_copy_out(struct engine *engine, struct str sql, struct err *err) MUST_USE;
bool engine_copy_get(struct engine *engine, struct str *bytes, struct err *err) MUST_USE;
bool engine_copy_get_many(struct engine *engine, struct str *bytes, struct err *err) MUST_USE;

/* Wraps an engine so that every statement is logged with its time; closing the wrapper closes the engine. */
struct engine *engine_trace(struct engine *inner) RETURNS_NONNULL;

/* The engine behind a wrapper. */
struct engine *engine_unwrap(struct engine *engine);

#endif
