#include "tests/unit.h"

#include <math.h>

#include "tests/unit/verify/forms.h"

#define DAY INT64_C(86400000000)

static struct pg_type precise(enum pg_kind kind, int precision)
{
    struct pg_type type = pg_type_of(kind);

    type.precision = precision;
    return type;
}

static void timestamps_of_texts(void **state)
{
    static const struct {
        const char *text;
        int64_t micros;
    } cases[] = {
        {"2000-01-01", 0},
        {"2000-01-01 00:00", 0},
        {"2000-01-01T00:00:00.000000", 0},
        {"1999-12-31 23:59:59.999999", -1},
        {"1970-01-01 00:00:00", INT64_C(-946684800000000)},
        {"0001-01-01 00:00:00", INT64_C(-63082281600000000)},
        {"9999-12-31 23:59:59.999999", INT64_C(252455615999999999)},
        {"2000-02-29", 59 * DAY},
        {"2024-02-29 12:34:56.789", INT64_C(762525296789000)},
        {"2024-02-29 12:34", INT64_C(762525240000000)},
        {"1900-02-28", INT64_C(-3150662400000000)},
        {"2024-12-31", INT64_C(788918400000000)},
        {"2000-01-01 00:00:00.1", 100000},
        {"2000-01-01 00:00:00.00000100000000000000000000000", 1},
        {"2000-01-01 00:00:00Z", 0},
        {"2000-01-01 00:00:00 z", 0},
        {"2000-01-01 01:00:00+01:00", 0},
        {"2000-01-01 01:00:00 +0100", 0},
        {"2000-01-01T01:00+01", 0},
        {"1999-12-31 18:30:00.5-05:30", 500000},
        {"2000-01-01 00:00:00-00:00", 0},
        {"2000-01-01 15:59:00+15:59", 0},
        {"2000-01-01Z", 0},
        {"2000-01-01 Z", 0},
        {"2000-01-01+12", -DAY / 2},
        {"2000-01-01 -12:00", DAY / 2},
        {"0001-01-01 00:00:00+15:59", INT64_C(-63082281600000000) - INT64_C(57540000000)},
    };
    struct probe probe;

    (void)state;
    for (size_t kind = PG_TIMESTAMP; kind <= PG_TIMESTAMPTZ; kind++) {
        probe_begin(&probe, pg_type_of((enum pg_kind)kind), UNIT_NONE);
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
            assert_int64_form(&probe, text(cases[i].text), cases[i].micros);
        probe_end(&probe);
    }
}

static void what_is_no_timestamp(void **state)
{
    static const char *const misfits[] = {
        "",
        "0000-00-00",
        "0000-01-01",
        "2000-00-01",
        "2000-13-01",
        "2000-01-00",
        "2000-01-32",
        "2000-04-31",
        "1900-02-29",
        "2023-02-29",
        "2000-1-1",
        "20000101",
        "+2000-01-01",
        "10000-01-01",
        "2000-01-01 ",
        " 2000-01-01",
        "2000-01-01  00:00",
        "2000-01-01t00:00",
        "2000-01-01T",
        "2000-01-01T+01",
        "2000-01-01 00",
        "2000-01-01 0:00",
        "2000-01-01 24:00",
        "2000-01-01 00:60",
        "2000-01-01 00:00:60",
        "2000-01-01 00:00:0",
        "2000-01-01 00:00:00.",
        "2000-01-01 00:00.5",
        "2000-01-01 00:00:00,5",
        "2000-01-01 00:00:00.0000001",
        "2000-01-01 00:00:00  Z",
        "2000-01-01 00:00:00 UTC",
        "2000-01-01 00:00:00ZZ",
        "2000-01-01 00:00:00Z ",
        "2000-01-01 00:00:00+",
        "2000-01-01 00:00:00+1",
        "2000-01-01 00:00:00+16",
        "2000-01-01 00:00:00+01:60",
        "2000-01-01 00:00:00+01:",
        "2000-01-01 00:00:00+010",
        "2000-01-01 00:00:00+01:000",
        "2000-01-01 00:00:00+01:00:00",
        "2000-01-01 00:00:00+-1",
        "2000-01-01 +01:00 00:00",
        "946684800",
        "now",
        "infinity",
    };
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_TIMESTAMPTZ), UNIT_SECONDS);
    for (size_t i = 0; i < ARRAY_LENGTH(misfits); i++)
        assert_misfit(&probe, text(misfits[i]));
    assert_misfit(&probe, text_of(BYTES("2000-01-01\0")));
    assert_misfit(&probe, blob(BYTES("2000-01-01")));
    probe_end(&probe);
}

