/*
 * decimal.h: decimal numbers as digits, to move them without arithmetic.
 *
 * A decimal is a view of digits that somebody else keeps: of a text, or of the room that the caller gave.
 */
#ifndef PGRADE_TRANSFER_DECIMAL_H
#define PGRADE_TRANSFER_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

enum {
    DECIMAL_ROOM = 32, /* for the digits, or the written text, of any double */
    DECIMAL_KEPT = 15  /* significant digits that every double keeps (DBL_DIG) */
};

/* The value is 0.DIGITS * 10^point; zero has no digits and a point of 0. */
struct decimal {
    bool negative;
    const char *digits; /* ASCII, from the first to the last that is not 0 */
    size_t count;
    size_t gap;       /* so many digits stand before a '.' between them; SIZE_MAX: there is none */
    int64_t point;    /* far beyond every type's range, but no overflow, for exponents of any length */
    int64_t exponent; /* as written; 0: none */
    int64_t written;  /* decimals, zeros at the end included; never negative */
};

static inline char decimal_digit(const struct decimal *decimal, size_t place)
{
    return decimal->digits[place >= decimal->gap ? place + 1 : place];
}

/* Decimals without zeros at the end. */
static inline int64_t decimal_decimals(const struct decimal *decimal)
{
    int64_t decimals = (int64_t)decimal->count - decimal->point;

    return decimals > 0 ? decimals : 0;
}

/* [+-]?(digits[.digits]|.digits)([eE][+-]?digits)?, the whole text. */
bool decimal_parse(struct str text, struct decimal *decimal) MUST_USE;

/* The shortest text of a finite double as docs/values.md has it: the first of 15, 16 and 17 digits that reads
 * back. */
void decimal_shortest(double value, char room[DECIMAL_ROOM], struct decimal *decimal);

/* Rounded to that many significant digits, 1 to 17; finite doubles only. */
void decimal_rounded(double value, int digits, char room[DECIMAL_ROOM], struct decimal *decimal);

/* The written text of a double ("5.0", "1.0e+28", "-Inf") and that of an integer, in `room`. */
struct str decimal_write(double value, char room[DECIMAL_ROOM]);
struct str decimal_write_integer(int64_t value, char room[DECIMAL_ROOM]);

/* unscaled below 10^18 */
void decimal_of_unscaled(uint64_t unscaled, int scale, char room[DECIMAL_ROOM], struct decimal *decimal);

/*
 * Whether a magnitude is the double nearest to unscaled / power, for a power of ten up to 10^22.  Both are
 * exact doubles then, and division rounds correctly, so an equal quotient proves that the decimal reads back
 * as the value; and as it has at most 15 digits, it is the one decimal of so few that does.
 */
static inline bool decimal_unscale(double magnitude, double power, int64_t *unscaled)
{
    double product = magnitude * power;

    if (!(product < 1e15))
        return false;
    *unscaled = (int64_t)(product + 0.5);
    return (double)*unscaled / power == magnitude;
}

/*
 * The same, or the neighbour of that double: the noise of one addition.  The decimal is then still the value
 * rounded to DECIMAL_KEPT digits: it is at most 1.5 * 2^-52 of the value away, and half a unit of the 15th
 * digit is at least 5 * 10^-16 of it.
 */
static inline bool decimal_unscale_noisy(double magnitude, double power, int64_t *unscaled)
{
    double product = magnitude * power;
    double quotient;
    int64_t value_bits;
    int64_t quotient_bits;

    if (!(product < 1e15))
        return false;
    *unscaled = (int64_t)(product + 0.5);
    if (*unscaled == 0)
        return magnitude == 0;
    quotient = (double)*unscaled / power;
    memcpy(&value_bits, &magnitude, sizeof(value_bits));
    memcpy(&quotient_bits, &quotient, sizeof(quotient_bits));
    return value_bits - quotient_bits <= 1 && value_bits - quotient_bits >= -1;
}

/* The smallest scale with which decimal_unscale() holds, up to 22; false: none, the value has too many
 * digits.
 */
bool decimal_find_scale(double magnitude, int64_t *unscaled, int *scale) MUST_USE;

#endif
