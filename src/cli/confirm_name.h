/* confirm_name.h: what cannot be taken back is confirmed by the database's name, not by a yes. */
#ifndef PGRADE_CLI_CONFIRM_NAME_H
#define PGRADE_CLI_CONFIRM_NAME_H

#include "cli/command.h"

/* The option, for the commands' tables. */
#define CONFIRM_OPTION                                                                                       \
    {                                                                                                        \
        "confirm", 0, "NAME", "the database's name, where nobody can be asked; --yes is not enough"          \
    }

/* Asks on the terminal to type the name; --confirm NAME answers.  ERR_REFUSED: it is another, or nobody can
 * be asked.  `question` says what will be lost. */
bool confirm_name(const struct invocation *invocation, const char *question, struct str name,
                  struct err *err) MUST_USE;

#endif
