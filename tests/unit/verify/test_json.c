#include "tests/unit.h"

#include "tests/unit/verify/forms.h"

static void normal_forms(void **state)
{
    static const struct {
        const char *text;
        const char *form;
    } cases[] = {
        {"null", "null"},
        {" \t\r\n true \n", "true"},
        {"false", "false"},
        {"[]", "[]"},
        {"[ ]", "[]"},
        {"{ }", "{}"},
        {"[1, [2,[ ] ] ,{}]", "[1,[2,[]],{}]"},
        {"0", "0"},
        {"-0", "0"},
        {"-0.000e5", "0"},
        {"1.50", "15e-1"},
        {"150", "15e1"},
        {"1.5E2", "15e1"},
        {"-12e-3", "-12e-3"},
        {"12345678901234567890.5", "123456789012345678905e-1"},
        {"123456789012345678900", "1234567890123456789e2"},
        {"\"\"", "\"\""},
        {"\"a\\u0041\\/b\"", "\"aA/b\""},
        {"\"\\\"\\\\\"", "\"\\\"\\\\\""},
        {"\"\\u0022\\u005C\"", "\"\\\"\\\\\""},
        {"\"\\b\\f\\n\\r\\t\"", "\"\b\f\n\r\t\""},
        {"\"\\u00e9\\u20AC\\uD83D\\uDE00\"", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
        {"\"\xc3\xa9\x7f\"", "\"\xc3\xa9\x7f\""},
        {"\"\\ud800\\udc00\\udbff\\udfff\"", "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""},
        {"{\"a\":1}", "{\"a\":1}"},
        {"{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}"},
        {"{\"aa\":1,\"b\":2}", "{\"b\":2,\"aa\":1}"},
        {"{\"a\":1,\"a\":2}", "{\"a\":2}"},
        {"{\"a\":1,\"b\":0,\"a\":2,\"a\":3}", "{\"a\":3,\"b\":0}"},
        {"{\"\\u0061\":1,\"a\":2}", "{\"a\":2}"},
        {"{\"\":1}", "{\"\":1}"},
        {"{\"b\":{\"d\":[{\"f\":1,\"e\":2}],\"c\":3},\"a\":0}",
         "{\"a\":0,\"b\":{\"c\":3,\"d\":[{\"e\":2,\"f\":1}]}}"},
        {"[{\"b\":1,\"a\":2},{\"b\":3,\"a\":4}]", "[{\"a\":2,\"b\":1},{\"a\":4,\"b\":3}]"},
    };
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_JSONB), UNIT_NONE);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_form(&probe, text(cases[i].text), str_from(cases[i].form));
        assert_form(&probe, blob(str_from(cases[i].text)), str_from(cases[i].form));
    }
    probe_end(&probe);
}

/* Texts that differ in one thing that counts. */
static void different_values_have_different_forms(void **state)
{
    static const char *const pairs[][2] = {
        {"1", "\"1\""},
        {"[\"a\\\",\\\"b\"]", "[\"a\",\"b\"]"},
        {"{\"a\":1}", "{\"A\":1}"},
        {"{\"a\":null}", "{}"},
        {"[1,2]", "[2,1]"},
        {"[[1],2]", "[[1,2]]"},
        {"1e2", "1e3"},
        {"1", "-1"},
        {"\"\\\\n\"", "\"\\n\""},
        {"\"e\\u0301\"", "\"\\u00e9\""},
        {"{\"a\":1,\"a\":2}", "{\"a\":2,\"a\":1}"},
    };
    struct probe one;
    struct probe other;

    (void)state;
    probe_begin(&one, pg_type_of(PG_JSONB), UNIT_NONE);
    probe_begin(&other, pg_type_of(PG_JSONB), UNIT_NONE);
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        struct str left;
        struct str right;

        assert_true(probe_source(&one, text(pairs[i][0]), &left));
        assert_true(probe_source(&other, text(pairs[i][1]), &right));
        assert_false(str_equal(left, right));
    }
    probe_end(&one);
    probe_end(&other);
}

