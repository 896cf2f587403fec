#include "verify/json_normal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "verify/canonical_rules.h"
#include "verify/exact.h"

/* numeric's range, in which jsonb keeps its numbers. */
enum {
    WHOLE_DIGITS_MAXIMUM = 131072,
    DECIMALS_MAXIMUM = 16383,
    EXPONENT_END = INT32_MAX / 2 /* numeric_in() refuses it, of zero too */
};

/* A member of an object that is being written: places in `out`, which may move while it grows. */
struct member {
    size_t key; /* start of the key, with its quotes */
    size_t value;
    size_t end;
};

struct reader {
    const char *p;
    const char *end;
    const struct json_room *room; /* NULL: the text is only checked */
    int depth;
    const char *reason;
};

static bool no(struct reader *r, const char *reason)
{
    if (r->reason == NULL)
        r->reason = reason;
    return false;
}

static void put(struct reader *r, const char *bytes, size_t size)
{
    if (r->room != NULL)
        buf_put(r->room->out, bytes, size);
}

static void put_byte(struct reader *r, char byte)
{
    put(r, &byte, 1);
}

static void skip_space(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
        r->p++;
}

static bool take(struct reader *r, char wanted)
{
    if (r->p == r->end || *r->p != wanted)
        return false;
    r->p++;
    return true;
}

static bool take_digits(struct reader *r)
{
    const char *start = r->p;

    while (r->p < r->end && ascii_is_digit(*r->p))
        r->p++;
    return r->p > start;
}

static void put_number(struct reader *r, const struct exact *number)
{
    struct buf *out = r->room->out;

    if (number->digit_count == 0) {
        buf_byte(out, '0');
        return;
    }
    if (number->negative)
        buf_byte(out, '-');
    exact_put_digits(out, number);
    if (number->exponent != 0)
        buf_printf(out, "e%" PRId64, number->exponent);
}

static bool read_number(struct reader *r)
{
    const char *start = r->p;
    struct exact number;

    (void)take(r, '-');
    if (!take(r, '0') && !take_digits(r))
        return no(r, "it is no JSON: a value is missing");
    if (take(r, '.') && !take_digits(r))
        return no(r, "it is no JSON: a number without digits behind its point");
    if (take(r, 'e') || take(r, 'E')) {
        if (!take(r, '+'))
            (void)take(r, '-');
        if (!take_digits(r))
            return no(r, "it is no JSON: a number without digits in its exponent");
    }
    if (r->room == NULL)
        return true;
    if (!exact_parse((struct str){start, (size_t)(r->p - start)}, &number) ||
        number.digit_count + number.exponent > WHOLE_DIGITS_MAXIMUM ||
        number.decimals_written > DECIMALS_MAXIMUM || number.exponent_written >= EXPONENT_END)
        return no(r, "a number is beyond numeric's range");
    put_number(r, &number);
    return true;
}

static bool read_unit(struct reader *r, uint32_t *unit)
{
    *unit = 0;
    if (r->end - r->p < 4)
        return no(r, "it is no JSON: an escape is cut off");
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(*r->p++);

        if (digit < 0)
            return no(r, "it is no JSON: an escape without four hex digits");
        *unit = *unit * 16 + (uint32_t)digit;
    }
    return true;
}

static void put_code_point(struct reader *r, uint32_t code)
{
    char bytes[4];

    if (code < 0x80) {
        if (code == '"' || code == '\\')
            put_byte(r, '\\');
        put_byte(r, (char)code);
    } else if (code < 0x800) {
        bytes[0] = (char)(0xc0 | code >> 6);
        bytes[1] = (char)(0x80 | (code & 0x3f));
        put(r, bytes, 2);
    } else if (code < 0x10000) {
        bytes[0] = (char)(0xe0 | code >> 12);
        bytes[1] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[2] = (char)(0x80 | (code & 0x3f));
        put(r, bytes, 3);
    } else {
        bytes[0] = (char)(0xf0 | code >> 18);
        bytes[1] = (char)(0x80 | (code >> 12 & 0x3f));
        bytes[2] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[3] = (char)(0x80 | (code & 0x3f));
        put(r, bytes, 4);
    }
}

