/* signals.h: what interrupts a command that has begun to write. */
#ifndef PGRADE_CLI_SIGNALS_H
#define PGRADE_CLI_SIGNALS_H

#include <signal.h>

/* From now on Ctrl-C, SIGTERM and a closing terminal set the flag, which is given back, and end nothing by
 * themselves. */
const volatile sig_atomic_t *signals_catch(void);

/* What was interrupted has ended; the next thing begins. */
void signals_forget(void);

#endif
