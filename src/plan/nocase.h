/*
 * nocase.h: the forms that a column declared COLLATE NOCASE may take on PostgreSQL, which has no such
 * collation.
 */
#ifndef PGRADE_PLAN_NOCASE_H
#define PGRADE_PLAN_NOCASE_H

#include "base/str.h"

enum nocase_form {
    NOCASE_NONE,   /* it compares by bytes, or by another collation */
    NOCASE_LOWER,  /* a text; its keys are indexes on lower(), which folds ASCII as SQLite does */
    NOCASE_CITEXT, /* the extension's type, which folds by the database's locale */
    NOCASE_ICU     /* a text with a collation of ICU that passes over case */
};

/* What the user asked for. */
struct nocase_rule {
    struct str table;  /* as in the source; NULL ptr: every one */
    struct str column; /* NULL ptr: every one of the table */
    enum nocase_form form;
};

struct plan_options;
struct plan_column;

/* The collation that NOCASE_ICU makes, in the schema of the tables. */
#define NOCASE_COLLATION "nocase"
/* Unicode Technical Standard 35, part 5, "Collation Settings": the strength at which accents count and case
 * does not. */
#define NOCASE_LOCALE "und-u-ks-level2"

/* The most exact rule, of equal ones the last; NOCASE_LOWER where there is none.  *exact: it names the
 * column.
 */
enum nocase_form nocase_form_of(const struct plan_options *options, struct str table, struct str column,
                                bool *exact);

const char *nocase_form_name(enum nocase_form form); /* "citext"; NULL for NOCASE_NONE */
bool nocase_form_parse(struct str text, enum nocase_form *form) MUST_USE;

/* Whether PostgreSQL itself compares the column without case. */
bool nocase_is_native(const struct plan_column *column);

/* What stands behind the column where it is to be an ordinary text: "::text"; NULL: it is one. */
const char *nocase_plain(const struct plan_column *column);

/* What becomes of =, LIKE and ORDER BY on the column, for people; NULL: nothing. */
const char *nocase_effect(const struct plan_column *column);

#endif
