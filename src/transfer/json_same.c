/*
 * Both texts are brought to one form, in an arena: objects with their keys in order of bytes and each once,
 * strings without escapes behind their length, numbers as digits and exponent, nothing between.  The depth is
 * bounded by json_check().
 */
#include "transfer/json_same.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "transfer/decimal.h"
#include "transfer/encode_field.h"

struct reader {
    const char *p;
    const char *end;
    struct arena *arena;
};

struct member {
    struct str key;
    struct str value;
    size_t place;
};

static void skip_space(struct reader *reader)
{
    while (reader->p < reader->end && ascii_is_space(*reader->p))
        reader->p++;
}

static bool take(struct reader *reader, char wanted)
{
    skip_space(reader);
    if (reader->p >= reader->end || *reader->p != wanted)
        return false;
    reader->p++;
    return true;
}

static uint32_t take_unit(struct reader *reader)
{
    uint32_t unit = 0;

    for (int i = 0; i < 4 && reader->p < reader->end; i++)
        unit = unit << 4 | (uint32_t)(hex_digit(*reader->p++) & 15);
    return unit;
}

static void put_character(struct buf *out, uint32_t character)
{
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t count = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    char bytes[4];

    for (size_t i = count; i-- > 1; character >>= 6)
        bytes[i] = (char)(0x80 | (character & 0x3f));
    bytes[0] = (char)(leads[count] | character);
    buf_put(out, bytes, count);
}

static void put_escape(struct reader *reader, struct buf *out)
{
    static const char letters[] = "bfnrt";
    static const char meant[] = "\b\f\n\r\t";
    char c = *reader->p++;
    const char *found = c == '\0' ? NULL : strchr(letters, c);
    uint32_t character;

    if (c != 'u') {
        buf_byte(out, found == NULL ? c : meant[found - letters]);
        return;
    }
    character = take_unit(reader);
    if ((character & 0xfc00) == 0xd800 && reader->end - reader->p >= 6) {
        reader->p += 2;
        character = 0x10000 + ((character & 0x3ff) << 10) + (take_unit(reader) & 0x3ff);
    }
    put_character(out, character);
}

/* Behind the quote that opens it. */
static struct str take_string(struct reader *reader)
{
    struct str made;
    struct buf out;

    buf_init(&out, SIZE_MAX / 2);
    while (reader->p < reader->end && *reader->p != '"') {
        if (*reader->p == '\\' && reader->end - reader->p > 1) {
            reader->p++;
            put_escape(reader, &out);
        } else {
            buf_byte(&out, *reader->p++);
        }
    }
    reader->p++;
    made = buf_to_str(reader->arena, &out);
    buf_free(&out);
    return made;
}

static void put_string(struct buf *out, struct str text)
{
    buf_printf(out, "\"%zu:", text.len);
    buf_str(out, text);
}

static void put_scalar(struct reader *reader, struct buf *out)
{
    const char *start = reader->p;
    struct decimal number;

    while (reader->p < reader->end &&
           (ascii_is_digit(*reader->p) || ascii_is_alpha(*reader->p) || strchr("+-.", *reader->p) != NULL))
        reader->p++;
    if (reader->p == start) { /* no JSON after all: whatever it is, it is passed over */
        buf_byte(out, *reader->p++);
        return;
    }
    if (ascii_is_alpha(*start) || !decimal_parse((struct str){start, (size_t)(reader->p - start)}, &number)) {
        buf_put(out, start, (size_t)(reader->p - start));
        return;
    }
    buf_printf(out, "%s", number.negative && number.count > 0 ? "-" : "+");
    for (size_t i = 0; i < number.count; i++)
        buf_byte(out, decimal_digit(&number, i));
    buf_printf(out, "e%" PRId64, number.point);
}

static void put_value(struct reader *reader, struct buf *out);

static struct str take_value(struct reader *reader)
{
    struct str made;
    struct buf out;

    buf_init(&out, SIZE_MAX / 2);
    put_value(reader, &out);
    made = buf_to_str(reader->arena, &out);
    buf_free(&out);
    return made;
}

static int by_key(const void *a, const void *b)
{
    const struct member *left = a;
    const struct member *right = b;
    int order = str_compare(left->key, right->key);

    return order != 0 ? order : (left->place > right->place) - (left->place < right->place);
}

/* Behind the bracket that opens it. */
static void put_object(struct reader *reader, struct buf *out)
{
    struct member *members = NULL;
    size_t count = 0;
    size_t capacity = 0;

    while (!take(reader, '}') && reader->p < reader->end) {
        struct member member = {.place = count};

        (void)take(reader, ',');
        if (!take(reader, '"'))
            break;
        member.key = take_string(reader);
        (void)take(reader, ':');
        member.value = take_value(reader);
        ARENA_PUSH(reader->arena, members, count, capacity) = member;
    }
    if (count > 1)
        qsort(members, count, sizeof(*members), by_key);
    buf_byte(out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && str_equal(members[i].key, members[i + 1].key))
            continue;
        put_string(out, members[i].key);
        buf_str(out, members[i].value);
    }
    buf_byte(out, '}');
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the JSON, which is bounded */
static void put_value(struct reader *reader, struct buf *out)
{
    skip_space(reader);
    if (reader->p >= reader->end)
        return;
    if (take(reader, '"')) {
        put_string(out, take_string(reader));
    } else if (take(reader, '{')) {
        put_object(reader, out);
    } else if (take(reader, '[')) {
        buf_byte(out, '[');
        while (!take(reader, ']') && reader->p < reader->end) {
            (void)take(reader, ',');
            put_value(reader, out);
            buf_byte(out, ';');
        }
        buf_byte(out, ']');
    } else {
        put_scalar(reader, out);
    }
}

bool json_same(struct str a, struct str b)
{
    struct arena *arena = arena_new();
    struct reader left = {a.ptr, a.ptr + a.len, arena};
    struct reader right = {b.ptr, b.ptr + b.len, arena};
    bool same = str_equal(take_value(&left), take_value(&right));

    arena_free(arena);
    return same;
}
