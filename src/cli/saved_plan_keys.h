/* saved_plan_keys.h: keys that stand twice in one object of a JSON text, which json-c does not tell. */
#ifndef PGRADE_CLI_SAVED_PLAN_KEYS_H
#define PGRADE_CLI_SAVED_PLAN_KEYS_H

#include "base/arena.h"
#include "base/str.h"

struct doubled_key {
    struct str key; /* as it is written the second time, with its quotes; NULL ptr: every key stands once */
    size_t line;    /* from 1 */
    size_t first;   /* the line where it stands already */
};

/* Of a text that json-c has parsed.  The first one, when there are several. */
struct doubled_key saved_plan_doubled_key(struct arena *arena, struct str text);

#endif
