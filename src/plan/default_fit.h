/* default_fit.h: whether what a DEFAULT computes always has room in its column. */
#ifndef PGRADE_PLAN_DEFAULT_FIT_H
#define PGRADE_PLAN_DEFAULT_FIT_H

#include "schema/expr.h"
#include "schema/pgtype.h"

/* PostgreSQL would refuse every new row with a DEFAULT that is longer or larger than the type; SQLite has no
 * such limits.  `expr` is no literal.  NULL: it fits, else why not. */
const char *default_excess(const struct expr *expr, const struct pg_type *type);

#endif
