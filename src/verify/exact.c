#include "verify/exact.h"

#include <stdio.h>
#include <stdlib.h>

static const uint64_t powers[EXACT_IN_64_BITS + 1] = {
    1u,
    10u,
    100u,
    1000u,
    10000u,
    100000u,
    1000000u,
    10000000u,
    100000000u,
    1000000000u,
    10000000000u,
    100000000000u,
    1000000000000u,
    10000000000000u,
    100000000000000u,
    1000000000000000u,
    10000000000000000u,
    100000000000000000u,
    1000000000000000000u,
    10000000000000000000u,
};

/* Longer than any text that fits into memory, and far from overflowing when two are added. */
#define EXPONENT_LIMIT ((int64_t)1 << 40)

uint64_t exact_power(int exponent)
{
    return powers[exponent];
}

static int64_t count_digits(uint64_t number)
{
    int count = 0;

    while (count <= EXACT_IN_64_BITS && number >= powers[count])
        count++;
    return count;
}

double exact_unit_of_last_digit(uint64_t whole)
{
    return (double)powers[count_digits(whole)] / (double)powers[EXACT_IN_DOUBLE];
}

static const struct {
    uint64_t divisor;
    int64_t zeros;
} strips[] = {{100000000, 8}, {10000, 4}, {100, 2}, {10, 1}};

void exact_of_integer(int64_t integer, struct exact *number)
{
    uint64_t coefficient = integer < 0 ? -(uint64_t)integer : (uint64_t)integer;

    *number = (struct exact){.negative = integer < 0};
    if (coefficient == 0)
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(strips); i++) {
        while (coefficient % strips[i].divisor == 0) {
            coefficient /= strips[i].divisor;
            number->exponent += strips[i].zeros;
        }
    }
    number->coefficient = coefficient;
    number->digit_count = count_digits(coefficient);
}

static bool is_digit(const char *p, const char *end)
{
    return p < end && ascii_is_digit(*p);
}

/* The exponent behind a mantissa, or 0 when there is none; NULL: it is no exponent. */
static const char *parse_exponent(const char *p, const char *end, int64_t *exponent)
{
    bool negative = false;
    int64_t sum = 0;

    *exponent = 0;
    if (p == end || (*p != 'e' && *p != 'E'))
        return p;
    p++;
    if (p < end && (*p == '+' || *p == '-'))
        negative = *p++ == '-';
    if (!is_digit(p, end))
        return NULL;
    for (; is_digit(p, end); p++)
        sum = sum >= EXPONENT_LIMIT ? EXPONENT_LIMIT : sum * 10 + (*p - '0');
    *exponent = negative ? -sum : sum;
    return p;
}

/* Cuts zeros and the point off both ends of the mantissa and sums what is left, when it is short. */
static void normalise(struct str mantissa, int64_t decimals, int64_t exponent, struct exact *number)
{
    const char *from = mantissa.ptr;
    const char *to = mantissa.ptr + mantissa.len;
    bool point;

    number->exponent = exponent - decimals;
    while (from < to && (*from == '0' || *from == '.'))
        from++;
    for (; to > from && (to[-1] == '0' || to[-1] == '.'); to--)
        number->exponent += to[-1] == '0';
    if (from == to) {
        number->exponent = 0;
        return;
    }
    number->digits = (struct str){from, (size_t)(to - from)};
    point = str_find(number->digits, '.') >= 0;
    number->digit_count = to - from - point;
    if (number->digit_count > EXACT_IN_64_BITS)
        return;
    for (; from < to; from++)
        if (*from != '.')
            number->coefficient = number->coefficient * 10 + (uint64_t)(*from - '0');
}

bool exact_parse(struct str text, struct exact *number)
{
    const char *p = text.ptr;
    const char *end = text.ptr + text.len;
    const char *start;
    const char *point = NULL;
    int64_t decimals = 0;
    int64_t exponent;
    struct str mantissa;

    *number = (struct exact){.negative = text.len > 0 && *p == '-'};
    if (text.len > 0 && (*p == '+' || *p == '-'))
        p++;
    start = p;
    while (is_digit(p, end))
        p++;
    if (p < end && *p == '.') {
        point = p++;
        while (is_digit(p, end))
            p++;
        decimals = p - point - 1;
    }
    mantissa = (struct str){start, (size_t)(p - start)};
    if (mantissa.len == 0 || (point != NULL && decimals == 0))
        return false;
    p = parse_exponent(p, end, &exponent);
    if (p == NULL || p != end)
        return false;
    normalise(mantissa, decimals, exponent, number);
    number->decimals_written = decimals > exponent ? decimals - exponent : 0;
    number->exponent_written = exponent;
    return true;
}

void exact_put_digits(struct buf *out, const struct exact *number)
{
    ptrdiff_t point = str_find(number->digits, '.');
    size_t whole = point < 0 ? number->digits.len : (size_t)point;

    buf_str(out, str_slice(number->digits, 0, whole));
    buf_str(out, str_slice(number->digits, whole + 1, number->digits.len));
}

size_t real_text15(double real, char *text)
{
    return (size_t)snprintf(text, REAL_TEXT_SIZE, "%.*g", EXACT_IN_DOUBLE, real);
}

size_t real_shortest(double real, char *text)
{
    size_t length = real_text15(real, text);

    for (int digits = 16; digits <= 17 && strtod(text, NULL) != real; digits++)
        length = (size_t)snprintf(text, REAL_TEXT_SIZE, "%.*g", digits, real);
    return length;
}
