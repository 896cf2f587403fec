#include "transfer/span.h"

#include <stddef.h>

struct reader {
    const char *at;
    const char *end;
    bool clock;  /* behind the T */
    size_t next; /* the first of the parts that may still come */
};

/* In the order in which they are written. */
static const struct part {
    char letter;
    bool clock;
    size_t field; /* in struct span */
    int64_t worth;
} parts[] = {
    {'Y', false, offsetof(struct span, months), 12},
    {'M', false, offsetof(struct span, months), 1},
    {'W', false, offsetof(struct span, days), 7},
    {'D', false, offsetof(struct span, days), 1},
    {'H', true, offsetof(struct span, us), INT64_C(3600000000)},
    {'M', true, offsetof(struct span, us), 60000000},
    {'S', true, offsetof(struct span, us), 1000000},
};

static bool is_digit(const struct reader *reader)
{
    return reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9';
}

/* -1 or 1. */
static int take_sign(struct reader *reader)
{
    if (reader->at == reader->end || (*reader->at != '-' && *reader->at != '+'))
        return 1;
    return *reader->at++ == '-' ? -1 : 1;
}

/* At least one digit. */
static bool take_number(struct reader *reader, int64_t *number, bool *huge)
{
    const char *start = reader->at;

    *number = 0;
    for (; is_digit(reader); reader->at++)
        *huge |= __builtin_mul_overflow(*number, 10, number) ||
                 __builtin_add_overflow(*number, *reader->at - '0', number);
    return reader->at > start;
}

/* Behind a point: microseconds. */
static bool take_fraction(struct reader *reader, int64_t *us, bool *finer)
{
    const char *start = reader->at;
    int64_t worth = 100000;

    for (; is_digit(reader); reader->at++, worth /= 10) {
        *us += (*reader->at - '0') * worth;
        *finer |= worth == 0 && *reader->at != '0';
    }
    return reader->at > start;
}

/* The part that the letter names, if it may stand here. */
static const struct part *take_letter(struct reader *reader)
{
    if (reader->at == reader->end)
        return NULL;
    for (size_t i = reader->next; i < ARRAY_LENGTH(parts); i++) {
        if (parts[i].clock != reader->clock || parts[i].letter != *reader->at)
            continue;
        reader->at++;
        reader->next = i + 1;
        return &parts[i];
    }
    return NULL;
}

static bool take_part(struct reader *reader, int sign, struct span *span)
{
    const struct part *part;
    int64_t number;
    int64_t us = 0;
    bool point;
    int64_t *field;

    sign *= take_sign(reader);
    if (!take_number(reader, &number, &span->huge))
        return false;
    point = reader->at < reader->end && *reader->at == '.';
    if (point && (reader->at++, !take_fraction(reader, &us, &span->finer)))
        return false;
    part = take_letter(reader);
    if (part == NULL || (point && part->letter != 'S'))
        return false;
    field = (int64_t *)(void *)((char *)span + part->field);
    span->huge |= __builtin_mul_overflow(number, part->worth * sign, &number) ||
                  __builtin_add_overflow(number, us * sign, &number) ||
                  __builtin_add_overflow(*field, number, field);
    return true;
}

bool span_parse(struct str text, struct span *span)
{
    struct reader reader = {.at = text.ptr, .end = text.ptr == NULL ? NULL : text.ptr + text.len};
    int sign = take_sign(&reader);

    *span = (struct span){0};
    if (reader.at == reader.end || *reader.at++ != 'P')
        return false;
    do {
        if (!reader.clock && reader.at < reader.end && *reader.at == 'T') {
            reader.clock = true;
            reader.at++;
        }
        if (!take_part(&reader, sign, span))
            return false;
    } while (reader.at < reader.end);
    return true;
}
