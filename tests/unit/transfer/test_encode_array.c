/* Arrays: out of JSON, and out of PostgreSQL's own literals. */
#include "tests/unit/transfer/encoding.h"

/* Dimensions, NULLs, type of the elements; length and lower bound of the dimension. */
#define INTEGERS(count) "00000001 00000000 00000017 " count " 00000001 "

static void both_notations_say_the_same(void **state)
{
    static const char *const same[] = {
        "[1,-2,3]",     " [ 1 , -2,\n3 ] ", "{1,-2,3}",       "{ 1 , -2 ,3 }\t", "[1:3]={1,-2,3}",
        "[\"1\",-2,3]", "{\"1\",-2,\\3}",   "[1.0,-20e-1,3]", "{1,-2,+3}",       " [+1:03]={1,-2,003} ",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        assert_hex(column_array(PG_INT4), text_value(same[i]),
                   INTEGERS("00000003") "00000004 00000001 00000004 fffffffe 00000004 00000003");
}

static void nulls_and_empty_arrays(void **state)
{
    (void)state;
    assert_hex(column_array(PG_INT4), TEXT("[null,7]"),
               "00000001 00000001 00000017 00000002 00000001 ffffffff 00000004 00000007");
    assert_hex(column_array(PG_INT4), TEXT("{nUll,7}"),
               "00000001 00000001 00000017 00000002 00000001 ffffffff 00000004 00000007");
    assert_hex(column_array(PG_INT4), TEXT("[]"), "00000000 00000000 00000017");
    assert_hex(column_array(PG_INT4), TEXT(" { } "), "00000000 00000000 00000017");
    /* In quotes, or with a backslash, it is a text. */
    assert_hex(column_array(PG_TEXT), TEXT("{\"NULL\",NUL\\L}"),
               "00000001 00000000 00000019 00000002 00000001 00000004 4e554c4c 00000004 4e554c4c");
}

static void dimensions_and_bounds(void **state)
{
    static const char square[] = "00000002 00000000 00000017 00000002 00000001 00000001 00000001"
                                 "00000004 00000005 00000004 00000006";

    (void)state;
    assert_hex(column_array(PG_INT4), TEXT("[[5],[6]]"), square);
    assert_hex(column_array(PG_INT4), TEXT("{{5},{6}}"), square);
    assert_hex(column_array(PG_INT4), TEXT("[-1:0][7:7]={{5},{6}}"),
               "00000002 00000000 00000017 00000002 ffffffff 00000001 00000007"
               "00000004 00000005 00000004 00000006");
    assert_hex(column_array(PG_INT4), TEXT("[2147483646:2147483646]={5}"),
               "00000001 00000000 00000017 00000001 7ffffffe 00000004 00000005");
    assert_hex(column_array(PG_INT4), TEXT("{{{{{{1}}}}}}"),
               "00000006 00000000 00000017 00000001 00000001 00000001 00000001 00000001 00000001 00000001"
               "00000001 00000001 00000001 00000001 00000001 00000004 00000001");
}

static void what_is_no_array(void **state)
{
    static const struct {
        const char *text;
        const char *reason;
    } cases[] = {
        {"", "no array"},
        {"1,2", "no array"},
        {"nil", "no array"},
        {"{1,2", "no array"},
        {"{1,2}}", "no array"},
        {"{1 2}", "element 1: no integer"},
        {"{1,,2}", "no array"},
        {"{1,}", "no array"},
        {"{,1}", "no array"},
        {"{1}{2}", "no array"},
        {"{\"1\" 2}", "no array"},
        {"{\"1\"2\"}", "no array"},
        {"{1\\", "no array"},
        {"{\"1\\", "no array"},
        {"{\"1", "no array"},
        {"{\"1\":1}", "no array"},
        {"{1,{2}}", "an array whose parts are not all of the same length"},
        {"{{1},2}", "an array whose parts are not all of the same length"},
        {"[[1,2],[3]]", "an array whose parts are not all of the same length"},
        {"[[],[]]", "an empty array inside an array"},
        {"{{}}", "an empty array inside an array"},
        {"[[[[[[[1]]]]]]]", "an array of more than 6 dimensions"},
        {"[1,2", "no JSON"},
        {"[1,2]x", "no JSON"},
        {"[1,]", "no JSON"},
        {"[1:2]={1}", "an array that is not what the bounds before it say"},
        {"[1:1][1:1]={1}", "an array that is not what the bounds before it say"},
        {"[1:1]={}", "an array that is not what the bounds before it say"},
        {"[2:1]={1,2}", "an array with bounds that PostgreSQL does not have"},
        {"[2]={1,2}", "an array with bounds that PostgreSQL does not have"},
        {"[2147483647:2147483647]={1}", "an array with bounds that PostgreSQL does not have"},
        {"[1:2]=[1,2]", "no array"},
        {"[1,\"two\"]", "element 2: no integer"},
        {"[1,2.5]", "element 2: a number with a fraction"},
        {"[1,true]", "element 2: true or false among other values"},
        {"[{}]", "element 1: a JSON object"},
        {"[2147483648]", "element 1: out of range for integer"},
        {"{NULLS}", "element 1: no integer"},
        {"{\"\"}", "element 1: no integer"},
    };
    struct plan_column required = column_array(PG_INT4);

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_misfit(column_array(PG_INT4), text_value(cases[i].text), cases[i].reason);
    assert_misfit(column_array(PG_INT4), INT(1), "no array");
    assert_misfit(column_array(PG_INT4), BLOB("{1}"), "no array");
    assert_misfit(column_array(PG_TEXT), TEXT("{\xff}"), "not valid UTF-8");
    assert_misfit(column_array(PG_TEXT), TEXT("[\"\\u0000\"]"), "JSON with the escape \\u0000");
    required.not_null = true;
    assert_misfit(required, TEXT("null"), "JSON's null in a column that is NOT NULL");
}

/* One element of text, as it is meant. */
static void assert_text(const char *written, const char *meant)
{
    struct buf hex;

    buf_init(&hex, 1000);
    buf_printf(&hex, "00000001 00000000 00000019 00000001 00000001 %08zx", strlen(meant));
    for (const char *at = meant; *at != '\0'; at++)
        buf_printf(&hex, "%02x", (unsigned)(unsigned char)*at);
    assert_hex(column_array(PG_TEXT), text_value(written), hex.ptr);
    buf_free(&hex);
}

static void texts(void **state)
{
    (void)state;
    assert_text("[\"a \\\"b\\\" \\\\ \\/ \\n\"]", "a \"b\" \\ / \n");
    assert_text("[\"\\u00fc \\ud83d\\ude00 \\u20ac\"]", "\xc3\xbc \xf0\x9f\x98\x80 \xe2\x82\xac");
    assert_text("[\"\xc3\xbc,]\"]", "\xc3\xbc,]");
    assert_text("[1.50]", "1.50");
    assert_text("[\"\"]", "");
    assert_text("{\"\"}", "");
    assert_text("{\"a \\\"b\\\" \\\\ , {}\"}", "a \"b\" \\ , {}");
    assert_text("{ a b\\ }", "a b ");
    assert_text("{\\\"}", "\"");
    assert_text("{\xc3\xbc}", "\xc3\xbc");
    assert_text("{ \" a \" }", " a ");
}

static void reals_are_the_nearest_of_what_was_written(void **state)
{
    static const char head[] = "00000001 00000000 000002bd 00000001 00000001 00000008";
    struct buf hex;

    (void)state;
    static const struct {
        const char *text;
        const char *bits;
    } cases[] = {
        {"[0.1]", "3fb999999999999a"},
        {"{0.1}", "3fb999999999999a"},
        {"[\"0.1\"]", "3fb999999999999a"},
        {"[1]", "3ff0000000000000"},
        {"[-0.0]", "8000000000000000"},
        {"{-Infinity}", "fff0000000000000"},
        {"[5e-324]", "0000000000000001"},
        {"[0.12345678901234567]", "3fbf9add3746f65e"},
        {"[1000000000000000000000000000000]", "46293e5939a08cea"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        buf_init(&hex, 1000);
        buf_printf(&hex, "%s %s", head, cases[i].bits);
        assert_hex(column_array(PG_FLOAT8), text_value(cases[i].text), hex.ptr);
        buf_free(&hex);
    }
    assert_misfit(column_array(PG_FLOAT8), TEXT("[0.123456789012345678]"),
                  "element 1: more than 17 significant digits");
    assert_misfit(column_array(PG_FLOAT8), TEXT("[1e400]"), "element 1: beyond the range of the type");
    assert_misfit(column_array(PG_FLOAT8), TEXT("[1e-400]"), "element 1: beyond the range of the type");
    assert_misfit(column_array(PG_FLOAT8), TEXT("{one}"), "element 1: no number");
    /* As it is written, and as the double that the float is. */
    assert_hex(column_array(PG_FLOAT4), TEXT("[0.1,0.10000000149011612]"),
               "00000001 00000000 000002bc 00000002 00000001 00000004 3dcccccd 00000004 3dcccccd");
    assert_misfit(column_array(PG_FLOAT4), TEXT("[0.1234567891]"),
                  "element 1: more digits than a real number keeps");
}

static void other_elements(void **state)
{
    (void)state;
    assert_hex(
        column_array(PG_BOOL), TEXT("[true,false,1,\"no\"]"),
        "00000001 00000000 00000010 00000004 00000001 00000001 01 00000001 00 00000001 01 00000001 00");
    assert_hex(column_array(PG_BYTEA), TEXT("{\"\\\\x00fF\",\\\\x}"),
               "00000001 00000000 00000011 00000002 00000001 00000002 00ff 00000000");
    assert_misfit(column_array(PG_BYTEA), TEXT("{ab}"), "element 1: no bytes as \\x and pairs of hex digits");
    assert_misfit(column_array(PG_BYTEA), TEXT("{\\\\x0g}"),
                  "element 1: no bytes as \\x and pairs of hex digits");
    /* Elements that are JSON themselves keep their text; null is the array's. */
    assert_hex(column_array(PG_JSON), TEXT("[ {\"a\": [1]} , \"x\",[2], null ]"),
               "00000001 00000001 00000072 00000004 00000001 0000000a 7b2261223a205b315d7d 00000003 227822"
               "00000003 5b325d ffffffff");
    assert_hex(column_array(PG_DATE), TEXT("[\"2000-01-02\"]"),
               "00000001 00000000 0000043a 00000001 00000001 00000004 00000001");
    assert_misfit(column_array(PG_DATE), TEXT("[5]"),
                  "element 1: a number, and it is not decided what it counts");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_notations_say_the_same),
        cmocka_unit_test(nulls_and_empty_arrays),
        cmocka_unit_test(dimensions_and_bounds),
        cmocka_unit_test(what_is_no_array),
        cmocka_unit_test(texts),
        cmocka_unit_test(reals_are_the_nearest_of_what_was_written),
        cmocka_unit_test(other_elements),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
