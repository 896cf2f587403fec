/* Dates, times and spans, as texts and as counts. */
#include <inttypes.h>
#include <stdio.h>

#include "transfer/decode_field.h"
#include "transfer/moment.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR   (3600 * SECOND)
#define DAY    MOMENT_DAY_US

/* Seconds from where a unit begins to 2000-01-01: docs/values.md, "Dates and times in numbers". */
static const struct {
    int64_t from;
    int64_t micros; /* of one */
    bool whole;     /* is always an INTEGER, in whatever class the others are */
} units[UNIT_COUNT] = {
    [UNIT_SECONDS] = {INT64_C(946684800), SECOND, false},
    [UNIT_MILLISECONDS] = {INT64_C(946684800), 1000, false},
    [UNIT_MICROSECONDS] = {INT64_C(946684800), 1, true},
    [UNIT_JULIAN_DAYS] = {INT64_C(211813444800), DAY, false},
    [UNIT_COREDATA] = {INT64_C(-31622400), SECOND, false},
    [UNIT_WEBKIT] = {INT64_C(12591158400), 1, true},
};
#define TICKS_FROM_YEAR_1 (INT64_C(63082281600) * SECOND)

/* Microseconds since 2000-01-01 as a count of the column's unit. */
static bool count_of(const struct decode_column *column, __int128 micros, struct value *value)
{
    enum time_unit unit = column->plan->unit;
    bool real = column->spelling.class == VALUE_REAL;
    __int128 count;

    if (unit == UNIT_NONE)
        return false;
    if (unit == UNIT_TICKS) {
        *value =
            (struct value){.kind = VALUE_INTEGER, .integer = (int64_t)((micros + TICKS_FROM_YEAR_1) * 10)};
        return true;
    }
    count = micros + (__int128)units[unit].from * SECOND;
    if ((!real || units[unit].whole) && count % units[unit].micros == 0)
        *value = (struct value){.kind = VALUE_INTEGER, .integer = (int64_t)(count / units[unit].micros)};
    else
        *value =
            (struct value){.kind = VALUE_REAL, .real = (double)(int64_t)count / (double)units[unit].micros};
    return true;
}

static bool is_count(const struct decode_column *column)
{
    return (column->spelling.class == VALUE_INTEGER || column->spelling.class == VALUE_REAL) &&
           column->plan->unit != UNIT_NONE;
}

/* Days since 2000-01-01 as a day of the Gregorian calendar: Howard Hinnant's civil_from_days(), whose years
 * begin in March. */
static bool put_day(struct buf *out, int64_t days, const char **reason)
{
    int64_t since = days + 730425; /* from 0000-03-01 */
    int64_t era = (since >= 0 ? since : since - 146096) / 146097;
    int64_t of_era = since - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * of_year + 2) / 153;
    int64_t year = year_of_era + era * 400 + (month >= 10);

    if (year < 1 || year > 9999)
        return unfit(reason, "its year is not from 1 to 9999, which is all that a text says in SQLite");
    buf_printf(out, "%04d-%02d-%02d", (int)year, (int)(month < 10 ? month + 3 : month - 9),
               (int)(of_year - (153 * month + 2) / 5 + 1));
    return true;
}

static void put_fraction(struct buf *out, int64_t micros, const struct spelling *spelling)
{
    char digits[16];
    int count = spelling->fraction_digits;

    (void)snprintf(digits, sizeof(digits), "%06" PRId64 "000", micros);
    if (count < 6 && strspn(digits + count, "0") != strlen(digits + count))
        count = 6; /* all that it has, rather than what is usual */
    if (spelling->fraction == FRACTION_IF_ANY && micros == 0)
        count = 0;
    while (spelling->fraction == FRACTION_SHORTEST && count > 0 && digits[count - 1] == '0')
        count--;
    if (count > 0)
        buf_printf(out, ".%.*s", count > 9 ? 9 : count, digits);
}

static void put_clock(struct buf *out, int64_t micros, const struct spelling *spelling)
{
    buf_printf(out, "%02d:%02d", (int)(micros / HOUR), (int)(micros / MINUTE % 60));
    if (!spelling->shape.seconds && micros % MINUTE == 0)
        return;
    buf_printf(out, ":%02d", (int)(micros / SECOND % 60));
    put_fraction(out, micros % SECOND, spelling);
}

static int64_t offset_of(const char *suffix)
{
    int64_t offset;
    const char *p = suffix + strspn(suffix, " ");
    bool colon = strlen(p) > 3 && p[3] == ':';

    if (*p != '+' && *p != '-')
        return 0;
    offset = ((p[1] - '0') * 10 + (p[2] - '0')) * HOUR;
    if (strlen(p) > 3)
        offset += ((p[3 + colon] - '0') * 10 + (p[4 + colon] - '0')) * MINUTE;
    return *p == '-' ? -offset : offset;
}

/* The form that says everything, where the column's own does not. */
static const struct spelling whole = {
    .shape = {true, ' ', true, ""}, .fraction_digits = 6, .fraction = FRACTION_SHORTEST};

