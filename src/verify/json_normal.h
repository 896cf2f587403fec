/*
 * json_normal.h: JSON texts that mean the same as the same bytes.
 *
 * Normalised: no white space; the members of an object sorted by the length of their keys, then by their
 * bytes (jsonb's own order, so PostgreSQL's texts come sorted), of equal keys the last; strings unescaped but
 * for `"` and `\`, without which they would be ambiguous; numbers as their digits without zeros at either end
 * and an exponent where there is one (1500 is 15e2, 0.10 is 1e-1, -0.0 is 0).
 *
 * The grammar is RFC 8259 with the limits of docs/values.md.
 */
#ifndef PGRADE_VERIFY_JSON_NORMAL_H
#define PGRADE_VERIFY_JSON_NORMAL_H

#include "base/buf.h"

enum {
    JSON_DEPTH_MAXIMUM = 1000
};

/* Room that the caller owns. */
struct json_room {
    struct buf *out;     /* the result */
    struct buf *members; /* of the objects that are open */
    struct buf *spare;   /* an object while it is being sorted */
};

/* Whether `text` is JSON that PostgreSQL's json takes.  False: `reason` is set. */
bool json_normal_check(struct str text, const char **reason);

/* Normalises into room->out, which must not hold `text`.  False: it is no JSON that jsonb takes, and `reason`
 * is set; or, without a reason, memory was out. */
bool json_normal_write(struct str text, const struct json_room *room, const char **reason);

#endif
