/*
 * fill.h: how the rows of a source go into tables that the target has already.
 *
 * Tables and columns are matched by name, never by position: by --rename, else as the source spells it, else
 * as pgrade would name it, else without regard to case.  What cannot be matched is a difference, and
 * differences that would lose something stop the run before anything is written.
 */
#ifndef PGRADE_PLAN_FILL_H
#define PGRADE_PLAN_FILL_H

#include "plan/existing.h"
#include "plan/plan.h"

/* What differs between source and target, for people. */
struct fill_difference {
    struct str about; /* table or table.column, as its side spells it */
    struct str text;
    bool stops; /* a value would have no place */
};

struct fill {
    /* By place in plan.tables. */
    const struct existing_table **tables;
    /* By place in plan.tables and in the table's columns. */
    const struct existing_column ***columns;
    struct fill_difference *differences;
    size_t difference_count;
    size_t difference_capacity;
    size_t stops; /* of them */
};

/* How many of the plan's tables the target has. */
size_t fill_count_matches(const struct plan *plan, const struct existing *existing);

/* `plan` is one for a fresh target. */
void fill_match(struct arena *arena, const struct plan *plan, const struct existing *existing,
                struct fill *fill);

/* What makes plan_make() plan for these tables: their names, and the types of their columns, are added to the
 * options'. */
void fill_options(struct arena *arena, const struct plan *plan, const struct fill *fill,
                  struct plan_options *options);

/* A plan that was made with those options becomes one that only loads: rows into the columns that the target
 * has and does not compute. */
void fill_adapt(struct plan *plan, const struct fill *fill);

/* Rows that an application's migrations leave in its tables and that those of the source replace: the ledger,
 * and what the framework itself writes there. */
bool fill_is_seed(const struct framework *framework, struct str table);

#endif
