/*
 * json_check.h: whether a text is JSON that PostgreSQL can use.
 *
 * RFC 8259, less what docs/values.md lists as misfits (section "JSON").  Does not recurse and does not
 * allocate.
 */
#ifndef PGRADE_TRANSFER_JSON_CHECK_H
#define PGRADE_TRANSFER_JSON_CHECK_H

#include <stdbool.h>

#include "base/str.h"

enum {
    JSON_DEPTH_MAXIMUM = 1000
};

/* NULL, or the reason for people.  `numbers`: they must fit numeric, as jsonb keeps them so. */
const char *json_check(struct str text, bool numbers);

#endif
