/*
 * translate.h: an expression of SQLite as an expression of PostgreSQL that means the same.
 *
 * What cannot be translated exactly is refused with the reason, never approximated: the caller then does not
 * carry the object and names it.  docs/translation.md lists every function and operator with its PostgreSQL
 * form.
 */
#ifndef PGRADE_SCHEMA_TRANSLATE_H
#define PGRADE_SCHEMA_TRANSLATE_H

#include "base/buf.h"
#include "base/err.h"
#include "schema/expr.h"
#include "schema/model.h"
#include "schema/pgtype.h"

/* What the translator needs to know of a column. */
struct translate_column {
    struct str name; /* on PostgreSQL, unquoted */
    struct str sql;  /* an expression that stands for it; NULL ptr: its name does */
    struct pg_type type;
    bool texts;             /* a bytea that holds texts too, which are no blobs to SQLite */
    enum affinity affinity; /* SQLite's: decides what a number and a text are to each other */
    struct str collation;   /* SQLite's: NOCASE and RTRIM change comparisons; NULL ptr: BINARY */
    const char *plain;    /* behind a column that PostgreSQL compares without case: what makes it an ordinary
                             text, "::text" or a COLLATE; NULL: it is one */
    int time_unit;        /* dates and times: 0 when stored as text, else the plan's unit of the numbers */
    struct str qualifier; /* as it stands before the name: NEW, "t"; NULL ptr: nothing does */
};

struct select_scope; /* translate_select.h */

struct translate_scope {
    /* Looks a column up; `table` has a NULL ptr when the name was written alone.  False: there is none, and
     * then a name in double quotes is a string, as it is in SQLite: so every column must be found, whether it
     * is carried or not.  NULL, as for DEFAULT: there are no columns, and a bare word is a string too. */
    bool (*column)(void *context, struct str table, struct str name, struct translate_column *found);
    void *context;
    bool collate_c; /* the target does not compare text by bytes: text comparisons carry COLLATE "C" */
    const struct select_scope *selects; /* what subqueries may read; NULL: there may be none */
    bool immutable; /* an index or a generated column: PostgreSQL's form must be immutable */
    bool utf16;     /* the source keeps its texts as UTF-16 */
};

/* What the place asks for. */
enum translate_want {
    TRANSLATE_VALUE,     /* a value of whatever type the expression has */
    TRANSLATE_KEY,       /* a value that an index compares: folded by a COLLATE at its top */
    TRANSLATE_SEARCH,    /* likewise, of an index that is not unique: values out of JSON too, as jsonb */
    TRANSLATE_CONDITION, /* a boolean, as in CHECK and WHERE */
    TRANSLATE_OF_TYPE    /* a value of `type`, as in DEFAULT and GENERATED */
};

/* Appends to `out`.  On failure ERR_DECISION is set: primary says what has no translation ("function
 * glob()"), detail why; `out` then holds rubbish. */
bool translate_expr(const struct expr *expr, const struct translate_scope *scope, enum translate_want want,
                    const struct pg_type *type, struct buf *out, struct err *err) MUST_USE;

#endif
