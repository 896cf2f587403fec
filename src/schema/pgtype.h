/*
 * pgtype.h: the PostgreSQL types that pgrade plans and loads.
 *
 * One table says all about a type: its name in SQL, its type OID (PostgreSQL's catalog pg_type.dat, fixed
 * since the type exists), and which modifiers it takes.
 */
#ifndef PGRADE_SCHEMA_PGTYPE_H
#define PGRADE_SCHEMA_PGTYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum pg_kind {
    PG_BOOL,
    PG_INT2,
    PG_INT4,
    PG_INT8,
    PG_FLOAT4,
    PG_FLOAT8,
    PG_NUMERIC, /* precision, scale; precision 0: without modifier */
    PG_TEXT,
    PG_VARCHAR, /* length; 0: without limit */
    PG_CHAR,    /* length */
    PG_BYTEA,
    PG_DATE,
    PG_TIME,        /* precision -1: without modifier */
    PG_TIMETZ,      /* likewise */
    PG_TIMESTAMP,   /* likewise */
    PG_TIMESTAMPTZ, /* likewise */
    PG_INTERVAL,    /* precision likewise; name: its fields, "day to minute" */
    PG_UUID,
    PG_JSON,
    PG_JSONB,
    PG_INET,
    PG_CIDR,
    PG_MACADDR,
    PG_ENUM,  /* name, labels: a type that pgrade makes, or the target has */
    PG_ARRAY, /* element, element_oid */
    PG_MACADDR8,
    PG_OID,
    PG_CHAR_BYTE, /* "char", in quotes: one byte */
    PG_NAME,
    PG_BIT,    /* length: bits */
    PG_VARBIT, /* length; 0: without limit */
    PG_KIND_COUNT
};

struct pg_type {
    enum pg_kind kind;
    int length;      /* varchar, char: characters; bits */
    int precision;   /* numeric: digits, 0 = none; times: digits of the second, -1 = none (which means 6) */
    int scale;       /* numeric; below 0 too */
    struct str name; /* enum: its name, unquoted; interval: the fields that it is limited to */
    const struct str *labels; /* enum, in their order */
    size_t label_count;
    const struct pg_type *element; /* array: no array itself */
    uint32_t element_oid;          /* array: what its binary form says; of a domain the domain's own */
};

enum {
    PG_NO_MODIFIER = INT32_MIN
};

/* A type without modifiers. */
struct pg_type pg_type_of(enum pg_kind kind);

/* An array of them, in the arena. */
struct pg_type pg_type_array_of(struct arena *arena, const struct pg_type *element);

/*
 * Sets the modifiers of a type that takes them: (n) of texts and times, (p) and (p,s) of numeric; `second` is
 * PG_NO_MODIFIER when there is one only.  False, and the type is as it was: it takes none such, or they pass
 * PostgreSQL's limits (documentation: "Character Types", "Numeric Types", "Date/Time Types").
 */
bool pg_type_set_modifiers(struct pg_type *type, int64_t first, int64_t second);

/* As PostgreSQL's own format_type() writes it: "character varying(50)", "numeric(10,2)", "timestamp(6)
 * without time zone"; an enum as its quoted name. */
void pg_type_format(struct buf *out, const struct pg_type *type);
struct str pg_type_text(struct arena *arena, const struct pg_type *type);

/* A type by one of its names, as pg_type_format() or a person writes it; no enum.  False: it is none. */
bool pg_type_parse(struct arena *arena, struct str text, struct pg_type *type);

bool pg_type_equal(const struct pg_type *a, const struct pg_type *b);
const char *pg_kind_name(enum pg_kind kind); /* "bigint" */
uint32_t pg_kind_oid(enum pg_kind kind);     /* 0 for PG_ENUM and PG_ARRAY */
bool pg_kind_is_textual(enum pg_kind kind);  /* text, varchar, char, enum */
bool pg_kind_is_number(enum pg_kind kind);
bool pg_kind_is_integer(enum pg_kind kind);

#endif