static void a_precision_takes_no_more_digits(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, precise(PG_TIMESTAMP, 3), UNIT_MICROSECONDS);
    assert_int64_form(&probe, text("2000-01-01 00:00:00.123"), 123000);
    assert_int64_form(&probe, text("2000-01-01 00:00:00.1230000000"), 123000);
    assert_misfit(&probe, text("2000-01-01 00:00:00.1234"));
    assert_misfit(&probe, text("1999-12-31 23:59:59.9999"));
    assert_misfit(&probe, text("2000-01-01 00:00:00.1230000001"));
    assert_int64_form(&probe, integer(INT64_C(946684800123000)), 123000);
    assert_misfit(&probe, integer(INT64_C(946684800123001)));
    probe_end(&probe);
    probe_begin(&probe, precise(PG_TIMESTAMP, 0), UNIT_NONE);
    assert_int64_form(&probe, text("2000-01-01 00:00:01.0"), 1000000);
    assert_misfit(&probe, text("2000-01-01 00:00:00.5"));
    probe_end(&probe);
    probe_begin(&probe, precise(PG_TIME, 1), UNIT_NONE);
    assert_int64_form(&probe, text("00:00:00.5"), 500000);
    assert_misfit(&probe, text("00:00:00.51"));
    probe_end(&probe);
}

static void timestamps_of_numbers(void **state)
{
    static const struct {
        enum time_unit unit;
        int64_t number;
        int64_t micros;
    } cases[] = {
        {UNIT_SECONDS, 946684800, 0},
        {UNIT_SECONDS, 0, INT64_C(-946684800000000)},
        {UNIT_SECONDS, -1, INT64_C(-946684801000000)},
        {UNIT_SECONDS, INT64_C(9224318015999), INT64_C(9223371331199000000)},
        {UNIT_SECONDS, INT64_C(-210866803200), INT64_C(-211813488000000000)},
        {UNIT_MILLISECONDS, INT64_C(946684800001), 1000},
        {UNIT_MICROSECONDS, INT64_C(946684800000001), 1},
        {UNIT_JULIAN_DAYS, 2451545, DAY / 2},
        {UNIT_JULIAN_DAYS, 0, INT64_C(-211813444800000000)},
        {UNIT_COREDATA, 0, INT64_C(31622400000000)},
        {UNIT_COREDATA, 721692800, INT64_C(753315200000000)},
        {UNIT_WEBKIT, INT64_C(11644473600000000), INT64_C(-946684800000000)},
        {UNIT_WEBKIT, 0, INT64_C(-12591158400000000)},
        {UNIT_TICKS, INT64_C(630822816000000000), 0},
        {UNIT_TICKS, 0, INT64_C(-63082281600000000)},
    };
    struct probe probe;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        probe_begin(&probe, pg_type_of(PG_TIMESTAMP), cases[i].unit);
        assert_int64_form(&probe, integer(cases[i].number), cases[i].micros);
        if (cases[i].unit != UNIT_MICROSECONDS)
            assert_int64_form(&probe, real((double)cases[i].number), cases[i].micros);
        probe_end(&probe);
    }
    probe_begin(&probe, pg_type_of(PG_TIMESTAMP), UNIT_SECONDS);
    assert_misfit(&probe, integer(INT64_C(9224318016000)));
    assert_misfit(&probe, integer(INT64_C(-210866803201)));
    assert_misfit(&probe, integer(INT64_MAX));
    assert_misfit(&probe, integer(INT64_MIN));
    assert_misfit(&probe, real(1e300));
    assert_misfit(&probe, real((double)-INFINITY));
    assert_misfit(&probe, real((double)NAN));
    probe_end(&probe);
    probe_begin(&probe, pg_type_of(PG_TIMESTAMP), UNIT_MICROSECONDS);
    assert_int64_form(&probe, real(9.1e18), INT64_C(9099053315200000000));
    assert_misfit(&probe, real(0x1p63));
    probe_end(&probe);
    probe_begin(&probe, pg_type_of(PG_TIMESTAMP), UNIT_TICKS);
    assert_int64_form(&probe, integer(INT64_C(630822816000000010)), 1);
    assert_misfit(&probe, integer(INT64_C(630822816000000001)));
    assert_misfit(&probe, integer(-1));
    assert_misfit(&probe, real(10.5));
    probe_end(&probe);
    probe_begin(&probe, pg_type_of(PG_TIMESTAMP), UNIT_COREDATA);
    assert_int64_form(&probe, real(721692800.123456), INT64_C(753315200123456));
    probe_end(&probe);
    probe_begin(&probe, pg_type_of(PG_TIMESTAMP), UNIT_NONE);
    assert_misfit(&probe, integer(0));
    assert_misfit(&probe, real(0.0));
    probe_end(&probe);
}

