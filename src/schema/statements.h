/*
 * statements.h: where a statement ends in a text that holds several.
 *
 * A semicolon ends one, but not within a string, a quoted name, a comment, the body of a trigger (SQLite), of
 * a function written BEGIN ATOMIC ... END, a dollar quote or brackets (PostgreSQL).  Backslashes mean
 * something in E'...' only: standard_conforming_strings is on, as it is since PostgreSQL 9.1.
 */
#ifndef PGRADE_SCHEMA_STATEMENTS_H
#define PGRADE_SCHEMA_STATEMENTS_H

#include <stdbool.h>

#include "base/str.h"

enum sql_dialect {
    SQL_SQLITE,
    SQL_POSTGRES
};

struct statement {
    struct str text; /* without its semicolon, and the white space and comments around it; empty: there is
                        none, or nothing but a semicolon */
    size_t start;    /* where the text begins */
    size_t end;      /* what follows: the semicolon is before it */
    bool complete;   /* a semicolon ended it */
    char open;       /* not complete: ' " ` [ $ ( or * (a comment) that is open still, B: a body; 0: none */
};

/* The first statement of the text. */
struct statement statement_next(struct str text, enum sql_dialect dialect);

/* The first word of a statement, behind comments. */
struct str statement_word(struct str text, enum sql_dialect dialect);

/* COMMIT, END, ABORT, PREPARE TRANSACTION, and a ROLLBACK that is not to a savepoint. */
bool statement_ends_transaction(struct str statement, enum sql_dialect dialect);

#endif
