/* downgrade_schema.h: a SQLite schema made of PostgreSQL's catalog, for downgrade*.c only. */
#ifndef PGRADE_OPS_DOWNGRADE_SCHEMA_H
#define PGRADE_OPS_DOWNGRADE_SCHEMA_H

#include "ops/downgrade_intern.h"
#include "schema/to_sqlite.h"
#include "transfer/existing.h"

struct made_column {
    const struct existing_column *there;
    struct str declared;
    struct pg_type type; /* as expressions see it; PG_BYTEA: as nothing that they may compare */
    struct str default_sql;
    struct str collate;
    bool numbered; /* an identity, or a sequence of its own */
};

struct made_table {
    const struct existing_table *there;
    struct made_column *columns;
    int key;           /* the only column of an integer primary key that is numbered; -1: there is none */
    struct str *parts; /* constraints, as CREATE TABLE has them */
    size_t part_count;
    size_t part_capacity;
    bool made;
};

struct made_schema {
    struct downgrade_run *run;
    struct engine *file; /* the model */
    struct str name;     /* of the schema on the server */
    struct existing existing;
    struct made_table *tables;
    size_t count;
    bool short_uuid; /* a framework is at work that writes UUIDs without dashes */
};

/* downgrade_schema_type.c: a declared type for each column, which ORMs read. */
bool made_schema_types(struct made_schema *made, struct err *err) MUST_USE;
/* downgrade_schema_parts.c: defaults and constraints, into the tables. */
bool made_schema_defaults(struct made_schema *made, struct err *err) MUST_USE;
bool made_schema_constraints(struct made_schema *made, struct err *err) MUST_USE;
/* downgrade_schema_rest.c: indexes and views, once the tables are there; and what has no place in SQLite. */
bool made_schema_indexes(struct made_schema *made, struct err *err) MUST_USE;
bool made_schema_views(struct made_schema *made, struct err *err) MUST_USE;
bool made_schema_rest(struct made_schema *made, struct err *err) MUST_USE;
/* downgrade_schema_notes.c: what comes along, but means less than it did. */
bool made_schema_notes(struct made_schema *made, struct err *err) MUST_USE;

struct made_table *made_schema_table(struct made_schema *made, struct str name); /* NULL: there is none */
struct made_column *made_schema_column(const struct made_table *table, struct str name);
struct to_sqlite_scope made_schema_scope(const struct made_table *table);
/* Names it as not carried.  What is returned is good until the next one: for what the server has in its
 * place. */
struct not_carried *made_schema_refuse(struct made_schema *made, enum object_class class, struct str table,
                                       struct str name, const char *reason);

#endif
