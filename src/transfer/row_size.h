/*
 * row_size.h: whether a row finds room on a page of PostgreSQL.
 *
 * A row never spans pages.  What is long is compressed, then put out of line (TOAST), where a pointer of 18
 * bytes stays; columns of fixed width stay as they are.  How far a value can be compressed is known to the
 * server alone, so the least and the most that a row can take are computed here.
 *
 * Sources: heap_toast_insert_or_update() in access/heap/heaptoast.c, MaxHeapTupleSize in
 * access/htup_details.h, for pages of 8 KB.
 */
#ifndef PGRADE_TRANSFER_ROW_SIZE_H
#define PGRADE_TRANSFER_ROW_SIZE_H

#include "plan/plan.h"

enum {
    PAGE_ROW_MAXIMUM = 8160
};

struct row_size {
    size_t least;
    size_t most;
};

/* Whether any row of the table can be too wide at all. */
bool row_size_matters(const struct plan_table *table);

/* `fields` are the loaded columns of one row as binary COPY has them: each its length, then its bytes. */
struct row_size row_size_of(const struct plan_table *table, const char *fields);

#endif
