/* progress.h: how much of a load is done. */
#ifndef PGRADE_OPS_PROGRESS_H
#define PGRADE_OPS_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One table. */
struct progress_part {
    int64_t weight; /* about how many bytes it holds */
    double loaded;  /* the share of its rows that is sent, about: beyond 1 counts as 1 */
    bool done;      /* read back too, and its indexes are there */
};

/* The share of all work that is done, from 0 to 1.  Sending counts for one half of a table, what comes after
 * it for the other; a table that is empty, as far as is known, counts a little all the same. */
double progress_done(const struct progress_part *parts, size_t count);

#endif
