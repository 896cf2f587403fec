/* date, time, time with time zone, timestamp, timestamptz, interval: src/backend/utils/adt/date.c and
 * timestamp.c. */
#include "transfer/encode_field.h"
#include "transfer/moment.h"
#include "transfer/span.h"

/* PostgreSQL's range, in days since 2000-01-01: src/include/datatype/timestamp.h. */
enum {
    DAY_FIRST = -2451545,          /* 4714-11-24 BC */
    DAY_END_TIMESTAMP = 106751983, /* 294277-01-01 */
    DAY_END_DATE = 2145031949,     /* 5874898-01-01 */
    DAYS_FROM_1970 = 10957,        /* to 2000-01-01 */
    MONTHS_MAXIMUM = 2136000000    /* 178,000,000 years, the most that it reads itself */
};

static const char out_of_range[] = "out of PostgreSQL's range";
static const char other_unit[] =
    "a number in another unit than the column's (--unit says which one is meant)";

static bool put_date(const struct moment *moment, struct buf *out, const char **reason)
{
    if (moment->us != 0 || moment->finer)
        return misfit(reason, "a date with a time of day");
    if (moment->days < DAY_FIRST || moment->days >= DAY_END_DATE)
        return misfit(reason, out_of_range);
    return field_put32(out, (uint32_t)(int32_t)moment->days, reason);
}

static bool put_timestamp(const struct encode_column *column, const struct moment *moment, struct buf *out,
                          const char **reason)
{
    if (moment->days < DAY_FIRST || moment->days >= DAY_END_TIMESTAMP)
        return misfit(reason, out_of_range);
    if (moment->finer || (column->step != 1 && moment->us % column->step != 0))
        return misfit(reason, column->too_fine);
    return field_put64(out, (uint64_t)(moment->days * MOMENT_DAY_US + moment->us), reason);
}

/* An INTEGER or a REAL. */
static bool of_number(const struct encode_column *column, const struct value *value, struct moment *moment,
                      const char **reason)
{
    bool read;

    if (column->unit == NULL)
        return misfit(reason, "a number, and it is not decided what it counts");
    read = value->kind == VALUE_INTEGER ? moment_of_integer(column->unit, value->integer, moment)
                                        : moment_of_real(column->unit, value->real, moment);
    if (!read)
        return misfit(reason, out_of_range);
    return !column->unit_found || !moment_is_of_other_unit(moment, value) || misfit(reason, other_unit);
}

bool encode_date_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                         const char **reason)
{
    struct moment moment;

    return of_number(column, value, &moment, reason) && put_date(&moment, out, reason);
}

bool encode_date_real(const struct encode_column *column, const struct value *value, struct buf *out,
                      const char **reason)
{
    struct moment moment;

    return of_number(column, value, &moment, reason) && put_date(&moment, out, reason);
}

bool encode_date_text(const struct encode_column *column, const struct value *value, struct buf *out,
                      const char **reason)
{
    struct moment moment;

    if (!moment_parse(value->bytes, &moment))
        return misfit(reason, column->misfit);
    if (moment.offset != 0)
        return misfit(reason, "a date with an offset from UTC");
    return put_date(&moment, out, reason);
}

bool encode_timestamp_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                              const char **reason)
{
    struct moment moment;

    return of_number(column, value, &moment, reason) && put_timestamp(column, &moment, out, reason);
}

bool encode_timestamp_real(const struct encode_column *column, const struct value *value, struct buf *out,
                           const char **reason)
{
    struct moment moment;

    return of_number(column, value, &moment, reason) && put_timestamp(column, &moment, out, reason);
}

bool encode_timestamp_text(const struct encode_column *column, const struct value *value, struct buf *out,
                           const char **reason)
{
    struct moment moment;

    if (!moment_parse(value->bytes, &moment))
        return misfit(reason, column->misfit);
    if (moment.offset != 0)
        moment_to_utc(&moment);
    return put_timestamp(column, &moment, out, reason);
}

static bool parse_clock(const struct encode_column *column, struct str text, struct moment *moment,
                        const char **reason)
{
    if (!moment_parse_clock(text, moment))
        return misfit(reason, column->misfit);
    if (moment->finer || moment->us % column->step != 0)
        return misfit(reason, column->too_fine);
    return true;
}

