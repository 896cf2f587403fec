/*
 * generated_rows.h: the rows in which PostgreSQL computes a generated column otherwise than SQLite.
 *
 * A "shape" is the table with its loaded columns and some of its generated ones, all as if they were
 * ordinary: a value of a generated column counts only beside those that it was computed from.
 */
#ifndef PGRADE_OPS_GENERATED_ROWS_H
#define PGRADE_OPS_GENERATED_ROWS_H

#include <signal.h>

#include "engine/engine.h"
#include "plan/plan.h"

/* Where the two sides of a table are read. */
struct generated_sides {
    struct arena *arena;
    struct engine *source;
    struct engine *target;
    struct str schema; /* on the target */
    struct str where;  /* its rows that count; empty: all.  The source's are those of the table's filter. */
    const volatile sig_atomic_t *interrupted;
};

enum generated_verdict {
    GENERATED_EQUAL,
    GENERATED_DIFFERENT,
    GENERATED_MISFIT /* SQLite's value has no form in the planned type */
};

/* `with` tells by place in the table which generated columns belong to the shape. */
struct plan_table generated_shape(struct arena *arena, const struct plan_table *table, const bool *with);

bool generated_judge(const struct generated_sides *sides, const struct plan_table *shape,
                     enum generated_verdict *verdict, struct err *err) MUST_USE;

/* Whether doubles alone differ, in their last digits.  For want of memory, or of an answer: they do not. */
bool generated_is_near(const struct generated_sides *sides, const struct plan_table *shape);

/* The first value of the column that its planned type does not hold, in words; NULL ptr: there is none. */
struct str generated_first_misfit(const struct generated_sides *sides, const struct plan_table *table,
                                  const struct plan_column *column);

/* A row of the source that the target has not, in words, with the values of the column; NULL ptr: none was
 * found. */
struct str generated_first_difference(const struct generated_sides *sides, const struct plan_table *shape,
                                      const struct plan_column *column);

#endif
