/*
 * process.h: processes of this machine, named so that nobody takes another for them later.
 *
 * Numbers of processes are used again: so a name has the time of the start too, and the place in which such
 * numbers mean anything, which is the machine since it was started and the name space (a container has its
 * own).  Both come from Linux's /proc (proc(5)); where that is missing they are empty, and nothing is known.
 */
#ifndef PGRADE_BASE_PROCESS_H
#define PGRADE_BASE_PROCESS_H

#include <stdbool.h>

#include "base/str.h"

struct process_name {
    struct str place;   /* "boot id, pid:[4026531836]" */
    struct str process; /* "4711 since 8812345" */
};

/* Empty where it cannot be told. */
struct process_name process_self(struct arena *arena);

enum process_fate {
    PROCESS_UNKNOWN, /* of another machine or container, or before this one was started anew */
    PROCESS_LIVES,
    PROCESS_ENDED
};

enum process_fate process_look(const struct process_name *name);

#endif
