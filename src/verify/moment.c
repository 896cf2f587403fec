/*
 * date, time, time with time zone, timestamp, timestamptz, interval.
 *
 * Counted from 2000-01-01 00:00 UTC, as PostgreSQL does.  The ranges are those of its datatype/timestamp.h.
 */
#include "verify/canonical_rules.h"
#include "verify/moment_number.h"
#include "verify/span.h"

#define SECOND     INT64_C(1000000)
#define MINUTE     (60 * SECOND)
#define HOUR       (60 * MINUTE)
#define DAY        (24 * HOUR)
#define EPOCH_UNIX (INT64_C(946684800) * SECOND) /* 2000-01-01, from 1970-01-01 */

#define DAYS_LOWEST      INT64_C(-2451545)   /* 4714-11-24 BC */
#define DAYS_END         INT64_C(2145031949) /* 5874898-01-01 */
#define TIMESTAMP_LOWEST (DAYS_LOWEST * DAY)
#define TIMESTAMP_END    INT64_C(9223371331200000000) /* 294277-01-01 */

/* What a text holds. */
struct moment {
    int64_t days;
    int64_t micros; /* of the day */
    int64_t offset; /* micros east of UTC */
    bool finer;     /* digits other than zero beyond the microsecond */
};

struct cursor {
    const char *p;
    const char *end;
};

static bool take(struct cursor *c, char wanted)
{
    if (c->p == c->end || *c->p != wanted)
        return false;
    c->p++;
    return true;
}

static bool take_digits(struct cursor *c, int count, int *number)
{
    int sum = 0;

    if (c->end - c->p < count)
        return false;
    for (int i = 0; i < count; i++) {
        unsigned digit = (unsigned)(unsigned char)c->p[i] - '0';

        if (digit > 9)
            return false;
        sum = sum * 10 + (int)digit;
    }
    c->p += count;
    *number = sum;
    return true;
}

/* Days since 2000-01-01 of a day of the Gregorian calendar, year 1 and later: whole years from March on, so
 * that the leap day is the last of its year. */
static int64_t days_of(int year, int month, int day)
{
    int from_march = (month + 9) % 12;
    int64_t years = year - (month < 3);

    return years * 365 + years / 4 - years / 100 + years / 400 + (from_march * 153 + 2) / 5 + day - 730426;
}

static bool day_exists(int year, int month, int day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
           day <= lengths[month - 1] + (month == 2 && leap);
}

static bool take_day(struct cursor *c, int64_t *days)
{
    int year;
    int month;
    int day;

    if (!take_digits(c, 4, &year) || !take(c, '-') || !take_digits(c, 2, &month) || !take(c, '-') ||
        !take_digits(c, 2, &day) || !day_exists(year, month, day))
        return false;
    *days = days_of(year, month, day);
    return true;
}

static bool take_fraction(struct cursor *c, struct moment *moment)
{
    static const int64_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    const char *start = c->p;
    int64_t sum = 0;
    size_t kept;

    for (; c->p - start < 6 && c->p < c->end && ascii_is_digit(*c->p); c->p++)
        sum = sum * 10 + (*c->p - '0');
    kept = (size_t)(c->p - start);
    moment->micros += sum * units[kept];
    for (; c->p < c->end && ascii_is_digit(*c->p); c->p++)
        moment->finer |= *c->p != '0';
    return kept > 0;
}

