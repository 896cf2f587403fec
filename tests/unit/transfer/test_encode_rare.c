/* oid, "char", name, bit strings, macaddr8; intervals in words and with fields. */
#include "tests/unit/transfer/encoding.h"

static void identifiers_and_names(void **state)
{
    (void)state;
    assert_hex(column_of(PG_OID), INT(4294967295), "ffffffff");
    assert_hex(column_of(PG_OID), TEXT("007"), "00000007");
    assert_misfit(column_of(PG_OID), INT(4294967296), "out of range for oid");
    assert_misfit(column_of(PG_OID), INT(-1), "out of range for oid");
    assert_misfit(column_of(PG_OID), TEXT("pg_class"), "no object identifier");
    assert_hex(column_of(PG_CHAR_BYTE), TEXT("x"), "78");
    assert_hex(column_of(PG_CHAR_BYTE), TEXT(""), "00");
    assert_misfit(column_of(PG_CHAR_BYTE), TEXT("xy"), "no single character of ASCII");
    assert_misfit(column_of(PG_CHAR_BYTE), TEXT("\xc3\xbc"), "no single character of ASCII");
    assert_misfit(column_of(PG_CHAR_BYTE), TEXT("\0"), "no single character of ASCII");
    assert_hex(column_of(PG_NAME), TEXT("\xc3\xbc"), "c3bc");
    assert_hex(column_of(PG_NAME), INT(12), "3132");
    assert_misfit(column_of(PG_NAME),
                  TEXT("0123456789012345678901234567890123456789012345678901234567890123"),
                  "more than 63 bytes");
}

static void bits(void **state)
{
    (void)state;
    assert_hex(column_limited(PG_BIT, 3), TEXT("101"), "00000003 a0");
    assert_hex(column_limited(PG_BIT, 3), INT(101), "00000003 a0");
    assert_hex(column_limited(PG_VARBIT, 10), TEXT("0000000011"), "0000000a 00c0");
    assert_hex(column_of(PG_VARBIT), TEXT(""), "00000000");
    assert_misfit(column_limited(PG_BIT, 3), INT(5), "no bits, zeros and ones");
    assert_misfit(column_limited(PG_BIT, 3), TEXT("10"), "another number of bits");
    assert_misfit(column_limited(PG_VARBIT, 3), TEXT("1010"), "more bits");
    assert_misfit(column_limited(PG_VARBIT, 3), INT(10), "no bits, zeros and ones");
}

static void addresses_of_eight_bytes(void **state)
{
    static const char *const none[] = {"08:00:2b:01:02:03", "08:00:2b:01:02:03:04-05", "08002b0102030405",
                                       "08:00:2b:01:02:03:04:0g", "08.00.2b.01.02.03.04.05"};

    (void)state;
    assert_hex(column_of(PG_MACADDR8), TEXT("08-00-2B-01-02-03-04-fF"), "08002b01020304ff");
    for (size_t i = 0; i < ARRAY_LENGTH(none); i++)
        assert_misfit(column_of(PG_MACADDR8), text_value(none[i]), "no MAC address of eight bytes");
}

/* Microseconds, days, months. */
static void spans_in_words(void **state)
{
    static const struct {
        const char *text;
        const char *hex;
    } cases[] = {
        {"3 days 04:00:05.000006", "000000035a9adb46 00000003 00000000"},
        {"-1 days -00:00:01", "fffffffffff0bdc0 ffffffff 00000000"},
        {"1 year 2 mons", "0000000000000000 00000000 0000000e"},
        {"-1 years +2 mons -3 days +04:05:06.789", "000000036c97ca88 fffffffd fffffff6"},
        {"00:00:00", "0000000000000000 00000000 00000000"},
        {"100:59", "00000054a4ac2d00 00000000 00000000"},
        {"1 WEEK 1 Day 1 hour 1 minute 1.5 seconds", "00000000da3e0e60 00000008 00000000"},
        {"1  sec", "00000000000f4240 00000000 00000000"},
        {"-0.5 secs", "fffffffffff85ee0 00000000 00000000"},
    };
    static const char *const none[] = {
        "",
        " 1 day",
        "1 day ",
        "1",
        "day",
        "1 day 1 day",
        "1 day 1 year",
        "1 mon 1 month",
        "1.5 days",
        "1 day 2",
        "1 hour 00:01",
        "04:60:00",
        "04:5:06",
        "04:05:06 1 day",
        "1 day ago",
        "@ 1 day",
        "1 dayx",
        "04:05:06.",
        "- 1 day",
        "1day",
        "1 day\t1 sec",
        "04:05.5",
        "1 day 04",
        "--1 day",
        "1 days, 1 sec",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_hex(column_of(PG_INTERVAL), text_value(cases[i].text), cases[i].hex);
    for (size_t i = 0; i < ARRAY_LENGTH(none); i++)
        assert_misfit(column_of(PG_INTERVAL), text_value(none[i]), "no span of time");
    assert_misfit(column_of(PG_INTERVAL), TEXT("2147483648 days"), "out of PostgreSQL's range");
    assert_misfit(column_of(PG_INTERVAL), TEXT("99999999999999999999 secs"), "out of PostgreSQL's range");
    assert_misfit(column_of(PG_INTERVAL), TEXT("00:00:00.0000001"),
                  "more than 6 digits of a second's fraction");
}

static void fields_and_digits_limit_spans(void **state)
{
    static const char too_many[] = "more than the fields of the column keep";
    static const struct {
        const char *fields;
        const char *good;
        const char *wrong;
    } cases[] = {
        {"year", "2 years", "2 years 1 mon"},          {"year", "2 years", "1 day"},
        {"year to month", "2 years 1 mon", "1 day"},   {"day", "2 mons 1 day", "00:01"},
        {"day to hour", "1 day 04:00", "1 day 04:01"}, {"hour to minute", "1 day 04:01", "04:01:01"},
        {"minute to second", "00:00:00.000001", NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct plan_column plan = column_of(PG_INTERVAL);
        struct encode_column column;
        struct arena *arena = arena_new();
        struct value good = text_value(cases[i].good);
        const char *reason;
        struct buf out;

        plan.type.name = str_from(cases[i].fields);
        buf_init(&out, 100);
        encode_column_init(&column, arena, &plan);
        assert_true(encode_cell(&column, &good, &out, &reason));
        if (cases[i].wrong != NULL)
            assert_misfit(plan, text_value(cases[i].wrong), too_many);
        buf_free(&out);
        arena_free(arena);
    }
    assert_hex(column_timed(PG_INTERVAL, 3), TEXT("PT0.123S"), "000000000001e078 00000000 00000000");
    assert_misfit(column_timed(PG_INTERVAL, 3), TEXT("PT0.1234S"),
                  "more than 3 digits of a second's fraction");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifiers_and_names),         cmocka_unit_test(bits),
        cmocka_unit_test(addresses_of_eight_bytes),      cmocka_unit_test(spans_in_words),
        cmocka_unit_test(fields_and_digits_limit_spans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
