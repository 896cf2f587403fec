/*
 * facts.h: what a survey finds in the values of one column.
 *
 * Made by the survey, only for columns where the framework and the declared type say too little; read by
 * type_choose(). Counts are of the rows looked at: all rows of the table, unless `sampled`.
 */
#ifndef PGRADE_PLAN_FACTS_H
#define PGRADE_PLAN_FACTS_H

#include <stdbool.h>
#include <stdint.h>

/* What integers and reals in a column of dates and times count. */
enum time_unit {
    UNIT_NONE, /* not decided: a number there is a misfit */
    UNIT_SECONDS,
    UNIT_MILLISECONDS,
    UNIT_MICROSECONDS,
    UNIT_JULIAN_DAYS,
    UNIT_COREDATA, /* seconds since 2001-01-01 */
    UNIT_WEBKIT,   /* microseconds since 1601-01-01 */
    UNIT_TICKS,    /* tenths of a microsecond since 0001-01-01 */
    UNIT_COUNT
};

/* "A date" and "a time" are those of docs/values.md, "Dates and times in TEXT", and fit PostgreSQL's
 * microseconds. */
struct column_facts {
    bool sampled; /* only the first and last rows were looked at */
    int64_t nulls;
    int64_t integers;
    int64_t reals;
    int64_t texts;
    int64_t blobs;
    int64_t integer_min; /* meaningful when integers > 0 */
    int64_t integer_max;
    double real_min; /* meaningful when reals > 0 */
    double real_max;
    int64_t reals_integral;      /* reals without a fraction */
    int64_t reals_single;        /* ... that a float of four bytes holds exactly */
    int64_t moments[UNIT_COUNT]; /* numbers that are a plausible moment in that unit: survey_unit_of() */
    int64_t texts_datetime;      /* texts that are a date with a time of day */
    int64_t texts_midnight;      /* ... of these: midnight, without a zone or in UTC */
    int64_t texts_offset;        /* ... of these: with a zone: Z, +02:00 */
    int64_t texts_date;          /* a date alone */
    int64_t texts_time;          /* a time of day alone */
    int64_t texts_time_offset;   /* ... of these: with a zone */
    int fraction_digits;  /* most digits of a second's fraction in these, zeros at the end not counted */
    int64_t texts_uuid;   /* 32 hex digits, with or without dashes */
    int64_t texts_number; /* a decimal number */
    int64_t texts_empty;
    int64_t texts_invalid;  /* not UTF-8, or holding NUL */
    int64_t blobs_uuid;     /* of 16 bytes */
    int64_t blobs_text;     /* valid UTF-8 without NUL */
    int64_t characters_max; /* of valid texts */
};

#endif
