/* differing.h: an upgrade whose verification failed names the rows that differ. */
#ifndef PGRADE_OPS_DIFFERING_H
#define PGRADE_OPS_DIFFERING_H

#include "ops/upgrade.h"

/* Fills outcome->found and outcome->comparison of the table, as far as both sides can be read once more. */
void differing_rows(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                    struct engine *control, size_t place);

#endif