/* Where the product is rounded to a tie before it is rounded, the last digit would be wrong: the numbers in
 * the second half of the list.  Computed with exact fractions. */
static void fractions_are_rounded_once(void **state)
{
    static const struct {
        enum time_unit unit;
        double number;
        int64_t micros; /* since 1970; julian days: since 2000 */
    } cases[] = {
        {UNIT_SECONDS, 1234567890.123456, INT64_C(1234567890123456)},
        {UNIT_SECONDS, -1234567890.9999995, INT64_C(-1234567891000000)},
        {UNIT_SECONDS, 1700000000.0078125, INT64_C(1700000000007813)},
        {UNIT_SECONDS, -1700000000.0078125, INT64_C(-1700000000007813)},
        {UNIT_SECONDS, 1.5e-6, 2},
        {UNIT_SECONDS, -0.4e-6, 0},
        {UNIT_SECONDS, 5e-7, 0}, /* the double is less */
        {UNIT_SECONDS, -5e-7, 0},
        {UNIT_SECONDS, 5.000000000000001e-07, 1},
        {UNIT_MICROSECONDS, 0.5, 1},
        {UNIT_MICROSECONDS, -0.5, -1},
        {UNIT_MICROSECONDS, -1.25, -1},
        {UNIT_MILLISECONDS, 0.0625, 63},
        {UNIT_JULIAN_DAYS, 2440587.5, INT64_C(-946684800000000)},
        {UNIT_JULIAN_DAYS, 2460310.5, INT64_C(757382400000000)},
        {UNIT_SECONDS, 1700134364.2441125, INT64_C(1700134364244112)},
        {UNIT_SECONDS, 1700255069.0257394, INT64_C(1700255069025739)},
        {UNIT_SECONDS, -1700255069.0257394, INT64_C(-1700255069025739)},
        {UNIT_MILLISECONDS, 1700000002106.0535, INT64_C(1700000002106053)},
        {UNIT_MILLISECONDS, 1700000495812.2415, INT64_C(1700000495812241)},
        {UNIT_JULIAN_DAYS, 2460484.925112228, INT64_C(772452729696000)},
        {UNIT_JULIAN_DAYS, 2460014.5599749247, INT64_C(731813181833000)},
    };
    struct probe probe;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int64_t epoch = cases[i].unit == UNIT_JULIAN_DAYS ? 0 : INT64_C(946684800000000);

        probe_begin(&probe, pg_type_of(PG_TIMESTAMPTZ), cases[i].unit);
        assert_int64_form(&probe, real(cases[i].number), cases[i].micros - epoch);
        probe_end(&probe);
    }
}

static void found_unit(struct probe *probe, enum pg_kind kind, enum time_unit unit)
{
    probe_begin(probe, pg_type_of(kind), unit);
    probe->column.unit_found = true;
    canonical_init(&probe->rule, &probe->column);
}

static void numbers_in_another_unit_than_the_values_told(void **state)
{
    struct probe probe;

    (void)state;
    found_unit(&probe, PG_TIMESTAMP, UNIT_SECONDS);
    assert_misfit(&probe, integer(1700000000123));
    assert_misfit(&probe, real(1700000000123.5));
    assert_misfit(&probe, integer(2460000));
    assert_int64_form(&probe, integer(946684800), 0);
    assert_int64_form(&probe, integer(0), INT64_C(-946684800000000));
    assert_int64_form(&probe, integer(94694399999), INT64_C(93747715199000000));
    assert_misfit(&probe, integer(94694400000)); /* 1973 in milliseconds */
    assert_int64_form(&probe, integer(INT64_C(253402300800)), INT64_C(252455616000000000)); /* never */
    assert_misfit(&probe, integer(INT64_C(253402300801)));
    probe_end(&probe);
    found_unit(&probe, PG_TIMESTAMP, UNIT_WEBKIT);
    assert_misfit(&probe, integer(INT64_C(1700000000123456)));
    assert_misfit(&probe, integer(INT64_C(638355968000000011)));
    probe_end(&probe);
    found_unit(&probe, PG_DATE, UNIT_COREDATA);
    assert_misfit(&probe, integer(INT64_C(1700006400000)));
    assert_int64_form(&probe, integer(1700006400), 366 + 19676);
    probe_end(&probe);
}

