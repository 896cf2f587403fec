/* to_sqlite_intern.h: reading an expression of PostgreSQL's catalog, for to_sqlite*.c only. */
#ifndef PGRADE_SCHEMA_TO_SQLITE_INTERN_H
#define PGRADE_SCHEMA_TO_SQLITE_INTERN_H

#include "schema/to_sqlite.h"

enum {
    TO_SQLITE_NAME = 256 /* bytes of a name, or of a type's */
};

/* What a value is to both; two are compared only when they are of one sort. */
enum to_sort {
    SORT_OTHER, /* only asked whether it is NULL */
    SORT_BOOL,
    SORT_NUMBER,
    SORT_TEXT,
    SORT_DAY,
    SORT_MOMENT,
    SORT_ZONED,
    SORT_CLOCK,
    SORT_UUID,
    SORT_NULL
};

struct to_value {
    enum to_sort sort;
    bool literal;
    bool decimal; /* calculated exactly */
    bool padded;  /* char(n), whose blanks at the end SQLite counts */
    bool bytes;   /* COLLATE "C" */
};

enum to_token {
    TOKEN_END,
    TOKEN_NAME,   /* bare */
    TOKEN_QUOTED, /* "x" */
    TOKEN_NUMBER,
    TOKEN_TEXT, /* 'x' */
    TOKEN_SIGN, /* an operator or a bracket */
    TOKEN_WRONG
};

struct to_reader {
    struct str sql;
    size_t at; /* behind the token */
    enum to_token token;
    struct str text; /* of the token: with its quotes, '' and "" not undone */
    const struct to_sqlite_scope *scope;
    struct buf *out;
    const char *reason;
    int depth;
    bool folds; /* in the brackets of lower() or upper() */
};

void to_read(struct to_reader *reader); /* the next token */
bool to_is(const struct to_reader *reader, const char *text);
bool to_take(struct to_reader *reader, const char *text); /* reads on when it is that */
bool to_refuse(struct to_reader *reader, const char *reason);
bool to_need(struct to_reader *reader, const char *text);
void to_begin(struct to_reader *reader, struct str sql, const struct to_sqlite_scope *scope, struct buf *out);

/* The name that the token is, unquoted; false: it is none. */
bool to_name(struct to_reader *reader, char room[TO_SQLITE_NAME], struct str *name);

/* [table.]column */
bool to_column(struct to_reader *reader, struct to_value *value);
/* [-] a value [::type ...] */
bool to_operand(struct to_reader *reader, struct to_value *value);
bool to_type(struct to_reader *reader, struct pg_type *type); /* behind :: */
bool to_or(struct to_reader *reader, struct to_value *value);
bool to_sum(struct to_reader *reader, struct to_value *value);

#endif
