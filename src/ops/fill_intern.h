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

/* ERR_REFUSED when the ledger of the framework names other migrations in the source than in the target. */
bool fill_compare_ledgers(struct arena *arena, const struct plan *plan, const struct fill *fill,
                          struct engine *reader, struct engine *control, struct err *err) MUST_USE;

#endif
