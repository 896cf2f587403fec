#include "tests/unit.h"

#include <math.h>

#include "tests/unit/verify/forms.h"

static struct pg_type limited(enum pg_kind kind, int length)
{
    struct pg_type type = pg_type_of(kind);

    type.length = length;
    return type;
}

static void numbers_in_text_columns_are_their_texts(void **state)
{
    static const struct {
        double number;
        const char *text;
    } cases[] = {
        {5.0, "5.0"},
        {0.1, "0.1"},
        {-2.5, "-2.5"},
        {1e28, "1.0e+28"},
        {1.5e28, "1.5e+28"},
        {1e-5, "1.0e-05"},
        {123456789012345.0, "123456789012345.0"},
        {1e15, "1.0e+15"},
        {9007199254740993.0, "9007199254740992.0"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3.0, "0.3333333333333333"},
        {-0.0, "-0.0"},
        {5e-324, "4.94065645841247e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {HUGE_VAL, "Inf"},
        {-HUGE_VAL, "-Inf"},
    };
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_TEXT), UNIT_NONE);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_form(&probe, real(cases[i].number), str_from(cases[i].text));
    assert_form(&probe, integer(0), BYTES("0"));
    assert_form(&probe, integer(-120), BYTES("-120"));
    assert_form(&probe, integer(INT64_MIN), BYTES("-9223372036854775808"));
    assert_form(&probe, integer(INT64_MAX), BYTES("9223372036854775807"));
    assert_misfit(&probe, real((double)NAN));
    probe_end(&probe);
}

/* Bad bytes at every place of texts of many lengths: whole words are looked at as one. */
static void text_is_utf8_without_nul(void **state)
{
    static const unsigned char bad[] = {0x00, 0x80, 0xff, 0xc3};
    struct probe probe;
    char bytes[40];

    (void)state;
    probe_begin(&probe, pg_type_of(PG_TEXT), UNIT_NONE);
    for (size_t length = 1; length < sizeof(bytes); length++) {
        for (size_t at = 0; at < length; at++) {
            struct str all = {bytes, length};

            memset(bytes, 'a', sizeof(bytes));
            bytes[at] = '\1';
            assert_form(&probe, text_of(all), all);
            for (size_t i = 0; i < sizeof(bad); i++) {
                bytes[at] = (char)bad[i];
                assert_misfit(&probe, text_of(all));
                assert_misfit(&probe, blob(all));
            }
            if (at + 1 < length) {
                memcpy(bytes + at, "\xc3\xa9", 2);
                assert_form(&probe, text_of(all), all);
            }
        }
    }
    assert_form(&probe, text(""), BYTES(""));
    assert_form(&probe, blob(BYTES("caf\xc3\xa9 \xf0\x9f\x98\x80")), BYTES("caf\xc3\xa9 \xf0\x9f\x98\x80"));
    assert_form(&probe, text(" a "), BYTES(" a "));
    assert_target_form(&probe, BYTES(" a "), BYTES(" a "));
    probe_end(&probe);
}

static void lengths_count_characters(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, limited(PG_VARCHAR, 3), UNIT_NONE);
    assert_form(&probe, text("abc"), BYTES("abc"));
    assert_form(&probe, text("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"),
                BYTES("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"));
    assert_form(&probe, text("a  "), BYTES("a  "));
    assert_misfit(&probe, text("abcd"));
    assert_misfit(&probe, text("abc "));
    assert_misfit(&probe, text("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e!"));
    assert_form(&probe, integer(-12), BYTES("-12"));
    assert_misfit(&probe, integer(-123));
    assert_form(&probe, real(5.0), BYTES("5.0"));
    assert_misfit(&probe, real(50.0));
    assert_misfit(&probe, blob(BYTES("abcd")));
    probe_end(&probe);
    probe_begin(&probe, pg_type_of(PG_VARCHAR), UNIT_NONE);
    assert_form(&probe, text("as long as it likes to be"), BYTES("as long as it likes to be"));
    probe_end(&probe);
}

static void char_has_no_spaces_at_its_end(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, limited(PG_CHAR, 5), UNIT_NONE);
    assert_form(&probe, text("ab"), BYTES("ab"));
    assert_form(&probe, text(" ab"), BYTES(" ab"));
    assert_form(&probe, text(""), BYTES(""));
    assert_misfit(&probe, text("ab "));
    assert_misfit(&probe, text(" "));
    assert_misfit(&probe, text("abcdef"));
    assert_target_form(&probe, BYTES("ab   "), BYTES("ab"));
    assert_target_form(&probe, BYTES(" ab  "), BYTES(" ab"));
    assert_target_form(&probe, BYTES("     "), BYTES(""));
    probe_end(&probe);
}

