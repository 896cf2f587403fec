/* clock.h: durations, which come from the monotonic clock. */
#ifndef PGRADE_BASE_CLOCK_H
#define PGRADE_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_monotonic_us(void); /* microseconds since some moment */

#endif
