/*
 * resume.h: going on with a run that was interrupted.
 *
 * What it loaded is taken over where that is provably what this run would load: the same version of pgrade,
 * the same state of the source, the same plan, the same options that decide over rows.  Else it is dropped,
 * with the reason.  Nothing is believed that is not seen: every table is read back and compared as always.
 */
#ifndef PGRADE_OPS_RESUME_H
#define PGRADE_OPS_RESUME_H

#include "ops/prepare.h"
#include "ops/upgrade.h"
#include "ops/work.h"
#include "transfer/journal.h"

enum {
    RESUME_FACTS = 12
};

struct resume {
    struct journal journal;                  /* of the interrupted run, if there is one */
    bool possible;                           /* as far as is known before the plan is */
    struct journal_fact facts[RESUME_FACTS]; /* of this run */
};

/* Looks for an interrupted run, with the target's lock held, and ends the sessions that it left.  *again: it
 * had found out something that the plan goes by, which is in `prepare` now. */
bool resume_look(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                 struct prepare_options *prepare, struct resume *resume, bool *again,
                 struct err *err) MUST_USE;

/* Before the tables of this plan are made.  *taken: they are there, and so is what was loaded. */
bool resume_begin(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                  const struct prepare_options *prepare, struct resume *resume, struct work *work,
                  bool *taken, struct err *err) MUST_USE;

#endif
