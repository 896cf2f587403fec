/*
 * to_sqlite.h: an expression of PostgreSQL, as its catalog writes it, as one of SQLite that means the same.
 *
 * Only what both read the same way is taken: comparisons of values of one sort, AND, OR, NOT, IS NULL, IN
 * lists, + - and *, length(), abs(), coalesce(), lower() and upper() by the collation C.  All else is refused
 * with the reason; nothing is approximated.
 */
#ifndef PGRADE_SCHEMA_TO_SQLITE_H
#define PGRADE_SCHEMA_TO_SQLITE_H

#include "base/buf.h"
#include "schema/pgtype.h"

struct to_sqlite_scope {
    /* A column by its name; false: there is none.  NULL: no columns are there, as in a DEFAULT. */
    bool (*column)(void *context, struct str name, struct pg_type *type);
    void *context;
    struct str table; /* the name that may stand before a column's; NULL ptr: none may */
};

/* Appends to `out`.  On false *reason says what is not read the same, for people, and `out` holds rubbish. */
bool to_sqlite_expr(struct str sql, const struct to_sqlite_scope *scope, struct buf *out,
                    const char **reason) MUST_USE;

/* A DEFAULT of a column of that type: a constant, or the moment of now. */
bool to_sqlite_default(struct str sql, const struct pg_type *type, struct buf *out,
                       const char **reason) MUST_USE;

/* SELECT columns FROM one table [WHERE condition]: a view that is no more than that. */
bool to_sqlite_view(struct str sql, const struct to_sqlite_scope *scope, struct buf *out,
                    const char **reason) MUST_USE;

/* 'it''s', as SQLite reads it: a backslash is a character like any other. */
void to_sqlite_literal(struct buf *out, struct str text);

#endif
