/*
 * pattern.h: what a text looks like, by docs/values.md.
 *
 * The whole text must match; white space around it is not ignored.
 */
#ifndef PGRADE_SURVEY_PATTERN_H
#define PGRADE_SURVEY_PATTERN_H

#include <stdbool.h>

#include "base/str.h"

enum moment_kind {
    MOMENT_NONE,
    MOMENT_DATE,
    MOMENT_DATETIME,
    MOMENT_TIME
};

struct moment {
    enum moment_kind kind;
    bool midnight;       /* the time of day is 00:00 */
    bool zoned;          /* Z or an offset follows */
    bool shifted;        /* ... which is not zero */
    int fraction_digits; /* zeros at the end not counted */
};

/* A date, a date with a time of day, or a time of day; MOMENT_NONE for all else, also for more than six
 * digits of a second's fraction. */
struct moment pattern_moment(struct str text);

/* 32 hex digits, or 8-4-4-4-12. */
bool pattern_uuid(struct str text);

/* [+-]?(digits[.digits]|.digits)([eE][+-]?digits)?, or NaN without case */
bool pattern_number(struct str text);

#endif
