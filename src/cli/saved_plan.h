/*
 * saved_plan.h: a plan as a file: `plan --out FILE`, then `upgrade --plan FILE`.
 *
 * It holds what was decided, as options: those that were given, and the type and the unit of every column, so
 * that no value is asked again; and a hash of every statement of the source's schema, without which it binds
 * nothing. docs/config.md describes the file.
 */
#ifndef PGRADE_CLI_SAVED_PLAN_H
#define PGRADE_CLI_SAVED_PLAN_H

#include "cli/command.h"
#include "ops/fingerprint.h"
#include "ops/prepare.h"

enum {
    SAVED_PLAN_FORMAT = 1
};

/* ERR_REFUSED when the file exists, unless --force was given. */
bool saved_plan_write(const struct invocation *invocation, const struct prepared *prepared, const char *path,
                      struct err *err) MUST_USE;

/* With --plan: puts its decisions before the other options.  ERR_USAGE when one of these decides the same. */
bool saved_plan_apply(struct invocation *invocation, struct err *err) MUST_USE;

/* Whether a saved plan speaks of that option. */
bool saved_plan_binds(const struct option *option);

/* A file that somebody may have written by hand is not overwritten. */
bool saved_plan_may_write(const struct invocation *invocation, const char *path, struct err *err) MUST_USE;

#endif
