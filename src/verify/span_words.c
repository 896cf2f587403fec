/* Spans of time as PostgreSQL writes them: docs/values.md, "Spans of time in TEXT". */
#include "verify/canonical_rules.h"
#include "verify/span.h"

typedef __int128 wide;

/* Each rank once at most, from the first to the last. */
static const struct word {
    const char *word;
    int rank;
    int sum; /* 0 months, 1 days, 2 microseconds */
    int64_t worth;
} words[] = {
    {"years", 1, 0, 12},        {"mons", 2, 0, 1},           {"months", 2, 0, 1},
    {"weeks", 3, 1, 7},         {"days", 4, 1, 1},           {"hours", 5, 2, INT64_C(3600000000)},
    {"mins", 6, 2, 60000000},   {"minutes", 6, 2, 60000000}, {"secs", 7, 2, 1000000},
    {"seconds", 7, 2, 1000000},
};

enum {
    RANK_OF_HOURS = 5
};

/* With its plural's s or without it. */
static const struct word *word_of(struct str text)
{
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        struct str plural = str_from(words[i].word);

        if (str_equal_nocase(text, plural) || str_equal_nocase(text, str_slice(plural, 0, plural.len - 1)))
            return &words[i];
    }
    return NULL;
}

/* The text up to the next blank, which goes with it. */
static struct str next_word(struct str *left)
{
    ptrdiff_t blank = str_find(*left, ' ');
    struct str word = str_slice(*left, 0, blank < 0 ? left->len : (size_t)blank);

    *left = str_slice(*left, word.len, left->len);
    while (left->len > 0 && left->ptr[0] == ' ')
        *left = str_slice(*left, 1, left->len);
    return word;
}

static bool all_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!ascii_is_digit(text.ptr[i]))
            return false;
    return text.len > 0;
}

/* Beyond the limit all are the same: too much. */
static wide integer_of(struct str digits)
{
    wide number = 0;

    while (digits.len > 1 && digits.ptr[0] == '0')
        digits = str_slice(digits, 1, digits.len);
    for (size_t i = 0; i < digits.len && i < 20; i++)
        number = number * 10 + (digits.ptr[i] - '0');
    return number;
}

/* digits[.digits] in microseconds, or in ones when there is no point. */
static bool amount_of(struct str text, bool *has_point, bool *finer, wide *whole, wide *micros)
{
    ptrdiff_t point = str_find(text, '.');
    struct str digits = str_slice(text, 0, point < 0 ? text.len : (size_t)point);
    struct str rest = point < 0 ? (struct str){NULL, 0} : str_slice(text, (size_t)point + 1, text.len);

    *has_point = point >= 0;
    *micros = 0;
    if (!all_digits(digits) || (*has_point && !all_digits(rest)))
        return false;
    *whole = integer_of(digits);
    for (size_t i = 0; i < 6; i++)
        *micros = *micros * 10 + (i < rest.len ? rest.ptr[i] - '0' : 0);
    for (size_t i = 6; i < rest.len; i++)
        *finer |= rest.ptr[i] != '0';
    return true;
}

/* HH:MM or HH:MM:SS.f */
static bool clock_of(struct str text, bool *finer, wide *sum)
{
    ptrdiff_t first = str_find(text, ':');
    struct str hours = str_slice(text, 0, (size_t)first);
    struct str minutes = str_slice(text, (size_t)first + 1, (size_t)first + 3);
    struct str rest = str_slice(text, (size_t)first + 3, text.len);
    wide seconds = 0;
    wide micros = 0;
    bool point;

    if (!all_digits(hours) || minutes.len != 2 || !all_digits(minutes))
        return false;
    if (rest.len > 0 && (rest.len < 3 || rest.ptr[0] != ':' || !all_digits(str_slice(rest, 1, 3)) ||
                         (rest.len > 3 && rest.ptr[3] != '.') ||
                         !amount_of(str_slice(rest, 1, rest.len), &point, finer, &seconds, &micros)))
        return false;
    *sum = ((integer_of(hours) * 60 + integer_of(minutes)) * 60 + seconds) * 1000000 + micros;
    return integer_of(minutes) < 60 && seconds < 60;
}

/* What has been read. */
struct amounts {
    struct str left;
    int rank; /* of the last word */
    bool finer;
    bool beyond;
    wide sums[3];
};

/* A number and the word behind it. */
static bool worded(struct amounts *amounts, struct str number, wide *amount, int *sum)
{
    const struct word *word;
    wide whole;
    wide micros;
    bool point;

    if (!amount_of(number, &point, &amounts->finer, &whole, &micros))
        return false;
    word = word_of(next_word(&amounts->left));
    if (word == NULL || word->rank <= amounts->rank || (point && word->worth != 1000000))
        return false;
    amounts->rank = word->rank;
    *sum = word->sum;
    *amount = whole * word->worth + micros;
    return true;
}

/* One of the amounts; the clock is the last. */
static bool take_amount(struct amounts *amounts)
{
    struct str number = next_word(&amounts->left);
    char sign = number.len > 0 ? number.ptr[0] : '\0';
    wide amount = 0;
    int sum = 2;
    bool done;

    if (sign == '-' || sign == '+')
        number = str_slice(number, 1, number.len);
    if (str_find(number, ':') < 0)
        done = worded(amounts, number, &amount, &sum);
    else
        done = amounts->rank < RANK_OF_HOURS && amounts->left.len == 0 &&
               clock_of(number, &amounts->finer, &amount);
    amounts->sums[sum] += sign == '-' ? -amount : amount;
    amounts->beyond |= amount > INT64_MAX || amounts->sums[sum] != (int64_t)amounts->sums[sum];
    return done;
}

bool span_words_form(struct str text, struct canonical_scratch *scratch, struct str *form)
{
    struct amounts amounts = {.left = text};

    if (text.len == 0 || text.ptr[text.len - 1] == ' ')
        return misfit(scratch, "it is no span of time");
    while (amounts.left.len > 0)
        if (!take_amount(&amounts))
            return misfit(scratch, "it is no span of time");
    return span_put(amounts.sums, amounts.finer, amounts.beyond, scratch, form);
}
