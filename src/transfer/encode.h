/*
 * encode.h: a value of SQLite as a field of PostgreSQL's binary COPY format.
 *
 * Which value fits which type, and as what, is docs/values.md; the table there is the table in encode.c.  The
 * form of a field is that of the type's receive function in PostgreSQL ("COPY", section Binary Format): the
 * length as four bytes in network order, then the bytes; a length of -1 is NULL.
 *
 * Threads: an encode_column is only read after encode_column_init(), and any number of threads may share it;
 * but one of an array has room for the element at hand and belongs to one thread.
 */
#ifndef PGRADE_TRANSFER_ENCODE_H
#define PGRADE_TRANSFER_ENCODE_H

#include "base/buf.h"
#include "engine/value.h"
#include "plan/plan.h"

struct encode_array;
struct encode_column;
struct moment_unit;

typedef bool encode_fn(const struct encode_column *column, const struct value *value, struct buf *out,
                       const char **reason);

/* A planned column, with all that can be known before its first value.  Points into the plan. */
struct encode_column {
    const struct plan_column *plan;
    encode_fn *const *encode; /* by enum value_kind */
    const char *misfit;       /* "no date": the reason where no better one is known */
    char too_large[64];       /* "more than 50 characters" */
    char too_fine[64];        /* "more than 2 decimals" */

    int64_t lowest; /* integers: the range */
    int64_t highest;
    size_t characters;              /* varchar(n), char(n): at most; SIZE_MAX: any number */
    double power;                   /* numeric(p,s): 10^s where s is from 0 to 15, else 0: no short way */
    int64_t unscaled_limit;         /* numeric(p,s): value * 10^s is below this ... */
    int64_t integer_limit;          /* ... and an INTEGER below this; 0: any */
    const struct moment_unit *unit; /* dates and times: what a number counts; NULL: not decided */
    bool unit_found;                /* a number that is a moment in another unit only is a misfit */
    int64_t step;                   /* microseconds between two values that the column can hold */
    bool binary_blobs;              /* json: a BLOB is SQLite's JSONB */
    struct encode_array *array;     /* arrays: how elements are encoded, and room for one */
};

/* What an array needs is in the arena. */
void encode_column_init(struct encode_column *column, struct arena *arena, const struct plan_column *plan);

/*
 * Appends the field to `out`.  False: `out` is as it was, and `*reason` is a text for people, valid as long
 * as the column, that says why the value is a misfit ("no date", "more than 50 characters"); or NULL when
 * there was no room, which `out->failed` tells too.  NULL is encoded for every column: whether the column
 * takes one is for the caller to look at.
 */
MUST_USE static inline bool encode_cell(const struct encode_column *column, const struct value *value,
                                        struct buf *out, const char **reason)
{
    return column->encode[value->kind](column, value, out, reason);
}

#endif
