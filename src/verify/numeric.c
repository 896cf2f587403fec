/*
 * numeric and numeric(p,s).
 *
 * The form: uint64 coefficient, int32 exponent, uint32 mark.  The coefficient has no zeros at its end; zero,
 * NaN and the infinities have a mark alone.  A number of more than 19 digits has its digits, as text, behind
 * the mark and no coefficient.
 */
#include <math.h>

#include "verify/canonical_rules.h"
#include "verify/exact.h"

enum mark {
    MARK_ZERO,
    MARK_POSITIVE,
    MARK_NEGATIVE,
    MARK_POSITIVE_LONG,
    MARK_NEGATIVE_LONG,
    MARK_NAN,
    MARK_INFINITY,
    MARK_NEGATIVE_INFINITY
};

/* What a numeric without limits holds: numeric.c of PostgreSQL, NUMERIC_WEIGHT_MAX and NUMERIC_DSCALE_MAX. */
enum {
    WHOLE_DIGITS_MAXIMUM = 131072,
    DECIMALS_MAXIMUM = 16383,
    FORM_SIZE = 16
};

/* The binary format: numeric_send() of PostgreSQL. */
enum {
    HEAD_SIZE = 8,
    GROUP_DIGITS = 4,
    GROUP_END = 10000,
    GROUPS_SHORT = 4, /* fit in 64 bits, whatever they are */
    SIGN_POSITIVE = 0x0000,
    SIGN_NEGATIVE = 0x4000,
    SIGN_NAN = 0xc000,
    SIGN_INFINITY = 0xd000,
    SIGN_NEGATIVE_INFINITY = 0xf000
};

static void put_parts(unsigned char *out, uint64_t coefficient, int64_t exponent, enum mark mark)
{
    uint64_t first = htole64(coefficient);
    /* In one piece: the hash reads it as one, and would wait for two to be written. */
    uint64_t second = htole64((uint64_t)mark << 32 | (uint32_t)(int32_t)exponent);

    memcpy(out, &first, sizeof(first));
    memcpy(out + sizeof(first), &second, sizeof(second));
}

static bool form_mark(struct canonical_scratch *scratch, enum mark mark, struct str *form)
{
    put_parts(scratch->fixed, 0, 0, mark);
    return form_fixed(scratch, FORM_SIZE, form);
}

/* coefficient * 10^exponent; a coefficient of any zeros at its end. */
static bool form_short(struct canonical_scratch *scratch, bool negative, uint64_t coefficient,
                       int64_t exponent, struct str *form)
{
    if (coefficient == 0)
        return form_mark(scratch, MARK_ZERO, form);
    /* In three steps: most numbers of a scale end in no zero, or in as many as the scale. */
    for (; coefficient % 10000 == 0; exponent += 4)
        coefficient /= 10000;
    for (; coefficient % 100 == 0; exponent += 2)
        coefficient /= 100;
    if (coefficient % 10 == 0) {
        coefficient /= 10;
        exponent++;
    }
    put_parts(scratch->fixed, coefficient, exponent, negative ? MARK_NEGATIVE : MARK_POSITIVE);
    return form_fixed(scratch, FORM_SIZE, form);
}

static bool form_decimal(struct canonical_scratch *scratch, const struct exact *number, struct str *form)
{
    unsigned char head[FORM_SIZE];

    if (number->digit_count <= EXACT_IN_64_BITS)
        return form_short(scratch, number->negative, number->coefficient, number->exponent, form);
    put_parts(head, 0, number->exponent, number->negative ? MARK_NEGATIVE_LONG : MARK_POSITIVE_LONG);
    buf_clear(&scratch->form);
    buf_put(&scratch->form, head, sizeof(head));
    exact_put_digits(&scratch->form, number);
    if (scratch->form.failed)
        return out_of_memory(scratch);
    *form = buf_view(&scratch->form);
    return true;
}

