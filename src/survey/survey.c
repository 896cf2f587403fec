#include "survey/survey.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "survey/pattern.h"

/* 1973 to 2200, counted in each unit from where it begins; julian days of the years -57 to 3775.  Within
 * these years the units do not meet: seconds of 2020 would be milliseconds of January 1970. */
static const struct {
    enum time_unit unit;
    double from;
    double before;
} plausible[] = {
    {UNIT_JULIAN_DAYS, 1.7e6, 3.1e6},
    {UNIT_SECONDS, 94694400.0, 7289654400.0},
    {UNIT_MILLISECONDS, 94694400.0e3, 7289654400.0e3},
    {UNIT_MICROSECONDS, 94694400.0e6, 7289654400.0e6},
    {UNIT_WEBKIT, 11739168000.0e6, 18934128000.0e6},
    {UNIT_TICKS, 62230291200.0e7, 69425251200.0e7},
};

/* 9999-12-31 in seconds reads as milliseconds of 1978, and so on: such a value says "never", but no unit. */
static bool is_never(double number)
{
    static const double seconds_from = 253402214400.0; /* 9999-12-31 */
    static const double seconds_to = 253402300800.0;   /* 10000-01-01 */

    return (number >= seconds_from && number <= seconds_to) ||
           (number >= seconds_from * 1e3 && number <= seconds_to * 1e3);
}

enum time_unit survey_unit_of(double number)
{
    if (is_never(number))
        return UNIT_NONE;
    for (size_t i = 0; i < ARRAY_LENGTH(plausible); i++)
        if (number >= plausible[i].from && number < plausible[i].before)
            return plausible[i].unit;
    return UNIT_NONE;
}

static void add_integer(struct column_facts *facts, int64_t integer)
{
    if (facts->integers == 0 || integer < facts->integer_min)
        facts->integer_min = integer;
    if (facts->integers == 0 || integer > facts->integer_max)
        facts->integer_max = integer;
    facts->integers++;
    facts->moments[survey_unit_of((double)integer)]++;
}

/* A double beyond float's range must not be converted: that is undefined. */
static bool is_single(double real)
{
    if (isinf(real))
        return true;
    return fabs(real) <= (double)FLT_MAX && !(fabs((double)(float)real - real) > 0);
}

static void add_real(struct column_facts *facts, double real)
{
    if (facts->reals == 0 || real < facts->real_min)
        facts->real_min = real;
    if (facts->reals == 0 || real > facts->real_max)
        facts->real_max = real;
    facts->reals++;
    facts->reals_integral += isfinite(real) && !(fabs(trunc(real) - real) > 0);
    facts->reals_single += is_single(real);
    facts->moments[survey_unit_of(real)]++;
}

static void add_moment(struct column_facts *facts, struct str text)
{
    struct moment moment = pattern_moment(text);

    switch (moment.kind) {
    case MOMENT_NONE: return;
    case MOMENT_DATE: facts->texts_date++; break;
    case MOMENT_TIME:
        facts->texts_time++;
        facts->texts_time_offset += moment.zoned;
        break;
    case MOMENT_DATETIME:
        facts->texts_datetime++;
        facts->texts_midnight += moment.midnight && !moment.shifted;
        facts->texts_offset += moment.zoned;
        break;
    }
    if (moment.fraction_digits > facts->fraction_digits)
        facts->fraction_digits = moment.fraction_digits;
}

static bool is_storable_text(struct str bytes)
{
    return str_utf8_valid_prefix(bytes) == bytes.len && str_find(bytes, '\0') < 0;
}

static void add_text(struct column_facts *facts, struct str text)
{
    int64_t characters;

    facts->texts++;
    facts->texts_empty += text.len == 0;
    if (!is_storable_text(text)) {
        facts->texts_invalid++;
        return;
    }
    characters = (int64_t)str_utf8_count(text);
    if (characters > facts->characters_max)
        facts->characters_max = characters;
    facts->texts_uuid += pattern_uuid(text);
    facts->texts_number += pattern_number(text);
    add_moment(facts, text);
}

static void add_blob(struct column_facts *facts, struct str bytes)
{
    facts->blobs++;
    facts->blobs_uuid += bytes.len == 16;
    facts->blobs_text += is_storable_text(bytes);
}

void survey_add(struct column_facts *facts, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL: facts->nulls++; break;
    case VALUE_INTEGER: add_integer(facts, value->integer); break;
    case VALUE_REAL: add_real(facts, value->real); break;
    case VALUE_TEXT: add_text(facts, value->bytes); break;
    case VALUE_BLOB: add_blob(facts, value->bytes); break;
    }
}
