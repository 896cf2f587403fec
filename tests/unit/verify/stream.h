/* stream.h: a binary COPY, made by hand. */
#ifndef PGRADE_TESTS_VERIFY_STREAM_H
#define PGRADE_TESTS_VERIFY_STREAM_H

#include <endian.h>
#include <string.h>

#include "base/buf.h"

static inline void put16(struct buf *out, int number)
{
    uint16_t bytes = htobe16((uint16_t)number);

    buf_put(out, &bytes, sizeof(bytes));
}

static inline void put32(struct buf *out, int64_t number)
{
    uint32_t bytes = htobe32((uint32_t)number);

    buf_put(out, &bytes, sizeof(bytes));
}

static inline void put64(struct buf *out, int64_t number)
{
    uint64_t bytes = htobe64((uint64_t)number);

    buf_put(out, &bytes, sizeof(bytes));
}

static inline void stream_begin(struct buf *out)
{
    buf_init(out, BUF_TEXT_MAXIMUM);
    buf_put(out, "PGCOPY\n\377\r\n\0", 11);
    put32(out, 0);
    put32(out, 0);
}

static inline void stream_int64(struct buf *out, int64_t number)
{
    put32(out, 8);
    put64(out, number);
}

static inline void stream_bytes(struct buf *out, struct str bytes)
{
    put32(out, (int64_t)bytes.len);
    buf_str(out, bytes);
}

static inline void stream_null(struct buf *out)
{
    put32(out, -1);
}

static inline void stream_end(struct buf *out)
{
    put16(out, -1);
}

#endif
