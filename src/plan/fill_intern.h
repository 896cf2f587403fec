/* fill_intern.h: what the files share that compare a source with tables that are there. */
#ifndef PGRADE_PLAN_FILL_INTERN_H
#define PGRADE_PLAN_FILL_INTERN_H

#include "plan/fill.h"

/* fill_constraints.c: those that one side alone has. */
void fill_compare_constraints(struct arena *arena, const struct plan *plan, struct fill *fill);

#endif
