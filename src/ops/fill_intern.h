/* fill_intern.h: what the files that conduct a fill share. */
#ifndef PGRADE_OPS_FILL_INTERN_H
#define PGRADE_OPS_FILL_INTERN_H

#include "engine/engine.h"
#include "plan/fill.h"

/* ERR_REFUSED when the ledger of the framework names other migrations in the source than in the target. */
bool fill_compare_ledgers(struct arena *arena, const struct plan *plan, const struct fill *fill,
                          struct engine *reader, struct engine *control, struct err *err) MUST_USE;

#endif