/* The bytes are not there: the length alone decides. */
static void a_field_is_shorter_than_a_gigabyte(void **state)
{
    static const enum pg_kind kinds[] = {PG_TEXT, PG_VARCHAR, PG_BYTEA, PG_JSON, PG_JSONB};
    struct str most = {"x", 1073741819};
    struct str more = {"x", 1073741820};
    struct str form;
    struct probe probe;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        probe_begin(&probe, pg_type_of(kinds[i]), UNIT_NONE);
        assert_misfit(&probe, text_of(more));
        assert_misfit(&probe, blob(more));
        probe_end(&probe);
    }
    probe_begin(&probe, pg_type_of(PG_BYTEA), UNIT_NONE);
    assert_true(probe_source(&probe, blob(most), &form));
    assert_int_equal(form.len, most.len);
    probe_end(&probe);
}

static void enums_are_their_labels(void **state)
{
    static const struct str labels[] = {STR("new"), STR("in progress"), STR("")};
    struct pg_type type = pg_type_of(PG_ENUM);
    struct probe probe;

    (void)state;
    type.labels = labels;
    type.label_count = ARRAY_LENGTH(labels);
    probe_begin(&probe, type, UNIT_NONE);
    assert_form(&probe, text("in progress"), BYTES("in progress"));
    assert_form(&probe, text(""), BYTES(""));
    assert_misfit(&probe, text("New"));
    assert_misfit(&probe, text("new "));
    assert_misfit(&probe, blob(BYTES("new")));
    assert_misfit(&probe, integer(0));
    assert_target_form(&probe, BYTES("new"), BYTES("new"));
    probe_end(&probe);
}

static void bytea_takes_any_bytes(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_BYTEA), UNIT_NONE);
    assert_form(&probe, blob(BYTES("\0\xff")), BYTES("\0\xff"));
    assert_form(&probe, blob((struct str){NULL, 0}), BYTES(""));
    assert_form(&probe, text_of(BYTES("\0\xff")), BYTES("\0\xff"));
    assert_misfit(&probe, integer(1));
    assert_misfit(&probe, real(1.0));
    assert_target_form(&probe, BYTES("\0\xff"), BYTES("\0\xff"));
    probe_end(&probe);
}

static void uuids_have_two_spellings_and_two_other_classes(void **state)
{
    static const char uuid[] = "\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10";
    static const char *const misfits[] = {
        "",
        "0123456789abcdeffedcba987654321",
        "0123456789abcdeffedcba98765432100",
        "0123456789abcdeffedcba987654321g",
        "{01234567-89ab-cdef-fedc-ba9876543210}",
        "01234567-89ab-cdef-fedc-ba987654321",
        "0123456789ab-cdef-fedc-ba98-76543210",
        "01234567_89ab_cdef_fedc_ba9876543210",
    };
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_UUID), UNIT_NONE);
    assert_form(&probe, text("01234567-89ab-cdef-fedc-ba9876543210"), BYTES(uuid));
    assert_form(&probe, text("0123456789ABCDEFfedcba9876543210"), BYTES(uuid));
    assert_form(&probe, blob(BYTES(uuid)), BYTES(uuid));
    assert_form(&probe, integer(0), BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
    assert_misfit(&probe, integer(1));
    assert_misfit(&probe, real(0.0));
    assert_misfit(&probe, blob(BYTES("0123456789abcde")));
    for (size_t i = 0; i < ARRAY_LENGTH(misfits); i++)
        assert_misfit(&probe, text(misfits[i]));
    assert_target_form(&probe, BYTES(uuid), BYTES(uuid));
    assert_no_target(&probe, BYTES("short"));
    probe_end(&probe);
}

