/*
 * refusals.h: indexes and CHECKs that the server refuses because of a row.
 *
 * A key of an index may be too long for a page (SQLSTATE 54000); PostgreSQL may stop with an error where
 * SQLite gives some value (class 22: a cast, a division, a date out of range); or the server may not take the
 * expression at all (classes 42 and 0A).  All that is known only when the object is made.  It is then not
 * carried, with the reason and the row; and neither are the foreign keys that need it.
 */
#ifndef PGRADE_OPS_REFUSALS_H
#define PGRADE_OPS_REFUSALS_H

#include "ops/work.h"

struct refusal {
    const struct plan_object *object;
    struct err why;
};

/* Whether that is a refusal of the object, no failure of the run. */
bool refusals_is(const struct plan_object *object, const struct err *failure);

/* Keeps it for refusals_settle(). */
void refusals_note(struct work *work, const struct plan_object *object, const struct err *failure);

/* Builds each alone, after they failed together, and notes those that are refused; any other failure is one.
 */
bool refusals_build(struct work *work, struct engine *target, const struct plan_object *const *objects,
                    size_t count, struct err *err) MUST_USE;

/* Moves what was noted from the plan's objects to what is not carried. */
bool refusals_settle(struct arena *arena, struct upgrade_result *result, struct err *err) MUST_USE;

#endif
