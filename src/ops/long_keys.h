/*
 * long_keys.h: indexes that the server refused because a row of them is too long for a page (SQLSTATE 54000).
 *
 * How far a key is compressed is the server's to say, so this is known when the index is built.  Such an
 * index, or key, is then not carried, with the rows named; and neither are the foreign keys that need it.
 */
#ifndef PGRADE_OPS_LONG_KEYS_H
#define PGRADE_OPS_LONG_KEYS_H

#include "ops/work.h"

/* Whether the server refused an index for that reason. */
bool long_keys_is(const struct err *err);

/* Builds each alone, and notes those that are refused; any other failure is one. */
bool long_keys_build(struct work *work, struct engine *target, const struct plan_object *const *objects,
                     size_t count, struct err *err) MUST_USE;

/* Moves what was noted from the plan's objects to what is not carried. */
bool long_keys_settle(struct arena *arena, struct upgrade_result *result, struct err *err) MUST_USE;

#endif
