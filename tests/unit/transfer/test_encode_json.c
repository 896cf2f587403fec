#include "encoding.h"

#include <math.h>
#include <stdlib.h>

#include "transfer/json_check.h"

#define assert_text(plan, value, text) assert_bytes((plan), (value), "" text "", sizeof(text) - 1)

static void is_json(void **state)
{
    static const char *const texts[] = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1.5e+10",
        "1E5",
        "0.0e-0",
        "\"\"",
        "\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"",
        "\"\\u00e9\\uD83D\\uDE00\\ufFfF\"",
        "\"\x7fé\U0001f600\"",
        "[]",
        "{}",
        " \t\r\n[ \n] \t\r\n",
        " { } ",
        "[1,2 , [3],{}]",
        "{\"a\":1,\"a\":{\"b\":[null,true]},\"\":\"\"}",
        "[[[[]]],{\"x\":[{}]}]",
        "{ \"a\" : [ ] , \"b\" : { } }",
        "12345678901234567890123456789012345678901234567890.123456789",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        const char *reason = json_check(str_from(texts[i]), true);

        if (reason != NULL)
            fail_msg("%s: %s", texts[i], reason);
        assert_null(json_check(str_from(texts[i]), false));
    }
}

static void is_no_json(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "nul",
        "nulll",
        "True",
        "NaN",
        "Infinity",
        "-",
        "+1",
        ".5",
        "5.",
        "01",
        "-01",
        "00",
        "1e",
        "1e+",
        "1.e5",
        "0x1",
        "1 2",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "'a'",
        "\"\\u123g\"",
        "\"\n\"",
        "\"\x1f\"",
        "\"\t\"",
        "[",
        "]",
        "{",
        "}",
        "[1",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "{1:2}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{,}",
        "{\"a\":1]",
        "[]]",
        "{}{}",
        "[] []",
        "1,",
        ",",
        "//x\n1",
        "[1]x",
        "/**/1",
        "\357\273\2771",
        "\v1",
        "\f1",
        "\"\\",
        "\"\\u",
        "[\"a\":1]",
        "{\"a\":1,\"b\"}",
        "{\"a\"::1}",
        "[-]",
        "tru",
        "\"\\U0041\"",
        "undefined",
        "{\"a\":1,,\"b\":2}",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        const char *reason = json_check(str_from(texts[i]), false);

        if (reason == NULL)
            fail_msg("taken for JSON: %s", texts[i]);
        assert_string_equal(reason, "no JSON");
    }
    assert_string_equal(json_check((struct str){NULL, 0}, false), "no JSON");
}

static void what_postgresql_cannot_use(void **state)
{
    static const char half[] = "JSON with half a surrogate pair";

    (void)state;
    assert_string_equal(json_check(str_from("\"\\u0000\""), false), "JSON with the escape \\u0000");
    assert_string_equal(json_check(str_from("{\"\\u0000\":1}"), false), "JSON with the escape \\u0000");
    assert_string_equal(json_check(str_from("\"\\ud800\""), false), half);
    assert_string_equal(json_check(str_from("\"\\udc00\""), false), half);
    assert_string_equal(json_check(str_from("\"\\ud800x\""), false), half);
    assert_string_equal(json_check(str_from("\"\\ud800\\n\""), false), half);
    assert_string_equal(json_check(str_from("\"\\ud800\\ud800\""), false), half);
    assert_string_equal(json_check(str_from("\"\\uDBFF\\u0041\""), false), half);
    assert_string_equal(json_check(str_from("\"\\ud800"), false), half);
    assert_string_equal(json_check((struct str)STR("\"a\0\""), false), "a NUL character inside");
    assert_string_equal(json_check(str_from("\"\xff\""), false), "not valid UTF-8");
    /* The backslash itself is escaped here. */
    assert_null(json_check(str_from("\"\\\\u0000\""), false));
}

