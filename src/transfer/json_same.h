/* json_same.h: whether two JSON texts are one value of jsonb. */
#ifndef PGRADE_TRANSFER_JSON_SAME_H
#define PGRADE_TRANSFER_JSON_SAME_H

#include "base/str.h"

/* Both are valid.  Of equal keys the last one counts, white space and the order of keys do not, numbers are
 * numbers: docs/values.md, "JSON". */
bool json_same(struct str a, struct str b);

#endif
