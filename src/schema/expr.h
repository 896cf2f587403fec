/*
 * expr.h: SQLite's expressions as a tree.
 *
 * The tree keeps what was written (names with their quoting, literals as values), so that it can be
 * translated or printed in either dialect.  Grammar: SQLite's documentation, "SQL Language Expressions"
 * (lang_expr). A tree lives in the arena of the parser that made it.  Unused fields are zero.
 */
#ifndef PGRADE_SCHEMA_EXPR_H
#define PGRADE_SCHEMA_EXPR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct select; /* select.h */
struct window;
struct order_term;

enum {
    EXPR_HEIGHT_MAXIMUM = 1000 /* SQLite's own default limit, SQLITE_MAX_EXPR_DEPTH */
};

enum expr_kind {
    EXPR_NULL,
    EXPR_INTEGER, /* integer: 12, 0x10 */
    EXPR_REAL,    /* real, and text: as written, without digit separators; an integer that is too large too */
    EXPR_TEXT,    /* text: 'it''s', unescaped */
    EXPR_BLOB,    /* text: the bytes of x'00ff' */
    EXPR_BOOLEAN, /* integer 0 or 1: TRUE, FALSE (only where no column has that name); name: as written */
    EXPR_CURRENT, /* name: CURRENT_DATE, CURRENT_TIME or CURRENT_TIMESTAMP in upper case */
    EXPR_COLUMN,  /* [schema.][table.]name; quote tells how it was written: "x" may be meant as a string */
    EXPR_VARIABLE, /* ?, ?1, :a, @a, $a */
    EXPR_UNARY,    /* op: "-" "+" "~" "NOT"; items[0] */
    EXPR_BINARY,   /* op: "||" "*" "/" "%" "+" "-" "&" "|" "<<" ">>" "<" "<=" ">" ">=" "=" "<>" "IS" "IS NOT"
                      "AND"   "OR" "->" "->>" "IS DISTINCT FROM" "IS NOT DISTINCT FROM"; "==" and "!=" are
                      normalised;   items[0], items[1] */
    EXPR_ISNULL,  /* items[0] IS NULL, ISNULL; negated: NOTNULL, NOT NULL (`x IS NULL` is this, not BINARY IS)
                   */
    EXPR_LIKE,    /* op: "LIKE" "GLOB" "REGEXP" "MATCH"; items[0] text, items[1] pattern, items[2] ESCAPE if
                     there */
    EXPR_BETWEEN, /* items[0] BETWEEN items[1] AND items[2] */
    EXPR_IN,      /* items[0] IN (items[1]...), or (select), or table `name` when in_table (the items from 1
                     on are then the arguments of a table-valued function) */
    EXPR_CASE, /* operand (NULL if none); items: when, then, when, then, ...; otherwise (NULL if no ELSE) */
    EXPR_CAST, /* items[0] AS type (in text, as written) */
    EXPR_COLLATE,  /* items[0] COLLATE name */
    EXPR_FUNCTION, /* name(items...); star: count(*); distinct; order; filter; windowed: has an OVER clause */
    EXPR_EXISTS,   /* [NOT] EXISTS (select) */
    EXPR_SUBQUERY, /* (select) as a scalar */
    EXPR_ROW,      /* (a, b, ...): a row value of two or more items */
    EXPR_RAISE     /* RAISE(name [, text]); name: IGNORE, ROLLBACK, ABORT or FAIL in upper case */
};

/* How a name was written: bare, "double", `backtick`, [bracket], or 'single' (which SQLite accepts as a
 * name). */
enum quote {
    QUOTE_NONE,
    QUOTE_DOUBLE,
    QUOTE_BACKTICK,
    QUOTE_BRACKET,
    QUOTE_SINGLE
};

struct expr {
    enum expr_kind kind;
    bool negated; /* NOT LIKE, NOT IN, NOT BETWEEN, NOT EXISTS, NOT NULL */
    bool distinct;
    bool star;
    bool windowed;
    bool in_table;
    bool parenthesised; /* was written in brackets: kept for DEFAULT (expr), of no other meaning */
    enum quote quote;   /* of `name` */
    int64_t integer;
    double real;
    const char *op;
    struct str schema; /* of EXPR_COLUMN and in_table: as written, unquoted; NULL ptr when absent */
    struct str table;
    struct str name;
    struct str text;
    struct expr **items;
    size_t item_count;
    struct expr *operand;
    struct expr *otherwise;
    struct expr *filter;
    struct select *select;
    struct window *over;      /* of EXPR_FUNCTION, when windowed */
    struct order_term *order; /* ORDER BY within the call of an aggregate */
    size_t order_count;
    struct str sql; /* the source text, trimmed, without the brackets of parenthesised; a view of the SQL */
    int height;     /* 1 for a leaf, at most EXPR_HEIGHT_MAXIMUM: trees may be walked by recursion */
};

/* Calls visit for the node and all below it (not into selects), parents first; stops and returns false when
 * it does. */
bool expr_walk(const struct expr *expr, bool (*visit)(void *context, const struct expr *node), void *context);

#endif
