/*
 * translate_select.h: a SELECT of SQLite as a SELECT of PostgreSQL that gives the same rows.
 *
 * Names are resolved by SQLite's rules: without case, aliases in WHERE and GROUP BY, "x" as a string where no
 * column has that name.  What PostgreSQL would do otherwise is written out: the place of NULLs, the types of
 * sums, the limits.  What has no exact form is refused with the reason, as for expressions (translate.h).
 */
#ifndef PGRADE_SCHEMA_TRANSLATE_SELECT_H
#define PGRADE_SCHEMA_TRANSLATE_SELECT_H

#include "schema/select.h"
#include "schema/translate.h"

/* A column of a table, view or SELECT. */
struct relation_column {
    struct str name; /* in SQLite */
    struct translate_column target;
    bool computed;         /* no column of a table: then `storage` is known */
    int storage;           /* enum storage of translate_term.h */
    bool order_is_chances; /* a list that group_concat() made: its order is not defined */
};

/* Columns that no two rows share. */
struct relation_key {
    const size_t *columns;
    size_t count;    /* 0: there is at most one row */
    bool nullable;   /* rows with a NULL in it may be many */
    bool is_primary; /* the primary key, by which PostgreSQL knows it too */
};

struct relation {
    struct str schema; /* on PostgreSQL; NULL ptr: a common table expression or a subquery */
    struct str name;   /* on PostgreSQL */
    struct relation_column *columns;
    size_t column_count;
    const struct relation_key *keys;
    size_t key_count;
    int rowid; /* the column that is the rowid, or -1 */
};

struct select_scope {
    /* The table or view of that name; NULL: there is none, or it is not carried, and *why says which. */
    const struct relation *(*relation)(void *context, struct str name, const char **why);
    /* How a name that is written in the SELECT is spelt on the target. */
    struct str (*spell)(void *context, struct name name);
    void *context;
    bool collate_c; /* as in translate_scope */
    bool utf16;     /* likewise */
};

/* What the rows depend on beside the data. */
enum select_doubt {
    SELECT_ANY_ROW = 1,   /* a column beside GROUP BY comes from some row of its group, in SQLite too */
    SELECT_ANY_LIMIT = 2, /* LIMIT without an ORDER BY, or a subquery of several rows as a value */
    SELECT_ANY_ORDER = 4, /* group_concat() without an order */
    SELECT_CURRENT_TIME = 8
};

struct translated_select {
    struct str sql;
    struct relation relation; /* its columns; name and schema are not set */
    unsigned doubts;          /* enum select_doubt */
};

/* `names`: of the columns, as in CREATE VIEW v(a, b); NULL: the SELECT's own.  On failure ERR_DECISION is
 * set: primary says what has no translation, detail why. */
bool translate_select(struct arena *arena, const struct select *select, const struct name *names,
                      size_t name_count, const struct select_scope *scope, struct translated_select *out,
                      struct err *err) MUST_USE;

#endif
