/*
 * exact.h: decimal numbers without rounding, as numeric and JSON have them.
 *
 * A decimal is normalised: no zeros at either end of its digits, so equal numbers have equal parts, however
 * they were written.
 */
#ifndef PGRADE_VERIFY_EXACT_H
#define PGRADE_VERIFY_EXACT_H

#include "base/buf.h"

enum {
    EXACT_IN_64_BITS = 19, /* all numbers of so many digits fit in 64 bits */
    EXACT_IN_DOUBLE = 15,  /* DBL_DIG: so many digits survive the way into a double and back */
    REAL_TEXT_SIZE = 40
};

struct exact {
    bool negative;            /* says nothing of zero */
    uint64_t coefficient;     /* up to EXACT_IN_64_BITS digits; else 0 */
    int64_t exponent;         /* of the last digit */
    int64_t digit_count;      /* 0: the number is zero */
    int64_t decimals_written; /* digits behind the point, zeros at the end included */
    int64_t exponent_written; /* behind the e; 0: none */
    struct str digits;        /* all digits, perhaps with a point among them: a view of the text */
};

/* [+-]?(digits[.digits]|.digits)([eE][+-]?digits)? and nothing else.  `number` keeps a view of `text`. */
bool exact_parse(struct str text, struct exact *number);

void exact_of_integer(int64_t integer, struct exact *number);

/* The digits of a decimal that is too long for `coefficient`, without the point. */
void exact_put_digits(struct buf *out, const struct exact *number);

/* 10^exponent, for 0 to EXACT_IN_64_BITS. */
uint64_t exact_power(int exponent);

/* What the 15th digit of `whole`, counted from its first, stands for: 1 when it has 15, 0.1 when 14. */
double exact_unit_of_last_digit(uint64_t whole);

/* The shortest text of 15, 16 or 17 significant digits that reads back as the same finite double; returns
 * its length.  `text` has REAL_TEXT_SIZE bytes. */
size_t real_shortest(double real, char *text);

/* The text of 15 significant digits. */
size_t real_text15(double real, char *text);

#endif
