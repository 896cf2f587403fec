#include "transfer/decimal.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* decimal_unscale() proves nothing where a quotient is kept with more digits than its type has. */
_Static_assert(FLT_EVAL_METHOD == 0, "double arithmetic must round to double");

struct cursor {
    const char *at;
    const char *end;
};

static size_t skip_digits(struct cursor *cursor)
{
    const char *start = cursor->at;

    while (cursor->at < cursor->end && ascii_is_digit(*cursor->at))
        cursor->at++;
    return (size_t)(cursor->at - start);
}

/* True and the exponent, 0 where none is written. */
static bool parse_exponent(struct cursor *cursor, int64_t *exponent)
{
    /* More digits than any text has, so that no fraction can bring it back into a type's range. */
    const int64_t saturation = INT64_C(1) << 40;
    bool negative;

    *exponent = 0;
    if (cursor->at == cursor->end)
        return true;
    if (*cursor->at != 'e' && *cursor->at != 'E')
        return false;
    cursor->at++;
    negative = cursor->at < cursor->end && *cursor->at == '-';
    if (cursor->at < cursor->end && (*cursor->at == '-' || *cursor->at == '+'))
        cursor->at++;
    if (cursor->at == cursor->end)
        return false;
    for (; cursor->at < cursor->end && ascii_is_digit(*cursor->at); cursor->at++)
        *exponent = *exponent < saturation ? *exponent * 10 + (*cursor->at - '0') : saturation;
    if (negative)
        *exponent = -*exponent;
    return cursor->at == cursor->end;
}

/* Narrows the view to the digits between the zeros at both ends. */
static void strip_zeros(struct decimal *decimal)
{
    while (decimal->count > 0 && decimal_digit(decimal, decimal->count - 1) == '0')
        decimal->count--;
    while (decimal->count > 0 && decimal_digit(decimal, 0) == '0') {
        decimal->count--;
        decimal->point--;
        if (decimal->gap == SIZE_MAX) {
            decimal->digits++;
        } else if (decimal->gap == 0) {
            decimal->digits += 2;
            decimal->gap = SIZE_MAX;
        } else {
            decimal->digits++;
            decimal->gap--;
        }
    }
    if (decimal->count == 0)
        decimal->point = 0;
}

bool decimal_parse(struct str text, struct decimal *decimal)
{
    struct cursor cursor = {text.ptr, text.ptr == NULL ? NULL : text.ptr + text.len};
    size_t before;
    size_t after = 0;
    int64_t exponent;

    *decimal = (struct decimal){.gap = SIZE_MAX};
    if (cursor.at < cursor.end && (*cursor.at == '-' || *cursor.at == '+'))
        decimal->negative = *cursor.at++ == '-';
    decimal->digits = cursor.at;
    before = skip_digits(&cursor);
    if (cursor.at < cursor.end && *cursor.at == '.') {
        cursor.at++;
        after = skip_digits(&cursor);
        if (after == 0)
            return false;
        decimal->gap = before;
    }
    if (before + after == 0 || !parse_exponent(&cursor, &exponent))
        return false;
    decimal->count = before + after;
    decimal->exponent = exponent;
    decimal->point = (int64_t)before + exponent;
    decimal->written = (int64_t)after > exponent ? (int64_t)after - exponent : 0;
    strip_zeros(decimal);
    return true;
}

/* In front of `end`; nothing for 0. */
static char *put_digits(uint64_t number, char *end)
{
    for (; number != 0; number /= 10)
        *--end = (char)('0' + number % 10);
    return end;
}

void decimal_of_unscaled(uint64_t unscaled, int scale, char room[DECIMAL_ROOM], struct decimal *decimal)
{
    char *at = put_digits(unscaled, room + DECIMAL_ROOM);

    *decimal = (struct decimal){.digits = at, .gap = SIZE_MAX};
    decimal->count = (size_t)(room + DECIMAL_ROOM - at);
    decimal->point = (int64_t)decimal->count - scale;
    strip_zeros(decimal);
    decimal->written = decimal_decimals(decimal);
}

