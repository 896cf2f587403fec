/* clock.h: durations, which come from the monotonic clock; and the moment of something, to be told. */
#ifndef PGRADE_BASE_CLOCK_H
#define PGRADE_BASE_CLOCK_H

#include <pthread.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

int64_t clock_monotonic_us(void); /* microseconds since some moment */

int64_t clock_wall_us(void); /* microseconds since 1970-01-01 00:00 UTC, as this machine has it */
/* "2026-11-21 17:55:12.123 UTC" */
struct str clock_text(struct arena *arena, int64_t wall_us);

/* A condition whose waits go by the monotonic clock: setting the system's clock neither ends them nor makes
 * them longer.  clock_wait() waits that long at most, with the lock held as for pthread_cond_wait(). */
void clock_condition_init(pthread_cond_t *condition);
void clock_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t microseconds);

#endif
