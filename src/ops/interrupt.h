/*
 * interrupt.h: steps that one connection works on, made to end when the user interrupts.
 *
 * A statement may wait for a lock of somebody else for as long as that pleases; who presses Ctrl-C must not.
 */
#ifndef PGRADE_OPS_INTERRUPT_H
#define PGRADE_OPS_INTERRUPT_H

#include <signal.h>

#include "engine/engine.h"

typedef bool interruptible_step(void *context, struct err *err);

/* Runs the step in a thread of its own and cancels what `engine` does as soon as *interrupted is set (NULL:
 * never).  A step that succeeded all the same has succeeded. */
bool interruptible(const volatile sig_atomic_t *interrupted, struct engine *engine, interruptible_step *step,
                   void *context, struct err *err) MUST_USE;

/* The same, and canceled too when the clock (clock_monotonic_us()) passes the deadline: then *expired is set.
 */
bool interruptible_until(const volatile sig_atomic_t *interrupted, struct engine *engine, int64_t deadline,
                         bool *expired, interruptible_step *step, void *context, struct err *err) MUST_USE;

bool was_interrupted(const volatile sig_atomic_t *interrupted);

/* The one error for a run that was interrupted: whatever failed because it was canceled. */
void interrupt_error(struct err *err);

/* The hint of a connection that was lost says what that means here too: `kept`, "nothing was published". */
void lost_error(struct err *err, const char *kept);

#endif
