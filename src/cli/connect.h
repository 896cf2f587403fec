/*
 * connect.h: which databases are meant.
 *
 * SOURCE and TARGET as typed; left out, DATABASE_URL and then DB_URI from the environment or from .env, each
 * for what it names: a sqlite: URL is the source, a PostgreSQL URL the target; with neither, the local
 * instance, with a database named after the file.  A variable that is set and names no database at all is an
 * error.
 */
#ifndef PGRADE_CLI_CONNECT_H
#define PGRADE_CLI_CONNECT_H

#include "cli/command.h"
#include "url/url.h"

struct endpoints {
    struct url source;
    struct url target;
    const char *target_from; /* "the command line", "DATABASE_URL in .env", "the local instance" */
    bool target_typed;
    bool target_local; /* the local instance of pgrade */
};

bool connect_source(struct invocation *invocation, struct endpoints *endpoints, struct err *err) MUST_USE;

/* Starts the local instance and creates the database where that is what is meant; asks about a remote target
 * that was not typed. */
bool connect_target(struct invocation *invocation, struct endpoints *endpoints, struct err *err) MUST_USE;

/* What the variables name, a PostgreSQL before a file; *from NULL: nothing. */
bool connect_find_any(struct invocation *invocation, struct url *url, const char **from,
                      struct err *err) MUST_USE;

/* Asks on the terminal; --yes answers.  False without a terminal: ERR_REFUSED says what to type. */
bool confirm(const struct invocation *invocation, const char *question, struct err *err) MUST_USE;

#endif
