/* "3 days 04:00:05.000006", "1 year 2 mons": spans as PostgreSQL itself writes them. */
#include <stddef.h>

#include "transfer/span.h"

enum {
    MINUTE_US = 60 * 1000 * 1000
};

static const int64_t hour_us = INT64_C(60) * MINUTE_US;

/* In the order in which they are written. */
static const struct unit {
    const char *name;
    const char *other;
    size_t field;
    int64_t worth;
    bool clock; /* no 04:00:05 may follow */
} units[] = {
    {"year", "years", offsetof(struct span, months), 12, false},
    {"mon", "mons", offsetof(struct span, months), 1, false},
    {"month", "months", offsetof(struct span, months), 1, false},
    {"week", "weeks", offsetof(struct span, days), 7, false},
    {"day", "days", offsetof(struct span, days), 1, false},
    {"hour", "hours", offsetof(struct span, us), INT64_C(3600000000), true},
    {"min", "mins", offsetof(struct span, us), MINUTE_US, true},
    {"minute", "minutes", offsetof(struct span, us), MINUTE_US, true},
    {"sec", "secs", offsetof(struct span, us), 1000000, true},
    {"second", "seconds", offsetof(struct span, us), 1000000, true},
};

struct words {
    struct str left;
    size_t next; /* the first of the units that may still come */
    bool clock;  /* a unit of the clock has come */
};

static char peek(const struct words *words)
{
    return words->left.len > 0 ? words->left.ptr[0] : '\0';
}

static void skip(struct words *words, size_t count)
{
    words->left = str_slice(words->left, count, words->left.len);
}

static bool skip_spaces(struct words *words)
{
    bool any = peek(words) == ' ';

    while (peek(words) == ' ')
        skip(words, 1);
    return any;
}

static int64_t take_sign(struct words *words)
{
    char sign = peek(words);

    if (sign == '-' || sign == '+')
        skip(words, 1);
    return sign == '-' ? -1 : 1;
}

static bool take_digits(struct words *words, int64_t *number, bool *huge)
{
    bool any = false;

    *number = 0;
    for (; ascii_is_digit(peek(words)); skip(words, 1), any = true)
        *huge |= __builtin_mul_overflow(*number, 10, number) ||
                 __builtin_add_overflow(*number, peek(words) - '0', number);
    return any;
}

/* Behind a point. */
static bool take_fraction(struct words *words, int64_t *us, bool *finer)
{
    bool any = false;

    for (int64_t worth = 100000; ascii_is_digit(peek(words)); skip(words, 1), worth /= 10, any = true) {
        *us += (peek(words) - '0') * worth;
        *finer |= worth == 0 && peek(words) != '0';
    }
    return any;
}

static void add(struct span *span, size_t field, int64_t number, int64_t worth)
{
    int64_t *sum = (int64_t *)(void *)((char *)span + field);

    span->huge |= __builtin_mul_overflow(number, worth, &number) || __builtin_add_overflow(*sum, number, sum);
}

static const struct unit *take_unit(struct words *words)
{
    size_t length = 0;
    struct str name;

    while (length < words->left.len && ascii_is_alpha(words->left.ptr[length]))
        length++;
    name = str_slice(words->left, 0, length);
    for (size_t i = words->next; i < ARRAY_LENGTH(units); i++) {
        if (!str_is_nocase(name, units[i].name) && !str_is_nocase(name, units[i].other))
            continue;
        skip(words, length);
        while (words->next < ARRAY_LENGTH(units) &&
               (words->next <= i ||
                (units[words->next].field == units[i].field && units[words->next].worth == units[i].worth)))
            words->next++;
        return &units[i];
    }
    return NULL;
}

/* ":MM", below 60. */
static bool take_pair(struct words *words, int64_t *number)
{
    bool huge = false;
    size_t before = words->left.len;

    if (peek(words) != ':')
        return false;
    skip(words, 1);
    return take_digits(words, number, &huge) && before - words->left.len == 3 && *number < 60;
}

/* The hours have been read; nothing may follow. */
static bool take_clock(struct words *words, int64_t sign, int64_t hours, struct span *span)
{
    int64_t minutes;
    int64_t seconds = 0;
    int64_t us = 0;

    if (words->clock || !take_pair(words, &minutes))
        return false;
    if (peek(words) == ':') {
        if (!take_pair(words, &seconds))
            return false;
        if (peek(words) == '.' && (skip(words, 1), !take_fraction(words, &us, &span->finer)))
            return false;
    }
    add(span, offsetof(struct span, us), hours * sign, hour_us);
    add(span, offsetof(struct span, us), minutes * sign, MINUTE_US);
    add(span, offsetof(struct span, us), (seconds * 1000000 + us) * sign, 1);
    return words->left.len == 0;
}

bool span_parse_words(struct str text, struct span *span)
{
    struct words words = {.left = text};

    *span = (struct span){0};
    do {
        int64_t sign = take_sign(&words);
        const struct unit *unit;
        int64_t number;
        int64_t us = 0;
        bool point;

        if (!take_digits(&words, &number, &span->huge))
            return false;
        if (peek(&words) == ':')
            return take_clock(&words, sign, number, span);
        point = peek(&words) == '.';
        if (point && (skip(&words, 1), !take_fraction(&words, &us, &span->finer)))
            return false;
        if (!skip_spaces(&words) || (unit = take_unit(&words)) == NULL || (point && unit->worth != 1000000))
            return false;
        words.clock |= unit->clock;
        add(span, unit->field, number * sign, unit->worth);
        add(span, offsetof(struct span, us), us * sign, 1);
    } while (skip_spaces(&words) && words.left.len > 0);
    return words.left.len == 0 && text.ptr[text.len - 1] != ' ';
}
