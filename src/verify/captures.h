/* captures.h: what the rows that differ hold, fetched by one more reading of each side. */
#ifndef PGRADE_VERIFY_CAPTURES_H
#define PGRADE_VERIFY_CAPTURES_H

#include "verify/marks.h"
#include "verify/shown.h"

struct captured_row {
    const struct digest_sum *cells; /* the hashes, by place; NULL: it was not found again */
    const struct shown *values;
    const char *const *misfits; /* by place: why SQLite's value has no form; NULL: none has a reason */
};

/* By place in found->items; where a side has no such row its `cells` are NULL. */
struct captures {
    struct captured_row *rows[2];
};

bool captures_fetch(struct arena *arena, const struct comparison *comparison, const struct found_rows *found,
                    struct captures *captures, struct err *err) MUST_USE;

#endif
