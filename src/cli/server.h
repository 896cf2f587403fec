/* server.h: the server on which roles and databases are made. */
#ifndef PGRADE_CLI_SERVER_H
#define PGRADE_CLI_SERVER_H

#include "cli/command.h"
#include "ops/provision.h"

/* --server URL, or --local; else the project's local instance where there is one, else the server of this
 * machine by its socket.  Which it is stands in a message, where it was not named. */
bool server_find(struct invocation *invocation, struct provision_server *server, struct err *err) MUST_USE;

#endif
