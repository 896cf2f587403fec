/*
 * flag.h: the flag that a signal handler sets and every thread looks at.
 *
 * `volatile sig_atomic_t` is what a handler may write; that other threads may read it meanwhile is said to
 * the compiler, and to ThreadSanitizer, by reading and writing it atomically.
 */
#ifndef PGRADE_BASE_FLAG_H
#define PGRADE_BASE_FLAG_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* NULL is never set. */
static inline bool flag_is_set(const volatile sig_atomic_t *flag)
{
    return flag != NULL && __atomic_load_n(flag, __ATOMIC_RELAXED) != 0;
}

static inline void flag_set(volatile sig_atomic_t *flag)
{
    __atomic_store_n(flag, 1, __ATOMIC_RELAXED);
}

#endif