static void what_is_no_json(void **state)
{
    static const char *const misfits[] = {
        "",
        " ",
        "1 2",
        "[1",
        "[1,]",
        "[,1]",
        "[1 2]",
        "]",
        "[}",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\",
        "\"\\x41\"",
        "\"\\'\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\ud800x\"",
        "\"\\ud800\\n\"",
        "\"\\ud800\\u0041\"",
        "\"\\ud800\\ud800\"",
        "\"\\udc00\"",
        "\"\\udc00\\ud800\"",
        "\"a\nb\"",
        "\"a\tb\"",
        "\"\x01\"",
        "\"\xff\"",
        "\"\xed\xa0\x80\"",
        "'a'",
        "01",
        "-01",
        "+1",
        "-",
        "1.",
        ".5",
        "1.e5",
        "1e",
        "1e+",
        "1e+-5",
        "0x10",
        "NaN",
        "Infinity",
        "-Infinity",
        "nul",
        "nulll",
        "True",
        "// 1\n1",
        "1 // x",
        "\xef\xbb\xbf"
        "1",
        "\x0b"
        "1",
    };
    static const enum pg_kind kinds[] = {PG_JSON, PG_JSONB};
    struct probe probe;

    (void)state;
    for (size_t kind = 0; kind < ARRAY_LENGTH(kinds); kind++) {
        probe_begin(&probe, pg_type_of(kinds[kind]), UNIT_NONE);
        for (size_t i = 0; i < ARRAY_LENGTH(misfits); i++) {
            assert_misfit(&probe, text(misfits[i]));
            assert_misfit(&probe, blob(str_from(misfits[i])));
        }
        assert_misfit(&probe, text_of(BYTES("1\0")));
        assert_misfit(&probe, text_of(BYTES("\"\0\"")));
        assert_misfit(&probe, text_of(BYTES("\"\\\0\"")));
        /* What failed before leaves nothing behind. */
        assert_misfit(&probe, text("{\"b\":[{\"c\":1,\"d\":"));
        if (kinds[kind] == PG_JSONB)
            assert_form(&probe, text("{\"y\":1,\"x\":2}"), BYTES("{\"x\":2,\"y\":1}"));
        probe_end(&probe);
    }
}

static void nested(char *out, size_t depth, char open, char close)
{
    for (size_t i = 0; i < depth; i++) {
        out[i] = open;
        out[2 * depth - 1 - i] = close;
    }
    out[2 * depth] = '\0';
}

static void a_thousand_levels_and_no_more(void **state)
{
    static const enum pg_kind kinds[] = {PG_JSON, PG_JSONB};
    char deep[2 * 1001 + 1];
    struct probe probe;
    struct buf objects;

    (void)state;
    for (size_t kind = 0; kind < ARRAY_LENGTH(kinds); kind++) {
        struct str form;

        probe_begin(&probe, pg_type_of(kinds[kind]), UNIT_NONE);
        nested(deep, 1000, '[', ']');
        assert_form(&probe, text(deep), str_from(deep));
        nested(deep, 1001, '[', ']');
        assert_misfit(&probe, text(deep));
        assert_string_equal(probe.scratch.reason, "it is nested deeper than 1,000");
        buf_init(&objects, BUF_TEXT_MAXIMUM);
        for (int i = 0; i < 1000; i++)
            buf_text(&objects, "{\"b\":1,\"a\":");
        buf_text(&objects, "0");
        for (int i = 0; i < 1000; i++)
            buf_byte(&objects, '}');
        assert_true(probe_source(&probe, text_of(buf_view(&objects)), &form));
        assert_int_equal(form.len, objects.len);
        buf_free(&objects);
        /* Not deep, but many. */
        buf_text(&objects, "[{}");
        for (int i = 0; i < 2000; i++)
            buf_text(&objects, ",[]");
        buf_byte(&objects, ']');
        assert_form(&probe, text_of(buf_view(&objects)), buf_view(&objects));
        buf_free(&objects);
        probe_end(&probe);
    }
}

static void jsonb_holds_the_range_of_numeric(void **state)
{
    static const char *const within[] = {"1e131071", "1e-16383",     "0e1073741822",
                                         "0e131072", "10.00e131070", "1.5e-16382"};
    static const char *const beyond[] = {"1e131072",
                                         "1e-16384",
                                         "10e131071",
                                         "1.0e-16383",
                                         "0e1073741823",
                                         "0e9999999999",
                                         "1e99999999999999999999",
                                         "-1e-99999999999999999999",
                                         "0e1073741823"};
    struct probe probe;
    struct str form;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_JSONB), UNIT_NONE);
    for (size_t i = 0; i < ARRAY_LENGTH(within); i++)
        assert_true(probe_source(&probe, text(within[i]), &form));
    for (size_t i = 0; i < ARRAY_LENGTH(beyond); i++)
        assert_misfit(&probe, text(beyond[i]));
    probe_end(&probe);
    probe_begin(&probe, pg_type_of(PG_JSON), UNIT_NONE);
    for (size_t i = 0; i < ARRAY_LENGTH(beyond); i++)
        assert_form(&probe, text(beyond[i]), str_from(beyond[i]));
    probe_end(&probe);
}

