/*
 * decode.h: a field of PostgreSQL's binary COPY as a value of SQLite, in the column's own spelling.
 *
 * The way back of encode.h: what comes out is encoded again, as SQLite will store it, and has to be the field
 * that came in; else the value is a misfit.
 */
#ifndef PGRADE_TRANSFER_DECODE_H
#define PGRADE_TRANSFER_DECODE_H

#include "transfer/encode.h"
#include "transfer/spelling.h"

struct decode_column {
    const struct plan_column *plan;
    struct spelling spelling;
    struct encode_column encode;
    struct buf room;               /* what a value is made in */
    struct buf spare;              /* its encoding, and what SQLite makes of it */
    bool checked;                  /* is a value the field that it was made of? */
    struct decode_column *element; /* of an array */
};

/* decode_column_free() afterwards. */
void decode_column_init(struct decode_column *column, struct arena *arena, const struct plan_column *plan,
                        const struct spelling *spelling);
void decode_column_free(struct decode_column *column);

/* False: a misfit, `*reason` is for people; NULL: no memory.  The value's bytes are the field's or the
 * column's, until its next value.  `field` is not NULL. */
bool decode_cell(struct decode_column *column, struct str field, struct value *value,
                 const char **reason) MUST_USE;

/* What SQLite stores of a value in a column of that affinity: "Datatypes In SQLite", section 3. */
void affinity_apply(enum affinity affinity, struct value *value);

#endif
