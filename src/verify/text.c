/* text, varchar, char, enum, bytea, uuid. */
#include <math.h>
#include <stdio.h>

#include "verify/canonical_rules.h"
#include "verify/exact.h"

#define HIGH_BITS 0x8080808080808080u
#define LOW_BITS  0x0101010101010101u

enum {
    UUID_SIZE = 16
};

/* Eight bytes that are ASCII and hold no NUL: nearly all text of most databases. */
static bool word_is_plain(const char *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof(word));
    return (((word - LOW_BITS) | word) & HIGH_BITS) == 0;
}

bool text_is_valid(struct str text)
{
    size_t plain = 0;

    while (text.len - plain >= 8 && word_is_plain(text.ptr + plain))
        plain += 8;
    /* The last word again, overlapping, instead of its bytes one by one. */
    if (text.len >= 8 && text.len - plain < 8 && word_is_plain(text.ptr + text.len - 8))
        return true;
    text = str_slice(text, plain, text.len);
    return text.len == 0 ||
           (memchr(text.ptr, '\0', text.len) == NULL && str_utf8_valid_prefix(text) == text.len);
}

static struct str integer_text(int64_t integer, struct canonical_scratch *scratch)
{
    char *end = (char *)scratch->fixed + sizeof(scratch->fixed);
    char *p = end;
    uint64_t rest = integer < 0 ? -(uint64_t)integer : (uint64_t)integer;

    do
        *--p = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (integer < 0)
        *--p = '-';
    return (struct str){p, (size_t)(end - p)};
}

/* docs/values.md, written text: 5.0, 1.0e+28. */
static struct str real_text(double real, struct canonical_scratch *scratch)
{
    char *text = (char *)scratch->fixed;
    size_t length;
    size_t mantissa;

    if (isinf(real))
        return str_from(real > 0 ? "Inf" : "-Inf");
    length = real_shortest(real, text);
    mantissa = strcspn(text, "e");
    if (memchr(text, '.', mantissa) == NULL) {
        memmove(text + mantissa + 2, text + mantissa, length - mantissa);
        memcpy(text + mantissa, ".0", 2);
        length += 2;
    }
    return (struct str){text, length};
}

bool value_text(const struct value *value, struct canonical_scratch *scratch, struct str *text)
{
    switch (value->kind) {
    case VALUE_INTEGER: *text = integer_text(value->integer, scratch); return true;
    case VALUE_REAL:
        if (isnan(value->real))
            return misfit(scratch, "it is not a number");
        *text = real_text(value->real, scratch);
        return true;
    default:
        *text = value->bytes;
        if (text->len > FIELD_MAXIMUM)
            return misfit(scratch, too_long);
        return text_is_valid(*text) || misfit(scratch, "it is not UTF-8, or holds a NUL");
    }
}

static int64_t count_characters(struct str text)
{
    int64_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

bool text_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                 struct str *form)
{
    if (!value_text(value, scratch, form))
        return false;
    if (rule->length_limit == 0 || form->len <= (size_t)rule->length_limit)
        return true;
    return count_characters(*form) <= rule->length_limit || misfit(scratch, "it has too many characters");
}

bool char_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                 struct str *form)
{
    if (!text_source(rule, value, scratch, form))
        return false;
    return form->len == 0 || form->ptr[form->len - 1] != ' ' || misfit(scratch, "it ends in a space");
}

bool char_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                 struct str *form)
{
    (void)rule;
    (void)scratch;
    while (field.len > 0 && field.ptr[field.len - 1] == ' ')
        field.len--;
    *form = field;
    return true;
}

bool bytes_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                  struct str *form)
{
    (void)rule;
    (void)scratch;
    *form = field;
    return true;
}

bool enum_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                 struct str *form)
{
    *form = value->bytes;
    if (value->kind == VALUE_TEXT)
        for (size_t i = 0; i < rule->type.label_count; i++)
            if (str_equal(value->bytes, rule->type.labels[i]))
                return true;
    return misfit(scratch, value->kind == VALUE_TEXT ? "it is none of the labels" : NULL);
}

bool bytea_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                  struct str *form)
{
    (void)rule;
    *form = value->bytes;
    if (value->kind != VALUE_TEXT && value->kind != VALUE_BLOB)
        return misfit(scratch, NULL);
    return form->len <= FIELD_MAXIMUM || misfit(scratch, too_long);
}

/* 32 hex digits, or 8-4-4-4-12 with dashes. */
static bool parse_uuid(struct str text, unsigned char *out)
{
    static const uint32_t dash_before = 1u << 4 | 1u << 6 | 1u << 8 | 1u << 10;
    bool dashed = text.len == 2 * UUID_SIZE + 4;
    const char *p = text.ptr;

    if (!dashed && text.len != 2 * UUID_SIZE)
        return false;
    for (int i = 0; i < UUID_SIZE; i++, p += 2) {
        int pair;

        if (dashed && (dash_before >> i & 1) != 0 && *p++ != '-')
            return false;
        pair = hex_pair(p);
        if (pair < 0)
            return false;
        out[i] = (unsigned char)pair;
    }
    return true;
}

bool uuid_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                 struct str *form)
{
    static const char nil[UUID_SIZE];

    (void)rule;
    *form = value->kind == VALUE_INTEGER ? (struct str){nil, sizeof(nil)} : value->bytes;
    if (value->kind == VALUE_TEXT)
        return parse_uuid(value->bytes, scratch->fixed) ? form_fixed(scratch, UUID_SIZE, form)
                                                        : misfit(scratch, "it is no UUID");
    if (value->kind == VALUE_INTEGER)
        return value->integer == 0 || misfit(scratch, NULL);
    return (value->kind == VALUE_BLOB && form->len == UUID_SIZE) || misfit(scratch, NULL);
}

bool uuid_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                 struct str *form)
{
    (void)rule;
    (void)scratch;
    *form = field;
    return field.len == UUID_SIZE;
}