static bool parse(const struct value *value, struct canonical_scratch *scratch, struct exact *number)
{
    char *text = (char *)scratch->fixed;

    switch (value->kind) {
    case VALUE_INTEGER: exact_of_integer(value->integer, number); return true;
    case VALUE_REAL: return exact_parse((struct str){text, real_shortest(value->real, text)}, number);
    case VALUE_TEXT: return exact_parse(value->bytes, number) || misfit(scratch, "it is no decimal number");
    default: return misfit(scratch, NULL);
    }
}

static bool is_nan(const struct value *value)
{
    static const struct str nan = STR("NaN");

    return (value->kind == VALUE_REAL && isnan(value->real)) ||
           (value->kind == VALUE_TEXT && str_equal_nocase(value->bytes, nan));
}

/* The nearest decimal of so many decimals, when it has few enough digits: below `end`. */
static bool nearest(double real, double power, double end, double *scaled)
{
    *scaled = rint(fabs(real) * power);
    return *scaled < end;
}

/*
 * Whether that decimal reads back as the double (one division, correctly rounded).  With at most 15 digits it
 * is the double's shortest text then: doubles keep 15 digits, so no other text of 15 reads back.
 */
static bool reads_back(double real, double power, double scaled)
{
    return scaled / power == fabs(real);
}

/*
 * Whether that decimal, which does not read back, is the double's text of 15 digits: it is nearer than half a
 * unit of the 15th digit.  Exact but for the last bits of `distance`; what is near the limit, or just below a
 * power of ten, where the unit changes, is left to the text.
 */
static bool is_text15(double real, double power, double scaled)
{
    double product = fabs(real) * power;
    double distance = fabs((product - scaled) + fma(fabs(real), power, -product));

    return scaled > 1 && distance < 0.49 * exact_unit_of_last_digit((uint64_t)scaled - 1);
}

static bool real_quickly(struct canonical_scratch *scratch, double real, struct str *form)
{
    double scaled;

    for (int decimals = 0; decimals <= 6; decimals += 2) {
        double power = (double)exact_power(decimals);

        if (nearest(real, power, (double)exact_power(EXACT_IN_DOUBLE), &scaled) &&
            reads_back(real, power, scaled))
            return form_short(scratch, real < 0, (uint64_t)scaled, -decimals, form);
    }
    return false;
}

/* docs/values.md on numeric(p,s), without printing the number. */
static bool real_limited_quickly(const struct canonical *rule, double real, struct canonical_scratch *scratch,
                                 struct str *form)
{
    double scaled;

    return rule->power != 0 && nearest(real, rule->power, (double)rule->highest, &scaled) &&
           (reads_back(real, rule->power, scaled) || is_text15(real, rule->power, scaled)) &&
           form_short(scratch, real < 0, (uint64_t)scaled, -rule->type.scale, form);
}

bool numeric_source(const struct canonical *rule, const struct value *value,
                    struct canonical_scratch *scratch, struct str *form)
{
    struct exact number;

    (void)rule;
    if (value->kind == VALUE_INTEGER)
        return form_short(scratch, value->integer < 0,
                          value->integer < 0 ? -(uint64_t)value->integer : (uint64_t)value->integer, 0, form);
    if (is_nan(value))
        return form_mark(scratch, MARK_NAN, form);
    if (value->kind == VALUE_REAL && isinf(value->real))
        return form_mark(scratch, value->real > 0 ? MARK_INFINITY : MARK_NEGATIVE_INFINITY, form);
    if (value->kind == VALUE_REAL && real_quickly(scratch, value->real, form))
        return true;
    if (!parse(value, scratch, &number))
        return false;
    if (number.digit_count + number.exponent > WHOLE_DIGITS_MAXIMUM || -number.exponent > DECIMALS_MAXIMUM)
        return misfit(scratch, "it is beyond numeric's range");
    return form_decimal(scratch, &number, form);
}

