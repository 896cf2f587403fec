#include "encoding.h"

#include <math.h>
#include <stdlib.h>

#define assert_text(plan, value, text) assert_bytes((plan), (value), "" text "", sizeof(text) - 1)

static void numbers_become_texts(void **state)
{
    struct plan_column plan = column_of(PG_TEXT);

    (void)state;
    assert_text(plan, INT(0), "0");
    assert_text(plan, INT(INT64_MIN), "-9223372036854775808");
    assert_text(plan, REAL(5.0), "5.0");
    assert_text(plan, REAL(0.1), "0.1");
    assert_text(plan, REAL(1e28), "1.0e+28");
    assert_text(plan, REAL(0.1 + 0.2), "0.30000000000000004");
    assert_text(plan, REAL(INFINITY), "Inf");
    assert_text(plan, REAL(-INFINITY), "-Inf");
}

static void bytes_of_text_and_blob(void **state)
{
    static const enum pg_kind kinds[] = {PG_TEXT, PG_VARCHAR};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        struct plan_column plan = column_of(kinds[i]);

        assert_text(plan, TEXT(""), "");
        assert_bytes(plan, ((struct value){.kind = VALUE_TEXT}), "", 0);
        assert_bytes(plan, ((struct value){.kind = VALUE_BLOB}), "", 0);
        assert_text(plan, TEXT(" a\tb\n "), " a\tb\n ");
        assert_text(plan, BLOB("grüße"), "grüße");
        assert_text(
            plan,
            TEXT("\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"),
            "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
        assert_misfit(plan, TEXT("a\0b"), "a NUL character inside");
        assert_misfit(plan, BLOB("\0"), "a NUL character inside");
    }
}

static void damaged_utf8_at_every_place(void **state)
{
    static const char *const damaged[] = {
        "\x80",     /* nothing to continue */
        "\xc0\xaf", /* overlong */
        "\xc1\xbf",
        "\xe0\x9f\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xed\xa0\x80", /* surrogates */
        "\xed\xbf\xbf",
        "\xf4\x90\x80\x80", /* behind the last character */
        "\xf5\x80\x80\x80",
        "\xff",
        "\xfe",
        "\xc3", /* cut off */
        "\xe2\x82",
        "\xf0\x9f\x98",
        "\xc3(",
        "\xe2(\x82",
        "\xe2\x82(",
        "\xf0\x9f\x98(",
    };
    struct plan_column plan = column_of(PG_TEXT);

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(damaged); i++)
        for (size_t place = 0; place < 20; place++) {
            char text[64];

            memset(text, 'x', sizeof(text));
            memcpy(text + place, damaged[i], strlen(damaged[i]));
            text[place + strlen(damaged[i]) + place % 3 * 9] = '\0';
            assert_misfit(plan, text_value(text), "not valid UTF-8");
        }
}

static void nul_at_every_place(void **state)
{
    (void)state;
    for (size_t length = 1; length < 40; length++)
        for (size_t place = 0; place < length; place++) {
            char text[40];
            struct value value = {.kind = VALUE_TEXT, .bytes = {text, length}};

            memset(text, 'x', sizeof(text));
            text[place] = '\0';
            assert_misfit(column_of(PG_TEXT), value, "a NUL character inside");
        }
}

static void characters_are_counted_not_bytes(void **state)
{
    struct plan_column three = column_limited(PG_VARCHAR, 3);

    (void)state;
    assert_text(three, TEXT(""), "");
    assert_text(three, TEXT("abc"), "abc");
    assert_text(three, TEXT("äö€"), "äö€");
    assert_text(three, TEXT("\U0001f600\U0001f600\U0001f600"), "\U0001f600\U0001f600\U0001f600");
    assert_text(three, TEXT("ab "), "ab ");
    assert_text(three, INT(-12), "-12");
    assert_text(three, REAL(1.5), "1.5");
    assert_misfit(three, TEXT("abcd"), "more than 3 characters");
    assert_misfit(three, TEXT("äöüß"), "more than 3 characters");
    /* PostgreSQL would cut these spaces off in silence. */
    assert_misfit(three, TEXT("abc "), "more than 3 characters");
    assert_misfit(three, BLOB("abcd"), "more than 3 characters");
    assert_misfit(three, INT(1234), "more than 3 characters");
    assert_misfit(three, REAL(-1.5), "more than 3 characters");
    assert_misfit(three, TEXT("abcdef\xff"), "not valid UTF-8");
    assert_misfit(column_limited(PG_VARCHAR, 1), TEXT("ab"), "more than 1 character");
}