static void json_keeps_its_text(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_JSON), UNIT_NONE);
    assert_form(&probe, text(" {\"b\": 1.0, \"b\" :2} "), BYTES(" {\"b\": 1.0, \"b\" :2} "));
    assert_form(&probe, blob(BYTES("[1 ]")), BYTES("[1 ]"));
    assert_form(&probe, integer(-12), BYTES("-12"));
    assert_form(&probe, real(5.0), BYTES("5.0"));
    assert_form(&probe, real(1.5), BYTES("1.5"));
    assert_form(&probe, real(1e28), BYTES("1.0e+28"));
    assert_misfit(&probe, real((double)__builtin_inf()));
    assert_misfit(&probe, real((double)__builtin_nan("")));
    assert_target_form(&probe, BYTES("[1 ]"), BYTES("[1 ]"));
    probe_end(&probe);
    probe_begin(&probe, pg_type_of(PG_JSONB), UNIT_NONE);
    assert_form(&probe, integer(-120), BYTES("-12e1"));
    assert_form(&probe, real(5.0), BYTES("5"));
    assert_form(&probe, real(1e28), BYTES("1e28"));
    assert_misfit(&probe, real((double)-__builtin_inf()));
    assert_target_form(&probe, BYTES("\1{\"b\": 1.50, \"aa\": [1, null]}"),
                       BYTES("{\"b\":15e-1,\"aa\":[1,null]}"));
    assert_no_target(&probe, BYTES("\2{}"));
    assert_no_target(&probe, BYTES("\1"));
    assert_no_target(&probe, BYTES(""));
    assert_no_target(&probe, BYTES("\1{"));
    probe_end(&probe);
}

