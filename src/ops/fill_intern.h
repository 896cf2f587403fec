/* fill_intern.h: what the files that conduct a fill share. */
#ifndef PGRADE_OPS_FILL_INTERN_H
#define PGRADE_OPS_FILL_INTERN_H

#include "engine/engine.h"
#include "ops/upgrade.h"
#include "plan/fill.h"
#include "transfer/fill.h"

struct fill_context {
    struct arena *arena;
    const struct upgrade_options *options;
    struct upgrade_result *result;
    struct engine *control;
};

/* ERR_DECISION: values do not fit the target's columns. */
bool fill_check_misfits(const struct upgrade_result *result, struct err *err) MUST_USE;

/* fill_contradictions.c: before the keys are given back: those that nobody would look at then, and those of
 * tables that are not filled.  ERR_DECISION, ERR_REFUSED. */
bool fill_check_keys(const struct fill_context *it, const struct filling *filling, struct err *err) MUST_USE;

/* Where `err` says that the server refused a row for a constraint: ends the transaction and names all such
 * rows in the result.  Always false. */
bool fill_explain(struct fill_context *it, struct err *err);

/* fill_compare.c: everything that differs, in *fill and result->comparison; reads alone. */
bool fill_compare(struct fill_context *it, struct existing *existing, struct fill *fill,
                  struct err *err) MUST_USE;
/* Tells it, a line each. */
void fill_show(const struct fill_context *it, const struct fill *fill);
/* ERR_REFUSED where some of it stops; but for rows that are there, which are looked at again. */
bool fill_may_go_on(const struct fill *fill, struct err *err) MUST_USE;

/* fill_ledger.c: adds whether both are at the same version of the application's migrations; the error where
 * they are not. */
bool fill_compare_ledgers(struct arena *arena, const struct plan *plan, struct fill *fill,
                          struct engine *reader, struct engine *control, struct err *err) MUST_USE;
bool fill_refuse_ledgers(const struct fill *fill, struct err *err);

/* fill.c: a plan for these tables. */
bool fill_plan(struct fill_context *it, struct prepare_options *prepare, const struct fill *fill,
               struct err *err) MUST_USE;

#endif
