/* json_reader.h: a text of JSON while json_normal.c and json_scalar.c read it. */
#ifndef PGRADE_VERIFY_JSON_READER_H
#define PGRADE_VERIFY_JSON_READER_H

#include "verify/json_normal.h"

struct reader {
    const char *p;
    const char *end;
    const struct json_room *room; /* NULL: the text is only checked */
    int depth;
    const char *reason;
};

/* The first reason stays; returns false. */
static inline bool no(struct reader *r, const char *reason)
{
    if (r->reason == NULL)
        r->reason = reason;
    return false;
}

static inline void put(struct reader *r, const char *bytes, size_t size)
{
    if (r->room != NULL)
        buf_put(r->room->out, bytes, size);
}

static inline void put_byte(struct reader *r, char byte)
{
    put(r, &byte, 1);
}

static inline bool take(struct reader *r, char wanted)
{
    if (r->p == r->end || *r->p != wanted)
        return false;
    r->p++;
    return true;
}

void json_skip_space(struct reader *r);

/* One value with the white space around it. */
bool json_read_value(struct reader *r);

/* Numbers as jsonb compares them, strings with their escapes undone. */
bool json_read_number(struct reader *r);
bool json_read_string(struct reader *r);

#endif
