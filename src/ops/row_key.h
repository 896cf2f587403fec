/* row_key.h: the columns by which a row of a SQLite table is known. */
#ifndef PGRADE_OPS_ROW_KEY_H
#define PGRADE_OPS_ROW_KEY_H

#include "plan/plan.h"

/* Places in the shape of the primary key, else of a unique constraint without NULLs; `key` has room for all
 * columns.  The count; 0: there is none whose columns are all in the shape. */
size_t row_key(const struct plan_table *shape, size_t *key);

#endif
