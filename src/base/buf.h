/*
 * buf.h: bytes that grow, up to a stated maximum.
 *
 * `ptr` is never NULL and always followed by a NUL that `len` does not count.  A put that would pass the
 * maximum, or for which there is no memory, changes nothing but `failed`, which stays set: many puts, then
 * one look at `failed`.  Where the maximum is that of text, BUF_TEXT_MAXIMUM or less, memory that is out ends
 * the process as it does for an arena: a statement that lost its end means something else, and might be run.
 *
 * Threads: a buf belongs to one thread at a time.
 */
#ifndef PGRADE_BASE_BUF_H
#define PGRADE_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/str.h"

struct buf {
    char *ptr;
    size_t len;
    size_t capacity; /* 0 while nothing is allocated */
    size_t maximum;  /* of len */
    bool failed;
    bool starved; /* it failed because there was no memory, not for its maximum */
};

enum {
    BUF_TEXT_MAXIMUM = 64 * 1024 * 1024 /* for SQL text and messages */
};

void buf_init(struct buf *buf, size_t maximum);
void buf_free(struct buf *buf);  /* may be used again afterwards, as after buf_init() */
void buf_clear(struct buf *buf); /* empties and keeps the memory; clears `failed` and `starved` */

/* Room for `more` bytes after ptr + len, not counted yet.  NULL when there is none (and `failed` is set). */
char *buf_reserve(struct buf *buf, size_t more);

void buf_put(struct buf *buf, const void *bytes, size_t size);
void buf_byte(struct buf *buf, char byte);
void buf_text(struct buf *buf, const char *text);
void buf_str(struct buf *buf, struct str s);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *buf, const char *format, va_list args) PRINTF_LIKE(2, 0);

struct str buf_view(const struct buf *buf);                        /* valid until the next put */
struct str buf_to_str(struct arena *arena, const struct buf *buf); /* a copy */

#endif
