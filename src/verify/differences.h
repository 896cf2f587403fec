/*
 * differences.h: every difference between two tables by name: the row, the column and both values.
 *
 * A row is known by its key; where the table has none, by all that it holds.  Of such rows, and of those
 * whose key changed, the two are one row that have most in common.
 */
#ifndef PGRADE_VERIFY_DIFFERENCES_H
#define PGRADE_VERIFY_DIFFERENCES_H

#include "verify/captures.h"

enum difference_kind {
    DIFFERENCE_VALUE,   /* one value of a row that both have */
    DIFFERENCE_MISSING, /* a row that only the source has */
    DIFFERENCE_EXTRA    /* a row that only the target has */
};

struct difference {
    enum difference_kind kind;
    bool doubled;                       /* the row is there, and once more on the side that has it here */
    const struct captured_row *rows[2]; /* NULL: the side has none */
    size_t place;                       /* DIFFERENCE_VALUE: the column's */
    struct str why;                     /* what is known of it; empty: nothing */
};

struct differences {
    struct difference *items;
    size_t count;
    size_t capacity;
    int64_t rows;   /* that are different, missing or extra; at least, where `beyond` is not 0 */
    int64_t beyond; /* of these rows, so many are not named */
};

/* Reads both sides two or three times more; `rows`: about how many there are. */
bool differences_find(struct arena *arena, const struct comparison *comparison, int64_t rows,
                      struct differences *differences, struct err *err) MUST_USE;

#endif
