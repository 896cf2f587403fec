/*
 * views.h: the views, after the load: made, and asked on both sides.
 *
 * A view that the server refuses, or that gives other rows than in the source, is dropped again and put on
 * the plan's list of what is not carried, and with it all that read it.
 */
#ifndef PGRADE_OPS_VIEWS_H
#define PGRADE_OPS_VIEWS_H

#include "ops/upgrade.h"

/* On `control`, in the load schema.  Fills result->views. */
bool views_make(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                struct engine *control, struct err *err) MUST_USE;

#endif
