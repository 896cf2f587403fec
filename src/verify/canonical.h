/*
 * canonical.h: one form of a value for both databases, so that equal values are equal bytes.
 *
 * A rule belongs to one planned column and has two functions: `source` takes what the source stores,
 * `target` the bytes of one field of COPY ... (FORMAT binary).  Both follow docs/values.md and PostgreSQL's
 * binary formats alone and share nothing with the encoders of the load: a mistake there is found here.
 * NULL has no form; callers tell it apart before.
 *
 * The forms (numbers little-endian):
 *
 *   smallint, integer, bigint   int64
 *   boolean                     one byte, 0 or 1
 *   double precision, real      the 8 or 4 bytes of the number; every NaN is the same one, -0.0 is not 0.0
 *   numeric                     uint64 coefficient, int32 exponent, uint32 mark (see numeric.c); a number
 *                               of more than 19 digits has its digits behind instead of the coefficient
 *   text, varchar, enum, json   the bytes of the text
 *   char(n)                     the same without the spaces at the end
 *   bytea                       the bytes
 *   date                        int64 days since 2000-01-01
 *   time, timestamp(tz)         int64 microseconds since midnight, since 2000-01-01 00:00 UTC
 *   time with time zone         int64 microseconds, int32 seconds west of UTC
 *   interval                    PostgreSQL's own 16 bytes
 *   uuid, macaddr, macaddr8     16 bytes, 6 bytes, 8 bytes
 *   oid                         int64
 *   "char", name                the bytes of the text
 *   bit, bit varying            a character a bit
 *   inet, cidr                  family (4 or 6), bits, address
 *   array                       its dimensions, then the forms of its elements: array.c
 *   jsonb                       normalised JSON: json_normal.h
 *
 * A form is a view: into the value or field given, or into the scratch until it is used again.
 */
#ifndef PGRADE_VERIFY_CANONICAL_H
#define PGRADE_VERIFY_CANONICAL_H

#include "engine/value.h"
#include "plan/plan.h"

/* Room for the forms of one thread.  canonical_scratch_init() before, canonical_scratch_free() after. */
struct canonical_scratch {
    _Alignas(8) unsigned char fixed[48];
    struct buf form;    /* forms of variable size */
    struct buf made;    /* what such a form is made from */
    struct buf members; /* of JSON objects not closed yet */
    struct buf spare;
    const char *reason; /* after false: why there is no form; NULL: the type says it all */
    bool exhausted;     /* after false: memory was out, the value may be well */
    bool null; /* after true: the value is NULL in the target and has no form; for the caller to reset */
    struct canonical_scratch *inner; /* for the elements of arrays; NULL until there are some */
};

struct canonical;

/* False: the value is a misfit in this column (or memory was out).  `value` is not NULL. */
typedef bool canonical_source(const struct canonical *rule, const struct value *value,
                              struct canonical_scratch *scratch, struct str *form);

/* False: the field is not what PostgreSQL sends for a value of the planned type. */
typedef bool canonical_target(const struct canonical *rule, struct str field,
                              struct canonical_scratch *scratch, struct str *form);

struct canonical {
    canonical_source *source;
    canonical_target *target;
    bool as_sent; /* the form is the target's field, byte by byte: it may be hashed in pieces */
    struct pg_type type;
    enum time_unit unit;
    bool unit_found;      /* a number that is an ordinary moment in another unit only is a misfit */
    int64_t length_limit; /* characters; 0: none */
    int64_t lowest;       /* integers: the range */
    int64_t highest;      /* integers: the range; numeric(p,s): 10^p, or 10^15 when that is less */
    int64_t step;         /* times: microseconds of the last digit kept */
    double power;         /* numeric(p,s): 10^s, when a double is exactly that; else 0 */
    bool blob_is_jsonb;   /* a BLOB is SQLite's binary JSON */
    bool not_null;        /* arrays: JSON's null is a misfit */
};

/* Keeps `column`'s labels by reference. */
void canonical_init(struct canonical *rule, const struct plan_column *column);

void canonical_scratch_init(struct canonical_scratch *scratch);
void canonical_scratch_free(struct canonical_scratch *scratch);

#endif
