/* server.h: a private PostgreSQL for one test program, on a Unix socket alone. */
#ifndef PGRADE_TESTS_VERIFY_SERVER_H
#define PGRADE_TESTS_VERIFY_SERVER_H

#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

struct server {
    struct arena *arena;
    const char *programs;  /* the directory of initdb and postgres */
    const char *directory; /* data and socket; gone with the server */
    pid_t pid;
};

/* NULL: no server programs are installed.  $PGRADE_PG_BINDIR names those of another version. */
const char *server_programs(struct arena *arena);

/* The server ends with this process, however that ends.  server_stop() in any case. */
bool server_start(struct server *server, struct arena *arena, const char *programs, struct err *err) MUST_USE;
void server_stop(struct server *server);

/* Runs a script with psql; what it writes to stdout lives in `arena`. */
bool server_run(const struct server *server, struct arena *arena, struct str sql, struct str *output,
                struct err *err) MUST_USE;

#endif