/* HH:MM[:SS[.f...]] */
static bool take_clock(struct cursor *c, struct moment *moment)
{
    int hour;
    int minute;
    int second = 0;
    bool seconds;

    if (!take_digits(c, 2, &hour) || !take(c, ':') || !take_digits(c, 2, &minute))
        return false;
    seconds = take(c, ':');
    if (seconds && !take_digits(c, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    moment->micros = hour * HOUR + minute * MINUTE + second * SECOND;
    return !seconds || !take(c, '.') || take_fraction(c, moment);
}

/* Z, z, +HH:MM, +HHMM, +HH, or with -; nothing at all when `rest` is empty. */
static bool take_offset(struct cursor *c, struct moment *moment)
{
    bool negative;
    int hour;
    int minute = 0;

    if (c->p == c->end)
        return true;
    (void)take(c, ' ');
    if (take(c, 'Z') || take(c, 'z'))
        return c->p == c->end;
    negative = take(c, '-');
    if ((!negative && !take(c, '+')) || !take_digits(c, 2, &hour))
        return false;
    if (c->p < c->end && ((void)take(c, ':'), !take_digits(c, 2, &minute)))
        return false;
    moment->offset = (hour * HOUR + minute * MINUTE) * (negative ? -1 : 1);
    return c->p == c->end && hour <= 15 && minute <= 59;
}

static bool parse_timestamp(struct str text, struct moment *moment)
{
    struct cursor c = {text.ptr, text.ptr + text.len};
    bool clock;

    *moment = (struct moment){.days = 0};
    if (!take_day(&c, &moment->days))
        return false;
    /* A space may also stand before an offset that follows the day at once. */
    clock = c.p < c.end && (*c.p == 'T' || (*c.p == ' ' && c.end - c.p > 1 && ascii_is_digit(c.p[1])));
    if (clock) {
        c.p++;
        if (!take_clock(&c, moment))
            return false;
    }
    return take_offset(&c, moment);
}

/* The same after the day that Rails writes before a time. */
static bool parse_time(struct str text, bool zoned, struct moment *moment)
{
    struct cursor c;

    if (str_starts_with(text, "2000-01-01 ") || str_starts_with(text, "2000-01-01T"))
        text = str_slice(text, 11, text.len);
    c = (struct cursor){text.ptr, text.ptr + text.len};
    *moment = (struct moment){.days = 0};
    return take_clock(&c, moment) && (zoned ? take_offset(&c, moment) : c.p == c.end);
}

static bool is_number(const struct value *value)
{
    return value->kind == VALUE_INTEGER || value->kind == VALUE_REAL;
}

static bool date_of_number(const struct canonical *rule, const struct value *value,
                           struct canonical_scratch *scratch, struct str *form)
{
    wide micros;

    if (!moment_number(rule, value, scratch, &micros))
        return false;
    if (micros < (wide)DAYS_LOWEST * DAY || micros >= (wide)DAYS_END * DAY)
        return misfit(scratch, "it is out of range");
    if (micros % DAY != 0)
        return misfit(scratch, "it is not midnight");
    return form_int64(scratch, (int64_t)(micros / DAY), form);
}

bool date_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                 struct str *form)
{
    struct moment moment;

    if (is_number(value))
        return date_of_number(rule, value, scratch, form);
    if (value->kind != VALUE_TEXT)
        return misfit(scratch, NULL);
    if (!parse_timestamp(value->bytes, &moment))
        return misfit(scratch, "it is no date");
    if (moment.micros != 0 || moment.offset != 0 || moment.finer)
        return misfit(scratch, "it is not midnight UTC");
    return form_int64(scratch, moment.days, form);
}

static bool form_timestamp(const struct canonical *rule, wide micros, struct canonical_scratch *scratch,
                           struct str *form)
{
    if (micros < TIMESTAMP_LOWEST || micros >= TIMESTAMP_END)
        return misfit(scratch, "it is out of range");
    if ((int64_t)micros % rule->step != 0)
        return misfit(scratch, "it has more digits of a second than the column");
    return form_int64(scratch, (int64_t)micros, form);
}

bool timestamp_source(const struct canonical *rule, const struct value *value,
                      struct canonical_scratch *scratch, struct str *form)
{
    struct moment moment;
    wide micros;

    if (is_number(value))
        return moment_number(rule, value, scratch, &micros) && form_timestamp(rule, micros, scratch, form);
    if (value->kind != VALUE_TEXT)
        return misfit(scratch, NULL);
    if (!parse_timestamp(value->bytes, &moment))
        return misfit(scratch, "it is no date with a time");
    if (moment.finer)
        return misfit(scratch, "it has more digits of a second than the column");
    return form_timestamp(rule, moment.days * DAY + moment.micros - moment.offset, scratch, form);
}

static bool time_of_text(const struct canonical *rule, const struct value *value, bool zoned,
                         struct canonical_scratch *scratch, struct moment *moment)
{
    if (value->kind != VALUE_TEXT)
        return misfit(scratch, NULL);
    if (!parse_time(value->bytes, zoned, moment))
        return misfit(scratch, "it is no time of day");
    if (moment->finer || moment->micros % rule->step != 0)
        return misfit(scratch, "it has more digits of a second than the column");
    return true;
}

bool time_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                 struct str *form)
{
    struct moment moment;

    return time_of_text(rule, value, false, scratch, &moment) && form_int64(scratch, moment.micros, form);
}

