/*
 * finish.h: what is made after the load: indexes, keys, checks, foreign keys, positions of identity columns,
 * statistics.
 *
 * Each call does one thing on one connection, so that the conductor decides what runs beside what.  The
 * locks: CREATE INDEX only shuts writers out, so it runs beside reading; ADD CONSTRAINT shuts everybody out
 * for a moment; VALIDATE and ANALYZE take one of the two tables they look at, once each.
 */
#ifndef PGRADE_TRANSFER_FINISH_H
#define PGRADE_TRANSFER_FINISH_H

#include "engine/engine.h"
#include "plan/plan.h"

enum {
    CONTRADICTIONS_SHOWN = 20 /* the LIMIT of a plan_object's probe_sql */
};

/* Rows that contradict a constraint. */
struct contradiction {
    const struct plan_object *object;
    int64_t rows;
    struct str *shown; /* the first of them, as PostgreSQL writes a row */
    size_t shown_count;
};

bool finish_statement(struct engine *target, struct str sql, struct err *err) MUST_USE;

/* The settings for building an index: one helper process when nothing else runs. */
bool finish_index(struct engine *target, const struct plan_object *index, bool alone,
                  struct err *err) MUST_USE;

/* Validates a foreign key, or adds a check.  When rows contradict it, `found` says which and the call
 * succeeds; found->rows is 0 otherwise. */
bool finish_constraint(struct arena *arena, struct engine *target, const struct plan_object *object,
                       struct contradiction *found, struct err *err) MUST_USE;

/* Sets every identity column's sequence past both max() and what the source would have given next. */
bool finish_sequences(struct engine *target, const struct plan *plan, size_t table, struct err *err) MUST_USE;

bool finish_analyze(struct engine *target, const struct plan *plan, size_t table, struct err *err) MUST_USE;

#endif
