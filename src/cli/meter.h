/*
 * meter.h: how far it is: one line that is rewritten on a terminal, a plain line every ten seconds elsewhere.
 *
 * Silent for the first second, and with --quiet.
 */
#ifndef PGRADE_CLI_METER_H
#define PGRADE_CLI_METER_H

#include <stdbool.h>
#include <stdint.h>

#include "ops/stage.h"
#include "ops/upgrade.h"

struct meter {
    bool silent;
    bool terminal;
    int64_t began_us;
    int64_t next_us;
    bool shown; /* there is a line to wipe */
};

void meter_init(struct meter *meter, bool quiet);
void meter_show(void *meter, const struct upgrade_progress *progress);
void meter_end(struct meter *meter);

/* Runs the work in a thread of its own and shows meanwhile what its stage says. */
bool meter_watch(bool quiet, struct stage *stage, bool (*work)(void *context, size_t worker, struct err *err),
                 void *context, struct err *err) MUST_USE;

#endif
