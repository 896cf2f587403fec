/* readback.h: what the target really holds: its rows read back and digested. */
#ifndef PGRADE_VERIFY_READBACK_H
#define PGRADE_VERIFY_READBACK_H

#include "engine/engine.h"
#include "plan/plan.h"
#include "verify/digest.h"

/* Reads all rows of the table in `schema` into the digester. */
bool readback_table(struct engine *target, struct str schema, const struct plan_table *table,
                    struct digester *digester, struct err *err) MUST_USE;

/* The same of all columns of `shape` in a table of its name, generated ones too, which COPY of a table
 * refuses.  `where`: PostgreSQL's condition for the rows that count; empty: all do. */
bool readback_columns(struct engine *target, struct str schema, const struct plan_table *shape,
                      struct str where, struct digester *digester, struct err *err) MUST_USE;

/* The COPY of these columns. */
void readback_put_columns(struct buf *sql, struct str schema, const struct plan_table *shape,
                          struct str where);

/* The same of a view, whose columns `shape` tells. */
bool readback_view(struct engine *target, struct str schema, const struct plan_table *shape,
                   struct digester *digester, struct err *err) MUST_USE;

/* COPY of all rows of a view. */
void readback_put_view(struct buf *sql, struct str schema, struct str view);

#endif
