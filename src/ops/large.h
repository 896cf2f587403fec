/*
 * large.h: reading back tables that may hold values of many megabytes.
 *
 * Where a table may, the server hashes values above LARGE_VALUE and they are not sent (see
 * digester_expect_hashes()); any other is read by the plain COPY, which costs the server least.
 */
#ifndef PGRADE_OPS_LARGE_H
#define PGRADE_OPS_LARGE_H

#include "engine/engine.h"
#include "plan/plan.h"
#include "verify/digest.h"

enum {
    /* In a page a value has at most 8 kB, and no compression makes 8 MB of that: where little or nothing is
     * stored beside the table's pages, no value is large. */
    LARGE_ASIDE = 32 * 1024,
    LARGE_COLUMNS_MOST = 700 /* so that a SELECT list holds them and their hashes */
};

/* Whether a table, or a view, of the target may have values above LARGE_VALUE in columns of the shape. */
bool large_is_possible(struct engine *target, struct str schema, const struct plan_table *shape,
                       bool *possible, struct err *err) MUST_USE;

/* readback_table() of a table that was sent so many bytes of COPY data, and has nothing else. */
bool large_read_back(struct engine *target, struct str schema, const struct plan_table *table, int64_t bytes,
                     struct digester *digester, struct err *err) MUST_USE;

/* readback_columns(), likewise. */
bool large_read_columns(struct engine *target, struct str schema, const struct plan_table *shape,
                        struct str where, struct digester *digester, struct err *err) MUST_USE;

#endif
