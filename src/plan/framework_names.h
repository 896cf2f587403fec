/*
 * framework_names.h: names and kinds of constraints and indexes, as each framework makes them on PostgreSQL.
 *
 * Later migrations look them up: Knex and Laravel drop by a name that they compute, Django and Rails by one
 * that stands in the catalog, Alembic compares indexes by name.  What stands in the SQLite file under a name
 * keeps it; here are the names that are not written there, and those that differ.
 *
 * A name with a NULL ptr: the framework leaves it to PostgreSQL, whose own rule is names_compose().
 */
#ifndef PGRADE_PLAN_FRAMEWORK_NAMES_H
#define PGRADE_PLAN_FRAMEWORK_NAMES_H

#include "plan/plan.h"

/* Columns of a planned table, as places in it. */
struct columns {
    const struct plan_table *table;
    const int *places;
    size_t count;
};

/* Of a primary key that has no name in the source. */
struct str framework_primary_name(struct arena *arena, enum framework_id id, const struct columns *key);

/* Of a foreign key that has no name in the source. */
struct str framework_foreign_name(struct arena *arena, enum framework_id id, const struct columns *child,
                                  const struct columns *parent);

/* What a UNIQUE INDEX of the source, on whole columns of all rows, is on PostgreSQL. */
enum unique_kind {
    UNIQUE_IS_INDEX,
    UNIQUE_IS_CONSTRAINT,
    UNIQUE_IS_PRIMARY_KEY
};
enum unique_kind framework_unique_kind(enum framework_id id, const struct columns *columns, struct str name);

/* What an index called `name` on the source is called on PostgreSQL. */
struct str framework_index_name(struct arena *arena, enum framework_id id, const struct columns *columns,
                                struct str name);

/*
 * Django makes a second index for LIKE, with the operator class of patterns, beside the one of a text column:
 * `index` is that one's name, or empty for a primary key or a unique constraint.  NULL ptr: none is made.
 * *operators is the operator class.
 */
struct str framework_like_name(struct arena *arena, enum framework_id id, const struct columns *columns,
                               struct str index, const char **operators);

#endif