static void addresses(void **state)
{
    static const char six[] = "\6\x80\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1";
    static const char *const misfits[] = {
        "",        "1.2.3",    "1.2.3.256", "1.2.3.4/33",   "1.2.3.4/",  "1.2.3.4/08",  "1.2.3.4/+8",
        "::1/129", " 1.2.3.4", "::g",       "fe80::1%eth0", "1.2.3.4.5", "1.2.3.4/8/8", "1.2.3.4/-1"};
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_INET), UNIT_NONE);
    assert_form(&probe, text("10.1.2.3"), BYTES("\4\x20\x0a\1\2\3"));
    assert_form(&probe, text("10.1.2.3/8"), BYTES("\4\x08\x0a\1\2\3"));
    assert_form(&probe, text("10.1.2.3/0"), BYTES("\4\0\x0a\1\2\3"));
    assert_form(&probe, text("2001:db8::1"), BYTES(six));
    assert_form(&probe, text("2001:0DB8:0:0::0.0.0.1/128"), BYTES(six));
    for (size_t i = 0; i < ARRAY_LENGTH(misfits); i++)
        assert_misfit(&probe, text(misfits[i]));
    assert_misfit(&probe, text_of(BYTES("1.2.3.4\0")));
    assert_misfit(&probe, integer(1));
    assert_misfit(&probe, blob(BYTES("\x0a\1\2\3")));
    assert_target_form(&probe, BYTES("\2\x08\0\4\x0a\1\2\3"), BYTES("\4\x08\x0a\1\2\3"));
    assert_target_form(&probe, BYTES("\3\x80\0\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"), BYTES(six));
    assert_no_target(&probe, BYTES("\2\x08\0\4\x0a\1\2"));
    assert_no_target(&probe, BYTES("\4\x08\0\4\x0a\1\2\3"));
    assert_no_target(&probe, BYTES("\2\x08"));
    assert_no_target(&probe, BYTES("\2\x08\0\x10\x0a\1\2\3"));
    probe_end(&probe);
}

static void networks_have_no_bits_behind_their_mask(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_CIDR), UNIT_NONE);
    assert_form(&probe, text("10.0.0.0/8"), BYTES("\4\x08\x0a\0\0\0"));
    assert_form(&probe, text("10.128.0.0/9"), BYTES("\4\x09\x0a\x80\0\0"));
    assert_form(&probe, text("10.1.2.3"), BYTES("\4\x20\x0a\1\2\3"));
    assert_form(&probe, text("0.0.0.0/0"), BYTES("\4\0\0\0\0\0"));
    assert_misfit(&probe, text("10.128.0.0/8"));
    assert_misfit(&probe, text("10.0.0.1/31"));
    assert_misfit(&probe, text("::1/127"));
    assert_misfit(&probe, integer(1));
    assert_target_form(&probe, BYTES("\2\x08\1\4\x0a\0\0\0"), BYTES("\4\x08\x0a\0\0\0"));
    probe_end(&probe);
}

static void mac_addresses(void **state)
{
    static const char *const misfits[] = {"",
                                          "08:00:2b:01:02",
                                          "08:00:2b:01:02:0g",
                                          "08002b:010203",
                                          "08:00:2b:01:02:03 ",
                                          "08002b010203",
                                          "08:00-2b:01:02:03",
                                          "08.00.2b.01.02.03"};
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_MACADDR), UNIT_NONE);
    assert_form(&probe, text("08:00:2b:01:02:fF"), BYTES("\x08\0\x2b\1\2\xff"));
    assert_form(&probe, text("08-00-2b-01-02-ff"), BYTES("\x08\0\x2b\1\2\xff"));
    for (size_t i = 0; i < ARRAY_LENGTH(misfits); i++)
        assert_misfit(&probe, text(misfits[i]));
    assert_misfit(&probe, blob(BYTES("\x08\0\x2b\1\2\xff")));
    assert_target_form(&probe, BYTES("\x08\0\x2b\1\2\xff"), BYTES("\x08\0\x2b\1\2\xff"));
    assert_no_target(&probe, BYTES("\x08\0\x2b\1\2"));
    probe_end(&probe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_in_text_columns_are_their_texts),
        cmocka_unit_test(text_is_utf8_without_nul),
        cmocka_unit_test(lengths_count_characters),
        cmocka_unit_test(char_has_no_spaces_at_its_end),
        cmocka_unit_test(a_field_is_shorter_than_a_gigabyte),
        cmocka_unit_test(enums_are_their_labels),
        cmocka_unit_test(bytea_takes_any_bytes),
        cmocka_unit_test(uuids_have_two_spellings_and_two_other_classes),
        cmocka_unit_test(addresses),
        cmocka_unit_test(networks_have_no_bits_behind_their_mask),
        cmocka_unit_test(mac_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
