/* encode_field.h: the encoders behind the table of encode.c, and how they put bytes.  For encode*.c only. */
#ifndef PGRADE_TRANSFER_ENCODE_FIELD_H
#define PGRADE_TRANSFER_ENCODE_FIELD_H

#include <string.h>

#include "transfer/encode.h"

enum {
    FIELD_MAXIMUM = 0x3fffffff - 4 /* MaxAllocSize of PostgreSQL's memutils.h, less a varlena's header */
};

/* Each encodes the storage classes for which the table of encode.c names it. */
encode_fn encode_bool_integer, encode_bool_real, encode_bool_text;
encode_fn encode_int2_integer, encode_int2_real, encode_int2_text;
encode_fn encode_int4_integer, encode_int4_real, encode_int4_text;
encode_fn encode_int8_integer, encode_int8_real, encode_int8_text;
encode_fn encode_float4_integer, encode_float4_real;
encode_fn encode_float8_integer, encode_float8_real;
encode_fn encode_numeric_integer, encode_numeric_real, encode_numeric_text;
encode_fn encode_fixed_integer, encode_fixed_real, encode_fixed_text; /* numeric(p,s) */
encode_fn encode_text_integer, encode_text_real, encode_text_bytes;
encode_fn encode_label_text;
encode_fn encode_bytea_bytes;
encode_fn encode_date_integer, encode_date_real, encode_date_text;
encode_fn encode_time_text, encode_timetz_text;
encode_fn encode_interval_integer, encode_interval_real, encode_interval_text;
encode_fn encode_timestamp_integer, encode_timestamp_real, encode_timestamp_text;
encode_fn encode_uuid_integer, encode_uuid_text, encode_uuid_blob;
encode_fn encode_json_integer, encode_json_real, encode_json_text, encode_json_blob;
encode_fn encode_inet_text, encode_macaddr_text;
encode_fn encode_oid_integer, encode_oid_text, encode_char_byte_text;
encode_fn encode_name_integer, encode_name_real, encode_name_bytes;
encode_fn encode_bit_integer, encode_bit_text, encode_macaddr8_text;
encode_fn encode_array_text;

void encode_array_init(struct encode_column *column, struct arena *arena);

/* NULL, or why these bytes are no text for PostgreSQL. */
const char *text_misfit(struct str text);

/* The digit's value, or -1. */
static inline int hex_digit(char c)
{
    unsigned digit = (unsigned char)c - (unsigned)'0';
    unsigned letter = ((unsigned char)c | 0x20u) - (unsigned)'a';

    return digit <= 9 ? (int)digit : letter <= 5 ? (int)letter + 10 : -1;
}

static inline void put16(char *at, uint16_t value)
{
    value = __builtin_bswap16(value);
    memcpy(at, &value, sizeof(value));
}

static inline void put32(char *at, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(at, &value, sizeof(value));
}

static inline void put64(char *at, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(at, &value, sizeof(value));
}

static inline bool misfit(const char **reason, const char *why)
{
    *reason = why;
    return false;
}

/* A field of `size` bytes with its length written: where its bytes go, or NULL (and no reason) when there is
 * no room. The common case is decided here, without a call. */
static inline char *field_new(struct buf *out, size_t size, const char **reason)
{
    size_t more = size + 4;
    char *room = more < out->capacity - out->len && more <= out->maximum - out->len && !out->failed
                     ? out->ptr + out->len
                     : buf_reserve(out, more);

    if (room == NULL) {
        *reason = NULL;
        return NULL;
    }
    put32(room, (uint32_t)size);
    out->len += more;
    out->ptr[out->len] = '\0';
    return room + 4;
}

static inline bool field_put16(struct buf *out, uint16_t value, const char **reason)
{
    char *at = field_new(out, sizeof(value), reason);

    if (at == NULL)
        return false;
    put16(at, value);
    return true;
}

static inline bool field_put32(struct buf *out, uint32_t value, const char **reason)
{
    char *at = field_new(out, sizeof(value), reason);

    if (at == NULL)
        return false;
    put32(at, value);
    return true;
}

static inline bool field_put64(struct buf *out, uint64_t value, const char **reason)
{
    char *at = field_new(out, sizeof(value), reason);

    if (at == NULL)
        return false;
    put64(at, value);
    return true;
}

static inline bool field_put_bytes(struct buf *out, struct str bytes, const char **reason)
{
    char *at;

    if (bytes.len > FIELD_MAXIMUM)
        return misfit(reason, "more than 1 GB");
    at = field_new(out, bytes.len, reason);
    if (at == NULL)
        return false;
    if (bytes.len != 0)
        memcpy(at, bytes.ptr, bytes.len);
    return true;
}

#endif
