/*
 * framework.h: which framework made a SQLite file, read off its bookkeeping tables and the style of its DDL.
 *
 * A table of fingerprints with a comment field.  The first witness is a bookkeeping table with its exact
 * columns; the second is the style of the stored SQL text, where no bookkeeping table is there.
 */
#ifndef PGRADE_PLAN_FRAMEWORK_H
#define PGRADE_PLAN_FRAMEWORK_H

#include "schema/model.h"

enum framework_id {
    FRAMEWORK_NONE,
    FRAMEWORK_SQLALCHEMY, /* Alembic, Flask-Migrate and Flask-SQLAlchemy too */
    FRAMEWORK_DJANGO,
    FRAMEWORK_RAILS,
    FRAMEWORK_SEQUELIZE,
    FRAMEWORK_KNEX,
    FRAMEWORK_LARAVEL,
    FRAMEWORK_TYPEORM,
    FRAMEWORK_PRISMA,
    FRAMEWORK_DRIZZLE,
    FRAMEWORK_PEEWEE,
    FRAMEWORK_COUNT
};

struct framework {
    enum framework_id id;
    const char *name;    /* "Django" */
    struct str evidence; /* "table django_migrations", "the style of its CREATE TABLE statements" */
    struct str ledger;   /* the table in which it keeps its versions; NULL ptr: none there */
    const struct schema
        *schema; /* in which it was looked for; NULL: keys are not followed by type_choose() */
};

/* Never fails: FRAMEWORK_NONE when nothing is recognised.  Texts live in the arena. */
struct framework framework_detect(struct arena *arena, const struct schema *schema);

#endif