static char *nested(size_t depth, bool objects)
{
    struct buf text;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < depth; i++)
        buf_text(&text, objects && i % 2 == 1 ? "{\"k\":" : "[");
    buf_text(&text, "1");
    for (size_t i = depth; i > 0; i--)
        buf_text(&text, objects && i % 2 == 0 ? "}" : "]");
    assert_false(text.failed);
    return text.ptr;
}

static void depth(void **state)
{
    (void)state;
    for (int objects = 0; objects < 2; objects++) {
        char *deep = nested(1000, objects);
        char *deeper = nested(1001, objects);

        assert_null(json_check(str_from(deep), true));
        assert_string_equal(json_check(str_from(deeper), true), "JSON nested deeper than 1000");
        /* The wrong bracket in the middle is seen. */
        deep[strlen(deep) - 500] ^= '[' ^ '{';
        assert_string_equal(json_check(str_from(deep), true), "no JSON");
        free(deep);
        free(deeper);
    }
}

static void numbers_of_jsonb(void **state)
{
    static const char reason[] = "JSON with a number beyond the range of numeric";
    static const char *const beyond[] = {"1e131072",
                                         "[0.1e131073]",
                                         "1e-16384",
                                         "0e-16384",
                                         "-1.5e-16383",
                                         "1e99999999999999999999",
                                         "1e-99999999999999999999",
                                         "0e1073741823"};
    static const char *const within[] = {"1e131071", "0.001e131074", "1e-16383",
                                         "0e200000", "1.5e-16382",   "0.0e-16382"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(beyond); i++) {
        assert_string_equal(json_check(str_from(beyond[i]), true), reason);
        assert_null(json_check(str_from(beyond[i]), false));
        assert_misfit(column_of(PG_JSONB), text_value(beyond[i]), reason);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(within); i++)
        assert_null(json_check(str_from(within[i]), true));
}

static void every_prefix_is_no_json(void **state)
{
    static const char text[] =
        "{\"key\": [1, -2.5e3, true, \"x\\u00e9\\ud83d\\ude00\", null, {}], \"z\": false}";
    char *copy;

    (void)state;
    assert_null(json_check((struct str)STR(text), true));
    for (size_t length = 0; length < sizeof(text) - 1; length++) {
        /* In memory of its own, so that reading behind the end is found. */
        copy = malloc(length + 1);
        assert_non_null(copy);
        memcpy(copy, text, length);
        copy = realloc(copy, length == 0 ? 1 : length);
        assert_non_null(copy);
        assert_non_null(json_check((struct str){copy, length}, true));
        free(copy);
    }
}

static void encoded(void **state)
{
    static const struct column plain = {.declared = STR("JSON")};
    struct plan_column json = column_of(PG_JSON);
    struct plan_column jsonb = column_of(PG_JSONB);

    (void)state;
    assert_text(json, TEXT(" {\"a\" : 1} "), " {\"a\" : 1} ");
    assert_text(jsonb, TEXT(" {\"a\" : 1} "), "\1 {\"a\" : 1} ");
    assert_text(json, INT(-5), "-5");
    assert_text(jsonb, INT(INT64_MIN), "\1-9223372036854775808");
    assert_text(json, REAL(1.5), "1.5");
    assert_text(jsonb, REAL(5.0),
                "\1"
                "5.0");
    assert_text(json, REAL(1e28), "1.0e+28");
    assert_text(json, REAL(-0.0), "-0.0");
    assert_misfit(json, REAL(INFINITY), "infinity");
    assert_misfit(jsonb, REAL(-INFINITY), "infinity");
    assert_misfit(jsonb, TEXT("x"), "no JSON");
    assert_misfit(jsonb, TEXT(""), "no JSON");
    json.source = &plain;
    assert_text(json, BLOB("[1]"), "[1]");
    assert_misfit(json, BLOB("\x0b"), "no JSON");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_json),
        cmocka_unit_test(is_no_json),
        cmocka_unit_test(what_postgresql_cannot_use),
        cmocka_unit_test(depth),
        cmocka_unit_test(numbers_of_jsonb),
        cmocka_unit_test(every_prefix_is_no_json),
        cmocka_unit_test(encoded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
