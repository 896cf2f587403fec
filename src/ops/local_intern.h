/*
 * local_intern.h: what the files of the local instance share.  Nobody else includes it.
 *
 * local.c starts, stops and destroys; local_instance.c reads what an instance's directory holds;
 * local_create.c writes and removes it; local_programs.c finds PostgreSQL; local_server.c tells what runs.
 */
#ifndef PGRADE_OPS_LOCAL_INTERN_H
#define PGRADE_OPS_LOCAL_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/proc.h"

#define LOCAL_ROLE "pgrade"

/* The files of an instance. */
/* The marker comes first: a directory with anything else and without it is not ours. */
#define LOCAL_MARKER       "pgrade.instance"
#define LOCAL_LOCK         "lock"
#define LOCAL_PASSWORD     "password"
#define LOCAL_DATA         "data"
#define LOCAL_NEW_PASSWORD "password.new" /* for initdb */
#define LOCAL_NEW_DATA     "data.new"     /* until it is complete */
#define LOCAL_SETTINGS     "pgrade.conf"
#define LOCAL_LOG          "server.log"
#define LOCAL_SOCKETS      "socket"
#define LOCAL_GIT          ".gitignore"

/* ------------------------------------------------------------------------------- local_programs.c */

struct local_programs {
    const char *directory;
    const char *version; /* "15.13" */
    int major;
};

struct local_programs_wanted {
    const char *given;            /* this directory and no other; NULL: search */
    const char *recorded;         /* where they were the last time; NULL: the first time */
    int major;                    /* of the existing data; 0: any, the newest */
    const struct proc_user *user; /* who must be able to run them; NULL: we */
};

bool local_programs_find(struct arena *arena, const struct local_programs_wanted *wanted,
                         struct local_programs *programs, struct err *err) MUST_USE;

/* The version that `postgres --version` prints; false when the text is something else. */
bool local_programs_version(struct arena *arena, struct str text, struct local_programs *programs) MUST_USE;

/* --------------------------------------------------------------------------------- local_server.c */

struct local_server {
    pid_t pid; /* 0: none runs on this data directory */
    bool ready;
    int port;
    const char *sockets; /* NULL: none */
    bool stale;          /* there is a postmaster.pid whose process lives and is no such server */
};

/* From postmaster.pid, believed only when that process is a server of this data directory. */
struct local_server local_server_look(struct arena *arena, const char *data);

/* How many processes of a server of this data directory live, whether its postmaster does or not. */
size_t local_server_processes(struct arena *arena, const char *data);

bool local_port_is_free(int port); /* on 127.0.0.1, now */

/* The first free port from `first` on; 0 when there is none. */
int local_port_choose(int first);

/* ------------------------------------------------------------------------------- local_instance.c */

struct local_instance {
    const char *directory;
    const char *data;
    const char *log;
    bool exists;   /* the marker is there */
    bool has_data; /* the database cluster is complete */
    int major;     /* of the data; 0: none, or they cannot be read */

    /* from the marker; 0 and NULL before the first start */
    int port;
    const char *programs;
    const char *version;

    const char *password;       /* NULL while there is none */
    struct proc_user user;      /* whom the server runs as */
    const struct proc_user *as; /* the same when we must drop to it, else NULL */
};

/* Reads what there is.  ERR_REFUSED when the directory belongs to somebody else. */
bool local_instance_open(struct arena *arena, const char *directory, struct local_instance *instance,
                         struct err *err) MUST_USE;

const char *local_instance_lock(struct arena *arena, const char *directory) RETURNS_NONNULL;

/* The port at which the search begins, a matter of the directory's name alone. */
int local_instance_first_port(const char *directory);

/* Where the Unix socket goes when the instance's own path is too long for one. */
const char *local_instance_short_sockets(struct arena *arena, const char *directory) RETURNS_NONNULL;

/* --------------------------------------------------------------------------------- local_create.c */

/* Makes the directory where it is missing.  ERR_REFUSED when it holds things that are not an instance's. */
bool local_instance_claim(struct arena *arena, const char *directory, struct err *err) MUST_USE;

/* Everything that a start needs and that is missing: password, data.  Under the lock. */
bool local_instance_create(struct arena *arena, struct local_instance *instance,
                           const struct local_programs *programs, struct err *err) MUST_USE;

/* Settings, log file and socket directory for a start on this port; the marker records the choice. */
bool local_instance_prepare(struct arena *arena, struct local_instance *instance,
                            const struct local_programs *programs, int port, struct err *err) MUST_USE;

/* Removes what pgrade made, the lock at the end; then the directory when nothing else is in it. */
bool local_instance_remove(struct arena *arena, const char *directory, struct err *err) MUST_USE;

/* Runs one of the programs as the server's user and in the instance's directory, with a clean environment. */
bool local_instance_run(struct arena *arena, const struct local_instance *instance, const char *const *argv,
                        int timeout_ms, struct proc_result *result, struct err *err) MUST_USE;

#endif
