/* decode_field.h: the decoders behind decode.c, and how they read a field.  For decode*.c only. */
#ifndef PGRADE_TRANSFER_DECODE_FIELD_H
#define PGRADE_TRANSFER_DECODE_FIELD_H

#include <string.h>

#include "transfer/decode.h"

/* `plainly`: without the column's spelling, in the form that says everything. */
typedef bool decode_fn(struct decode_column *column, struct str field, bool plainly, struct value *value,
                       const char **reason);

decode_fn decode_bool, decode_integer, decode_float4, decode_float8, decode_numeric;
decode_fn decode_text, decode_bytea, decode_uuid, decode_json, decode_inet, decode_macaddr;
decode_fn decode_date, decode_time, decode_timetz, decode_timestamp, decode_interval;
decode_fn decode_oid, decode_char_byte, decode_bits, decode_array;

static inline uint16_t field16(struct str field, size_t at)
{
    uint16_t value;

    memcpy(&value, field.ptr + at, sizeof(value));
    return __builtin_bswap16(value);
}

static inline uint32_t field32(struct str field, size_t at)
{
    uint32_t value;

    memcpy(&value, field.ptr + at, sizeof(value));
    return __builtin_bswap32(value);
}

static inline uint64_t field64(struct str field, size_t at)
{
    uint64_t value;

    memcpy(&value, field.ptr + at, sizeof(value));
    return __builtin_bswap64(value);
}

static inline bool unfit(const char **reason, const char *why)
{
    *reason = why;
    return false;
}

/* The column's own room as a text. */
static inline bool value_made(struct decode_column *column, struct value *value, const char **reason)
{
    *value = (struct value){.kind = VALUE_TEXT, .bytes = buf_view(&column->room)};
    return !column->room.failed || unfit(reason, NULL);
}

#endif
