/*
 * failing_row.h: the row for which PostgreSQL cannot compute an object's expression.
 *
 * The server's error does not tell it, so it is looked for: the table is halved until one row is left.
 */
#ifndef PGRADE_OPS_FAILING_ROW_H
#define PGRADE_OPS_FAILING_ROW_H

#include "ops/upgrade.h"

/* *row: "where id is 5", by the primary key, or what else tells it; empty where no single row fails. */
bool failing_row_find(struct arena *arena, struct upgrade_result *result, const struct plan_object *object,
                      struct str *row, struct err *err) MUST_USE;

#endif
