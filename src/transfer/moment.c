#include "transfer/moment.h"

#include <math.h>

enum {
    NO_NUMBER = 1000000,    /* above whatever two of two_digits() can make together */
    UNIX_EPOCH = -10957,    /* 1970-01-01 */
    COREDATA_EPOCH = 366,   /* 2001-01-01 */
    WEBKIT_EPOCH = -145731, /* 1601-01-01 */
    TICKS_EPOCH = -730119,  /* 0001-01-01 */
    JULIAN_EPOCH = -2451545,
    DAY_1973 = -9861,
    DAY_2201 = 73414,
    DAY_NEVER = 2921939 /* 9999-12-31 */
};

struct cursor {
    const char *at;
    const char *end;
};

/* A NULL ptr may not be added to, not even 0. */
static inline struct cursor cursor_of(struct str text)
{
    return (struct cursor){text.ptr, text.ptr == NULL ? NULL : text.ptr + text.len};
}

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline unsigned two_digits(const char *at)
{
    unsigned tens = (unsigned)(unsigned char)at[0] - '0';
    unsigned ones = (unsigned)(unsigned char)at[1] - '0';

    return tens <= 9 && ones <= 9 ? tens * 10 + ones : NO_NUMBER;
}

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil, for years from 0 on. */
static int64_t days_of(unsigned year, unsigned month, unsigned day)
{
    unsigned shifted = year - (month <= 2);
    unsigned era = shifted / 400;
    unsigned year_of_era = shifted % 400;
    unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return (int64_t)era * 146097 + day_of_era - 719468 + UNIX_EPOCH;
}

static bool day_exists(unsigned year, unsigned month, unsigned day)
{
    static const unsigned char lengths[13] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= lengths[month] &&
           (month != 2 || day <= 28 || leap);
}

static bool parse_date(struct cursor *cursor, struct moment *moment)
{
    const char *at = cursor->at;
    unsigned year;
    unsigned month;
    unsigned day;

    if (cursor->end - at < 10 || at[4] != '-' || at[7] != '-')
        return false;
    year = two_digits(at) * 100 + two_digits(at + 2);
    month = two_digits(at + 5);
    day = two_digits(at + 8);
    if (!day_exists(year, month, day))
        return false;
    moment->days = days_of(year, month, day);
    cursor->at += 10;
    return true;
}