static void dates_are_midnights(void **state)
{
    static const char *const misfits[] = {"2000-01-01 00:00:00.0000001",
                                          "2000-01-01 12:00",
                                          "2000-01-01 00:00+01",
                                          "2000-01-01 01:00+01",
                                          "2000-01-01+01",
                                          "2000-02-30",
                                          "2000-01-01T",
                                          "1/1/2000"};
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_DATE), UNIT_SECONDS);
    assert_int64_form(&probe, text("2000-02-29"), 59);
    assert_int64_form(&probe, text("1970-01-01"), -10957);
    assert_int64_form(&probe, text("0001-01-01"), -730119);
    assert_int64_form(&probe, text("9999-12-31"), 2921939);
    assert_int64_form(&probe, text("2000-01-02T00:00"), 1);
    assert_int64_form(&probe, text("2000-01-02 00:00:00.000000000 +00:00"), 1);
    assert_int64_form(&probe, text("2000-01-02Z"), 1);
    for (size_t i = 0; i < ARRAY_LENGTH(misfits); i++)
        assert_misfit(&probe, text(misfits[i]));
    assert_int64_form(&probe, integer(0), -10957);
    assert_int64_form(&probe, integer(-86400), -10958);
    assert_int64_form(&probe, real(86400.0), -10956);
    assert_misfit(&probe, integer(1));
    assert_misfit(&probe, integer(-1));
    assert_misfit(&probe, real(0.5));
    assert_misfit(&probe, blob(BYTES("2000-01-01")));
    /* 4714-11-24 BC and 5874897-12-31, and the days beyond. */
    assert_int64_form(&probe, integer(INT64_C(-210866803200)), -2451545);
    assert_misfit(&probe, integer(INT64_C(-210866889600)));
    assert_int64_form(&probe, integer(INT64_C(185331707078400 - 86400)), 2145031948);
    assert_misfit(&probe, integer(INT64_C(185331707078400)));
    assert_misfit(&probe, integer(INT64_MIN));
    probe_end(&probe);
    probe_begin(&probe, pg_type_of(PG_DATE), UNIT_JULIAN_DAYS);
    assert_int64_form(&probe, real(2451544.5), 0);
    assert_misfit(&probe, integer(2451545));
    probe_end(&probe);
    probe_begin(&probe, pg_type_of(PG_DATE), UNIT_NONE);
    assert_misfit(&probe, integer(0));
    probe_end(&probe);
}

static void times_of_day(void **state)
{
    static const char *const misfits[] = {"",
                                          "1:00",
                                          "24:00",
                                          "12:60",
                                          "12:00:60",
                                          "12:00:00.",
                                          "12:00 ",
                                          "12:00Z",
                                          "2000-01-02 12:00",
                                          "2000-01-01 ",
                                          "2000-01-01",
                                          "1200",
                                          "12:00:00.0000001"};
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_TIME), UNIT_SECONDS);
    assert_int64_form(&probe, text("00:00"), 0);
    assert_int64_form(&probe, text("12:34"), INT64_C(45240000000));
    assert_int64_form(&probe, text("12:34:56"), INT64_C(45296000000));
    assert_int64_form(&probe, text("23:59:59.999999"), DAY - 1);
    assert_int64_form(&probe, text("2000-01-01 12:34:56"), INT64_C(45296000000));
    assert_int64_form(&probe, text("2000-01-01T12:34:56.000"), INT64_C(45296000000));
    for (size_t i = 0; i < ARRAY_LENGTH(misfits); i++)
        assert_misfit(&probe, text(misfits[i]));
    assert_misfit(&probe, integer(3600));
    assert_misfit(&probe, real(3600.0));
    assert_misfit(&probe, blob(BYTES("12:00")));
    probe_end(&probe);
}

