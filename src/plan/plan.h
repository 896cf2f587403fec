/*
 * plan.h: every decision, taken before anything is written.
 *
 * A plan is made from the schema model and the survey's facts without any I/O, and is all that the load, the
 * finish and the verification go by.  It points into the schema model and lives in an arena of the same life.
 */
#ifndef PGRADE_PLAN_PLAN_H
#define PGRADE_PLAN_PLAN_H

#include "base/err.h"
#include "plan/facts.h"
#include "plan/framework.h"
#include "plan/typemap.h"
#include "schema/model.h"
#include "schema/pgtype.h"

enum identity {
    IDENTITY_NO,
    IDENTITY_BY_DEFAULT
};

struct plan_column {
    const struct column *source;
    int source_position; /* in the source table */
    struct str name;     /* on the target, unquoted */
    struct pg_type type;
    enum time_unit unit;
    struct str reason;
    bool not_null;
    enum identity identity;
    struct str default_sql;   /* PostgreSQL's; NULL ptr: none */
    struct str generated_sql; /* PostgreSQL's; NULL ptr: not generated */
    int64_t length_limit;     /* varchar(n), char(n): characters; 0: none */
};

struct plan_table {
    const struct table *source;
    struct str name;
    struct plan_column *columns; /* in the order of the source; generated ones too */
    size_t column_count;
    int64_t rows_estimate; /* -1: unknown */
    /* Places in `columns` of the primary key; 0 when there is none. */
    int *key;
    size_t key_count;
    struct str key_name;
    int64_t
        identity_next; /* what the source itself would give next at least: sqlite_sequence.seq + 1, or 0 */
};

/* An object to be made after the load: PostgreSQL's statement, ready to be sent. */
enum object_class {
    OBJECT_PRIMARY_KEY,
    OBJECT_UNIQUE,
    OBJECT_INDEX,
    OBJECT_CHECK,
    OBJECT_FOREIGN_KEY,
    OBJECT_VIEW,
    OBJECT_TRIGGER,
    OBJECT_DEFAULT,
    OBJECT_GENERATED,
    OBJECT_VIRTUAL_TABLE,
    OBJECT_TABLE,
    OBJECT_TYPE
};

struct plan_object {
    enum object_class class;
    size_t table; /* place in plan.tables */
    struct str name;
    struct str sql;        /* with the load schema's name in it where one is needed */
    struct str attach_sql; /* keys: ADD CONSTRAINT ... USING INDEX, sent after `sql`; NULL ptr: none */
    bool unique;
};

/* What exists in the source and will not exist on the target. */
struct not_carried {
    enum object_class class;
    struct str table; /* NULL ptr: it belongs to no table */
    struct str name;
    struct str reason;
    struct str sql; /* its text in the source */
};

/* Something that arrives and behaves differently. */
struct plan_note {
    struct str about; /* table, table.column or object; NULL ptr: the whole */
    struct str text;
};

struct plan {
    const struct schema *schema;
    struct framework framework;
    struct str load_schema;   /* where the tables are made: final names, another schema */
    struct str target_schema; /* where they are published */
    struct plan_table *tables;
    size_t table_count;
    struct plan_object *objects;
    size_t object_count;
    size_t object_capacity;
    struct not_carried *not_carried;
    size_t not_carried_count;
    size_t not_carried_capacity;
    struct plan_note *notes;
    size_t note_count;
    size_t note_capacity;
};

const char *object_class_name(enum object_class class); /* "foreign key" */

#endif
