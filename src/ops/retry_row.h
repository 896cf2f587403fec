/* retry_row.h: one row of pgrade_record.quarantine as values and back into a table; for the files of the
 * retry alone. */
#ifndef PGRADE_OPS_RETRY_ROW_H
#define PGRADE_OPS_RETRY_ROW_H

#include "engine/engine.h"
#include "transfer/encode.h"

/* A published table, as far as rows are put into it. */
struct retry_table {
    struct str run_id;
    struct str source_table;
    struct str schema;
    struct plan_table plan; /* columns in the order of the source's names */
    struct encode_column *encoders;
};

/* What the table is now, on the target. */
bool retry_table_read(struct arena *arena, struct engine *target, struct retry_table *table,
                      struct err *err) MUST_USE;

/* Reads the row from pgrade_retry.  *reason: why it is none, NULL when it is one; the values are in the
 * arena.
 */
bool retry_row_read(struct arena *arena, struct engine *target, const struct retry_table *table,
                    struct str id, struct value *cells, const char **reason, struct err *err) MUST_USE;

/* The row as one binary COPY.  False: *reason says why it does not fit. */
bool retry_row_encode(struct arena *arena, const struct retry_table *table, const struct value *cells,
                      struct buf *out, const char **reason);

#endif
