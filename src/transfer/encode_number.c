/* boolean, the integers, real and double precision. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "transfer/decimal.h"
#include "transfer/encode_field.h"

static bool put_bool(struct buf *out, bool value, const char **reason)
{
    char *at = field_new(out, 1, reason);

    if (at == NULL)
        return false;
    *at = value;
    return true;
}

bool encode_bool_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                         const char **reason)
{
    if (value->integer != 0 && value->integer != 1)
        return misfit(reason, column->misfit);
    return put_bool(out, value->integer == 1, reason);
}

bool encode_bool_real(const struct encode_column *column, const struct value *value, struct buf *out,
                      const char **reason)
{
    if (value->real != 0.0 && value->real != 1.0)
        return misfit(reason, column->misfit);
    return put_bool(out, value->real == 1.0, reason);
}

bool encode_bool_text(const struct encode_column *column, const struct value *value, struct buf *out,
                      const char **reason)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = {
        {"1", true},   {"0", false},  {"true", true}, {"false", false}, {"t", true},  {"f", false},
        {"yes", true}, {"no", false}, {"y", true},    {"n", false},     {"on", true}, {"off", false},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (str_is_nocase(value->bytes, words[i].text))
            return put_bool(out, words[i].value, reason);
    return misfit(reason, column->misfit);
}

/* The integer as it goes into the field is the same for the three storage classes. */
static bool integer_of_integer(const struct encode_column *column, int64_t value, const char **reason)
{
    if (value < column->lowest || value > column->highest)
        return misfit(reason, column->too_large);
    return true;
}

static bool integer_of_real(const struct encode_column *column, double real, int64_t *value,
                            const char **reason)
{
    if (isinf(real))
        return misfit(reason, "infinity");
    if (real != trunc(real))
        return misfit(reason, "a number with a fraction");
    if (real < -0x1p63 || real >= 0x1p63)
        return misfit(reason, column->too_large);
    *value = (int64_t)real;
    return integer_of_integer(column, *value, reason);
}

static bool integer_of_text(const struct encode_column *column, struct str text, int64_t *value,
                            const char **reason)
{
    size_t sign = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+') ? 1 : 0;
    bool negative = sign == 1 && text.ptr[0] == '-';
    bool fits = true;

    if (text.len == sign)
        return misfit(reason, column->misfit);
    *value = 0;
    /* Counted downwards, as there is one more negative integer. */
    for (size_t i = sign; i < text.len; i++) {
        if (!ascii_is_digit(text.ptr[i]))
            return misfit(reason, column->misfit);
        fits = fits && !__builtin_mul_overflow(*value, 10, value) &&
               !__builtin_sub_overflow(*value, text.ptr[i] - '0', value);
    }
    if (!fits || (!negative && *value == INT64_MIN))
        return misfit(reason, column->too_large);
    if (!negative)
        *value = -*value;
    return integer_of_integer(column, *value, reason);
}

/* The three encoders of one integer type: they differ in nothing but the width of what they put. */
#define INTEGER_ENCODERS(name, type, put)                                                                    \
    bool encode_##name##_integer(const struct encode_column *column, const struct value *value,              \
                                 struct buf *out, const char **reason)                                       \
    {                                                                                                        \
        return integer_of_integer(column, value->integer, reason) && put(out, (type)value->integer, reason); \
    }                                                                                                        \
                                                                                                             \
    bool encode_##name##_real(const struct encode_column *column, const struct value *value,                 \
                              struct buf *out, const char **reason)                                          \
    {                                                                                                        \
        int64_t integer;                                                                                     \
                                                                                                             \
        return integer_of_real(column, value->real, &integer, reason) && put(out, (type)integer, reason);    \
    }                                                                                                        \
                                                                                                             \
    bool encode_##name##_text(const struct encode_column *column, const struct value *value,                 \
                              struct buf *out, const char **reason)                                          \
    {                                                                                                        \
        int64_t integer;                                                                                     \
                                                                                                             \
        return integer_of_text(column, value->bytes, &integer, reason) && put(out, (type)integer, reason);   \
    }

INTEGER_ENCODERS(int2, uint16_t, field_put16)
INTEGER_ENCODERS(int4, uint32_t, field_put32)
INTEGER_ENCODERS(int8, uint64_t, field_put64)

static bool put_float8(struct buf *out, double value, const char **reason)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    return field_put64(out, bits, reason);
}

static bool put_float4(struct buf *out, float value, const char **reason)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof(bits));
    return field_put32(out, bits, reason);
}

/* Whether this double, made from that integer, is the same number: 2^63 cannot be cast back. */
static bool same_number(double real, int64_t integer)
{
    return real < 0x1p63 && (int64_t)real == integer;
}

bool encode_float8_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                           const char **reason)
{
    double real = (double)value->integer;

    (void)column;
    if (!same_number(real, value->integer))
        return misfit(reason, "more digits than a double precision number keeps");
    return put_float8(out, real, reason);
}

bool encode_float8_real(const struct encode_column *column, const struct value *value, struct buf *out,
                        const char **reason)
{
    (void)column;
    return put_float8(out, value->real, reason);
}

bool encode_float4_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                           const char **reason)
{
    float real = (float)value->integer;

    (void)column;
    if (!same_number((double)real, value->integer))
        return misfit(reason, "more digits than a real number keeps");
    return put_float4(out, real, reason);
}

/* No float is the double.  But what was written in six digits, as 0.1, is written so by a float too:
 * docs/values.md. */
static bool put_near_float4(double real, struct buf *out, const char **reason)
{
    char room[DECIMAL_ROOM];
    struct decimal decimal;
    float nearest;

    decimal_shortest(real, room, &decimal);
    snprintf(room, sizeof(room), "%.*g", FLT_DIG, real);
    nearest = strtof(room, NULL);
    if (decimal.count > FLT_DIG || fabsf(nearest) < FLT_MIN || isinf(nearest))
        return misfit(reason, "more digits than a real number keeps");
    return put_float4(out, nearest, reason);
}

bool encode_float4_real(const struct encode_column *column, const struct value *value, struct buf *out,
                        const char **reason)
{
    bool finite = isfinite(value->real);

    (void)column;
    if (finite && fabs(value->real) > (double)FLT_MAX)
        return misfit(reason, "out of range for real");
    if (finite && (double)(float)value->real != value->real)
        return put_near_float4(value->real, out, reason);
    return put_float4(out, (float)value->real, reason);
}
