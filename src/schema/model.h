/*
 * model.h: a database's schema in memory, of no engine.
 *
 * Filled from two witnesses: the SQL text that the source keeps (names, quoting, checks, generated columns,
 * collations, deferrability exist only there) and the source's catalog (which decides wherever both speak).
 * Everything lives in one arena.  Positions of columns count from 0.  An absent name has a NULL ptr.
 */
#ifndef PGRADE_SCHEMA_MODEL_H
#define PGRADE_SCHEMA_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "schema/expr.h"

/* SQLite's column affinities: "Datatypes In SQLite", section 3.1. */
enum affinity {
    AFFINITY_BLOB,
    AFFINITY_TEXT,
    AFFINITY_NUMERIC,
    AFFINITY_INTEGER,
    AFFINITY_REAL
};

enum generated {
    GENERATED_NO,
    GENERATED_VIRTUAL,
    GENERATED_STORED
};

/* A name with the way in which it was written, on which its case on PostgreSQL depends. */
struct name {
    struct str text;
    enum quote quote;
};

struct trigger_body;
struct virtual_table;

struct column {
    struct name name;
    struct str declared; /* the type as written, white space folded to one space; "" when there is none */
    enum affinity affinity;
    bool not_null;
    struct str not_null_name;   /* CONSTRAINT x NOT NULL */
    struct expr *default_value; /* NULL: none */
    enum generated generated;
    struct expr *generated_as;
    struct str collation; /* as written; NULL ptr: none (BINARY) */
    int key_position;     /* 1...: place in the primary key; 0: not in it */
};

struct key_part {
    int column; /* -1: an expression */
    struct expr *expr;
    struct str collation; /* the one in force, written here or at the column; NULL ptr: BINARY */
    bool descending;
};

/* PRIMARY KEY or UNIQUE, of a column or of the table. */
struct key {
    struct name name; /* CONSTRAINT name; NULL ptr: none */
    struct key_part *parts;
    size_t part_count;
};

enum fk_action {
    FK_NO_ACTION,
    FK_RESTRICT,
    FK_CASCADE,
    FK_SET_NULL,
    FK_SET_DEFAULT
};

struct foreign_key {
    struct name name;
    int *columns;
    size_t column_count;
    struct name parent;          /* the table named */
    struct name *parent_columns; /* NULL: not written, so the parent's primary key is meant */
    enum fk_action on_delete;
    enum fk_action on_update;
    bool match_full; /* MATCH FULL was written: SQLite parses and ignores it */
    bool deferrable;
    bool initially_deferred;
};

struct check {
    struct name name;
    struct expr *expr;
};

struct index {
    struct name name;
    struct name table;
    bool unique;
    struct key_part *parts; /* positions are resolved once the table is known; until then see part_names */
    struct name *part_names;
    size_t part_count;
    struct expr *where;
    struct str sql;
};

enum table_kind {
    TABLE_ORDINARY, /* with `virtual`: the rows of a virtual table, which are read like any other's */
    TABLE_VIRTUAL,  /* CREATE VIRTUAL TABLE, of which no rows are carried */
    TABLE_SHADOW    /* storage of a virtual table, which belongs to its module */
};

struct table {
    enum table_kind kind;
    struct name name;
    struct column *columns;
    size_t column_count;
    struct key *primary; /* NULL: none */
    struct key *uniques;
    size_t unique_count;
    struct foreign_key *foreign_keys;
    size_t foreign_key_count;
    struct check *checks;
    size_t check_count;
    struct index *indexes; /* made by CREATE INDEX */
    size_t index_count;
    int rowid_column; /* the column that is the rowid (INTEGER PRIMARY KEY), or -1 */
    bool autoincrement;
    bool without_rowid;
    bool strict;
    bool on_conflict; /* some constraint says what else than an error a conflict is: ON CONFLICT IGNORE ... */
    struct virtual_table *virtual; /* virtual.h; NULL: it is no virtual table */
    struct str read_sql;           /* the SELECT in brackets by which it is read; NULL ptr: by its name */
    int64_t sequence;              /* sqlite_sequence.seq; -1: no row there */
    int64_t rows;                  /* how many at most, by the range of rowids; -1: unknown */
    const char *rowid_name;        /* the name under which the rowid can be read; NULL: there is none */
    int64_t rowid_min;             /* meaningful when rows > 0 */
    int64_t rowid_max;
    struct str
        filter; /* SQLite's condition, which chooses the rows that are carried; NULL ptr: all of them */
    struct str sql;
    struct str damage; /* why its SQL could not be parsed, so only the catalog spoke; NULL ptr: it could */
};

struct view {
    struct name name;
    struct name *columns; /* CREATE VIEW v(a, b); NULL: none written */
    size_t column_count;
    struct select *select; /* NULL when it could not be parsed; see damage */
    struct str sql;
    struct str damage;
};

struct trigger {
    struct name name;
    struct name table;
    struct trigger_body *body; /* trigger.h; NULL when it could not be parsed; see damage */
    struct str sql;
    struct str damage;
};

/* An object of the source that this SQLite itself cannot use, with its reason. */
struct unreadable {
    const char *what; /* "index", "table" */
    struct str table; /* that it belongs to; NULL ptr: it is one itself */
    struct str name;
    struct str reason;
    struct str sql;
};

struct schema {
    struct table *tables;
    size_t table_count;
    size_t table_capacity;
    struct view *views;
    size_t view_count;
    size_t view_capacity;
    struct trigger *triggers;
    size_t trigger_count;
    size_t trigger_capacity;
    struct unreadable *unreadable;
    size_t unreadable_count;
    size_t unreadable_capacity;
    /* The names of all tables that the source's catalog lists, its own internal ones apart: each has to end
     * up somewhere. */
    struct str *entries;
    size_t entry_count;
    size_t entry_capacity;
    struct str encoding; /* UTF-8, UTF-16le, UTF-16be */
    int64_t bytes;       /* pages times page size */
};

/* The table of that name, SQLite's way (ASCII without case), or NULL. */
struct table *schema_table(const struct schema *schema, struct str name);

/* What stands behind FROM to read the table's rows in SQLite, in their order where it is known. */
void table_put_from(struct buf *sql, const struct table *table);

/* The table's filter behind ` WHERE ` or ` AND `; nothing when it has none. */
void table_put_filter(struct buf *sql, const struct table *table, const char *word);

/* Position of the column of that name, or -1. */
int table_column(const struct table *table, struct str name);

/* Affinity of a declared type: "Datatypes In SQLite", section 3.1, rules 1 to 5. */
enum affinity affinity_of(struct str declared);

#endif
