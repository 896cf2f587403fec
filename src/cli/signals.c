#include "cli/signals.h"

#include <stddef.h>

#include "base/flag.h"

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    flag_set(&interrupted);
}

/* Ctrl-C and a closing terminal take back what was begun; a second one does not hurry that up. */
const volatile sig_atomic_t *signals_catch(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGHUP, &action, NULL);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &action, NULL);
    return &interrupted;
}

void signals_forget(void)
{
    interrupted = 0;
}
