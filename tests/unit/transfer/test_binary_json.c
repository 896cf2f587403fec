#include "encoding.h"

#include <stdlib.h>

#include "transfer/binary_json.h"
#include "transfer/json_check.h"

static const struct column binary = {.declared = STR("jsonb")};

static struct plan_column column_binary(enum pg_kind kind)
{
    struct plan_column plan = column_of(kind);

    plan.source = &binary;
    return plan;
}

/* A BLOB of what is written in hex; texts between apostrophes stand for their bytes. */
static struct value blob_of(const char *text, char *room)
{
    size_t length = 0;
    bool quoted = false;

    for (; *text != '\0'; text++) {
        if (*text == '\'')
            quoted = !quoted;
        else if (quoted)
            room[length++] = *text;
        else if (*text != ' ') {
            char digits[3] = {text[0], text[1], '\0'};

            room[length++] = (char)(unsigned char)strtoul(digits, NULL, 16);
            text++;
        }
    }
    return (struct value){.kind = VALUE_BLOB, .bytes = {room, length}};
}

static void assert_json(const char *blob, const char *json)
{
    char room[300];
    struct value value = blob_of(blob, room);
    struct str expected = str_from(json);
    struct buf versioned;

    assert_bytes(column_binary(PG_JSON), value, expected.ptr, expected.len);
    buf_init(&versioned, BUF_TEXT_MAXIMUM);
    buf_byte(&versioned, '\1');
    buf_str(&versioned, expected);
    assert_bytes(column_binary(PG_JSONB), value, versioned.ptr, versioned.len);
    buf_free(&versioned);
}

static void assert_none(const char *blob, const char *reason)
{
    char room[300];

    assert_misfit(column_binary(PG_JSON), blob_of(blob, room), reason);
    assert_misfit(column_binary(PG_JSONB), blob_of(blob, room), reason);
}

static void elements(void **state)
{
    (void)state;
    assert_json("00", "null");
    assert_json("01", "true");
    assert_json("02", "false");
    assert_json("13 '7'", "7");
    assert_json("35 '1.5'", "1.5");
    assert_json("07", "\"\"");
    assert_json("17 'a'", "\"a\"");
    assert_json("68 '\\u00e9'", "\"\\u00e9\"");
    assert_json("0b", "[]");
    assert_json("0c", "{}");
    assert_json("6b 13'1' 13'2' 13'3'", "[1,2,3]");
    assert_json("4c 17'a' 13'1'", "{\"a\":1}");
    assert_json("ac 17'a' 0b 17'b' 1b 0c 17'c' 00", "{\"a\":[],\"b\":[{}],\"c\":null}");
}

static void lengths_of_every_width(void **state)
{
    (void)state;
    assert_json("c3 01 '7'", "7");
    assert_json("d7 0002 'ab'", "\"ab\"");
    assert_json("e7 00000002 'ab'", "\"ab\"");
    assert_json("f7 0000000000000002 'ab'", "\"ab\"");
    assert_json("c7 10 '0123456789abcdef'", "\"0123456789abcdef\"");
    assert_json("cb 05 c7 03 'abc'", "[\"abc\"]");
}

static void forms_of_json5(void **state)
{
    (void)state;
    assert_json("44 '0x1F'", "31");
    assert_json("54 '-0Xff'", "-255");
    assert_json("44 '+0x0'", "0");
    assert_json("c4 12 '0xFFFFFFFFFFFFFFFF'", "18446744073709551615");
    assert_json("c4 13 '0x10000000000000000'", "9.0e999");
    assert_json("26 '.5'", "0.5");
    assert_json("36 '-.5'", "-0.5");
    assert_json("26 '5.'", "5.0");
    assert_json("46 '5.e3'", "5.0e3");
    assert_json("b9 5c27 5c76 5c'x41' 'b' 5c0a", "\"'\\u000b\\u0041b\"");
    assert_json("b9 5c0d0a 5c0d 5ce280a8 22 0a", "\"\\\"\\n\"");
    assert_json("59 5ce280a9 'z'", "\"z\"");
    assert_json("39 'a' 5c6e", "\"a\\n\"");
    assert_json("29 5c22", "\"\\\"\"");
}

