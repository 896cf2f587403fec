/* scope.h: which of the user's rules is about a column: the most exact one, of equal ones the last. */
#ifndef PGRADE_PLAN_SCOPE_H
#define PGRADE_PLAN_SCOPE_H

#include "base/str.h"

/* What a rule is about: a NULL ptr is every table, every column. */
struct scope {
    struct str table;
    struct str column;
};

/* How exactly the rule speaks of the column, without regard to case: 0 (of everything) to 2 (of it alone);
 * -1: not at all. */
int scope_exactness(struct scope rule, struct str table, struct str column);

#endif
