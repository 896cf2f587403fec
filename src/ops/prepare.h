/*
 * prepare.h: from a source to a plan: open it, read its schema, survey the columns whose values decide, plan.
 *
 * What `plan` prints and what `upgrade` goes by is made here, once.
 */
#ifndef PGRADE_OPS_PREPARE_H
#define PGRADE_OPS_PREPARE_H

#include "engine/sqlite/sqlite.h"
#include "ops/fingerprint.h"
#include "plan/plan.h"
#include "url/url.h"

struct prepare_options {
    const struct url *source;
    size_t readers;
    bool trace;
    const char *work_directory;               /* as in struct engine_options */
    bool in_place;                            /* likewise */
    bool check_source;                        /* look at the whole file for damage first */
    const volatile sig_atomic_t *interrupted; /* ends that, and a survey; may be NULL */
    const struct fingerprints *planned; /* the source of a saved plan, which must be the same; NULL: any */
    bool survey_whole;                  /* no samples: every column that is surveyed is surveyed whole */
    struct plan_options plan;
};

struct prepared {
    struct snapshot snapshot;
    struct str state; /* of the source: sqlite_state(); empty: somebody wrote it meanwhile */
    struct schema schema;
    struct plan_facts facts;
    struct plan plan;
    bool sampled; /* some column was decided by a sample */
};

/* Opens the source and reads its schema.  prepare_close() in any case. */
bool prepare_source(struct arena *arena, const struct prepare_options *options, struct prepared *prepared,
                    struct err *err) MUST_USE;

/* Surveys and plans; may be called again with other options. */
bool prepare_plan(struct arena *arena, const struct prepare_options *options, struct prepared *prepared,
                  struct err *err) MUST_USE;

/* Plans from what was surveyed for options that differ in nothing that a survey asks. */
bool prepare_plan_again(struct arena *arena, const struct prepare_options *options, struct prepared *prepared,
                        struct err *err) MUST_USE;

void prepare_close(struct prepared *prepared);

#endif
