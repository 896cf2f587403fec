/* session.h: what the files of sessions on PostgreSQL share. */
#ifndef PGRADE_ENGINE_POSTGRES_SESSION_H
#define PGRADE_ENGINE_POSTGRES_SESSION_H

#include "engine/postgres/private.h"
#include "engine/session.h"

struct postgres_session {
    struct session_options options;
    const volatile sig_atomic_t *interrupted;
    struct diagnosis diagnosis;
    bool running;  /* a result is open */
    int64_t until; /* of the statement under way: clock_monotonic_us(); 0: it may take its time */
    bool canceled; /* and the server was asked to end it */
    bool timed_out;
    bool ended; /* the server has said that it closes the connection */
};

/* The settings without which values could not be read back, where the session has others. */
bool postgres_session_begin(struct postgres *postgres, const struct engine_options *options,
                            struct err *err) MUST_USE;
void postgres_session_end(struct postgres *postgres);

/* Waits for the next result of what was sent; Ctrl-C and the timeout make the server end it.  NULL: that was
 * the last. */
PGresult *postgres_wait(struct postgres *postgres);

/* Notes what the server said (NULL: what libpq says of the connection), and sets the error.  The result stays
 * the caller's.  Always false. */
bool postgres_session_failed(struct postgres *postgres, const PGresult *result, struct err *err);

/* The same for what pgrade itself refuses. */
bool postgres_session_refused(struct postgres *postgres, const char *sqlstate, const char *message,
                              const char *hint, struct err *err);

/* PostgreSQL's name of a type, without modifiers; NULL ptr: none of its own. */
struct str postgres_type_name(Oid type);

bool postgres_session_run(struct engine *engine, struct str sql, const struct value *params,
                          size_t param_count, struct result **result, struct err *err);
bool postgres_session_next(struct result *result, bool *found, struct err *err);
bool postgres_session_close(struct result *result, struct err *err);

extern const struct session_ops postgres_session_ops;

#endif
