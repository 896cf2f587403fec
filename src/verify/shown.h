/* shown.h: values for people, alike from either database: numbers and moments as text, bytes as \x00ff. */
#ifndef PGRADE_VERIFY_SHOWN_H
#define PGRADE_VERIFY_SHOWN_H

#include "base/buf.h"
#include "engine/value.h"

struct shown {
    struct str text;
    bool null;
    bool quoted;       /* it is a text, for people in quotes */
    bool cut;          /* it goes on */
    const char *class; /* of SQLite, in which it is stored; NULL: it is PostgreSQL's */
};

/* At most about `limit` bytes of it. */
struct shown shown_value(struct arena *arena, const struct value *value, size_t limit);
struct shown shown_text(struct arena *arena, struct str text, bool quoted, size_t limit);

/* On one line, shortened around the byte at which it differs from another: 'the quick...'. */
void shown_put(struct buf *out, const struct shown *shown, size_t differs_at);
/* The first byte in which the two differ; where one begins like the other, the shorter one's length. */
size_t shown_differs_at(const struct shown *a, const struct shown *b);

#endif