bool encode_time_text(const struct encode_column *column, const struct value *value, struct buf *out,
                      const char **reason)
{
    struct moment moment;

    if (!parse_clock(column, value->bytes, &moment, reason))
        return false;
    if (moment.zoned)
        return misfit(reason, "a time of day with an offset from UTC");
    return field_put64(out, (uint64_t)moment.us, reason);
}

bool encode_timetz_text(const struct encode_column *column, const struct value *value, struct buf *out,
                        const char **reason)
{
    struct moment moment;
    char *at;

    if (!parse_clock(column, value->bytes, &moment, reason))
        return false;
    at = field_new(out, 12, reason);
    if (at == NULL)
        return false;
    put64(at, (uint64_t)moment.us);
    /* PostgreSQL counts a zone's seconds west of UTC. */
    put32(at + 8, (uint32_t)-moment.offset);
    return true;
}

/* What AdjustIntervalForTypmod() of timestamp.c would cut off: the fields behind the last one that counts. */
static bool fits_fields(const struct pg_type *type, const struct span *span)
{
    static const struct {
        const char *field;
        int64_t unit; /* of the time */
    } lasts[] = {{"year", 0}, {"month", 0}, {"day", 0}, {"hour", INT64_C(3600000000)}, {"minute", 60000000}};
    size_t last = 0;

    while (last < ARRAY_LENGTH(lasts) && !str_ends_with(type->name, lasts[last].field))
        last++;
    if (last == ARRAY_LENGTH(lasts))
        return true;
    if (last == 0 && span->months % 12 != 0)
        return false;
    if (last <= 1 && span->days != 0)
        return false;
    return lasts[last].unit == 0 ? span->us == 0 : span->us % lasts[last].unit == 0;
}

static bool put_span(const struct encode_column *column, const struct span *span, struct buf *out,
                     const char **reason)
{
    char *at;

    if (span->finer || (!span->huge && span->us % column->step != 0))
        return misfit(reason, column->too_fine);
    if (!fits_fields(&column->plan->type, span))
        return misfit(reason, "more than the fields of the column keep");
    if (span->huge || span->days < INT32_MIN || span->days > INT32_MAX || span->months < -MONTHS_MAXIMUM ||
        span->months > MONTHS_MAXIMUM)
        return misfit(reason, out_of_range);
    at = field_new(out, 16, reason);
    if (at == NULL)
        return false;
    put64(at, (uint64_t)span->us);
    put32(at + 8, (uint32_t)(int32_t)span->days);
    put32(at + 12, (uint32_t)(int32_t)span->months);
    return true;
}

/*
 * An interval is a span since 1970-01-01, counted in a unit (Django's DurationField: microseconds) or written
 * as the moment at its end (SQLAlchemy's Interval), or in the words of ISO 8601 (ActiveSupport's Duration).
 * Of a moment it is days and the rest of a day, which is never negative, as Python's timedelta has them.
 */
static bool put_interval(const struct encode_column *column, const struct moment *moment, struct buf *out,
                         const char **reason)
{
    const struct span span = {
        .days = moment->days + DAYS_FROM_1970, .us = moment->us, .finer = moment->finer};

    return put_span(column, &span, out, reason);
}

bool encode_interval_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                             const char **reason)
{
    struct moment moment;

    return of_number(column, value, &moment, reason) && put_interval(column, &moment, out, reason);
}

bool encode_interval_real(const struct encode_column *column, const struct value *value, struct buf *out,
                          const char **reason)
{
    struct moment moment;

    return of_number(column, value, &moment, reason) && put_interval(column, &moment, out, reason);
}

bool encode_interval_text(const struct encode_column *column, const struct value *value, struct buf *out,
                          const char **reason)
{
    struct moment moment;
    struct span span;

    if (span_parse(value->bytes, &span))
        return put_span(column, &span, out, reason);
    if (!moment_parse(value->bytes, &moment))
        return span_parse_words(value->bytes, &span) ? put_span(column, &span, out, reason)
                                                     : misfit(reason, column->misfit);
    if (moment.offset != 0)
        return misfit(reason, "a moment with an offset from UTC, not a span of time");
    return put_interval(column, &moment, out, reason);
}
