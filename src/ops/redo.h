/* redo.h: a table of the source, read again as the load read it, without a target. */
#ifndef PGRADE_OPS_REDO_H
#define PGRADE_OPS_REDO_H

#include "ops/upgrade.h"

struct redone {
    struct digest digest; /* of the rows that would arrive; in the arena */
    int64_t picked;       /* rows that the filter set aside */
    int64_t aside;        /* rows that were set aside for other reasons */
    uint64_t aside_sum;   /* of the hashes of those: quarantine_hash() */
};

/* What the policies of the run made of the table, they make of it again.  `filter` (NULL: none) sets further
 * rows aside, which go into `sink` (NULL: nowhere).  ERR_DECISION: there are misfits that stop.
 * Ends with ERR_CANCELED soon after the user interrupts. */
bool redo_table(struct arena *arena, const struct upgrade_options *options,
                const struct upgrade_result *result, struct engine *reader, size_t place,
                const struct row_picker *filter, const struct row_sink *sink, struct redone *redone,
                struct err *err) MUST_USE;

/* The rows of the table that would arrive, as they would, to the observer alone. */
bool redo_rows(const struct upgrade_options *options, const struct upgrade_result *result,
               struct engine *reader, size_t place, const struct row_picker *filter,
               struct row_observer observer, struct err *err) MUST_USE;

#endif
