/*
 * numeric and numeric(p,s).  The form: groups of four digits, the weight of the first (its power of 10000),
 * the sign, the decimals shown, the groups; numeric_recv() in src/backend/utils/adt/numeric.c.
 */
#include <math.h>

#include "transfer/decimal.h"
#include "transfer/encode_field.h"

enum {
    SIGN_POSITIVE = 0x0000,
    SIGN_NEGATIVE = 0x4000,
    SIGN_NAN = 0xc000,
    SIGN_INFINITE = 0xd000,
    SIGN_INFINITE_NEGATIVE = 0xf000,
    BEFORE_MAXIMUM = 131072,
    DECIMALS_MAXIMUM = 16383,
    GROUPS_OF_INTEGER = 6 /* an int64_t has 19 digits, and up to three zeros go before the next group */
};

static char *numeric_new(struct buf *out, size_t groups, int64_t weight, unsigned sign, int64_t scale,
                         const char **reason)
{
    char *at = field_new(out, 8 + 2 * groups, reason);

    if (at == NULL)
        return NULL;
    put16(at, (uint16_t)groups);
    put16(at + 2, (uint16_t)weight);
    put16(at + 4, (uint16_t)sign);
    put16(at + 6, (uint16_t)scale);
    return at + 8;
}

static bool put_special(struct buf *out, unsigned sign, const char **reason)
{
    return numeric_new(out, 0, 0, sign, 0, reason) != NULL;
}

/* unscaled / 10^scale, without a detour over digits: nearly all numbers of nearly all databases. */
static bool put_unscaled(struct buf *out, bool negative, uint64_t unscaled, int scale, int shown,
                         const char **reason)
{
    static const unsigned paddings[4] = {1, 1000, 100, 10};
    uint16_t groups[GROUPS_OF_INTEGER];
    int count = 0;
    int skipped = 0; /* groups of zeros at the end, which are not sent */
    char *at;

    for (unscaled *= paddings[scale % 4]; unscaled != 0; unscaled /= 10000)
        groups[count++] = (uint16_t)(unscaled % 10000);
    if (count == 0)
        return numeric_new(out, 0, 0, SIGN_POSITIVE, shown, reason) != NULL;
    while (groups[skipped] == 0)
        skipped++;
    at = numeric_new(out, (size_t)(count - skipped), count - 1 - (scale + 3) / 4,
                     negative ? SIGN_NEGATIVE : SIGN_POSITIVE, shown, reason);
    if (at == NULL)
        return false;
    for (int i = count - 1; i >= skipped; i--, at += 2)
        put16(at, groups[i]);
    return true;
}

static bool put_integer(struct buf *out, int64_t value, int shown, const char **reason)
{
    bool negative = value < 0;

    return put_unscaled(out, negative, negative ? -(uint64_t)value : (uint64_t)value, 0, shown, reason);
}

/* The power of 10000 of the group in which the first digit stands. */
static int64_t weight_of(const struct decimal *decimal)
{
    int64_t exponent = decimal->point - 1;

    return exponent >= 0 ? exponent / 4 : -((3 - exponent) / 4);
}

static bool put_decimal(struct buf *out, const struct decimal *decimal, int64_t shown, const char **reason)
{
    int64_t weight = weight_of(decimal);
    int64_t leading = (weight + 1) * 4 - decimal->point; /* zeros before the first digit in its group */
    size_t groups = ((size_t)leading + decimal->count + 3) / 4;
    int64_t place = -leading;
    char *at;

    if (decimal->count == 0)
        return numeric_new(out, 0, 0, SIGN_POSITIVE, shown, reason) != NULL;
    at = numeric_new(out, groups, weight, decimal->negative ? SIGN_NEGATIVE : SIGN_POSITIVE, shown, reason);
    if (at == NULL)
        return false;
    for (size_t group = 0; group < groups; group++, at += 2) {
        int number = 0;

        for (int i = 0; i < 4; i++, place++) {
            bool inside = place >= 0 && place < (int64_t)decimal->count;

            number = number * 10 + (inside ? decimal_digit(decimal, (size_t)place) - '0' : 0);
        }
        put16(at, (uint16_t)number);
    }
    return true;
}

bool encode_numeric_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                            const char **reason)
{
    (void)column;
    return put_integer(out, value->integer, 0, reason);
}

