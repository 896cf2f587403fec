/*
 * write_config.h: a settings file to begin with: `plan --write-config`.
 *
 * What was given stands in it as settings.  What is for the user to look at (columns that their values
 * decided, values that do not fit, names that change, objects that cannot be carried) stands in it as
 * comments with the reason, so that taking one character away decides it.
 */
#ifndef PGRADE_CLI_WRITE_CONFIG_H
#define PGRADE_CLI_WRITE_CONFIG_H

#include "cli/report.h"

/* ERR_REFUSED when the file exists, unless --force was given. */
bool write_config(const struct report *report, const char *path, struct err *err) MUST_USE;

#endif
