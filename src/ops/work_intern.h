/* work_intern.h: what the files of the worker pool share. */
#ifndef PGRADE_OPS_WORK_INTERN_H
#define PGRADE_OPS_WORK_INTERN_H

#include "ops/work.h"
#include "transfer/journal.h"

/* Lower ranks begin first. */
enum work_rank {
    RANK_LOAD,
    RANK_READBACK, /* before the indexes: it is usually longer than each of them */
    RANK_INDEX,
    RANK_COUNT,
    RANK_CONSTRAINT,
    RANK_FINISH
};

enum {
    SMALL_ROWS = 20000 /* below this a table's statements share a round trip */
};

/* Objects of one table that one worker makes. */
struct object_task {
    struct work_table *table;
    const struct plan_object **objects;
    size_t count;
    size_t capacity;
};

/* Both with the lock held, or before the pool runs. */
struct object_task *work_object_task(struct work_table *table);
void work_add_object(struct object_task *task, const struct plan_object *object);

const struct plan *work_plan(const struct work *work);
struct table_outcome *work_outcome(const struct work_table *table);

/* work_record.c: before a chunk, and when all of it is sent. */
void work_record_begin(struct work *work, size_t worker, struct digester *digester);
void work_record(void *context, size_t worker, size_t table, const struct load_range *range,
                 const struct load_counts *counts, struct buf *sql);
/* Sets the ranges that are left to be loaded. */
void work_cut(struct work_table *table, const struct load_shape *shape);

/* One of the table's tasks is done. */
void work_task_done(struct work_table *table, int64_t began);

/* Runs what `add` puts into the pool. */
bool work_run_pool(struct work *work, const char *phase, void (*add)(struct work *work),
                   struct err *err) MUST_USE;

#endif
