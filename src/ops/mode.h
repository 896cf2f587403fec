/* mode.h: does pgrade make the tables, or are they there? */
#ifndef PGRADE_OPS_MODE_H
#define PGRADE_OPS_MODE_H

#include "ops/upgrade.h"
#include "plan/existing.h"

/*
 * Fills (result->filled, with the target's tables in *existing) where the target has some of the source's
 * tables and pgrade did not make them; else the target has to be empty, and to let pgrade make tables.
 * ERR_REFUSED, ERR_PERMISSION: neither can be done, or not the one that options->mode asks for.
 */
bool mode_choose(struct arena *arena, const struct upgrade_options *options, struct engine *control,
                 struct upgrade_result *result, struct existing *existing, struct err *err) MUST_USE;

#endif