/* Behind \u.  Characters beyond 16 bits are two escapes: RFC 8259, section 7. */
static bool read_unicode(struct reader *r)
{
    uint32_t code;
    uint32_t low;

    if (!read_unit(r, &code))
        return false;
    if (code == 0)
        return no(r, "it holds the escape \\u0000");
    if (code >= 0xd800 && code < 0xe000) {
        if (code >= 0xdc00 || !take(r, '\\') || !take(r, 'u'))
            return no(r, "it holds half of a surrogate pair");
        if (!read_unit(r, &low))
            return false;
        if (low < 0xdc00 || low >= 0xe000)
            return no(r, "it holds half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
    }
    put_code_point(r, code);
    return true;
}

/* Behind a backslash. */
static bool read_escape(struct reader *r)
{
    static const char names[] = "\"\\/bfnrt";
    static const char codes[] = "\"\\/\b\f\n\r\t";
    const char *name;

    if (take(r, 'u'))
        return read_unicode(r);
    name = r->p == r->end || *r->p == '\0' ? NULL : strchr(names, *r->p);
    if (name == NULL)
        return no(r, "it is no JSON: an unknown escape");
    r->p++;
    put_code_point(r, (unsigned char)codes[name - names]);
    return true;
}

static bool read_string(struct reader *r)
{
    if (!take(r, '"'))
        return no(r, "it is no JSON: a key is missing");
    put_byte(r, '"');
    for (;;) {
        const char *start = r->p;

        while (r->p < r->end && *r->p != '"' && *r->p != '\\' && (unsigned char)*r->p >= 0x20)
            r->p++;
        put(r, start, (size_t)(r->p - start));
        if (take(r, '"'))
            break;
        if (!take(r, '\\'))
            return no(r, r->p == r->end ? "it is no JSON: a string has no end"
                                        : "it is no JSON: a control character in a string");
        if (!read_escape(r))
            return false;
    }
    put_byte(r, '"');
    return true;
}

static bool read_value(struct reader *r);

static bool read_array(struct reader *r)
{
    put_byte(r, '[');
    skip_space(r);
    if (!take(r, ']')) {
        for (;;) {
            if (!read_value(r))
                return false;
            if (take(r, ']'))
                break;
            if (!take(r, ','))
                return no(r, "it is no JSON: an array has no end");
            put_byte(r, ',');
        }
    }
    put_byte(r, ']');
    return true;
}

/* By the keys; of equal keys the last one first. */
static int compare_members(const void *left, const void *right, void *context)
{
    const struct member *a = left;
    const struct member *b = right;
    const char *out = context;
    size_t a_size = a->value - a->key;
    size_t b_size = b->value - b->key;
    int order;

    if (a_size != b_size)
        return a_size < b_size ? -1 : 1;
    order = memcmp(out + a->key, out + b->key, a_size);
    if (order != 0)
        return order;
    return a->key > b->key ? -1 : a->key < b->key;
}

static bool members_in_order(const struct member *members, size_t count, char *out)
{
    for (size_t i = 1; i < count; i++)
        /* Equal keys compare as the wrong order here too. */
        if (compare_members(&members[i - 1], &members[i], out) > 0)
            return false;
    return true;
}

static bool same_key(const struct member *a, const struct member *b, const char *out)
{
    size_t size = a->value - a->key;

    return size == b->value - b->key && memcmp(out + a->key, out + b->key, size) == 0;
}

/* Writes the members of an object, which begin at `start` in `out`, again in their order. */
static void sort_members(const struct json_room *room, struct member *members, size_t count, size_t start)
{
    struct buf *out = room->out;
    struct buf *sorted = room->spare;

    if (out->failed || members_in_order(members, count, out->ptr))
        return;
    qsort_r(members, count, sizeof(*members), compare_members, out->ptr);
    buf_clear(sorted);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && same_key(&members[i - 1], &members[i], out->ptr))
            continue;
        if (i > 0)
            buf_byte(sorted, ',');
        buf_put(sorted, out->ptr + members[i].key, members[i].end - members[i].key);
    }
    out->len = start;
    buf_put(out, sorted->ptr, sorted->len);
    out->failed |= sorted->failed;
}

