/*
 * show.h: what is in a server, in a database, in a table; in the same words for both engines.
 *
 * Only reads, asks for nothing that needs a superuser, and one statement at a time, so that it works behind
 * pgbouncer in transaction mode.  Sizes are bytes; -1 stands for "not known", of a size, a count or a number
 * of rows.  A NULL ptr stands for "has none".
 */
#ifndef PGRADE_OPS_SHOW_H
#define PGRADE_OPS_SHOW_H

#include "base/arena.h"
#include "core/core.h"

struct show_database {
    struct str name; /* of a file: its path as given */
    struct str owner;
    struct str encoding;
    struct str collation;
    int64_t bytes;
    int64_t connections; /* of SQLite -1: nobody counts them */
    bool current;
};

struct show_entry {
    struct str schema; /* NULL ptr: SQLite's main, PostgreSQL's public */
    struct str name;
    struct str kind; /* table, partitioned table, partition, view, materialized view, foreign table, virtual
                        table, shadow table */
    int64_t rows;    /* views have none */
    bool countable;  /* the role may count it */
    bool rows_exact; /* counted; else the server's estimate, or in SQLite the greatest rowid */
    int64_t bytes;   /* of the table, TOAST included */
    int64_t index_bytes;
};

struct show_column {
    struct str name;
    struct str type;
    bool not_null;
    struct str default_value;
    struct str generated; /* the expression */
    bool identity;
    int64_t key_position; /* in the primary key, from 1; 0: not in it */
};

struct show_index {
    struct str name;
    struct str columns; /* with expressions, as written */
    struct str where;   /* of a partial index */
    struct str method;  /* btree, gin ... */
    bool unique;
    bool primary;
    bool invalid; /* an interrupted CREATE INDEX CONCURRENTLY left it; no query uses it */
    int64_t bytes;
};

struct show_check {
    struct str name;
    struct str expression;
};

struct show_reference {
    struct str name;
    struct str table; /* that refers */
    struct str columns;
    struct str parent; /* that is referred to */
    struct str parent_columns;
    struct str on_delete; /* NO ACTION, CASCADE ... */
    struct str on_update;
    bool not_valid; /* rows that were there before may contradict it */
};

struct show_trigger {
    struct str name;
    struct str definition;
    bool disabled;
};

#define SHOW_LIST(type, name)                                                                                \
    struct type *name;                                                                                       \
    size_t name##_count;                                                                                     \
    size_t name##_capacity

struct show_databases {
    SHOW_LIST(show_database, items);
};

struct show_tables {
    SHOW_LIST(show_entry, items);
};

struct show_table {
    struct show_entry entry;
    struct str owner;
    struct str comment;
    SHOW_LIST(show_column, columns);
    SHOW_LIST(show_index, indexes);
    SHOW_LIST(show_check, checks);
    SHOW_LIST(show_reference, foreign_keys);
    SHOW_LIST(show_reference, referenced_by);
    SHOW_LIST(show_trigger, triggers);
};

/* Tables are counted whatever they cost; else only where that is cheap. */
struct show_options {
    bool exact;
};

bool show_read_databases(struct arena *arena, struct pgrade_database *db, const struct url *url,
                         struct show_databases *databases, struct err *err) MUST_USE;
bool show_read_tables(struct arena *arena, struct pgrade_database *db, const struct show_options *options,
                      struct show_tables *tables, struct err *err) MUST_USE;
bool show_read_table(struct arena *arena, struct pgrade_database *db, struct str name,
                     const struct show_options *options, struct show_table *table, struct err *err) MUST_USE;

#endif