static bool moment_text(struct decode_column *column, int64_t micros, const struct spelling *spelling,
                        struct value *value, const char **reason)
{
    int64_t days;
    int64_t rest;

    micros += offset_of(spelling->shape.suffix);
    days = micros / DAY - (micros % DAY < 0);
    rest = micros - days * DAY;
    if (!put_day(&column->room, days, reason))
        return false;
    if (spelling->shape.separator != 0 || rest != 0) {
        buf_byte(&column->room, spelling->shape.separator != 0 ? spelling->shape.separator : ' ');
        put_clock(&column->room, rest, spelling->shape.separator != 0 ? spelling : &whole);
    }
    buf_text(&column->room, spelling->shape.suffix);
    return value_made(column, value, reason);
}

bool decode_timestamp(struct decode_column *column, struct str field, bool plainly, struct value *value,
                      const char **reason)
{
    int64_t micros = (int64_t)field64(field, 0);

    if (micros == INT64_MAX || micros == INT64_MIN)
        return unfit(reason, "SQLite has no infinite time");
    if (!plainly && is_count(column))
        return count_of(column, micros, value) || unfit(reason, NULL);
    return moment_text(column, micros, plainly ? &whole : &column->spelling, value, reason);
}

bool decode_date(struct decode_column *column, struct str field, bool plainly, struct value *value,
                 const char **reason)
{
    int32_t days = (int32_t)field32(field, 0);

    if (days == INT32_MAX || days == INT32_MIN)
        return unfit(reason, "SQLite has no infinite day");
    if (!plainly && is_count(column))
        return count_of(column, (__int128)days * DAY, value) || unfit(reason, NULL);
    if (!put_day(&column->room, days, reason))
        return false;
    if (!plainly && column->spelling.shape.separator != 0) {
        buf_byte(&column->room, column->spelling.shape.separator);
        put_clock(&column->room, 0, &column->spelling);
        buf_text(&column->room, column->spelling.shape.suffix);
    }
    return value_made(column, value, reason);
}

bool decode_time(struct decode_column *column, struct str field, bool plainly, struct value *value,
                 const char **reason)
{
    const struct spelling *spelling = plainly ? &whole : &column->spelling;

    if (!plainly && spelling->shape.day)
        buf_printf(&column->room, "2000-01-01%c",
                   spelling->shape.separator != 0 ? spelling->shape.separator : ' ');
    put_clock(&column->room, (int64_t)field64(field, 0), spelling);
    return value_made(column, value, reason);
}

bool decode_timetz(struct decode_column *column, struct str field, bool plainly, struct value *value,
                   const char **reason)
{
    const struct spelling *spelling = plainly ? &whole : &column->spelling;
    int32_t east = -(int32_t)field32(field, 8);
    int32_t minutes = (east < 0 ? -east : east) / 60;

    put_clock(&column->room, (int64_t)field64(field, 0), spelling);
    if (!plainly && offset_of(spelling->shape.suffix) == (int64_t)east * SECOND)
        buf_text(&column->room, spelling->shape.suffix);
    else
        buf_printf(&column->room, "%c%02d:%02d", east < 0 ? '-' : '+', (int)(minutes / 60),
                   (int)(minutes % 60));
    return value_made(column, value, reason);
}

/* ---- spans ---- */

static bool span_text(struct decode_column *column, int64_t micros, int32_t days, int32_t months,
                      struct value *value, const char **reason)
{
    struct buf *out = &column->room;
    uint64_t magnitude = micros < 0 ? -(uint64_t)micros : (uint64_t)micros;
    uint64_t fraction = magnitude % (uint64_t)SECOND;

    buf_byte(out, 'P');
    if (months != 0)
        buf_printf(out, "%dM", months);
    if (days != 0 || (months == 0 && micros == 0))
        buf_printf(out, "%dD", days);
    if (micros != 0)
        buf_printf(out, "T%s%" PRIu64, micros < 0 ? "-" : "", magnitude / (uint64_t)SECOND);
    if (fraction != 0)
        buf_printf(out, ".%06" PRIu64, fraction);
    if (micros != 0)
        buf_byte(out, 'S');
    return value_made(column, value, reason);
}

/* Frameworks that have no span keep it as the moment so long after 1970-01-01, or as a count. */
bool decode_interval(struct decode_column *column, struct str field, bool plainly, struct value *value,
                     const char **reason)
{
    int64_t rest = (int64_t)field64(field, 0);
    int32_t days = (int32_t)field32(field, 8);
    int32_t months = (int32_t)field32(field, 12);
    __int128 micros = (__int128)days * DAY + rest - (__int128)946684800 * SECOND;
    bool fits = months == 0 && micros > INT64_MIN / 2 && micros < INT64_MAX / 2;

    if (!plainly && fits && is_count(column))
        return count_of(column, micros, value) || unfit(reason, NULL);
    if (!plainly && fits && column->spelling.shape.day && column->spelling.class == VALUE_TEXT &&
        moment_text(column, (int64_t)micros, &column->spelling, value, reason))
        return true;
    buf_clear(&column->room);
    return span_text(column, rest, days, months, value, reason);
}