/* Behind the point: at least one digit. */
static bool parse_fraction(struct cursor *cursor, struct moment *moment)
{
    static const int32_t worths[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    const char *at = cursor->at;
    int32_t fraction = 0;
    int digits = 0;

    for (; at < cursor->end && digits < 6 && is_digit(*at); at++, digits++)
        fraction = fraction * 10 + (*at - '0');
    moment->us += fraction * worths[digits];
    for (; at < cursor->end && is_digit(*at); at++)
        moment->finer = moment->finer || *at != '0';
    cursor->at = at;
    return digits > 0;
}

/* HH:MM[:SS[.f...]] */
static bool parse_clock(struct cursor *cursor, struct moment *moment)
{
    const char *at = cursor->at;
    unsigned hour;
    unsigned minute;
    unsigned second = 0;

    if (cursor->end - at < 5 || at[2] != ':')
        return false;
    hour = two_digits(at);
    minute = two_digits(at + 3);
    cursor->at += 5;
    if (cursor->end - cursor->at >= 3 && *cursor->at == ':') {
        second = two_digits(at + 6);
        cursor->at += 3;
    }
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    moment->us = (int64_t)((hour * 60 + minute) * 60 + second) * 1000000;
    if (cursor->at - at == 8 && cursor->at < cursor->end && *cursor->at == '.') {
        cursor->at++;
        return parse_fraction(cursor, moment);
    }
    return true;
}

/* Behind the sign: HH, HHMM or HH:MM. */
static bool parse_offset_digits(const char *at, const char *end, unsigned *seconds)
{
    ptrdiff_t length = end - at;
    unsigned hours = length >= 2 ? two_digits(at) : NO_NUMBER;
    unsigned minutes = 0;

    if (length == 4)
        minutes = two_digits(at + 2);
    else if (length == 5 && at[2] == ':')
        minutes = two_digits(at + 3);
    else if (length != 2)
        return false;
    *seconds = (hours * 60 + minutes) * 60;
    return hours <= 15 && minutes <= 59;
}

/* All that is left: nothing, or an offset with or without a space before it. */
static bool parse_offset(struct cursor *cursor, struct moment *moment)
{
    const char *at = cursor->at;
    unsigned seconds;

    if (at == cursor->end)
        return true;
    moment->zoned = true;
    if (*at == ' ' && ++at == cursor->end)
        return false;
    if (*at == 'Z' || *at == 'z')
        return at + 1 == cursor->end;
    if ((*at != '+' && *at != '-') || !parse_offset_digits(at + 1, cursor->end, &seconds))
        return false;
    moment->offset = *at == '-' ? -(int32_t)seconds : (int32_t)seconds;
    return true;
}

bool moment_parse(struct str text, struct moment *moment)
{
    struct cursor cursor = cursor_of(text);

    *moment = (struct moment){0};
    if (!parse_date(&cursor, moment))
        return false;
    /* A space may also stand before an offset, which begins with no digit. */
    if (cursor.end - cursor.at >= 2 && (*cursor.at == 'T' || *cursor.at == ' ') && is_digit(cursor.at[1])) {
        cursor.at++;
        if (!parse_clock(&cursor, moment))
            return false;
    }
    return parse_offset(&cursor, moment);
}

bool moment_parse_clock(struct str text, struct moment *moment)
{
    struct cursor cursor;

    if (str_starts_with(text, "2000-01-01 ") || str_starts_with(text, "2000-01-01T"))
        text = str_slice(text, 11, text.len);
    cursor = cursor_of(text);
    *moment = (struct moment){0};
    return parse_clock(&cursor, moment) && parse_offset(&cursor, moment);
}

/* Brings `us` back into the day after something was added to it. */
static void settle(struct moment *moment)
{
    int64_t days = moment->us / MOMENT_DAY_US;

    moment->us -= days * MOMENT_DAY_US;
    if (moment->us < 0) {
        moment->us += MOMENT_DAY_US;
        days--;
    }
    moment->days += days;
}

void moment_to_utc(struct moment *moment)
{
    moment->us -= (int64_t)moment->offset * 1000000;
    moment->offset = 0;
    settle(moment);
}

/* Of .NET: the only unit that is finer than PostgreSQL's. */
#define TENTHS_A_US 10

struct moment_unit {
    int64_t per_day;
    int64_t ticks; /* in one unit: what a fraction is rounded to; 0: a fraction is finer than a microsecond */
    int64_t tick_us; /* microseconds in a tick */
    int64_t epoch_days;
    int64_t epoch_us;
};

static const struct moment_unit units[] = {
    [UNIT_SECONDS] = {86400, 1000000, 1, UNIX_EPOCH, 0},
    [UNIT_MILLISECONDS] = {86400000, 1000, 1, UNIX_EPOCH, 0},
    [UNIT_MICROSECONDS] = {86400000000, 1, 1, UNIX_EPOCH, 0},
    [UNIT_COREDATA] = {86400, 1000000, 1, COREDATA_EPOCH, 0},
    [UNIT_WEBKIT] = {86400000000, 1, 1, WEBKIT_EPOCH, 0},
    [UNIT_TICKS] = {864000000000, 0, 0, TICKS_EPOCH, 0},
    /* Julian days begin at noon. */
    [UNIT_JULIAN_DAYS] = {1, 86400000, 1000, JULIAN_EPOCH, MOMENT_DAY_US / 2},
};

const struct moment_unit *moment_unit_of(enum time_unit unit)
{
    return unit == UNIT_NONE ? NULL : &units[unit];
}

static bool moment_of(const struct moment_unit *unit, int64_t whole, int64_t ticks, struct moment *moment)
{
    /* Far beyond all calendars of PostgreSQL, far below any overflow. */
    const int64_t days_limit = INT64_C(1) << 40;
    int64_t days = whole / unit->per_day;

    if (days > days_limit || days < -days_limit)
        return false;
    *moment = (struct moment){.days = days + unit->epoch_days};
    if (unit->ticks == 0) {
        moment->us = whole % unit->per_day / TENTHS_A_US;
        moment->finer = whole % TENTHS_A_US != 0;
    } else {
        moment->us = (whole % unit->per_day * unit->ticks + ticks) * unit->tick_us + unit->epoch_us;
    }
    settle(moment);
    return true;
}

bool moment_of_integer(const struct moment_unit *unit, int64_t number, struct moment *moment)
{
    return moment_of(unit, number, 0, moment);
}

/* fraction * scale, rounded half away from zero, as if the product were exact. */
static int64_t scale_fraction(double fraction, double scale)
{
    double product = fraction * scale;
    double whole = trunc(product);

    /* Rounding the product may have moved it onto a half, never across one. */
    if (fabs(product - whole) == 0.5 && fma(fraction, scale, -product) * fraction < 0)
        return (int64_t)whole;
    return (int64_t)round(product);
}

bool moment_of_real(const struct moment_unit *unit, double number, struct moment *moment)
{
    double whole = trunc(number);

    if (!(fabs(number) < 0x1p63))
        return false;
    if (!moment_of(unit, (int64_t)whole, scale_fraction(number - whole, (double)unit->ticks), moment))
        return false;
    moment->finer = moment->finer || (unit->ticks == 0 && fabs(number - whole) > 0);
    return true;
}

/* Of 1973 to 2200. */
static bool is_ordinary(const struct moment *moment)
{
    return moment->days >= DAY_1973 && moment->days < DAY_2201;
}

/* 9999-12-31, up to its end: "never". */
static bool is_never(const struct moment *moment)
{
    return moment->days == DAY_NEVER || (moment->days == DAY_NEVER + 1 && moment->us == 0);
}

bool moment_is_of_other_unit(const struct moment *moment, const struct value *value)
{
    /* Not Core Data's, which no value tells. */
    static const enum time_unit others[] = {UNIT_SECONDS,     UNIT_MILLISECONDS, UNIT_MICROSECONDS,
                                            UNIT_JULIAN_DAYS, UNIT_WEBKIT,       UNIT_TICKS};

    if (is_ordinary(moment) || is_never(moment))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        struct moment other;
        bool any = value->kind == VALUE_INTEGER ? moment_of_integer(&units[others[i]], value->integer, &other)
                                                : moment_of_real(&units[others[i]], value->real, &other);

        if (any && is_ordinary(&other))
            return true;
    }
    return false;
}
