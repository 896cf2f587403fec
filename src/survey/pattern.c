#include "survey/pattern.h"

/* Reads from the front of `rest` and moves it on. */
static bool take(struct str *rest, const char *any_of)
{
    for (; *any_of != '\0'; any_of++) {
        if (rest->len > 0 && rest->ptr[0] == *any_of) {
            *rest = str_slice(*rest, 1, rest->len);
            return true;
        }
    }
    return false;
}

static bool take_number(struct str *rest, size_t digits, int *number)
{
    if (rest->len < digits)
        return false;
    *number = 0;
    for (size_t i = 0; i < digits; i++) {
        if (!ascii_is_digit(rest->ptr[i]))
            return false;
        *number = *number * 10 + (rest->ptr[i] - '0');
    }
    *rest = str_slice(*rest, digits, rest->len);
    return true;
}

static size_t take_digits(struct str *rest)
{
    size_t count = 0;

    while (count < rest->len && ascii_is_digit(rest->ptr[count]))
        count++;
    *rest = str_slice(*rest, count, rest->len);
    return count;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

static bool take_date(struct str *rest)
{
    int year;
    int month;
    int day;

    return take_number(rest, 4, &year) && take(rest, "-") && take_number(rest, 2, &month) &&
           take(rest, "-") && take_number(rest, 2, &day) && year >= 1 && month >= 1 && month <= 12 &&
           day >= 1 && day <= days_in(year, month);
}

static bool take_fraction(struct str *rest, struct moment *moment)
{
    struct str digits = *rest;
    size_t count = take_digits(rest);

    if (count == 0)
        return false;
    while (count > 0 && digits.ptr[count - 1] == '0')
        count--;
    if (count > 6)
        return false;
    moment->fraction_digits = (int)count;
    return true;
}

static bool take_time(struct str *rest, struct moment *moment)
{
    int hour;
    int minute;
    int second = 0;

    if (!take_number(rest, 2, &hour) || !take(rest, ":") || !take_number(rest, 2, &minute))
        return false;
    if (take(rest, ":")) {
        if (!take_number(rest, 2, &second))
            return false;
        if (take(rest, ".") && !take_fraction(rest, moment))
            return false;
    }
    moment->midnight = hour == 0 && minute == 0 && second == 0 && moment->fraction_digits == 0;
    return hour <= 23 && minute <= 59 && second <= 59;
}

/* +HH:MM, +HHMM or +HH, up to 15:59. */
static bool take_offset(struct str *rest, struct moment *moment)
{
    int hours;
    int minutes = 0;

    moment->zoned = true;
    if (take(rest, "Zz"))
        return true;
    if (!take(rest, "+-") || !take_number(rest, 2, &hours))
        return false;
    if (take(rest, ":") ? !take_number(rest, 2, &minutes) : rest->len > 0 && !take_number(rest, 2, &minutes))
        return false;
    moment->shifted = hours != 0 || minutes != 0;
    return hours <= 15 && minutes <= 59;
}

/* The time of day and what may follow it, up to the end of the text. */
static bool take_rest(struct str *rest, struct moment *moment)
{
    if (!take_time(rest, moment))
        return false;
    if (rest->len == 0)
        return true;
    take(rest, " ");
    return take_offset(rest, moment) && rest->len == 0;
}

struct moment pattern_moment(struct str text)
{
    static const struct moment none = {.kind = MOMENT_NONE};
    struct moment moment = none;
    struct str rest = text;

    if (text.len >= 3 && text.ptr[2] == ':') {
        moment.kind = MOMENT_TIME;
        return take_rest(&rest, &moment) ? moment : none;
    }
    if (!take_date(&rest))
        return none;
    moment.kind = rest.len == 0 ? MOMENT_DATE : MOMENT_DATETIME;
    if (moment.kind == MOMENT_DATETIME && !(take(&rest, " T") && take_rest(&rest, &moment)))
        return none;
    return moment;
}

static bool is_hex(char c)
{
    return ascii_is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

bool pattern_uuid(struct str text)
{
    bool dashed = text.len == 36;

    if (text.len != 32 && !dashed)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool dash = dashed && (i == 8 || i == 13 || i == 18 || i == 23);

        if (dash ? text.ptr[i] != '-' : !is_hex(text.ptr[i]))
            return false;
    }
    return true;
}

bool pattern_number(struct str text)
{
    struct str rest = text;
    size_t whole;

    if (str_is_nocase(text, "nan"))
        return true;
    take(&rest, "+-");
    whole = take_digits(&rest);
    if (take(&rest, ".") ? take_digits(&rest) == 0 : whole == 0)
        return false;
    if (take(&rest, "eE")) {
        take(&rest, "+-");
        if (take_digits(&rest) == 0)
            return false;
    }
    return rest.len == 0;
}
