#include "encoding.h"

#include <stdio.h>
#include <stdlib.h>

static const char before[] = "as it was";

struct plan_column column_of(enum pg_kind kind)
{
    if (kind == PG_ARRAY)
        return column_array(PG_INT4);
    return (struct plan_column){.type = pg_type_of(kind)};
}

struct plan_column column_array(enum pg_kind kind)
{
    static struct pg_type elements[PG_KIND_COUNT];

    elements[kind] = pg_type_of(kind);
    return (struct plan_column){
        .type = {.kind = PG_ARRAY, .element = &elements[kind], .element_oid = pg_kind_oid(kind)}};
}

struct plan_column column_limited(enum pg_kind kind, int length)
{
    return (struct plan_column){.type = {.kind = kind, .length = length}};
}

struct plan_column column_numeric(int precision, int scale)
{
    return (struct plan_column){.type = {.kind = PG_NUMERIC, .precision = precision, .scale = scale}};
}

struct plan_column column_timed(enum pg_kind kind, int precision)
{
    return (struct plan_column){.type = {.kind = kind, .precision = precision}};
}

struct plan_column column_counting(enum pg_kind kind, enum time_unit unit)
{
    return (struct plan_column){.type = pg_type_of(kind), .unit = unit};
}

struct value text_value(const char *text)
{
    return (struct value){.kind = VALUE_TEXT, .bytes = str_from(text)};
}

static void print_value(const struct value *value)
{
    print_error("value: class %d, %lld, %.17g, '%.*s'\n", (int)value->kind, (long long)value->integer,
                value->real, STR_ARGS(value->bytes));
}

/* The bytes of the field behind its length, which is looked at here. */
static struct str field_of(struct buf *out, const struct plan_column *plan, const struct value *value)
{
    struct arena *arena = arena_new();
    struct encode_column column;
    const char *reason = "unset";
    size_t start = sizeof(before) - 1;
    uint32_t length;

    buf_init(out, 1 << 20);
    buf_text(out, before);
    encode_column_init(&column, arena, plan);
    if (!encode_cell(&column, value, out, &reason)) {
        print_value(value);
        fail_msg("a misfit: %s", reason);
    }
    arena_free(arena);
    assert_memory_equal(out->ptr, before, start);
    memcpy(&length, out->ptr + start, 4);
    length = __builtin_bswap32(length);
    assert_int_equal(length, out->len - start - 4);
    assert_int_equal(out->ptr[out->len], 0);
    return (struct str){out->ptr + start + 4, length};
}

void assert_bytes(struct plan_column plan, struct value value, const char *bytes, size_t length)
{
    struct buf out;
    struct str field = field_of(&out, &plan, &value);

    if (field.len != length || memcmp(field.ptr, bytes, length) != 0)
        print_value(&value);
    assert_int_equal(field.len, length);
    assert_memory_equal(field.ptr, bytes, length);
    buf_free(&out);
}

void assert_hex(struct plan_column plan, struct value value, const char *hex)
{
    struct buf out;
    struct buf text;
    struct buf expected;
    struct str field = field_of(&out, &plan, &value);

    buf_init(&text, BUF_TEXT_MAXIMUM);
    buf_init(&expected, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < field.len; i++)
        buf_printf(&text, "%02x", (unsigned)(unsigned char)field.ptr[i]);
    for (; *hex != '\0'; hex++)
        if (*hex != ' ')
            buf_byte(&expected, *hex);
    assert_string_equal(text.ptr, expected.ptr);
    buf_free(&expected);
    buf_free(&text);
    buf_free(&out);
}

void assert_integer(struct plan_column plan, struct value value, int64_t expected)
{
    struct buf out;
    struct str field = field_of(&out, &plan, &value);
    /* The sign fills what is before the first byte. */
    int64_t number = (field.ptr[0] & 0x80) != 0 ? -1 : 0;

    assert_true(field.len == 2 || field.len == 4 || field.len == 8);
    for (size_t i = 0; i < field.len; i++)
        number = (int64_t)((uint64_t)number << 8 | (unsigned char)field.ptr[i]);
    if (number != expected)
        print_value(&value);
    assert_int_equal(number, expected);
    buf_free(&out);
}

static int word(struct str field, size_t place)
{
    return (int16_t)(uint16_t)((unsigned)(unsigned char)field.ptr[2 * place] << 8 |
                               (unsigned char)field.ptr[2 * place + 1]);
}

/* The group of four digits of that power of 10000. */
static int group_of(struct str field, int power)
{
    int place = word(field, 1) - power;

    return place >= 0 && place < (uint16_t)word(field, 0) ? word(field, 4 + (size_t)place) : 0;
}

static void numeric_text(struct str field, struct buf *text)
{
    int weight = word(field, 1);
    int shown = word(field, 3);
    size_t groups = (uint16_t)word(field, 0);

    assert_int_equal(field.len, 8 + 2 * groups);
    if (groups > 0) {
        assert_int_not_equal(word(field, 4), 0);
        assert_int_not_equal(word(field, 3 + groups), 0);
    }
    buf_text(text, (uint16_t)word(field, 2) == 0x4000 ? "-" : "");
    buf_printf(text, "%d", group_of(field, weight > 0 ? weight : 0));
    for (int power = weight - 1; power >= 0; power--)
        buf_printf(text, "%04d", group_of(field, power));
    buf_text(text, shown > 0 ? "." : "");
    for (int i = 0; i < shown; i++) {
        char digits[16];

        snprintf(digits, sizeof(digits), "%04d", group_of(field, -1 - i / 4));
        buf_byte(text, digits[i % 4]);
    }
}

void assert_numeric(struct plan_column plan, struct value value, const char *expected)
{
    struct buf out;
    struct buf text;
    struct str field = field_of(&out, &plan, &value);

    buf_init(&text, BUF_TEXT_MAXIMUM);
    numeric_text(field, &text);
    assert_string_equal(text.ptr, expected);
    buf_free(&text);
    buf_free(&out);
}

void assert_misfit(struct plan_column plan, struct value value, const char *reason)
{
    struct arena *arena = arena_new();
    struct encode_column column;
    struct buf out;
    const char *given = NULL;

    buf_init(&out, 1 << 20);
    buf_text(&out, before);
    encode_column_init(&column, arena, &plan);
    if (encode_cell(&column, &value, &out, &given)) {
        print_value(&value);
        fail_msg("no misfit; expected: %s", reason);
    }
    assert_non_null(given);
    assert_string_equal(given, reason);
    assert_string_equal(out.ptr, before);
    assert_int_equal(out.len, sizeof(before) - 1);
    assert_false(out.failed);
    buf_free(&out);
    arena_free(arena);
}
