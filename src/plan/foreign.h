/* foreign.h: a foreign key with both ends resolved, for the files that write its statements. */
#ifndef PGRADE_PLAN_FOREIGN_H
#define PGRADE_PLAN_FOREIGN_H

#include "plan/private.h"

struct link {
    const struct foreign_key *key;
    const struct plan_table *child;
    const struct plan_table *parent;
    const int *parent_columns;
};

/* foreign_orphans.c: the statements about children without a parent, and about those that have one only by
 * the parent's collation, which is noted.  The object has its name. */
void foreign_orphans(struct maker *maker, const struct link *link, struct plan_object *object);

#endif
