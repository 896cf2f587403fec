/* clock.h: time.  Durations come from the monotonic clock; only texts for people come from the wall clock. */
#ifndef PGRADE_BASE_CLOCK_H
#define PGRADE_BASE_CLOCK_H

#include <stdint.h>

#include "base/str.h"

int64_t clock_monotonic_us(void);                /* microseconds since some moment */
int64_t clock_wall_us(void);                     /* microseconds since 1970-01-01 00:00 UTC */
struct str clock_wall_text(struct arena *arena); /* now, as 2026-01-31T12:34:56Z */

#endif