static bool form_timetz(struct canonical_scratch *scratch, int64_t micros, int32_t seconds_west,
                        struct str *form)
{
    uint32_t zone = htole32((uint32_t)seconds_west);

    (void)form_int64(scratch, micros, form);
    memcpy(scratch->fixed + form->len, &zone, sizeof(zone));
    return form_fixed(scratch, form->len + sizeof(zone), form);
}

bool timetz_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                   struct str *form)
{
    struct moment moment;

    return time_of_text(rule, value, true, scratch, &moment) &&
           form_timetz(scratch, moment.micros, (int32_t)(-moment.offset / SECOND), form);
}

/* PostgreSQL's own 16 bytes: microseconds, days, months; here whole days and what is left of them. */
static bool form_interval(wide micros, struct canonical_scratch *scratch, struct str *form)
{
    wide days = micros / DAY - (micros % DAY < 0 ? 1 : 0);
    uint64_t rest = htobe64((uint64_t)(micros - days * DAY));
    uint32_t whole = htobe32((uint32_t)(int32_t)days);

    if (days < INT32_MIN || days > INT32_MAX)
        return misfit(scratch, "it is out of range");
    memset(scratch->fixed, 0, 16);
    memcpy(scratch->fixed, &rest, sizeof(rest));
    memcpy(scratch->fixed + sizeof(rest), &whole, sizeof(whole));
    return form_fixed(scratch, 16, form);
}

static bool interval_any(const struct canonical *rule, const struct value *value,
                         struct canonical_scratch *scratch, struct str *form)
{
    struct moment moment;
    wide micros;

    if (is_number(value))
        return moment_number(rule, value, scratch, &micros) &&
               form_interval(micros + EPOCH_UNIX, scratch, form);
    if (value->kind != VALUE_TEXT)
        return misfit(scratch, NULL);
    if (span_begins(value->bytes))
        return span_form(value->bytes, scratch, form);
    if (!parse_timestamp(value->bytes, &moment))
        return span_words_form(value->bytes, scratch, form);
    if (moment.offset != 0 || moment.finer)
        return misfit(scratch, moment.finer ? "it has more digits of a second than the column"
                                            : "it is a moment with an offset");
    return form_interval((wide)moment.days * DAY + moment.micros + EPOCH_UNIX, scratch, form);
}

bool interval_source(const struct canonical *rule, const struct value *value,
                     struct canonical_scratch *scratch, struct str *form)
{
    return interval_any(rule, value, scratch, form) &&
           (span_fits(&rule->type, rule->step, *form) ||
            misfit(scratch, "it has more than the column's fields and digits"));
}

bool date_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                 struct str *form)
{
    (void)rule;
    return field.len == 4 && form_int64(scratch, (int32_t)field_uint32(field.ptr), form);
}

bool time_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                 struct str *form)
{
    return timestamp_target(rule, field, scratch, form);
}

bool timestamp_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                      struct str *form)
{
    (void)rule;
    return field.len == 8 && form_int64(scratch, (int64_t)field_uint64(field.ptr), form);
}

bool timetz_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                   struct str *form)
{
    (void)rule;
    return field.len == 12 &&
           form_timetz(scratch, (int64_t)field_uint64(field.ptr), (int32_t)field_uint32(field.ptr + 8), form);
}

bool interval_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                     struct str *form)
{
    (void)rule;
    (void)scratch;
    *form = field;
    return field.len == 16;
}
