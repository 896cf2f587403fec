/* Texts of dates and times that stand in the SQL, as PostgreSQL's literals. */
#include "schema/translate_term.h"

/* `count` digits at i, as a number; -1 when they are not all there. */
static int number_at(struct str text, size_t i, size_t count)
{
    int value = 0;

    for (size_t k = i; k < i + count; k++) {
        if (k >= text.len || !ascii_is_digit(text.ptr[k]))
            return -1;
        value = value * 10 + (text.ptr[k] - '0');
    }
    return value;
}

static bool byte_is(struct str text, size_t i, char byte)
{
    return i < text.len && text.ptr[i] == byte;
}

static bool date_is_valid(struct str text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = number_at(text, 0, 4);
    int month = number_at(text, 5, 2);
    int day = number_at(text, 8, 2);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return byte_is(text, 4, '-') && byte_is(text, 7, '-') && year >= 1 && month >= 1 && month <= 12 &&
           day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

/* Two digits at i that make at most `limit`; -1 otherwise. */
static int field_at(struct str text, size_t i, int limit)
{
    int value = number_at(text, i, 2);

    return value <= limit ? value : -1;
}

/* The digits of a fraction from i on; `kept` is where the last that is not zero ends. */
static size_t take_fraction(struct str text, size_t i, size_t *kept)
{
    for (; number_at(text, i, 1) >= 0; i++)
        if (text.ptr[i] != '0')
            *kept = i + 1;
    return i;
}

/* HH:MM[:SS[.f...]] at the start of the text; the bytes that it takes, or 0. */
static size_t take_time(struct str text, struct moment *moment)
{
    int hour = field_at(text, 0, 23);
    int minute = field_at(text, 3, 59);
    bool seconds = byte_is(text, 5, ':');
    int second = seconds ? field_at(text, 6, 59) : 0;
    size_t end = seconds ? 8 : 5;
    size_t kept = end;

    if (hour < 0 || !byte_is(text, 2, ':') || minute < 0 || second < 0)
        return 0;
    if (seconds && byte_is(text, 8, '.') && number_at(text, 9, 1) >= 0)
        end = take_fraction(text, 9, &kept);
    moment->time = str_slice(text, 0, kept);
    moment->digits = kept > 8 ? (int)kept - 9 : 0;
    moment->midnight = hour == 0 && minute == 0 && second == 0 && moment->digits == 0;
    return end;
}

/* Nothing, or (after at most one space) Z or an offset of zero. */
static bool take_offset(struct str rest, struct moment *moment)
{
    static const char *const zeros[] = {"Z", "z", "+00:00", "-00:00", "+0000", "-0000", "+00", "-00"};

    if (rest.len == 0)
        return true;
    if (rest.ptr[0] == ' ')
        rest = str_slice(rest, 1, rest.len);
    moment->offset = true;
    for (size_t i = 0; i < ARRAY_LENGTH(zeros); i++)
        if (str_is(rest, zeros[i]))
            return true;
    return false;
}

bool translate_moment(struct str text, struct moment *moment)
{
    struct str rest = text;
    size_t taken;

    *moment = (struct moment){.midnight = true};
    if (date_is_valid(text)) {
        moment->date = str_slice(text, 0, 10);
        if (text.len == 10)
            return true;
        if (text.ptr[10] != ' ' && text.ptr[10] != 'T')
            return false;
        rest = str_slice(text, 11, text.len);
    }
    taken = take_time(rest, moment);
    return taken > 0 && take_offset(str_slice(rest, taken, rest.len), moment);
}

static bool moment_fits(const struct moment *moment, const struct pg_type *type)
{
    bool timed = type->kind == PG_TIME || type->kind == PG_TIMETZ;

    if (moment->digits > (type->precision < 0 ? 6 : type->precision) && type->kind != PG_DATE)
        return false;
    if (type->kind == PG_TIME && moment->offset)
        return false;
    if (timed)
        return moment->time.ptr != NULL && (moment->date.ptr == NULL || str_is(moment->date, "2000-01-01"));
    return moment->date.ptr != NULL && (type->kind != PG_DATE || moment->midnight);
}

bool moment_constant(struct translator *tr, struct str text, const struct pg_type *type, struct term *out)
{
    static const struct {
        const char *name;
        bool date;
        bool time;
        bool zone;
    } shapes[PG_KIND_COUNT] = {
        [PG_DATE] = {"date", true, false, false},
        [PG_TIME] = {"time", false, true, false},
        [PG_TIMETZ] = {"timetz", false, true, true},
        [PG_TIMESTAMP] = {"timestamp", true, true, false},
        [PG_TIMESTAMPTZ] = {"timestamptz", true, true, true},
    };
    const bool date = shapes[type->kind].date;
    const bool time = shapes[type->kind].time;
    struct moment moment;

    if (!translate_moment(text, &moment) || !moment_fits(&moment, type))
        return refuse(tr, "it is not written as ISO 8601 in UTC, or has more than the type holds",
                      "the literal '%.*s' for %s", STR_ARGS(str_utf8_clip(text, 100)),
                      pg_kind_name(type->kind));
    if (moment.time.ptr == NULL)
        moment.time = str_from("00:00:00");
    *out = term_make(tr, type->kind, STORAGE_OTHER, LEVEL_CAST, "'%.*s%s%.*s%s'::%s",
                     STR_ARGS(date ? moment.date : str_from("")), date && time ? " " : "",
                     STR_ARGS(time ? moment.time : str_from("")), shapes[type->kind].zone ? "+00" : "",
                     shapes[type->kind].name);
    return true;
}
