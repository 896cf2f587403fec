/*
 * near.h: whether two sets of rows are the same but for what neither database defines: the last digits of
 * sums of doubles, which depend on the order of addition, and the order within lists.
 *
 * All other columns count exactly, by their canonical forms.  A row is kept as a hash and its doubles.
 */
#ifndef PGRADE_VERIFY_NEAR_H
#define PGRADE_VERIFY_NEAR_H

#include "engine/value.h"
#include "plan/plan.h"

enum {
    NEAR_ROWS_MAXIMUM = 2000000 /* of one side; beyond them there is no answer */
};

struct near;

/* `lists` tells by column whether it is a list in any order.  In the arena, with memory of its own:
 * near_free(). */
struct near *near_new(struct arena *arena, const struct plan_table *shape, const bool *lists) RETURNS_NONNULL;
void near_free(struct near *near);

/* One row.  ERR_DECISION: a value has no form in its column; ERR_DIFFERENT: there are too many rows. */
bool near_source_row(struct near *near, const struct value *cells, struct err *err) MUST_USE;

/* One message of COPY ... TO STDOUT (FORMAT binary), as libpq hands them over: a row each, the header before
 * the first, the trailer alone. */
bool near_target_message(struct near *near, struct str message, struct err *err) MUST_USE;

/* Sorts both.  Doubles are near when they differ by less than 1e-12 of the greater one. */
bool near_equal(struct near *source, struct near *target);

#endif