static void char_keeps_no_spaces_at_the_end(void **state)
{
    struct plan_column plan = column_limited(PG_CHAR, 4);
    static const char reason[] = "spaces at the end, which char(n) does not keep";

    (void)state;
    assert_text(plan, TEXT("ab"), "ab");
    assert_text(plan, TEXT(" abc"), " abc");
    assert_text(plan, TEXT("abc\t"), "abc\t");
    assert_text(plan, TEXT(""), "");
    assert_text(plan, INT(1234), "1234");
    assert_misfit(plan, TEXT("ab "), reason);
    assert_misfit(plan, BLOB(" "), reason);
    assert_misfit(plan, TEXT("abcde"), "more than 4 characters");
    assert_misfit(plan, TEXT("abcd "), "more than 4 characters");
    /* A bare char is char(1). */
    assert_misfit(column_of(PG_CHAR), TEXT("ab"), "more than 1 character");
    assert_text(column_of(PG_CHAR), TEXT("a"), "a");
}

static void labels(void **state)
{
    static const struct str names[] = {STR("draft"), STR("live"), STR("")};
    struct plan_column plan = {.type = {.kind = PG_ENUM, .labels = names, .label_count = 3}};

    (void)state;
    assert_text(plan, TEXT("draft"), "draft");
    assert_text(plan, TEXT("live"), "live");
    assert_text(plan, TEXT(""), "");
    assert_misfit(plan, TEXT("Draft"), "none of the labels");
    assert_misfit(plan, TEXT("draft "), "none of the labels");
    assert_misfit(plan, TEXT("draf"), "none of the labels");
    assert_misfit(plan, BLOB("draft"), "none of the labels");
    assert_misfit(plan, INT(0), "none of the labels");
    assert_misfit(plan, REAL(0), "none of the labels");
}

static void bytea_takes_any_bytes(void **state)
{
    struct plan_column plan = column_of(PG_BYTEA);
    char all[256];

    (void)state;
    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (char)(unsigned char)i;
    assert_bytes(plan, ((struct value){.kind = VALUE_BLOB, .bytes = {all, sizeof(all)}}), all, sizeof(all));
    assert_bytes(plan, ((struct value){.kind = VALUE_TEXT, .bytes = {all, sizeof(all)}}), all, sizeof(all));
    assert_bytes(plan, ((struct value){.kind = VALUE_BLOB}), "", 0);
    assert_misfit(plan, INT(1), "a number, not bytes");
    assert_misfit(plan, REAL(1), "a number, not bytes");
}

/* Nothing of the bytes is read before the length is looked at. */
static void more_than_a_gigabyte_is_a_misfit(void **state)
{
    struct value value = {.kind = VALUE_BLOB, .bytes = {"", (size_t)0x3fffffff - 3}};

    (void)state;
    assert_misfit(column_of(PG_BYTEA), value, "more than 1 GB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_become_texts),
        cmocka_unit_test(bytes_of_text_and_blob),
        cmocka_unit_test(damaged_utf8_at_every_place),
        cmocka_unit_test(nul_at_every_place),
        cmocka_unit_test(characters_are_counted_not_bytes),
        cmocka_unit_test(char_keeps_no_spaces_at_the_end),
        cmocka_unit_test(labels),
        cmocka_unit_test(bytea_takes_any_bytes),
        cmocka_unit_test(more_than_a_gigabyte_is_a_misfit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