static void raw_texts_are_escaped(void **state)
{
    (void)state;
    assert_json("ba 'a' 22 5c 08 0c 0a 0d 09 01 1f 7f", "\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
    assert_json("2a c3a9", "\"\xc3\xa9\"");
    assert_json("5c 2a 5c'n' 13'1'", "{\"\\\\n\":1}");
}

static void damaged(void **state)
{
    static const struct {
        const char *blob;
        const char *damage;
    } cases[] = {
        {"", "nothing"},
        {"0d", "no such kind"},
        {"0e", "no such kind"},
        {"0f", "no such kind"},
        {"13", "cut off"},
        {"c3", "cut off in the length"},
        {"d7 00", "cut off in the length"},
        {"e7 000000", "cut off in the length"},
        {"f7 0000000000000003 'ab'", "cut off in the text"},
        {"ff ffffffffffffffff", "no such kind, and a length beyond all memory"},
        {"f7 ffffffffffffffff", "a length beyond all memory"},
        {"0000", "two elements"},
        {"13 '7' 13 '8'", "two elements"},
        {"10 '7'", "a null with something in it"},
        {"11 '7'", "a true with something in it"},
        {"12 '7'", "a false with something in it"},
        {"03", "no digits"},
        {"04", "no digits"},
        {"05", "no digits"},
        {"06", "no digits"},
        {"24 '0x'", "no digits"},
        {"34 '0xg'", "no hexadecimal digit"},
        {"34 '123'", "no hexadecimal number"},
        {"1b 13", "a member longer than its array"},
        {"2b c3 01", "a member longer than its array"},
        {"2b 23 '12'", "a member longer than its array"},
        {"2c 17 'a'", "a key without value"},
        {"6c 17'a' 13'1' 17'b'", "a key without value"},
        {"23 '1x'", "a letter in a number"},
        {"23 '7 '", "white space in a number"},
        {"26 0d '.5'", "white space in a number"},
        {"36 20 '.5'", "white space in a number"},
        {"33 '1,2'", "two numbers in one"},
        {"33 '[1]'", "an array in a number"},
        {"17 22", "a bare quote"},
        {"57 'a' 222c22 'b'", "two texts in one"},
        {"58 'a' 222c22 'b'", "two texts in one"},
        {"17 00", "a bare NUL"},
        {"47 0a 'abc'", "a bare line end"},
        {"18 5c", "a backslash at the end"},
        {"38 'ab' 5c", "a backslash at the end"},
        {"19 5c", "a backslash at the end"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        print_message("%s\n", cases[i].damage);
        assert_none(cases[i].blob, "not SQLite's binary JSON");
    }
}

/* The elements are well, but what they hold is not. */
static void what_comes_out_is_checked(void **state)
{
    (void)state;
    assert_none("23 '1-'", "no JSON");
    assert_none("45 '1.2.'", "no JSON");
    assert_none("4c 13'1' 13'1'", "no JSON");
    assert_none("28 5c'q'", "no JSON");
    assert_none("39 5c'x4'", "no JSON");
    assert_none("17 ff", "not valid UTF-8");
    assert_none("1a 00", "JSON with the escape \\u0000");
    assert_none("29 5c'0'", "JSON with the escape \\u0000");
    assert_none("68 '\\ud800'", "JSON with half a surrogate pair");
}

/* An array in an array ...: each head is five bytes. */
static struct str nested(size_t depth)
{
    char *blob = malloc(depth * 5);

    assert_non_null(blob);
    for (size_t i = 0; i < depth; i++) {
        size_t rest = (depth - i - 1) * 5;
        const unsigned char head[] = {0xeb, 0, 0, (unsigned char)(rest >> 8 & 0xff),
                                      (unsigned char)(rest & 0xff)};

        memcpy(blob + i * 5, head, 5);
    }
    return (struct str){blob, depth * 5};
}

static void depth(void **state)
{
    struct str deep = nested(JSON_DEPTH_MAXIMUM);
    struct str deeper = nested(JSON_DEPTH_MAXIMUM + 1);
    struct buf out;

    (void)state;
    buf_init(&out, BUF_TEXT_MAXIMUM);
    assert_null(binary_json_write(deep, &out));
    assert_int_equal(out.len, 2 * JSON_DEPTH_MAXIMUM);
    assert_null(json_check(buf_view(&out), true));
    assert_string_equal(binary_json_write(deeper, &out), "JSON nested deeper than 1000");
    buf_free(&out);
    free((void *)(uintptr_t)deep.ptr);
    free((void *)(uintptr_t)deeper.ptr);
}

static void texts_and_other_columns_are_as_ever(void **state)
{
    char room[10];
    struct value blob = blob_of("13 '7'", room);

    (void)state;
    assert_bytes(column_binary(PG_JSON), TEXT("[1]"), "[1]", 3);
    assert_misfit(column_binary(PG_JSON), BLOB("[1]"), "not SQLite's binary JSON");
    assert_misfit(column_of(PG_JSON), blob, "no JSON");
}

static void no_room(void **state)
{
    struct plan_column plan = column_binary(PG_JSONB);
    struct arena *arena = arena_new();
    struct encode_column column;
    char room[20];
    struct value value = blob_of("a7 '0123456789'", room);

    (void)state;
    encode_column_init(&column, arena, &plan);
    /* 4 bytes of length, the version, 12 of text. */
    for (size_t maximum = 0; maximum <= 17; maximum++) {
        struct buf out;
        const char *reason = "unset";

        buf_init(&out, maximum);
        assert_int_equal(encode_cell(&column, &value, &out, &reason), maximum == 17);
        if (maximum < 17) {
            assert_null(reason);
            assert_true(out.failed);
            assert_int_equal(out.len, 0);
            assert_string_equal(out.ptr, "");
        }
        buf_free(&out);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements),       cmocka_unit_test(lengths_of_every_width),
        cmocka_unit_test(forms_of_json5), cmocka_unit_test(raw_texts_are_escaped),
        cmocka_unit_test(damaged),        cmocka_unit_test(what_comes_out_is_checked),
        cmocka_unit_test(depth),          cmocka_unit_test(texts_and_other_columns_are_as_ever),
        cmocka_unit_test(no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