static bool read_member(struct reader *r, struct member *member)
{
    const struct buf *out = r->room == NULL ? NULL : r->room->out;

    skip_space(r);
    member->key = out == NULL ? 0 : out->len;
    if (!read_string(r))
        return false;
    skip_space(r);
    if (!take(r, ':'))
        return no(r, "it is no JSON: a key without a value");
    put_byte(r, ':');
    member->value = out == NULL ? 0 : out->len;
    if (!read_value(r))
        return false;
    member->end = out == NULL ? 0 : out->len;
    return true;
}

static bool read_members(struct reader *r)
{
    for (;;) {
        struct member member;

        if (!read_member(r, &member))
            return false;
        if (r->room != NULL)
            buf_put(r->room->members, &member, sizeof(member));
        if (take(r, '}'))
            return true;
        if (!take(r, ','))
            return no(r, "it is no JSON: an object has no end");
        put_byte(r, ',');
    }
}

static bool read_object(struct reader *r)
{
    size_t start;
    size_t first;
    struct buf *members;

    put_byte(r, '{');
    skip_space(r);
    start = r->room == NULL ? 0 : r->room->out->len;
    first = r->room == NULL ? 0 : r->room->members->len;
    if (!take(r, '}') && !read_members(r))
        return false;
    if (r->room != NULL) {
        members = r->room->members;
        if (!members->failed)
            sort_members(r->room, (struct member *)(void *)(members->ptr + first),
                         (members->len - first) / sizeof(struct member), start);
        members->len = first;
    }
    put_byte(r, '}');
    return true;
}

static bool read_nested(struct reader *r, bool (*read)(struct reader *))
{
    bool done;

    if (r->depth == JSON_DEPTH_MAXIMUM)
        return no(r, "it is nested deeper than 1,000");
    r->depth++;
    done = read(r);
    r->depth--;
    return done;
}

static bool read_word(struct reader *r, const char *word)
{
    size_t size = strlen(word);

    if ((size_t)(r->end - r->p) < size || memcmp(r->p, word, size) != 0)
        return no(r, "it is no JSON: an unknown word");
    r->p += size;
    put(r, word, size);
    return true;
}

static bool read_any(struct reader *r)
{
    switch (r->p == r->end ? '\0' : *r->p) {
    case '{': r->p++; return read_nested(r, read_object);
    case '[': r->p++; return read_nested(r, read_array);
    case '"': return read_string(r);
    case 't': return read_word(r, "true");
    case 'f': return read_word(r, "false");
    case 'n': return read_word(r, "null");
    default: return read_number(r);
    }
}

static bool read_value(struct reader *r)
{
    skip_space(r);
    if (!read_any(r))
        return false;
    skip_space(r);
    return true;
}

static bool read_text(struct reader *r, struct str text)
{
    if (!text_is_valid(text))
        return no(r, "it is not UTF-8, or holds a NUL");
    if (!read_value(r))
        return false;
    return r->p == r->end || no(r, "it is no JSON: something follows the value");
}

bool json_normal_check(struct str text, const char **reason)
{
    struct reader r = {.p = text.ptr, .end = text.ptr + text.len};

    if (read_text(&r, text))
        return true;
    *reason = r.reason;
    return false;
}

bool json_normal_write(struct str text, const struct json_room *room, const char **reason)
{
    struct reader r = {.p = text.ptr, .end = text.ptr + text.len, .room = room};

    buf_clear(room->out);
    buf_clear(room->members);
    if (!read_text(&r, text)) {
        *reason = r.reason;
        return false;
    }
    *reason = NULL;
    return !room->out->failed && !room->members->failed;
}
