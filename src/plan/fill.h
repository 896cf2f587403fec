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

/* In the order in which they are told. */
enum fill_kind {
    FILL_TABLE,     /* on one side only */
    FILL_OBSTACLE,  /* a table that cannot be filled */
    FILL_LEDGER,    /* whether both sides are at the same version */
    FILL_ROWS,      /* that are there already */
    FILL_COLUMN,    /* on one side only */
    FILL_GENERATED, /* the target computes it */
    FILL_TYPE,
    FILL_NOT_NULL,
    FILL_UNIQUE, /* primary keys too */
    FILL_CHECK,
    FILL_EXCLUSION,
    FILL_FOREIGN_KEY,
    FILL_STALE, /* a materialized view that has to be refreshed */
    FILL_REST,  /* what is not compared */
    FILL_KIND_COUNT
};

/* What differs between source and target, for people. */
struct fill_difference {
    enum fill_kind kind;
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

const char *fill_kind_name(enum fill_kind kind); /* "foreign key" */

void fill_differ(struct arena *arena, struct fill *fill, enum fill_kind kind, bool stops, struct str about,
                 struct str text);

/* How many of the differences that stop are of that kind. */
size_t fill_count_stops(const struct fill *fill, enum fill_kind kind);

/* How many of the plan's tables the target has. */
size_t fill_count_matches(const struct plan *plan, const struct existing *existing);

/* Where a column of the source, by its names there, goes; NULL: nowhere. */
const struct existing_column *fill_column(const struct plan *plan, const struct fill *fill, struct str table,
                                          struct str column);

/* Whether numbers that come into it are times in some unit. */
bool fill_has_unit(const struct existing_column *column);

/* Whether the column takes another type than pgrade would. */
bool fill_converts(const struct plan_column *column, const struct existing_column *there);

/* `plan` is one for a fresh target; the constraints of `existing` were read. */
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
