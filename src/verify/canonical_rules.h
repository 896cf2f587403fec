/* canonical_rules.h: the functions behind canonical.h's table, by family of types, and what they share. */
#ifndef PGRADE_VERIFY_CANONICAL_RULES_H
#define PGRADE_VERIFY_CANONICAL_RULES_H

#include <endian.h>
#include <string.h>

#include "verify/canonical.h"

canonical_source boolean_source, integer_source, float4_source, float8_source, numeric_source,
    numeric_limited_source;
canonical_source text_source, char_source, enum_source, bytea_source, uuid_source;
canonical_source date_source, time_source, timetz_source, timestamp_source, interval_source;
canonical_source oid_source, char_byte_source, name_source, bits_source, macaddr8_source;
canonical_source array_source, json_source, jsonb_source, inet_source, cidr_source, macaddr_source;

canonical_target boolean_target, int2_target, int4_target, int8_target, float4_target, float8_target,
    numeric_target;
canonical_target bytes_target, char_target, uuid_target;
canonical_target date_target, time_target, timetz_target, timestamp_target, interval_target;
canonical_target oid_target, char_byte_target, bits_target, macaddr8_target;
canonical_target array_target, jsonb_target, inet_target, macaddr_target;

/* docs/values.md: what a field holds at most, and the reason when a value is longer. */
#define FIELD_MAXIMUM ((size_t)1073741819)
extern const char too_long[];

/* The text that a value is in a text column (docs/values.md); it must be valid. */
bool value_text(const struct value *value, struct canonical_scratch *scratch, struct str *text);

/* Valid UTF-8 without NUL. */
bool text_is_valid(struct str text);

/* Returns false: the idiom of err.h for reasons. */
static inline bool misfit(struct canonical_scratch *scratch, const char *reason)
{
    scratch->reason = reason;
    return false;
}

static inline bool out_of_memory(struct canonical_scratch *scratch)
{
    scratch->exhausted = true;
    return misfit(scratch, "out of memory");
}

/* A form of fixed size, made of the scratch's own bytes. */
static inline bool form_fixed(struct canonical_scratch *scratch, size_t size, struct str *form)
{
    *form = (struct str){(const char *)scratch->fixed, size};
    return true;
}

static inline bool form_int64(struct canonical_scratch *scratch, int64_t number, struct str *form)
{
    uint64_t bytes = htole64((uint64_t)number);

    memcpy(scratch->fixed, &bytes, sizeof(bytes));
    return form_fixed(scratch, sizeof(bytes), form);
}

/* A field of that size, as PostgreSQL sends numbers: big-endian. */
static inline uint64_t field_uint64(const char *bytes)
{
    uint64_t number;

    memcpy(&number, bytes, sizeof(number));
    return be64toh(number);
}

static inline uint32_t field_uint32(const char *bytes)
{
    uint32_t number;

    memcpy(&number, bytes, sizeof(number));
    return be32toh(number);
}

static inline uint16_t field_uint16(const char *bytes)
{
    uint16_t number;

    memcpy(&number, bytes, sizeof(number));
    return be16toh(number);
}

/* The value of a hex digit, of two of them; -1: they are none. */
static inline int hex_digit(char c)
{
    char lower = ascii_lower(c);

    if (ascii_is_digit(c))
        return c - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static inline int hex_pair(const char *digits)
{
    int high = hex_digit(digits[0]);
    int low = hex_digit(digits[1]);

    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

#endif
