/*
 * select.h: SQLite's SELECT as a tree.
 *
 * Grammar: SQLite's documentation, "SELECT" (lang_select).  The tree keeps what was written: names are not
 * resolved, * is not expanded.  It lives in the arena of the parser that made it.  An absent name has a NULL
 * ptr, an absent part is NULL or counts 0.
 */
#ifndef PGRADE_SCHEMA_SELECT_H
#define PGRADE_SCHEMA_SELECT_H

#include "schema/expr.h"
#include "schema/model.h"

struct select;

struct order_term {
    struct expr *expr; /* a COLLATE stays in it */
    bool descending;
    enum nulls {
        NULLS_UNSAID, /* SQLite: first when ascending, last when descending */
        NULLS_FIRST,
        NULLS_LAST
    } nulls;
};

/* OVER (...), OVER name, or one of the WINDOW clause. */
struct window {
    struct name name; /* WINDOW name AS; OVER name: then nothing else is set */
    struct name base; /* the window that this one builds on */
    struct expr **partitions;
    size_t partition_count;
    struct order_term *order;
    size_t order_count;
    struct str frame; /* ROWS, RANGE or GROUPS with all that follows, as written */
};

/* WITH name(columns) AS [NOT] MATERIALIZED (select) */
struct cte {
    struct name name;
    struct name *columns;
    size_t column_count;
    bool materialized;
    bool not_materialized;
    struct select *select;
};

/* What stands between SELECT and FROM: expr, or * (star), or table.* (star and table). */
struct result_column {
    struct expr *expr;
    bool star;
    struct name table;
    struct name alias;
    struct str sql; /* of the expression, brackets included: SQLite's name for it when there is no alias */
};

enum join {
    JOIN_NONE, /* the first */
    JOIN_COMMA,
    JOIN_INNER,
    JOIN_CROSS,
    JOIN_LEFT,
    JOIN_RIGHT,
    JOIN_FULL
};

enum from_kind {
    FROM_TABLE,    /* [schema.]name */
    FROM_FUNCTION, /* [schema.]name(arguments) */
    FROM_SELECT,   /* (select) */
    FROM_GROUP     /* (a JOIN b) */
};

/* SQLite joins from left to right, the comma binding as JOIN does. */
struct from_item {
    enum join join; /* to all that is on its left */
    bool natural;
    enum from_kind kind;
    struct str schema;
    struct name name;
    struct name alias;
    struct expr **arguments;
    size_t argument_count;
    struct select *select;
    struct from_item *items;
    size_t item_count;
    struct name indexed_by; /* INDEXED BY; NOT INDEXED is dropped: both are hints of the planner's */
    struct expr *on;
    struct name *using_columns;
    size_t using_count;
};

enum compound {
    COMPOUND_NONE, /* the first */
    COMPOUND_UNION,
    COMPOUND_UNION_ALL,
    COMPOUND_INTERSECT,
    COMPOUND_EXCEPT
};

struct values_row {
    struct expr **items;
    size_t item_count;
};

/* SELECT ... or VALUES ...: the latter has rows and nothing else. */
struct select_core {
    enum compound compound; /* with what is before it; all bind alike, from left to right */
    bool distinct;
    struct result_column *columns;
    size_t column_count;
    struct from_item *from;
    size_t from_count;
    struct expr *where;
    struct expr **group_by;
    size_t group_count;
    struct expr *having;
    struct window *windows;
    size_t window_count;
    struct values_row *rows;
    size_t row_count;
};

struct select {
    bool recursive; /* WITH RECURSIVE; SQLite lets a cte name itself without it too */
    struct cte *ctes;
    size_t cte_count;
    struct select_core *cores;
    size_t core_count;
    struct order_term *order;
    size_t order_count;
    struct expr *limit;
    struct expr *offset;
    struct str sql;
    int height; /* of the tree below it; see struct expr */
};

#endif
