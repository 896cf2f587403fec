/*
 * client_programs.h: PostgreSQL's own programs for dumps: found, and run against a server.
 *
 * A program reads servers of its own version and of older ones, never of newer ones.  The one of the server's
 * own version is taken where there is one: a newer one may write what the older server does not understand.
 *
 * The password goes to the program in its environment (PGPASSWORD).  Other users cannot read that of a
 * process, it touches no disk, and is gone with the process; a PGPASSFILE would stay behind a crash.
 */
#ifndef PGRADE_OPS_CLIENT_PROGRAMS_H
#define PGRADE_OPS_CLIENT_PROGRAMS_H

#include "base/proc.h"
#include "url/url.h"

struct client_program {
    const char *path; /* to be run */
    int major;
    const char *version; /* "15.14" */
};

/* What `name --version` prints: "pg_dump (PostgreSQL) 15.14 (Debian ...)". */
bool client_program_version(struct arena *arena, struct str text, const char *name,
                            struct client_program *program) MUST_USE;

/* The program of major version `least`, or the oldest newer one.  `because` says why it has to be: "the
 * server is PostgreSQL 18". */
bool client_program_find(struct arena *arena, const char *name, int least, const char *because,
                         struct client_program *program, struct err *err) MUST_USE;

/* How to reach what the url names, without its password: keywords for --dbname, the rest for the
 * environment.  ERR_REFUSED where it holds another secret, which could not be passed unseen. */
struct client_access {
    const char *conninfo;
    const char *const *environment;
};

bool client_access(struct arena *arena, const struct url *url, struct client_access *access,
                   struct err *err) MUST_USE;

#endif
