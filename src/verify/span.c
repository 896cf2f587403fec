#include "verify/span.h"

#include "verify/canonical_rules.h"

/* More digits than any span has; a number of them times an hour's microseconds fits all the same. */
#define DIGITS_MAXIMUM 20
#define MONTHS_MAXIMUM INT64_C(2136000000) /* 178,000,000 years, PostgreSQL's own limit */

typedef __int128 wide;

/* What is left of the text, and what has been read of it. */
struct spelled {
    struct str left;
    bool negative;
    bool finer;
    bool beyond;  /* a number or a sum is more than 64 bits hold */
    wide sums[3]; /* months, days, microseconds */
};

static bool skip(struct str *text, char wanted)
{
    if (text->len == 0 || text->ptr[0] != wanted)
        return false;
    *text = str_slice(*text, 1, text->len);
    return true;
}

static size_t count_digits(struct str text)
{
    size_t count = 0;

    while (count < text.len && ascii_is_digit(text.ptr[count]))
        count++;
    return count;
}

static struct str cut_digits(struct str *text)
{
    struct str digits = str_slice(*text, 0, count_digits(*text));

    *text = str_slice(*text, digits.len, text->len);
    return digits;
}

/* All beyond the limit is the same: too much for every column. */
static wide number_of(struct str digits)
{
    wide number = 0;

    while (skip(&digits, '0'))
        continue;
    if (digits.len > DIGITS_MAXIMUM)
        digits.len = DIGITS_MAXIMUM;
    for (size_t i = 0; i < digits.len; i++)
        number = number * 10 + (digits.ptr[i] - '0');
    return number;
}

/* Of the digits behind a second's point. */
static wide micros_of(struct str digits, bool *finer)
{
    wide micros = 0;

    for (size_t i = 0; i < 6; i++)
        micros = micros * 10 + (i < digits.len ? digits.ptr[i] - '0' : 0);
    for (size_t i = 6; i < digits.len; i++)
        *finer |= digits.ptr[i] != '0';
    return micros;
}

/* One number with that letter behind it is taken, if it stands there; false: nothing is. */
static bool take_unit(struct spelled *spelled, char letter, wide worth, wide *sum)
{
    struct str rest = spelled->left;
    struct str fraction = {.len = 0};
    bool negative = skip(&rest, '-');
    struct str digits;
    wide amount;

    if (!negative)
        (void)skip(&rest, '+');
    digits = cut_digits(&rest);
    if (letter == 'S' && skip(&rest, '.')) {
        fraction = cut_digits(&rest);
        if (fraction.len == 0)
            return false;
    }
    if (digits.len == 0 || !skip(&rest, letter))
        return false;
    amount = number_of(digits) * worth + micros_of(fraction, &spelled->finer);
    amount = negative != spelled->negative ? -amount : amount;
    *sum += amount;
    spelled->beyond |= amount != (int64_t)amount || *sum != (int64_t)*sum;
    spelled->left = rest;
    return true;
}

static int take_days(struct spelled *spelled)
{
    return take_unit(spelled, 'Y', 12, &spelled->sums[0]) + take_unit(spelled, 'M', 1, &spelled->sums[0]) +
           take_unit(spelled, 'W', 7, &spelled->sums[1]) + take_unit(spelled, 'D', 1, &spelled->sums[1]);
}

static int take_clock(struct spelled *spelled)
{
    return take_unit(spelled, 'H', INT64_C(3600000000), &spelled->sums[2]) +
           take_unit(spelled, 'M', 60000000, &spelled->sums[2]) +
           take_unit(spelled, 'S', 1000000, &spelled->sums[2]);
}

static bool spell(struct str text, struct spelled *spelled)
{
    int days;

    *spelled = (struct spelled){.left = text};
    spelled->negative = skip(&spelled->left, '-');
    if (!spelled->negative)
        (void)skip(&spelled->left, '+');
    if (!skip(&spelled->left, 'P'))
        return false;
    days = take_days(spelled);
    if (skip(&spelled->left, 'T'))
        return take_clock(spelled) > 0 && spelled->left.len == 0;
    return days > 0 && spelled->left.len == 0;
}

bool span_begins(struct str text)
{
    if (!skip(&text, '-'))
        (void)skip(&text, '+');
    return skip(&text, 'P');
}

bool span_put(const __int128 *sums, bool finer, bool beyond, struct canonical_scratch *scratch,
              struct str *form)
{
    uint64_t micros;
    uint32_t rest[2];

    if (finer)
        return misfit(scratch, "it has more digits of a second than the column");
    if (beyond || sums[0] > MONTHS_MAXIMUM || sums[0] < -MONTHS_MAXIMUM || sums[1] < INT32_MIN ||
        sums[1] > INT32_MAX)
        return misfit(scratch, "it is out of range");
    micros = htobe64((uint64_t)(int64_t)sums[2]);
    rest[0] = htobe32((uint32_t)(int32_t)sums[1]);
    rest[1] = htobe32((uint32_t)(int32_t)sums[0]);
    memcpy(scratch->fixed, &micros, sizeof(micros));
    memcpy(scratch->fixed + sizeof(micros), rest, sizeof(rest));
    return form_fixed(scratch, 16, form);
}

bool span_form(struct str text, struct canonical_scratch *scratch, struct str *form)
{
    struct spelled spelled;

    return spell(text, &spelled) ? span_put(spelled.sums, spelled.finer, spelled.beyond, scratch, form)
                                 : misfit(scratch, "it is no span of time");
}

/* What each field is in the form, and what has to be left of it where the fields of the column end there. */
bool span_fits(const struct pg_type *type, int64_t step, struct str form)
{
    static const struct {
        const char *last;
        int64_t micros; /* the time is a multiple of it; 0: there is none */
        bool no_days;
        bool whole_years;
    } limits[] = {
        {"year", 0, true, true},
        {"month", 0, true, false},
        {"day", 0, false, false},
        {"hour", INT64_C(3600000000), false, false},
        {"minute", 60000000, false, false},
    };
    int64_t micros = (int64_t)field_uint64(form.ptr);
    int32_t days = (int32_t)field_uint32(form.ptr + 8);
    int32_t months = (int32_t)field_uint32(form.ptr + 12);

    for (size_t i = 0; i < ARRAY_LENGTH(limits); i++)
        if (str_ends_with(type->name, limits[i].last))
            return (limits[i].micros == 0 ? micros == 0 : micros % limits[i].micros == 0) &&
                   (!limits[i].no_days || days == 0) && (!limits[i].whole_years || months % 12 == 0);
    return micros % step == 0;
}
