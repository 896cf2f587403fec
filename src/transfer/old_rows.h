/*
 * old_rows.h: finds for a row of the server the row of the old file that it was.
 *
 * Rows are known by a hash of their key's values as the server sends them; where a table has no key, of all
 * values.  A row is given out once: of equal ones each has its own.
 */
#ifndef PGRADE_TRANSFER_OLD_ROWS_H
#define PGRADE_TRANSFER_OLD_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct old_row {
    uint64_t hash;
    int64_t rowid;
    size_t next; /* place + 1; 0: the last of its chain */
};

struct old_rows {
    struct buf rows;   /* of struct old_row */
    struct buf chains; /* of size_t: place + 1 of the first */
    size_t count;
    size_t chain_count; /* a power of two */
};

void old_rows_init(struct old_rows *rows);
void old_rows_free(struct old_rows *rows);

/* What was added last is found first. */
bool old_rows_add(struct old_rows *rows, uint64_t hash, int64_t rowid) MUST_USE;
/* When all are added. */
bool old_rows_ready(struct old_rows *rows) MUST_USE;

/* The next row of that hash behind *place (0: the first of them); false: there is none. */
bool old_rows_find(const struct old_rows *rows, uint64_t hash, size_t *place, int64_t *rowid);
/* Gives the row out that was found there. */
void old_rows_take(struct old_rows *rows, uint64_t hash, size_t place);

/* The rows that nobody took, one after the other; *at is 0 at first. */
bool old_rows_left(const struct old_rows *rows, size_t *at, int64_t *rowid);

#endif
