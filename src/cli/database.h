/*
 * database.h: the one database that a command is about.
 *
 * The argument at `place`; left out, DATABASE_URL and then DB_URI from the environment or .env, whichever
 * engine they name.
 */
#ifndef PGRADE_CLI_DATABASE_H
#define PGRADE_CLI_DATABASE_H

#include "cli/command.h"
#include "core/core.h"

/* *from: "DATABASE_URL in .env"; NULL: the command line. */
bool database_url(struct invocation *invocation, int place, struct url *url, const char **from,
                  struct err *err) MUST_USE;

/* The options of a connection of this command: its name, its timeout, Ctrl-C, remarks on stderr. */
struct core_options database_options(const struct invocation *invocation);

#endif
