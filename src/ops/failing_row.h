/*
 * failing_row.h: the row for which PostgreSQL cannot compute an object's expression.
 *
 * The server's error does not tell it, so it is looked for: the table is halved until one row is left.
 */
#ifndef PGRADE_OPS_FAILING_ROW_H
#define PGRADE_OPS_FAILING_ROW_H

#include "ops/upgrade.h"

/* Whether PostgreSQL computes the expression for all rows of the loaded table.  *why: the server's words
 * where it does not, and *row as below; NULL ptr: it does. */
bool failing_row_check(struct arena *arena, const struct upgrade_result *result,
                       const struct plan_table *table, struct str expression, struct str *why,
                       struct str *row, struct err *err) MUST_USE;

/* *row: "where id is 5", by the primary key, or what else tells it; empty where no single row fails. */
bool failing_row_find(struct arena *arena, const struct upgrade_result *result,
                      const struct plan_object *object, struct str *row, struct err *err) MUST_USE;

#endif
