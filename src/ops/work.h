/*
 * work.h: the conductor's worker pool: who loads, indexes and verifies what, and when.
 *
 * Each worker has a reader of the source's snapshot and a connection to the target.  As soon as the last
 * chunk of a table is loaded its indexes are built and its rows are read back and digested, beside the load
 * of the other tables.
 */
#ifndef PGRADE_OPS_WORK_H
#define PGRADE_OPS_WORK_H

#include "base/pool.h"
#include "ops/upgrade.h"

struct sized_table;
struct journal;
struct journal_piece;

struct work_table {
    struct work *work;
    size_t place;
    size_t chunks;                       /* not loaded yet; under the lock */
    size_t left;                         /* chunks and tasks not done yet; under the lock */
    size_t cut_in;                       /* so many chunks it was cut into; 0: not begun */
    int64_t weight;                      /* about how many bytes it holds */
    const struct journal_piece **pieces; /* that an interrupted run has loaded */
    size_t piece_count;
    size_t piece_capacity;
    struct load_range *ranges; /* to be loaded: a chunk each */
    size_t range_count;
    size_t range_capacity;
};

struct work {
    struct arena *arena;
    const struct upgrade_options *options;
    struct upgrade_result *result;
    struct pool *pool;
    struct engine **targets; /* by worker */
    size_t workers;
    bool joined;                  /* the only one works on somebody else's connection, in its transaction */
    struct digester ***digesters; /* [worker][table]: of the source */
    struct arena **arenas;        /* by worker */
    struct arena **scratch;       /* by worker: forgotten with each chunk */
    struct digest *before;        /* by worker: of the source, before the chunk that it is at */
    int *parallel;                /* by worker: helper processes that its session may use for an index */
    struct work_table *tables;
    struct sized_table *sized; /* the same, the largest first: private to the load */
    const char *phase;
    bool loading;         /* the phase whose share of work is known */
    pthread_mutex_t lock; /* counts, outcomes, the list of contradictions */
};

/* `joined` NULL: each worker connects by itself. */
bool work_open(struct work *work, struct arena *arena, const struct upgrade_options *options,
               struct upgrade_result *result, struct engine *joined, struct err *err) MUST_USE;
void work_close(struct work *work);

/* work_record.c: the pieces of a journal count as loaded, and are not loaded again; the journal stays. False:
 * it says something else than the plan, and nothing of it can be believed. */
bool work_take_over(struct work *work, const struct journal *journal) MUST_USE;

/* Loads every table, builds its indexes, reads it back. */
bool work_load(struct work *work, struct err *err) MUST_USE;

/* Validates foreign keys and adds checks, several tables at a time, then gathers statistics. */
bool work_constraints(struct work *work, struct err *err) MUST_USE;

#endif
