/* Booleans, integers, floating point and numeric. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "transfer/decimal.h"
#include "transfer/decode_field.h"

bool decode_bool(struct decode_column *column, struct str field, bool plainly, struct value *value,
                 const char **reason)
{
    const struct spelling *spelling = &column->spelling;
    bool truth = field.ptr[0] != 0;
    const char *word = truth ? spelling->yes : spelling->no;

    (void)reason;
    *value = (struct value){.kind = VALUE_INTEGER, .integer = truth};
    if (plainly || spelling->class == VALUE_INTEGER)
        return true;
    if (spelling->class == VALUE_TEXT && word[0] != '\0')
        *value = (struct value){.kind = VALUE_TEXT, .bytes = str_from(word)};
    else if (spelling->class == VALUE_REAL)
        *value = (struct value){.kind = VALUE_REAL, .real = truth};
    return true;
}

bool decode_integer(struct decode_column *column, struct str field, bool plainly, struct value *value,
                    const char **reason)
{
    char room[DECIMAL_ROOM];

    value->kind = VALUE_INTEGER;
    value->integer = field.len == 2   ? (int16_t)field16(field, 0)
                     : field.len == 4 ? (int32_t)field32(field, 0)
                                      : (int64_t)field64(field, 0);
    if (plainly || (column->spelling.class != VALUE_TEXT && column->spelling.class != VALUE_BLOB))
        return true;
    buf_str(&column->room, decimal_write_integer(value->integer, room));
    if (!value_made(column, value, reason))
        return false;
    value->kind = column->spelling.class; /* Drizzle keeps digits in a BLOB */
    return true;
}

static bool decode_real(struct decode_column *column, double real, struct value *value, const char **reason)
{
    if (isnan(real))
        return unfit(reason, "SQLite has no NaN");
    *value = (struct value){.kind = VALUE_REAL, .real = real};
    if (column->spelling.class == VALUE_INTEGER && fabs(real) < 0x1p53 && trunc(real) == real &&
        !(real == 0 && signbit(real)))
        *value = (struct value){.kind = VALUE_INTEGER, .integer = (int64_t)real};
    return true;
}

bool decode_float4(struct decode_column *column, struct str field, bool plainly, struct value *value,
                   const char **reason)
{
    uint32_t bits = field32(field, 0);
    char text[DECIMAL_ROOM];
    float real;

    memcpy(&real, &bits, sizeof(real));
    /* What was 0.1 is not 0.10000000149011612: a float keeps six digits. */
    (void)snprintf(text, sizeof(text), "%.6g", (double)real);
    if (!plainly && isfinite(real) && strtof(text, NULL) == real)
        return decode_real(column, strtod(text, NULL), value, reason);
    return decode_real(column, (double)real, value, reason);
}

bool decode_float8(struct decode_column *column, struct str field, bool plainly, struct value *value,
                   const char **reason)
{
    uint64_t bits = field64(field, 0);
    double real;

    (void)plainly;
    memcpy(&real, &bits, sizeof(real));
    return decode_real(column, real, value, reason);
}

/* ---- numeric ---- */

enum {
    HEAD = 8,
    SIGN_NEGATIVE = 0x4000,
    SIGN_NAN = 0xc000,
    SIGN_INFINITE = 0xd000,
    SIGN_INFINITE_NEGATIVE = 0xf000
};

static unsigned group_at(struct str field, int place)
{
    return place >= 0 && place < (int)field16(field, 0) ? field16(field, HEAD + 2 * (size_t)place) : 0;
}

/* As PostgreSQL writes it: all decimals that it shows. */
static void put_numeric(struct str field, struct buf *out)
{
    int weight = (int16_t)field16(field, 2);
    int shown = field16(field, 6);

    if (field16(field, 4) == SIGN_NEGATIVE)
        buf_byte(out, '-');
    if (weight < 0)
        buf_byte(out, '0');
    for (int i = 0; i <= weight; i++)
        buf_printf(out, i == 0 ? "%u" : "%04u", group_at(field, i));
    if (shown == 0)
        return;
    buf_byte(out, '.');
    for (int i = 0; i < shown; i++) {
        static const unsigned powers[] = {1000, 100, 10, 1};

        buf_byte(out, (char)('0' + group_at(field, weight + 1 + i / 4) / powers[i % 4] % 10));
    }
}

static bool special(unsigned sign, struct value *value)
{
    if (sign == SIGN_NAN)
        *value = (struct value){.kind = VALUE_TEXT, .bytes = STR("NaN")};
    else if (sign == SIGN_INFINITE || sign == SIGN_INFINITE_NEGATIVE)
        *value = (struct value){.kind = VALUE_REAL, .real = sign == SIGN_INFINITE ? HUGE_VAL : -HUGE_VAL};
    else
        return false;
    return true;
}

bool decode_numeric(struct decode_column *column, struct str field, bool plainly, struct value *value,
                    const char **reason)
{
    enum value_kind class = plainly ? VALUE_TEXT : column->spelling.class;
    bool as_text = class == VALUE_TEXT || (class == VALUE_NULL && column->plan->source != NULL &&
                                           column->plan->source->affinity == AFFINITY_TEXT);

    if (field.len < HEAD || field.len != HEAD + 2 * (size_t)field16(field, 0))
        return false;
    if (special(field16(field, 4), value))
        return true;
    put_numeric(field, &column->room);
    if (!value_made(column, value, reason))
        return false;
    if (as_text)
        return true;
    if (class != VALUE_REAL && str_to_int64(value->bytes, &value->integer)) {
        value->kind = VALUE_INTEGER;
        return true;
    }
    value->kind = VALUE_REAL;
    value->real = strtod(value->bytes.ptr, NULL);
    return true;
}
