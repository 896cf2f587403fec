/* session.h: what the files of sessions on SQLite share. */
#ifndef PGRADE_ENGINE_SQLITE_SESSION_H
#define PGRADE_ENGINE_SQLITE_SESSION_H

#include "engine/session.h"
#include "engine/sqlite/private.h"

struct sqlite_session {
    struct session_options options;
    const volatile sig_atomic_t *interrupted;
    struct diagnosis diagnosis;
    bool running;    /* a result is open */
    int64_t until;   /* of the statement under way: clock_monotonic_us(); 0: it may take its time */
    int64_t patient; /* until when it waits for a lock */
    bool timed_out;
    bool tidies; /* -wal and -shm came with this connection, which may not remove them itself */
};

/* Of the statement that begins now. */
void sqlite_session_set_limits(struct sqlite_session *session);

/* Notes what SQLite says of the failure, as SQLSTATE too, and sets the error.  Always false. */
bool sqlite_session_failed(struct sqlite *sqlite, int code, struct err *err);

/* The same for what pgrade itself refuses. */
bool sqlite_session_refused(struct sqlite *sqlite, const char *sqlstate, const char *message,
                            const char *hint, struct err *err);

extern const struct session_ops sqlite_session_ops;

#endif
