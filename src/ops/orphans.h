/* orphans.h: --orphans quarantine: rows without a parent are set aside, and then those whose parent they
 * were. */
#ifndef PGRADE_OPS_ORPHANS_H
#define PGRADE_OPS_ORPHANS_H

#include "ops/upgrade.h"

/*
 * Takes them out of the loaded tables by `control`, before there are foreign keys (whose actions would do
 * more), until no row is without a parent.  Each is found again in the source by the digest of its values,
 * which tells rows of any table apart, whatever its key is, and goes into the run's quarantine as the source
 * has it.  The outcomes of these tables are then those of the rows that are left, read back.
 */
bool orphans_set_aside(struct arena *arena, const struct upgrade_options *options,
                       struct upgrade_result *result, struct err *err) MUST_USE;

/* Whether orphans_set_aside() took this row; the function of a row_picker, `context` is the result. */
bool orphans_picks(void *context, size_t table, const struct value *meant, struct str *column,
                   struct str *reason);

bool orphans_has(const struct upgrade_result *result, size_t table);
void orphans_free(struct upgrade_result *result);

#endif