static bool fits(const struct canonical *rule, const struct exact *number)
{
    return number->digit_count == 0 ||
           (-number->exponent <= rule->type.scale &&
            number->digit_count + number->exponent <= rule->type.precision - rule->type.scale);
}

/* The text of 15 digits instead, when these reach as far as all decimals of the column: what it leaves out is
 * then the noise of a binary fraction, else it may be digits that were meant. */
static void drop_noise(const struct canonical *rule, double real, char *text, struct exact *number)
{
    struct exact rounded;

    if (exact_parse((struct str){text, real_text15(real, text)}, &rounded) &&
        EXACT_IN_DOUBLE - rounded.digit_count - rounded.exponent >= rule->type.scale)
        *number = rounded;
}

bool numeric_limited_source(const struct canonical *rule, const struct value *value,
                            struct canonical_scratch *scratch, struct str *form)
{
    char *text = (char *)scratch->fixed;
    struct exact number;

    if (value->kind == VALUE_REAL && real_limited_quickly(rule, value->real, scratch, form))
        return true;
    if (is_nan(value))
        return form_mark(scratch, MARK_NAN, form);
    if (value->kind == VALUE_REAL && isinf(value->real))
        return misfit(scratch, "it is infinite");
    if (!parse(value, scratch, &number))
        return false;
    if (value->kind == VALUE_REAL && -number.exponent > rule->type.scale)
        drop_noise(rule, value->real, text, &number);
    if (!fits(rule, &number))
        return misfit(scratch, "it has more digits than precision and scale allow");
    return form_decimal(scratch, &number, form);
}

static bool special_target(unsigned sign, struct canonical_scratch *scratch, struct str *form)
{
    switch (sign) {
    case SIGN_NAN: return form_mark(scratch, MARK_NAN, form);
    case SIGN_INFINITY: return form_mark(scratch, MARK_INFINITY, form);
    case SIGN_NEGATIVE_INFINITY: return form_mark(scratch, MARK_NEGATIVE_INFINITY, form);
    default: return false;
    }
}

/* The digits of all groups as text, which is then a decimal like any other. */
static bool long_target(struct str groups, bool negative, int64_t exponent, struct canonical_scratch *scratch,
                        struct str *form)
{
    struct exact number;

    buf_clear(&scratch->made);
    for (size_t i = 0; i < groups.len; i += 2)
        for (unsigned group = field_uint16(groups.ptr + i), unit = GROUP_END / 10; unit > 0; unit /= 10)
            buf_byte(&scratch->made, (char)('0' + group / unit % 10));
    if (scratch->made.failed)
        return out_of_memory(scratch);
    if (!exact_parse(buf_view(&scratch->made), &number))
        return false;
    number.negative = negative;
    number.exponent += exponent;
    return form_decimal(scratch, &number, form);
}

bool numeric_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                    struct str *form)
{
    struct str groups = str_slice(field, HEAD_SIZE, field.len);
    uint64_t coefficient = 0;
    size_t count;
    unsigned sign;
    int64_t exponent;

    (void)rule;
    if (field.len < HEAD_SIZE)
        return false;
    count = field_uint16(field.ptr);
    exponent = GROUP_DIGITS * ((int16_t)field_uint16(field.ptr + 2) - (int64_t)count + 1);
    sign = field_uint16(field.ptr + 4);
    if (groups.len != 2 * count)
        return false;
    if (sign != SIGN_POSITIVE && sign != SIGN_NEGATIVE)
        return special_target(sign, scratch, form);
    for (size_t i = 0; i < groups.len; i += 2)
        if (field_uint16(groups.ptr + i) >= GROUP_END)
            return false;
    if (count > GROUPS_SHORT)
        return long_target(groups, sign == SIGN_NEGATIVE, exponent, scratch, form);
    for (size_t i = 0; i < groups.len; i += 2)
        coefficient = coefficient * GROUP_END + field_uint16(groups.ptr + i);
    return form_short(scratch, sign == SIGN_NEGATIVE, coefficient, exponent, form);
}
