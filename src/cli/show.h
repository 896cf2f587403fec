/* show.h: what is in a server, a database, a table, on stdout; as text or with --json.  Also for the prompt.
 */
#ifndef PGRADE_CLI_SHOW_H
#define PGRADE_CLI_SHOW_H

#include "cli/command.h"
#include "core/core.h"

bool show_databases(struct invocation *invocation, struct pgrade_database *db, const struct url *url,
                    struct err *err) MUST_USE;
bool show_tables(struct invocation *invocation, struct pgrade_database *db, const struct url *url,
                 struct err *err) MUST_USE;

/* `name` as PostgreSQL reads it: schema.table, "quoted"; without quotes as written, or else in lower case. */
bool show_table(struct invocation *invocation, struct pgrade_database *db, const struct url *url,
                struct str name, struct err *err) MUST_USE;

#endif