bool decimal_find_scale(double magnitude, int64_t *unscaled, int *scale)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

    for (size_t i = 0; i < ARRAY_LENGTH(powers) && magnitude * powers[i] < 1e15; i++)
        if (decimal_unscale(magnitude, powers[i], unscaled)) {
            *scale = (int)i;
            return true;
        }
    return false;
}

void decimal_rounded(double value, int digits, char room[DECIMAL_ROOM], struct decimal *decimal)
{
    int length = snprintf(room, DECIMAL_ROOM, "%.*e", digits - 1, value);

    /* What printf writes is in the grammar, as the process keeps the "C" locale. */
    if (!decimal_parse((struct str){room, (size_t)length}, decimal))
        abort();
}

static bool reads_back(double value, int digits, char room[DECIMAL_ROOM], struct decimal *decimal)
{
    decimal_rounded(value, digits, room, decimal);
    return strtod(room, NULL) == value;
}

void decimal_shortest(double value, char room[DECIMAL_ROOM], struct decimal *decimal)
{
    int64_t unscaled;
    int scale;

    if (decimal_find_scale(fabs(value), &unscaled, &scale)) {
        decimal_of_unscaled((uint64_t)unscaled, scale, room, decimal);
        decimal->negative = signbit(value);
        return;
    }
    for (int digits = DECIMAL_KEPT; digits < 17; digits++)
        if (reads_back(value, digits, room, decimal))
            return;
    decimal_rounded(value, 17, room, decimal);
}

enum {
    DIGITS_MAXIMUM = 17 /* of the shortest text of any double */
};

/* d.ddde+XX, at least two digits of exponent, as printf's %e. */
static char *write_with_exponent(const struct decimal *decimal, char *at)
{
    *at++ = decimal_digit(decimal, 0);
    *at++ = '.';
    if (decimal->count == 1)
        *at++ = '0';
    for (size_t i = 1; i < decimal->count && i < DIGITS_MAXIMUM; i++)
        *at++ = decimal_digit(decimal, i);
    return at + snprintf(at, 8, "e%+03d", (int)decimal->point - 1);
}

static char *write_plain(const struct decimal *decimal, char *at)
{
    int64_t places = (int64_t)decimal->count;
    int64_t first =
        decimal->point < 1 ? decimal->point - 1 : 0; /* before the point stands a digit, 0 at least */
    int64_t last = places > decimal->point ? places : decimal->point + 1; /* and behind it too */

    for (int64_t place = first; place < last; place++) {
        if (place == decimal->point)
            *at++ = '.';
        *at++ = place >= 0 && place < places ? decimal_digit(decimal, (size_t)place) : '0';
    }
    return at;
}

struct str decimal_write(double value, char room[DECIMAL_ROOM])
{
    char digits[DECIMAL_ROOM];
    struct decimal decimal;
    char *at = room;
    int64_t precision;

    if (signbit(value))
        *at++ = '-';
    if (isinf(value)) {
        memcpy(at, "Inf", 3);
        return (struct str){room, (size_t)(at + 3 - room)};
    }
    decimal_shortest(value, digits, &decimal);
    /* printf's %g turns to an exponent below 10^-4, and from as many digits on as it was asked for. */
    precision = decimal.count > DECIMAL_KEPT ? (int64_t)decimal.count : DECIMAL_KEPT;
    if (decimal.count != 0 && (decimal.point < -3 || decimal.point > precision))
        at = write_with_exponent(&decimal, at);
    else
        at = write_plain(&decimal, at);
    return (struct str){room, (size_t)(at - room)};
}

struct str decimal_write_integer(int64_t value, char room[DECIMAL_ROOM])
{
    char *end = room + DECIMAL_ROOM;
    char *at = put_digits(value < 0 ? -(uint64_t)value : (uint64_t)value, end);

    if (at == end)
        *--at = '0';
    if (value < 0)
        *--at = '-';
    return (struct str){at, (size_t)(end - at)};
}
