/*
 * local.h: the local instance, a private PostgreSQL server on this machine.
 *
 * An instance is a directory: the data, the password of its one role, the server's log and settings.  Each
 * project has its own: `.pgrade` in the working directory; for root, whose servers run as an unprivileged
 * user who may not be able to enter that, /var/lib/pgrade/NAME-HASH of the working directory.  It listens on
 * 127.0.0.1, on a port that stays the same as long as nobody else takes it, and on a Unix socket.  Passwords
 * are asked for on both.
 *
 * The role is `pgrade`, a superuser of this server.  What databases there are beside `postgres` is not this
 * file's concern.
 *
 * Threads and processes: `start`, `stop` and `destroy` of one instance wait for each other.
 */
#ifndef PGRADE_OPS_LOCAL_H
#define PGRADE_OPS_LOCAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "base/err.h"

struct local_options {
    const char *directory; /* of the instance; NULL: this project's */
    const char *programs;  /* where initdb, pg_ctl and postgres are; NULL: $PGRADE_PG_BINDIR, or found */
    int timeout_s;         /* for the server to start or to stop; 0: 60 */
};

enum local_state {
    LOCAL_ABSENT,   /* there is no instance */
    LOCAL_STOPPED,  /* there is one and it does not run */
    LOCAL_STARTING, /* it runs and takes no connections: it starts, recovers or stops */
    LOCAL_RUNNING
};

struct local_info {
    enum local_state state; /* after the call */
    bool already;           /* it was so before the call */
    const char *directory;  /* always set; what follows is not, while the state is LOCAL_ABSENT */
    const char *data;       /* the server's data directory */
    const char *log;        /* the server's log file */
    const char *user;       /* of the system, whom the server runs as */
    const char *programs;   /* where they were found at the last start; NULL before the first */
    const char *version;    /* of the programs, e.g. "15.13"; NULL before the first start */
    pid_t pid;              /* 0 unless it runs */
    int port;               /* 0 before the first start */
    const char *sockets;    /* the Unix socket's directory; NULL: none, or it does not run */
    const char *url;        /* of the database `postgres`, with the password; NULL before the first start */
    const char *url_redacted;
};

/* "absent", "stopped", "starting", "running" */
const char *local_state_name(enum local_state state) RETURNS_NONNULL;

/* The instance's directory by the rule above, from the root; it need not exist. */
bool local_directory(struct arena *arena, const char *given, const char **directory,
                     struct err *err) MUST_USE;

/*
 * Starts the instance, which is made when it is absent.  One that runs already is left alone (`already`).
 * ERR_REFUSED when the directory holds anything else, or belongs to somebody else.  A first start that fails
 * before the data are complete leaves nothing behind.
 */
bool local_start(struct arena *arena, const struct local_options *options, struct local_info *info,
                 struct err *err) MUST_USE;

/* Ends the server: connections are closed, nothing is lost.  One that does not run is left alone (`already`).
 */
bool local_stop(struct arena *arena, const struct local_options *options, struct local_info *info,
                struct err *err) MUST_USE;

/* Changes nothing.  An instance that is absent is no error. */
bool local_status(struct arena *arena, const struct local_options *options, struct local_info *info,
                  struct err *err) MUST_USE;

/*
 * Stops the server and removes the instance with all of its databases; asking first is the caller's part.
 * ERR_REFUSED when there is no instance.  Files in the directory that pgrade did not make stay.
 */
bool local_destroy(struct arena *arena, const struct local_options *options, struct local_info *info,
                   struct err *err) MUST_USE;

#endif
