/* not_carried.h: the file that holds, as SQLite's SQL, what an upgrade did not carry. */
#ifndef PGRADE_CLI_NOT_CARRIED_H
#define PGRADE_CLI_NOT_CARRIED_H

#include "cli/report.h"

/* Refuses a file that was asked for and is somebody else's, before anything is begun. */
bool not_carried_check(const struct invocation *invocation, struct err *err) MUST_USE;

/* Writes it, where something was not carried: what --not-carried names, or SOURCE-not-carried.sql in the
 * working directory; `-` is none.  The path; NULL: none was written, and a warning says so where one was
 * meant to be. */
const char *not_carried_write(const struct report *report);

#endif
