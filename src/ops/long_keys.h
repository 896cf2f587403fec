/*
 * long_keys.h: indexes that the server refused because a row of them is too long for a page (SQLSTATE 54000).
 *
 * How far a key is compressed is the server's to say, so this is known when the index is built.
 */
#ifndef PGRADE_OPS_LONG_KEYS_H
#define PGRADE_OPS_LONG_KEYS_H

#include "ops/upgrade.h"

/* Whether the server refused an index for that reason. */
bool long_keys_is(const struct err *err);

/* The reason, with the rows. */
bool long_keys_explain(struct arena *arena, struct upgrade_result *result, const struct plan_object *object,
                       struct str *reason, struct err *err) MUST_USE;

#endif
