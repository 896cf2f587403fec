/*
 * moment.h: dates and times, from the texts and numbers in which SQLite keeps them.
 *
 * The grammar and the units are those of docs/values.md.  Days count from 2000-01-01, as PostgreSQL counts
 * them, in the proleptic Gregorian calendar.  Nothing here knows a time zone.
 */
#ifndef PGRADE_TRANSFER_MOMENT_H
#define PGRADE_TRANSFER_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "engine/value.h"
#include "plan/facts.h"

#define MOMENT_DAY_US INT64_C(86400000000)

struct moment {
    int64_t days;
    int64_t us;     /* of the day: 0 to MOMENT_DAY_US - 1 */
    int32_t offset; /* seconds east of UTC, as written: not applied yet */
    bool zoned;     /* an offset was written */
    bool finer;     /* digits beyond the microsecond that are not zeros were written */
};

/* A date with or without a time of day, with or without an offset. */
bool moment_parse(struct str text, struct moment *moment) MUST_USE;

/* A time of day with or without an offset, alone or behind 2000-01-01; days is 0. */
bool moment_parse_clock(struct str text, struct moment *moment) MUST_USE;

/* Takes the offset off. */
void moment_to_utc(struct moment *moment);

/* What a number counts; NULL for UNIT_NONE. */
struct moment_unit;
const struct moment_unit *moment_unit_of(enum time_unit unit);

/* False when the number is out of any calendar; the days may still be more than a type holds. */
bool moment_of_integer(const struct moment_unit *unit, int64_t number, struct moment *moment) MUST_USE;
bool moment_of_real(const struct moment_unit *unit, double number, struct moment *moment) MUST_USE;

/* Whether the moment, of years out of the ordinary, was made of a number that is an ordinary one in another
 * unit: docs/values.md, "Dates and times in numbers". */
bool moment_is_of_other_unit(const struct moment *moment, const struct value *value);

#endif