bool encode_numeric_real(const struct encode_column *column, const struct value *value, struct buf *out,
                         const char **reason)
{
    char room[DECIMAL_ROOM];
    struct decimal decimal;
    int64_t unscaled;
    int scale;

    (void)column;
    if (isinf(value->real))
        return put_special(out, value->real < 0 ? SIGN_INFINITE_NEGATIVE : SIGN_INFINITE, reason);
    if (decimal_find_scale(fabs(value->real), &unscaled, &scale))
        return put_unscaled(out, value->real < 0, (uint64_t)unscaled, scale, scale, reason);
    decimal_shortest(value->real, room, &decimal);
    return put_decimal(out, &decimal, decimal_decimals(&decimal), reason);
}

bool encode_numeric_text(const struct encode_column *column, const struct value *value, struct buf *out,
                         const char **reason)
{
    struct decimal decimal;

    if (str_is_nocase(value->bytes, "NaN"))
        return put_special(out, SIGN_NAN, reason);
    if (!decimal_parse(value->bytes, &decimal))
        return misfit(reason, column->misfit);
    if (decimal.point > BEFORE_MAXIMUM)
        return misfit(reason, "more than 131072 digits before the point");
    if (decimal_decimals(&decimal) > DECIMALS_MAXIMUM)
        return misfit(reason, "more than 16383 decimals");
    /* The zeros at the end are kept too, as far as they can be. */
    return put_decimal(out, &decimal,
                       decimal.written <= DECIMALS_MAXIMUM ? decimal.written : decimal_decimals(&decimal),
                       reason);
}

/* Scales below 0 exist: numeric(5,-2) holds hundreds. */
static int shown_decimals(const struct encode_column *column)
{
    return column->plan->type.scale > 0 ? column->plan->type.scale : 0;
}

static bool fits_scale(const struct encode_column *column, const struct decimal *decimal)
{
    return (int64_t)decimal->count - decimal->point <= column->plan->type.scale || decimal->count == 0;
}

static bool put_fixed(const struct encode_column *column, const struct decimal *decimal, struct buf *out,
                      const char **reason)
{
    const struct pg_type *type = &column->plan->type;

    if (!fits_scale(column, decimal))
        return misfit(reason, column->too_fine);
    if (decimal->count != 0 && decimal->point > type->precision - type->scale)
        return misfit(reason, column->too_large);
    return put_decimal(out, decimal, shown_decimals(column), reason);
}

bool encode_fixed_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                          const char **reason)
{
    char room[DECIMAL_ROOM];
    struct decimal decimal;
    int64_t number = value->integer;

    if (column->plan->type.scale < 0) {
        decimal_of_unscaled(number < 0 ? -(uint64_t)number : (uint64_t)number, 0, room, &decimal);
        decimal.negative = number < 0;
        return put_fixed(column, &decimal, out, reason);
    }
    if (column->integer_limit != 0 && (number >= column->integer_limit || number <= -column->integer_limit))
        return misfit(reason, column->too_large);
    return put_integer(out, number, shown_decimals(column), reason);
}

/* What is left after the short way: many digits, or none that fit. */
static bool put_odd_real(const struct encode_column *column, double real, struct buf *out,
                         const char **reason)
{
    char room[DECIMAL_ROOM];
    struct decimal decimal;

    decimal_shortest(real, room, &decimal);
    if (!fits_scale(column, &decimal)) {
        decimal_rounded(real, DECIMAL_KEPT, room, &decimal);
        /* Rounding is for the noise of binary fractions only, never for decimals that the column has. */
        if (DECIMAL_KEPT - decimal.point < column->plan->type.scale)
            return misfit(reason, column->too_fine);
    }
    return put_fixed(column, &decimal, out, reason);
}

bool encode_fixed_real(const struct encode_column *column, const struct value *value, struct buf *out,
                       const char **reason)
{
    int scale = column->plan->type.scale;
    int64_t unscaled;

    if (isinf(value->real))
        return misfit(reason, "infinity");
    if (column->power == 0 || !decimal_unscale_noisy(fabs(value->real), column->power, &unscaled))
        return put_odd_real(column, value->real, out, reason);
    if (unscaled >= column->unscaled_limit)
        return misfit(reason, column->too_large);
    return put_unscaled(out, value->real < 0, (uint64_t)unscaled, scale, scale, reason);
}

bool encode_fixed_text(const struct encode_column *column, const struct value *value, struct buf *out,
                       const char **reason)
{
    struct decimal decimal;

    if (str_is_nocase(value->bytes, "NaN"))
        return put_special(out, SIGN_NAN, reason);
    if (!decimal_parse(value->bytes, &decimal))
        return misfit(reason, column->misfit);
    return put_fixed(column, &decimal, out, reason);
}