/* A column declared JSONB: SQLite's own binary form.  Blobs as `SELECT jsonb(...)` makes them. */
static void sqlite_jsonb(void **state)
{
    static const struct {
        struct str blob;
        const char *text;
    } cases[] = {
        {STR("\x00"), "null"},
        {STR("\x01"), "true"},
        {STR("\x02"), "false"},
        {STR("\x13\x31"), "1"},
        {STR("\x23\x2d\x31"), "-1"},
        {STR("\x44\x30\x78\x31\x46"), "31"}, /* INT5 0x1F */
        {STR("\x54-0XfF"), "-255"},          /* INT5 -0XfF */
        {STR("\x35\x31.5"), "1.5"},          /* FLOAT */
        {STR("\x26.5"), "0.5"},              /* FLOAT5 */
        {STR("\x26\x35."), "5.0"},           /* FLOAT5 */
        {STR("\x36-.5"), "-0.5"},            /* FLOAT5 */
        {STR("\x46"
             "5.e3"),
         "5.0e3"}, /* FLOAT5 */
        {STR("\x37"
             "abc"),
         "\"abc\""},                      /* TEXT */
        {STR("\x28\\n"), "\"\\n\""},      /* TEXTJ */
        {STR("\x2a\"\n"), "\"\\\"\\n\""}, /* TEXTRAW */
        {STR("\x7a\b\f\r\t\x01\x1f\x7f"), "\"\\b\\f\\r\\t\\u0001\\u001f\x7f\""},
        {STR("\xc4\x13"
             "0x1ffffffffffffffff"), /* more than 64 bits */
         "9.0e999"},
        {STR("\x29\\'"), "\"'\""}, /* TEXT5 */
        {STR("\xc9\x0c\\x41\\v\\\n\\\r\n\""), "\"\\u0041\\u000b\\\"\""},
        {STR("\x59"
             "a\\\xe2\x80\xa8"),
         "\"a\""},
        {STR("\x0b"), "[]"},
        {STR("\x0c"), "{}"},
        {STR("\x4b\x13\x31\x13\x32"), "[1,2]"},
        {STR("\x4c\x17"
             "a\x13\x31"),
         "{\"a\":1}"},
        {STR("\xcb\x04\x13\x31\x13\x32"), "[1,2]"},
        {STR("\xdb\x00\x04\x13\x31\x13\x32"), "[1,2]"},
        {STR("\xeb\x00\x00\x00\x02\x13\x31"), "[1]"},
        {STR("\xfb\x00\x00\x00\x00\x00\x00\x00\x02\x13\x31"), "[1]"},
    };
    static const struct str misfits[] = {
        STR(""),
        STR("\x0d"),  /* no such type */
        STR("\x10"),  /* null with a payload that is not there */
        STR("\x10x"), /* null with a payload */
        STR("\x03"),  /* a number of no digits */
        STR("\x13x"), /* a number of none */
        STR("\x34"
            "0xg"),
        STR("\x13\x31\x00"), /* something behind the value */
        STR("\x23\x31 "),    /* numbers with what JSON would pass over */
        STR("\x26\x31 "),
        STR("\x36+15"), /* SQLite keeps no sign that JSON has not */
        STR("\xab\x97"
            "a\",\"b\",\"c"), /* texts that would end before their element does */
        STR("\x18\\"),
        STR("\x49\\x\x00\x31"),
        STR("\x2b\x13"), /* cut */
        STR("\xcb"),
        STR("\xfb\xff\xff\xff\xff\xff\xff\xff\xff"),
        STR("\x2c\x13\x31"), /* a key that is no text */
        STR("\x2c\x17"
            "a"),       /* a key without a value */
        STR("\x29\\0"), /* U+0000 */
        STR("\x19\\"),
        STR("\x39\\x4"),
        STR("\x17\""), /* TEXT that does need an escape */
        STR("{\"a\":1}"),
    };
    struct column source = {.declared = STR("jsonb")};
    struct probe json;
    struct probe jsonb;

    (void)state;
    probe_begin(&json, pg_type_of(PG_JSON), UNIT_NONE);
    probe_begin(&jsonb, pg_type_of(PG_JSONB), UNIT_NONE);
    json.column.source = &source;
    canonical_init(&json.rule, &json.column);
    jsonb.column.source = &source;
    canonical_init(&jsonb.rule, &jsonb.column);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str normal;
        char copy[256];

        assert_form(&json, blob(cases[i].blob), str_from(cases[i].text));
        assert_true(probe_source(&jsonb, text(cases[i].text), &normal));
        assert_true(normal.len < sizeof(copy));
        memcpy(copy, normal.ptr, normal.len);
        normal.ptr = copy;
        assert_form(&jsonb, blob(cases[i].blob), normal);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(misfits); i++) {
        assert_misfit(&json, blob(misfits[i]));
        assert_misfit(&jsonb, blob(misfits[i]));
    }
    /* TEXT stays text there. */
    assert_form(&json, text("[1]"), BYTES("[1]"));
    probe_end(&json);
    probe_end(&jsonb);
}

static void sqlite_jsonb_is_not_deeper_either(void **state)
{
    struct column source = {.declared = STR("JSONB")};
    struct probe probe;
    struct str form;
    char blobs[2 * 4096];
    size_t at = sizeof(blobs);
    int depth = 0;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_JSON), UNIT_NONE);
    probe.column.source = &source;
    canonical_init(&probe.rule, &probe.column);
    /* From the inside: each array holds the one before. */
    for (; depth < 1001; depth++) {
        size_t inside = sizeof(blobs) - at;

        at -= 3;
        blobs[at] = (char)0xdb;
        blobs[at + 1] = (char)(inside >> 8);
        blobs[at + 2] = (char)inside;
        if (depth == 999)
            assert_true(probe_source(&probe, blob((struct str){blobs + at, sizeof(blobs) - at}), &form));
    }
    assert_misfit(&probe, blob((struct str){blobs + at, sizeof(blobs) - at}));
    probe_end(&probe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_forms),
        cmocka_unit_test(different_values_have_different_forms),
        cmocka_unit_test(what_is_no_json),
        cmocka_unit_test(a_thousand_levels_and_no_more),
        cmocka_unit_test(jsonb_holds_the_range_of_numeric),
        cmocka_unit_test(json_keeps_its_text),
        cmocka_unit_test(sqlite_jsonb),
        cmocka_unit_test(sqlite_jsonb_is_not_deeper_either),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
