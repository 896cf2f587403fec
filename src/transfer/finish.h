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
    int64_t collated_rows; /* of a foreign key: those that have a parent by its collation in SQLite */
    struct str *shown;     /* the first of them, as PostgreSQL writes a row */
    size_t shown_count;
};

/* Statements of objects, many to a round trip: `sql` of each, or `then_sql`. */
bool finish_objects(struct engine *target, const struct plan_object *const *objects, size_t count,
                    struct err *err) MUST_USE;
bool finish_objects_then(struct engine *target, const struct plan_object *const *objects, size_t count,
                         struct err *err) MUST_USE;

/* The indexes of keys become constraints, and foreign keys are added.  Each takes its table for a moment
 * only: the indexes are there, and foreign keys are validated later. */
bool finish_keys(struct arena *arena, struct engine *target, const struct plan *plan,
                 struct err *err) MUST_USE;

/* How many helper processes an index build of this session may use. */
bool finish_parallel(struct engine *target, int processes, struct err *err) MUST_USE;

/* Validates a foreign key, or adds a check.  When rows contradict it, `found` says which and the call
 * succeeds; found->rows is 0 otherwise.  A check that PostgreSQL cannot compute for some row fails with
 * SQLSTATE class 22, whatever it says of the others. */
bool finish_constraint(struct arena *arena, struct engine *target, const struct plan_object *object,
                       struct contradiction *found, struct err *err) MUST_USE;

/* The rows that the object's probe_sql finds: found->rows is 0 where it finds none. */
bool finish_list_rows(struct arena *arena, struct engine *target, const struct plan_object *object,
                      struct contradiction *found, struct err *err) MUST_USE;

/* Of several tables: sets every identity column's sequence past both max() and what the source would have
 * given next, and gathers statistics. */
bool finish_tables(struct engine *target, const struct plan *plan, const size_t *tables, size_t count,
                   struct err *err) MUST_USE;

#endif
