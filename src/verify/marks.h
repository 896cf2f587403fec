/*
 * marks.h: which rows differ, by the hashes of their keys and of themselves.
 *
 * Tables of more than 250,000 rows are bisected first: sums for each of 65,536 groups of keys tell where the
 * differences are, and only the rows of those groups are then marked.
 */
#ifndef PGRADE_VERIFY_MARKS_H
#define PGRADE_VERIFY_MARKS_H

#include "verify/reading.h"

/* Two sides, the source first, and the places of the columns by which a row is known; none: by all of them.
 */
struct comparison {
    struct reading sides[2];
    const size_t *key;
    size_t key_count;
};

/* A row that one side has and the other has not, or not so. */
struct found_row {
    bool has[2];
    struct digest_sum key;
    struct digest_sum row[2];
    bool doubled; /* one side has it alone, and the other has a row of this key too */
};

struct found_rows {
    struct found_row *items;
    size_t count;
    size_t capacity;
    int64_t beyond; /* further ones, of which the number alone is known; at least */
};

enum {
    FOUND_ROWS_MAXIMUM = 10000 /* named, of one table */
};

/* The key's hash of the row that passed last. */
struct digest_sum comparison_key(const struct comparison *comparison, const struct digester *digester);

/* Reads both sides again: once, or twice where there are more than 250,000 `rows`. */
bool marks_find(struct arena *arena, const struct comparison *comparison, int64_t rows,
                struct found_rows *found, struct err *err) MUST_USE;

#endif
