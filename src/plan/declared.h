/*
 * declared.h: a type as it was written in SQLite, taken apart.
 *
 * SQLite accepts any words as a type, with up to two modifiers in brackets, and lists of texts in quotes.
 */
#ifndef PGRADE_PLAN_DECLARED_H
#define PGRADE_PLAN_DECLARED_H

#include <stdbool.h>

#include "base/str.h"

struct declared {
    struct str name; /* lower case, one space between words, without modifiers and words of no meaning here */
    int modifiers[2];
    int modifier_count; /* 0 also for modifiers that are no numbers: enum('a') */
    bool is_unsigned;
    bool is_array;
};

struct declared declared_parse(struct arena *arena, struct str text);

#endif
