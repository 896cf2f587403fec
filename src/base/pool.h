/*
 * pool.h: worker threads that take tasks from one queue.
 *
 * Tasks may add further tasks.  The first error stops the pool: no further task begins, those that run are
 * let finish (the owner may hurry them up from its tick), and pool_run() returns the error.
 */
#ifndef PGRADE_BASE_POOL_H
#define PGRADE_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct pool;

/* `worker` counts from 0 and tells which of the owner's resources the task may use. */
typedef bool pool_task(void *context, size_t worker, struct err *err);

/* Lives until pool_free(). */
struct pool *pool_new(size_t workers) RETURNS_NONNULL MUST_USE;
void pool_free(struct pool *pool);

/* Tasks of a lower rank begin first; of equal rank in the order in which they were added.  From any thread.
 */
void pool_add(struct pool *pool, int rank, pool_task *run, void *context);

/* Runs until no task is left.  `tick` (may be NULL) is called about ten times a second by the calling thread;
 * when it returns false the pool stops as after an error, which tick has set. */
bool pool_run(struct pool *pool, bool (*tick)(void *context, struct err *err), void *context,
              struct err *err) MUST_USE;

/* How many tasks wait or run.  From any thread. */
size_t pool_pending(struct pool *pool);

#endif
