/*
 * existing.h: the tables that a target has already, made by the application's own migrations.
 *
 * Only shapes: transfer/existing.h reads them from the target's catalog, fill.h matches a source with them.
 */
#ifndef PGRADE_PLAN_EXISTING_H
#define PGRADE_PLAN_EXISTING_H

#include "plan/plan.h"

struct existing_column {
    struct str name;
    struct str type_text;      /* as format_type() writes it */
    struct pg_type type;       /* of a domain: what it is made of; meaningful when `loadable` */
    struct pg_type *labels_of; /* of an array: its elements' type, while labels are read into it */
    bool loadable;             /* of a type that pgrade loads */
    bool not_null;
    bool has_default;
    bool identity;
    bool generated;
};

/* What a table holds against rows, by what it means: two of one class on the same columns are the same. */
struct existing_constraint {
    enum object_class class;
    struct str name;
    struct str definition; /* as the server writes it */
    struct str *columns;   /* of an index an expression's text too */
    size_t column_count;
    struct str parent; /* foreign keys */
    struct str *parent_columns;
    struct str actions; /* " ON DELETE CASCADE DEFERRABLE"; "": nothing but the usual */
};

struct existing_table {
    struct str name;
    struct existing_column *columns;
    size_t column_count;
    size_t column_capacity;
    struct existing_constraint *constraints; /* existing_read_constraints() */
    size_t constraint_count;
    size_t constraint_capacity;
    const char *obstacle; /* why its rows cannot be filled in; NULL: they can */
    struct str mend;      /* the statement that takes the obstacle away; NULL ptr: there is none */
    bool is_view;         /* or a foreign table: no rows of its own */
    bool partitioned;
    bool partition; /* its rows come through another table */
    bool is_whole;  /* a table, and no part of another one */
    int64_t rows;   /* -1: not counted */
};

/* What holds a copy of rows, and is as old as they were: a materialized view. */
struct existing_copy {
    struct str name; /* as SQL names it */
};

struct existing {
    struct existing_table *tables;
    size_t count;
    size_t capacity;
    struct existing_copy *copies;
    size_t copy_count;
    size_t copy_capacity;
};

#endif
