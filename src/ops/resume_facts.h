/* resume_facts.h: what the journal says of a run, and what of it must hold for another to go on with it. */
#ifndef PGRADE_OPS_RESUME_FACTS_H
#define PGRADE_OPS_RESUME_FACTS_H

#include "ops/resume.h"

/* Before the plan is final: all but what comes from the plan. */
void facts_of_run(struct arena *arena, const struct upgrade_options *options,
                  const struct upgrade_result *result, struct journal_fact facts[RESUME_FACTS]);

/* Removes the file of rows set aside that a run of this machine left, which was killed.  Its path; empty:
 * there was none. */
struct str facts_remove_aside(struct arena *arena, const struct journal *journal);

/* In words, what is another now than in the journal; NULL: nothing. */
const char *facts_difference(const struct journal_fact facts[RESUME_FACTS], const struct journal *journal);

/* The hash of all that the load and what follows go by. */
struct str facts_plan(struct arena *arena, const struct plan *plan);

/* All of this by one hash, with the plan as it is before the target is known; empty: the source's state is
 * not known. */
struct str facts_run(struct arena *arena, const struct upgrade_options *options,
                     const struct upgrade_result *result);

/* Puts all of them into the target, with the journal's name, the sessions and what was decided on the way. */
void facts_of_plan(struct arena *arena, struct upgrade_result *result, const struct prepare_options *prepare,
                   const struct work *work, struct journal_fact facts[RESUME_FACTS]);

/* Takes the decisions of an interrupted run into `prepare`.  Whether there were some, so that there is to be
 * planned again. */
bool facts_decide(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                  const struct journal *journal, struct prepare_options *prepare);

/* Likewise that rows of a table have to be looked at for their width, which is not the plan's. */
void facts_strict(const struct journal *journal, struct upgrade_result *result);

#endif
