/*
 * generated.h: generated columns, after the load: whether PostgreSQL computes in them what SQLite does.
 *
 * A translated expression is exact for the values that a column usually holds; what is in the rows decides.
 * Where one value differs the column is planned again as an ordinary one, with the source's values, and is on
 * the plan's list of what is not carried.
 */
#ifndef PGRADE_OPS_GENERATED_H
#define PGRADE_OPS_GENERATED_H

#include "ops/upgrade.h"

/* Without a target: adds to `plan` the columns whose planned type does not hold what SQLite computes. Whether
 * there are some. */
bool generated_check(struct arena *arena, const struct upgrade_options *options,
                     struct upgrade_result *result, struct plan_options *plan);

/* After a load that succeeded: adds to `plan` the columns that differ.  *again: there are some.
 * Without --no-verify; that virtual columns can be computed is looked at in any case. */
bool generated_compare(struct arena *arena, const struct upgrade_options *options,
                       struct upgrade_result *result, struct engine *control, struct plan_options *plan,
                       bool *again, struct err *err) MUST_USE;

/* After a load that failed.  Whether it did because PostgreSQL could not compute a generated column for a
 * row; `plan` then has the one as an ordinary column, or all of that table where it is not known
 * which. */
bool generated_failed(struct arena *arena, const struct upgrade_options *options,
                      struct upgrade_result *result, const struct err *failure, struct plan_options *plan);

/* After tables that could not be made.  Whether that is for generated columns, which are tried one by one;
 * `plan` then has those that the server does not take as ordinary ones. */
bool generated_refused(struct arena *arena, struct upgrade_result *result, const struct err *failure,
                       struct plan_options *plan);

/* Adds one to those that are ordinary in the next plan; `bare`: the reason without values of rows. */
void generated_leave(struct arena *arena, const struct plan_table *table, const struct plan_column *column,
                     struct str reason, struct str bare, struct plan_options *plan);

#endif
