#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* What an empty buf points to.  Never written: a put allocates first. */
static char empty[1];

void buf_init(struct buf *buf, size_t maximum)
{
    *buf = (struct buf){.ptr = empty, .maximum = maximum};
}

void buf_free(struct buf *buf)
{
    if (buf->capacity != 0)
        free(buf->ptr);
    buf_init(buf, buf->maximum);
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->failed = false;
    buf->starved = false;
    if (buf->capacity != 0)
        buf->ptr[0] = '\0';
}

static bool grow(struct buf *buf, size_t needed)
{
    size_t capacity = buf->capacity < 64 ? 64 : buf->capacity;
    char *grown;

    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    grown = realloc(buf->capacity == 0 ? NULL : buf->ptr, capacity);
    if (grown == NULL && buf->maximum <= BUF_TEXT_MAXIMUM)
        arena_exhausted();
    if (grown == NULL) {
        buf->starved = true;
        return false;
    }
    buf->ptr = grown;
    buf->capacity = capacity;
    return true;
}

char *buf_reserve(struct buf *buf, size_t more)
{
    if (buf->failed || more > buf->maximum - buf->len ||
        (buf->len + more + 1 > buf->capacity && !grow(buf, buf->len + more + 1))) {
        buf->failed = true;
        return NULL;
    }
    return buf->ptr + buf->len;
}

void buf_put(struct buf *buf, const void *bytes, size_t size)
{
    char *room = buf_reserve(buf, size);

    if (room == NULL)
        return;
    if (size != 0)
        memcpy(room, bytes, size);
    buf->len += size;
    buf->ptr[buf->len] = '\0';
}

void buf_byte(struct buf *buf, char byte)
{
    buf_put(buf, &byte, 1);
}

void buf_text(struct buf *buf, const char *text)
{
    buf_put(buf, text, strlen(text));
}

void buf_str(struct buf *buf, struct str s)
{
    buf_put(buf, s.ptr, s.len);
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
    va_list again;
    int length;
    char *room;

    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    room = length < 0 ? NULL : buf_reserve(buf, (size_t)length);
    if (room != NULL) {
        (void)vsnprintf(room, (size_t)length + 1, format, again);
        buf->len += (size_t)length;
    } else {
        buf->failed = true;
    }
    va_end(again);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}

struct str buf_view(const struct buf *buf)
{
    return (struct str){buf->ptr, buf->len};
}

struct str buf_to_str(struct arena *arena, const struct buf *buf)
{
    return str_dup(arena, buf_view(buf));
}
