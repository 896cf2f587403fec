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
    struct str sequence_name; /* identity: of its sequence */
    bool sampled;             /* decided from the first and last rows only */
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

/* The classes of objects, as the report names them. */
enum object_class {
    OBJECT_TABLE,
    OBJECT_TYPE,
    OBJECT_DEFAULT,
    OBJECT_GENERATED,
    OBJECT_PRIMARY_KEY,
    OBJECT_UNIQUE,
    OBJECT_INDEX,
    OBJECT_CHECK,
    OBJECT_FOREIGN_KEY,
    OBJECT_VIEW,
    OBJECT_TRIGGER,
    OBJECT_VIRTUAL_TABLE,
    OBJECT_CLASS_COUNT
};

/* An object to be made after the load: PostgreSQL's statements, ready to be sent, in the load schema. */
struct plan_object {
    enum object_class class;
    size_t table; /* place in plan.tables */
    struct str name;
    struct str sql;
    /* Sent when all of `sql` is done: keys become constraints (USING INDEX), foreign keys are validated. NULL
     * ptr: nothing. */
    struct str then_sql;
    /* Counts and shows the rows that contradict a CHECK or a foreign key; NULL ptr: there can be none. */
    struct str probe_sql;
};

/* An enum type to be made before the tables. */
struct plan_enum {
    struct pg_type type;
};

/* What exists in the source and will not exist on the target. */
struct not_carried {
    enum object_class class;
    struct str table; /* NULL ptr: it belongs to no table */
    struct str name;
    struct str reason;
    struct str sql; /* its text in the source */
    bool allowed;   /* by a policy that the user chose, so it need not be accepted as well */
};

/* Something that arrives and behaves differently, or under another name. */
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
    struct plan_enum *enums;
    size_t enum_count;
    size_t enum_capacity;
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

/* A type that the user asked for, or that a misfit was widened to. */
struct type_override {
    struct str table; /* as in the source */
    struct str column;
    struct pg_type type;
    bool nullable; /* a key column that holds NULLs: the type stays, the primary key becomes a unique
                      constraint */
    struct str reason;
};

/* What becomes of the index of a full-text table. */
enum fts_policy {
    FTS_NONE,
    FTS_TSVECTOR /* a GIN index on to_tsvector('simple', ...) of its columns */
};

struct plan_options {
    struct str target_schema; /* empty: public */
    struct str load_schema;   /* empty: pgrade_load */
    struct type_options types;
    enum fts_policy fts;
    bool collate_c; /* the target does not compare text by bytes */
    const struct type_override *overrides;
    size_t override_count;
};

/* Facts by place of the table and of the column in the schema model; NULL: not surveyed. */
struct plan_facts {
    struct column_facts ***columns;
};

/* A column whose values decide. */
struct survey_request {
    size_t table;
    size_t column;
    enum survey_need need;
};

void plan_survey_requests(struct arena *arena, const struct schema *schema,
                          const struct plan_options *options, struct survey_request **requests,
                          size_t *count);

/* Decides everything.  Fails only when no plan is possible at all: ERR_USAGE where types that were asked for
 * leave a foreign key impossible. */
bool plan_make(struct arena *arena, const struct schema *schema, const struct plan_facts *facts,
               const struct plan_options *options, struct plan *plan, struct err *err) MUST_USE;

/* The column that the key's column number `part` references: *table and *column are places in the plan.
 * False: the key has no parent that could be found. */
bool plan_parent_column(const struct plan *plan, const struct foreign_key *key, size_t part, size_t *table,
                        int *column);

const char *object_class_name(enum object_class class); /* "foreign key" */

/* ddl.c: statements of the plan. */
void plan_create_enum(struct buf *out, const struct plan *plan, const struct plan_enum *type,
                      struct str schema);
void plan_create_table(struct buf *out, const struct plan *plan, const struct plan_table *table);
/* The loaded columns of a table, as in COPY t (a, b): all that are not generated. */
void plan_column_list(struct buf *out, const struct plan_table *table);
/* The whole DDL, in the target schema, as a person would write it. */
void plan_write_sql(struct buf *out, const struct plan *plan);

#endif
