/*
 * retry.h: upgrade --retry-quarantine: corrected rows of a quarantine file go into the published tables.
 *
 * One transaction: each row is encoded by the rules of docs/values.md, inserted, read back and compared, and
 * leaves pgrade_record.quarantine; or nothing happens, and every row that does not fit is named with its
 * reason.
 */
#ifndef PGRADE_OPS_RETRY_H
#define PGRADE_OPS_RETRY_H

#include <signal.h>

#include "engine/engine.h"

struct retry_options {
    const struct url *target;
    const char *file;
    const volatile sig_atomic_t *interrupted; /* set by a signal handler; may be NULL */
    bool trace;
    bool hide_values;
};

/* A row that is not taken. */
struct retry_refusal {
    int64_t id;       /* in the file */
    struct str table; /* of the source */
    struct str reason;
};

/* The path of the source as the file's first row names it; empty: it cannot be told. */
struct str retry_source(struct arena *arena, const char *file);

struct retry_result {
    int64_t loaded;
    struct retry_refusal *refusals;
    size_t refusal_count;
    size_t refusal_capacity;
};

/* ERR_DECISION: rows were refused, which the result lists. */
bool retry_run(struct arena *arena, const struct retry_options *options, struct retry_result *result,
               struct err *err) MUST_USE;

#endif
