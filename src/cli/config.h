/*
 * config.h: the settings file, pgrade.ini (docs/config.md).
 *
 * One rule: a section named after an option holds its names, so that `key = value` is --OPTION key=value (and
 * `* = value` is --OPTION value); a section named after a command holds its options, so that `option = value`
 * is
 * --option value.  What the command line says wins.
 */
#ifndef PGRADE_CLI_CONFIG_H
#define PGRADE_CLI_CONFIG_H

#include "cli/command.h"

/* The option entries, for the tables of the commands that read the file. */
#define CONFIG_OPTIONS                                                                                       \
    {"config", 0, "FILE", "settings from FILE, not from pgrade.ini of the working directory"},               \
    {                                                                                                        \
        "no-config", 0, NULL, "leave pgrade.ini aside"                                                       \
    }

#define CONFIG_FILE "pgrade.ini"

/* Puts the file's settings before those of the command line, for a command that reads the file; says so by
 * config_announce(). */
bool config_apply(struct invocation *invocation, struct err *err) MUST_USE;
void config_announce(const struct invocation *invocation);

/* Whether the file has a section of that option's names. */
bool config_is_section(const char *option);

/* Puts file:line before an error about the value of an option that came from the file. */
void config_blame(const struct invocation *invocation, struct err *err);

#endif
