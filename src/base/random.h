/* random.h: random numbers of the system, fit for secrets. */
#ifndef PGRADE_BASE_RANDOM_H
#define PGRADE_BASE_RANDOM_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

/* So many letters and digits, which nothing has to quote: 62 kinds, so almost 6 bits each. */
bool random_letters(struct arena *arena, size_t count, const char **text, struct err *err) MUST_USE;

#endif