/* The zone is PostgreSQL's: seconds west. */
static void times_with_a_zone_keep_it(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_TIMETZ), UNIT_NONE);
    assert_form(&probe, text("00:00:01"), BYTES("\x40\x42\x0f\0\0\0\0\0\0\0\0\0"));
    assert_form(&probe, text("00:00:01+02"), BYTES("\x40\x42\x0f\0\0\0\0\0\xe0\xe3\xff\xff"));
    assert_form(&probe, text("00:00:01 -01:30"), BYTES("\x40\x42\x0f\0\0\0\0\0\x18\x15\0\0"));
    assert_form(&probe, text("2000-01-01 00:00:01Z"), BYTES("\x40\x42\x0f\0\0\0\0\0\0\0\0\0"));
    assert_misfit(&probe, text("00:00:01  +02"));
    assert_misfit(&probe, text("00:00:01 "));
    assert_misfit(&probe, text("00:00:01+16"));
    assert_misfit(&probe, integer(1));
    assert_target_form(&probe, BYTES("\0\0\0\0\0\x0f\x42\x40\xff\xff\xe3\xe0"),
                       BYTES("\x40\x42\x0f\0\0\0\0\0\xe0\xe3\xff\xff"));
    assert_no_target(&probe, BYTES("\0\0\0\0\0\x0f\x42\x40"));
    probe_end(&probe);
}

static void fields_of_the_target(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_DATE), UNIT_NONE);
    assert_target_form(&probe, BYTES("\xff\xff\xff\xff"), BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"));
    assert_no_target(&probe, BYTES("\0\0\0\0\0\0\0\0"));
    probe_end(&probe);
    for (size_t kind = PG_TIME; kind <= PG_TIMESTAMPTZ; kind++) {
        if (kind == PG_TIMETZ)
            continue;
        probe_begin(&probe, pg_type_of((enum pg_kind)kind), UNIT_NONE);
        assert_target_form(&probe, BYTES("\1\2\3\4\5\6\7\x08"), BYTES("\x08\7\6\5\4\3\2\1"));
        assert_no_target(&probe, BYTES("\1\2\3\4"));
        probe_end(&probe);
    }
    probe_begin(&probe, pg_type_of(PG_INTERVAL), UNIT_NONE);
    assert_target_form(&probe, BYTES("0123456789abcdef"), BYTES("0123456789abcdef"));
    assert_no_target(&probe, BYTES("0123456789abcde"));
    assert_misfit(&probe, text("1 dia"));
    assert_misfit(&probe, integer(1));
    probe_end(&probe);
}

/* The form is PostgreSQL's own: microseconds, days, months. */
static void intervals_are_spans_since_1970(void **state)
{
    static const struct {
        struct value value;
        const char form[17];
    } cases[] = {
        {{.kind = VALUE_INTEGER, .integer = 273605000006}, "\0\0\0\x03\x5a\x9a\xdb\x46\0\0\0\x03\0\0\0\0"},
        {{.kind = VALUE_INTEGER, .integer = -86401000000},
         "\0\0\0\x14\x1d\xc8\x1d\xc0\xff\xff\xff\xfe\0\0\0\0"},
        {{.kind = VALUE_TEXT, .bytes = STR("1970-01-04 04:00:05.000006")},
         "\0\0\0\x03\x5a\x9a\xdb\x46\0\0\0\x03\0\0\0\0"},
        {{.kind = VALUE_TEXT, .bytes = STR("1969-12-30 23:59:59")},
         "\0\0\0\x14\x1d\xc8\x1d\xc0\xff\xff\xff\xfe\0\0\0\0"},
    };
    struct probe probe;
    struct str form;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_INTERVAL), UNIT_MICROSECONDS);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_true(probe_source(&probe, cases[i].value, &form));
        assert_int_equal(form.len, 16);
        assert_memory_equal(form.ptr, cases[i].form, 16);
    }
    assert_false(probe_source(&probe, text("1 dia"), &form));
    assert_false(probe_source(&probe, text("1970-01-01 00:00:00+01:00"), &form));
    assert_false(probe_source(&probe, text("1970-01-01 00:00:00.0000001"), &form));
    probe_end(&probe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_are_spans_since_1970),
        cmocka_unit_test(timestamps_of_texts),
        cmocka_unit_test(what_is_no_timestamp),
        cmocka_unit_test(a_precision_takes_no_more_digits),
        cmocka_unit_test(timestamps_of_numbers),
        cmocka_unit_test(fractions_are_rounded_once),
        cmocka_unit_test(numbers_in_another_unit_than_the_values_told),
        cmocka_unit_test(dates_are_midnights),
        cmocka_unit_test(times_of_day),
        cmocka_unit_test(times_with_a_zone_keep_it),
        cmocka_unit_test(fields_of_the_target),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
