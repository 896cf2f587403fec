/* overrides.h: the types that were asked for, by column. */
#ifndef PGRADE_PLAN_OVERRIDES_H
#define PGRADE_PLAN_OVERRIDES_H

#include "plan/plan.h"

/* Sorted by the names of table and column, without case. */
struct overrides {
    const struct type_override **sorted;
    size_t count;
};

/* The options must live as long. */
struct overrides overrides_sort(struct arena *arena, const struct plan_options *options);

/* The last one of the options that is about this column, since a later --type corrects an earlier one; NULL:
 * there is none. */
const struct type_override *overrides_find(const struct overrides *overrides, struct str table,
                                           struct str column, bool nullable);

#endif
