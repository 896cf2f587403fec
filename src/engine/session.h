/*
 * session.h: a connection that speaks for its user, as the public library and `pgrade sql` do.
 *
 * Other than the engine's own statements, those of a session are not pgrade's: they have typed parameters,
 * their rows come one at a time with names and types, they may write, and what the server says of a failure
 * is kept part by part.  The settings of the role and of the database hold, but for those without which
 * values could not be read back.
 *
 * One statement at a time: the next may begin when the result of the one before is closed.  Threads: as for
 * engines; engine_cancel() may be called from any.
 */
#ifndef PGRADE_ENGINE_SESSION_H
#define PGRADE_ENGINE_SESSION_H

#include "engine/engine.h"

/* What engine_options.session points to: the engine is opened as a session. */
struct session_options {
    bool read_only;  /* nothing can be written, however a pooler hands out its connections */
    bool create;     /* SQLite: a file that is not there is made */
    int timeout_ms;  /* of connecting, of waiting for a lock in SQLite, and of each statement; 0: the defaults
                        of 15 and 5 seconds, and none */
    bool first_look; /* SQLite: nothing in this process has the file open, so that its header may be read */
    void (*notice)(void *context, const char *text); /* what the server remarks; NULL: nobody listens */
    void *notice_context;
};

enum session_state {
    SESSION_IDLE,        /* each statement is a transaction of its own */
    SESSION_TRANSACTION, /* one was begun */
    SESSION_FAILED,      /* likewise, and a statement of it failed: PostgreSQL only lets it be rolled back */
    SESSION_LOST         /* the server has closed the connection */
};

struct result_column {
    struct str name;
    struct str type; /* PostgreSQL's name of it, or as declared in SQLite; NULL ptr: not known */
};

/* What a statement gives. */
struct result {
    struct engine *engine;
    size_t width; /* 0: it gives no rows */
    struct result_column *columns;
    struct value *cells; /* the current row, until the next; texts are followed by a NUL */
    int64_t changed; /* after the last row: rows inserted, updated or deleted; -1: it is no such statement */
    char tag[64];    /* likewise, PostgreSQL's words: "INSERT 0 1", "CREATE TABLE" */
};

/* The failure of the last statement, in parts; "" and 0 where one is not known. */
struct diagnosis {
    char sqlstate[6];
    int native; /* SQLite's extended result code */
    char message[1024];
    char detail[2048];
    char hint[1024];
    char schema[256];
    char table[256];
    char column[256];
    char constraint[256];
    int64_t position; /* character of the statement, from 1 */
};

struct session_ops {
    bool (*run)(struct engine *engine, struct str sql, const struct value *params, size_t param_count,
                struct result **result, struct err *err);
    bool (*next)(struct result *result, bool *found, struct err *err);
    bool (*close)(struct result *result, struct err *err);
    enum session_state (*state)(struct engine *engine);
    const struct diagnosis *(*diagnosis)(struct engine *engine);
};

/* One statement; parameters are $1, $2 ... on both engines.  Errors have no wording of pgrade's: see
 * session_diagnosis(). */
bool session_run(struct engine *engine, struct str sql, const struct value *params, size_t param_count,
                 struct result **result, struct err *err) MUST_USE;
/* *found is false after the last row. */
bool session_next(struct result *result, bool *found, struct err *err) MUST_USE;
/* Rows that were not read yet are taken in first: to stop a long statement, engine_cancel().  NULL is
 * allowed. */
bool session_close(struct result *result, struct err *err) MUST_USE;

/* Looks at the connection, without asking the server: what it closed while nobody spoke shows here. */
enum session_state session_state(struct engine *engine);

/* Of the last call that failed; belongs to the engine. */
const struct diagnosis *session_diagnosis(struct engine *engine);

#endif
