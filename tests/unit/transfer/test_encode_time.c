#include "encoding.h"

#include <math.h>

#define DAY INT64_C(86400000000)

/* Days from 2000-01-01, so that most expectations can be counted on fingers. */
enum {
    DAY_1970 = -10957,
    DAY_YEAR_1 = -730119,
    DAY_YEAR_10000 = 2921940
};

static void assert_timestamp(const char *text, int64_t expected)
{
    assert_integer(column_of(PG_TIMESTAMP), text_value(text), expected);
    assert_integer(column_of(PG_TIMESTAMPTZ), text_value(text), expected);
}

static void timestamps(void **state)
{
    (void)state;
    assert_timestamp("2000-01-01", 0);
    assert_timestamp("2000-01-01 00:00", 0);
    assert_timestamp("2000-01-01T00:00:01", 1000000);
    assert_timestamp("2000-01-01 00:01", 60000000);
    assert_timestamp("2000-01-01 01:00:00.5", 3600500000);
    assert_timestamp("2000-01-01 00:00:00.000001", 1);
    assert_timestamp("2000-01-01 00:00:00.0000010000000000000", 1);
    assert_timestamp("1999-12-31 23:59:59.999999", -1);
    assert_timestamp("1970-01-01 00:00:00", DAY_1970 * DAY);
    assert_timestamp("0001-01-01", DAY_YEAR_1 * DAY);
    assert_timestamp("9999-12-31 23:59:59.999999", DAY_YEAR_10000 * DAY - 1);
    assert_timestamp("2000-02-29 00:00:00", 59 * DAY);
    assert_timestamp("2000-03-01 00:00:00", 60 * DAY);
    assert_timestamp("2001-01-01", 366 * DAY);
    assert_timestamp("2004-02-29", (366 + 365 * 3 + 59) * DAY);
}

static void offsets_are_taken_off(void **state)
{
    (void)state;
    assert_timestamp("2000-01-01 00:00:00Z", 0);
    assert_timestamp("2000-01-01T00:00:00z", 0);
    assert_timestamp("2000-01-01 00:00:00 Z", 0);
    assert_timestamp("2000-01-01 00:00:00+00:00", 0);
    assert_timestamp("2000-01-01 00:00:00-00", 0);
    assert_timestamp("2000-01-01 02:00+02:00", 0);
    assert_timestamp("2000-01-01 02:00:00 +0200", 0);
    assert_timestamp("2000-01-01 02:00:00.25+02", 250000);
    assert_timestamp("1999-12-31 22:30:00-01:30", 0);
    assert_timestamp("2000-01-01 00:00:00+15:59", -(15 * 60 + 59) * INT64_C(60000000));
    assert_timestamp("1999-12-31 23:59:59.999999-15:59", (15 * 60 + 59) * INT64_C(60000000) - 1);
    assert_timestamp("2000-01-01+02:00", -7200000000);
    assert_timestamp("2000-01-01 +02:00", -7200000000);
    assert_timestamp("2000-01-01Z", 0);
    /* Over the ends of the years that can be written. */
    assert_timestamp("0001-01-01 00:00:00+00:01", DAY_YEAR_1 * DAY - 60000000);
    assert_timestamp("9999-12-31 23:59:00-00:01", DAY_YEAR_10000 * DAY);
}

static void no_timestamps(void **state)
{
    static const char *const texts[] = {
        "",
        "0000-00-00",
        "0000-00-00 00:00:00",
        "0000-01-01",
        "2000-00-01",
        "2000-13-01",
        "2000-01-00",
        "2000-01-32",
        "2000-04-31",
        "1900-02-29",
        "2001-02-29",
        "2000-02-30",
        "2000-1-1",
        "20x0-01-01",
        "2000-x1-01",
        "2000/01/01",
        "20000101",
        "02000-01-01",
        "-2000-01-01",
        "10000-01-01",
        "2000-01",
        "2000-01-0",
        "2000-01-01 ",
        "2000-01-01T",
        " 2000-01-01",
        "2000-01-01  00:00",
        "2000-01-01t00:00",
        "2000-01-01 0:00",
        "2000-01-01 00",
        "2000-01-01 00:0",
        "2000-01-01 00:00:",
        "2000-01-01 00:00:0",
        "2000-01-01 00:00:000",
        "2000-01-01 00:00:00.",
        "2000-01-01 00:00.5",
        "2000-01-01 00:00:00,5",
        "2000-01-01 24:00:00",
        "2000-01-01 23:60:00",
        "2000-01-01 23:59:60",
        "2000-01-01 -1:00:00",
        "2000-01-01 00:00:00 ",
        "2000-01-01 00:00:00  Z",
        "2000-01-01 00:00:00ZZ",
        "2000-01-01 00:00:00Z ",
        "2000-01-01 00:00:00 UTC",
        "2000-01-01 00:00:00+",
        "2000-01-01 00:00:00+1",
        "2000-01-01 00:00:00+1:00",
        "2000-01-01 00:00:00+01:0",
        "2000-01-01 00:00:00+01:00:00",
        "2000-01-01 00:00:00+16:00",
        "2000-01-01 00:00:00+16",
        "2000-01-01 00:00:00+01:60",
        "2000-01-01 00:00:00+0160",
        "2000-01-01 00:00:00+x1",
        "2000-01-01 00:00:00 +01 ",
        "2000-01-01 00:00:00 PM",
        "today",
        "infinity",
        "2000-01-01 00:00:00 BC",
        "946684800",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        assert_misfit(column_of(PG_TIMESTAMP), text_value(texts[i]), "no timestamp");
        assert_misfit(column_of(PG_DATE), text_value(texts[i]), "no date");
    }
    assert_misfit(column_of(PG_TIMESTAMPTZ), TEXT("2000-01-01\0"), "no timestamp");
    assert_misfit(column_of(PG_TIMESTAMPTZ), ((struct value){.kind = VALUE_TEXT}), "no timestamp");
    assert_misfit(column_of(PG_TIMESTAMPTZ), BLOB("2000-01-01"), "no timestamp");
}

static void precision_of_timestamps(void **state)
{
    static const char six[] = "more than 6 digits of a second's fraction";

    (void)state;
    assert_misfit(column_of(PG_TIMESTAMP), TEXT("2000-01-01 00:00:00.0000001"), six);
    assert_misfit(column_of(PG_TIMESTAMP), TEXT("2000-01-01 00:00:00.1234560000000001"), six);
    assert_misfit(column_of(PG_TIMESTAMP), TEXT("2000-01-01 00:00:00.12345670"), six);
    assert_misfit(column_timed(PG_TIMESTAMP, 1), TEXT("2000-01-01 00:00:00.11"),
                  "more than 1 digit of a second's fraction");
    assert_integer(column_timed(PG_TIMESTAMP, 6), TEXT("2000-01-01 00:00:00.000001"), 1);
    assert_integer(column_timed(PG_TIMESTAMPTZ, 3), TEXT("2000-01-01 00:00:00.123000000"), 123000);
    assert_misfit(column_timed(PG_TIMESTAMPTZ, 3), TEXT("2000-01-01 00:00:00.1231"),
                  "more than 3 digits of a second's fraction");
    assert_integer(column_timed(PG_TIMESTAMP, 0), TEXT("1999-12-31 23:59:59.000"), -1000000);
    assert_misfit(column_timed(PG_TIMESTAMP, 0), TEXT("1999-12-31 23:59:59.5"),
                  "more than 0 digits of a second's fraction");
    /* Before 2000 the digits are those of the clock too, not those of a negative number. */
    assert_integer(column_timed(PG_TIMESTAMP, 1), TEXT("1999-12-31 23:59:59.9"), -100000);
}

static void dates(void **state)
{
    static const char timed[] = "a date with a time of day";
    struct plan_column plan = column_of(PG_DATE);

    (void)state;
    assert_hex(plan, TEXT("2000-01-02"), "00000001");
    assert_integer(plan, TEXT("1970-01-01"), DAY_1970);
    assert_integer(plan, TEXT("0001-01-01"), DAY_YEAR_1);
    assert_integer(plan, TEXT("9999-12-31"), DAY_YEAR_10000 - 1);
    assert_integer(plan, TEXT("2000-02-29 00:00"), 59);
    assert_integer(plan, TEXT("2000-02-29T00:00:00.000000000"), 59);
    assert_integer(plan, TEXT("2000-02-29 00:00:00+00:00"), 59);
    assert_integer(plan, TEXT("2000-02-29 00:00:00 Z"), 59);
    assert_integer(plan, TEXT("2000-02-29Z"), 59);
    assert_misfit(plan, TEXT("2000-02-29 00:00:01"), timed);
    assert_misfit(plan, TEXT("2000-02-29 12:00"), timed);
    assert_misfit(plan, TEXT("2000-02-29 00:00:00.0000001"), timed);
    assert_misfit(plan, TEXT("2000-02-29 00:00+01:00"), "a date with an offset from UTC");
    /* Midnight in UTC is not what was written. */
    assert_misfit(plan, TEXT("2000-02-29 01:00+01:00"), "a date with an offset from UTC");
    assert_misfit(plan, BLOB("2000-01-01"), "no date");
}

static void times(void **state)
{
    static const char *const none[] = {"",
                                       "1:00",
                                       "12",
                                       "12:3",
                                       "12:30:",
                                       "24:00",
                                       "12:60",
                                       "12:30:60",
                                       "12:30:00.",
                                       " 12:30",
                                       "12:30 ",
                                       "12.30",
                                       "12:30 PM",
                                       "1999-12-31 12:30",
                                       "2000-01-01",
                                       "2000-01-01 ",
                                       "2000-01-01  12:30",
                                       "2000-01-02 12:30"};
    struct plan_column plan = column_of(PG_TIME);

    (void)state;
    assert_integer(plan, TEXT("00:00"), 0);
    assert_integer(plan, TEXT("23:59:59.999999"), DAY - 1);
    assert_integer(plan, TEXT("12:30"), INT64_C(45000000000));
    assert_integer(plan, TEXT("2000-01-01 12:30:00"), INT64_C(45000000000));
    assert_integer(plan, TEXT("2000-01-01T12:30:00.5000000"), INT64_C(45000500000));
    for (size_t i = 0; i < ARRAY_LENGTH(none); i++) {
        assert_misfit(plan, text_value(none[i]), "no time of day");
        assert_misfit(column_of(PG_TIMETZ), text_value(none[i]), "no time of day");
    }
    assert_misfit(plan, TEXT("12:30Z"), "a time of day with an offset from UTC");
    assert_misfit(plan, TEXT("12:30:00.0000001"), "more than 6 digits of a second's fraction");
    assert_misfit(column_timed(PG_TIME, 2), TEXT("12:30:00.001"),
                  "more than 2 digits of a second's fraction");
    assert_misfit(plan, INT(0), "no time of day");
    assert_misfit(plan, REAL(0), "no time of day");
    assert_misfit(plan, BLOB("12:30"), "no time of day");
    assert_misfit(plan, ((struct value){.kind = VALUE_TEXT}), "no time of day");
}

static void times_with_zone(void **state)
{
    struct plan_column plan = column_of(PG_TIMETZ);

    (void)state;
    assert_hex(plan, TEXT("00:00:01"), "00000000000f4240 00000000");
    assert_hex(plan, TEXT("00:00:01Z"), "00000000000f4240 00000000");
    /* Seconds west of UTC. */
    assert_hex(plan, TEXT("00:00:01+01:00"), "00000000000f4240 fffff1f0");
    assert_hex(plan, TEXT("00:00:01 -0100"), "00000000000f4240 00000e10");
    assert_hex(plan, TEXT("2000-01-01 00:00:01+15:59"), "00000000000f4240 ffff1f3c");
    assert_misfit(plan, TEXT("00:00+16:00"), "no time of day");
    assert_misfit(plan, INT(0), "no time of day");
    assert_misfit(column_timed(PG_TIMETZ, 0), TEXT("00:00:00.5+01"),
                  "more than 0 digits of a second's fraction");
}

static void numbers_need_a_unit(void **state)
{
    static const char reason[] = "a number, and it is not decided what it counts";

    (void)state;
    assert_misfit(column_of(PG_TIMESTAMP), INT(0), reason);
    assert_misfit(column_of(PG_TIMESTAMPTZ), REAL(0), reason);
    assert_misfit(column_of(PG_DATE), INT(0), reason);
    assert_misfit(column_of(PG_DATE), REAL(0), reason);
}

static void assert_counted(enum time_unit unit, struct value value, int64_t since_1970)
{
    assert_integer(column_counting(PG_TIMESTAMP, unit), value, DAY_1970 * DAY + since_1970);
    assert_integer(column_counting(PG_TIMESTAMPTZ, unit), value, DAY_1970 * DAY + since_1970);
}

static void integers_count_units(void **state)
{
    (void)state;
    assert_counted(UNIT_SECONDS, INT(0), 0);
    assert_counted(UNIT_SECONDS, INT(-1), -1000000);
    assert_counted(UNIT_SECONDS, INT(1700000000), INT64_C(1700000000000000));
    assert_counted(UNIT_SECONDS, INT(-86401), -86401000000);
    assert_counted(UNIT_MILLISECONDS, INT(1700000000123), INT64_C(1700000000123000));
    assert_counted(UNIT_MILLISECONDS, INT(-1), -1000);
    assert_counted(UNIT_MICROSECONDS, INT(1), 1);
    assert_counted(UNIT_MICROSECONDS, INT(-1), -1);
    /* A julian day begins at noon. */
    assert_counted(UNIT_JULIAN_DAYS, INT(2440588), DAY / 2);
    assert_counted(UNIT_JULIAN_DAYS, INT(2440587), -DAY / 2);
    assert_integer(column_counting(PG_TIMESTAMP, UNIT_JULIAN_DAYS), INT(0),
                   INT64_C(-211813488000000000) + DAY / 2);
}

static void reals_are_rounded(void **state)
{
    (void)state;
    assert_counted(UNIT_SECONDS, REAL(0.0), 0);
    assert_counted(UNIT_SECONDS, REAL(1.5), 1500000);
    assert_counted(UNIT_SECONDS, REAL(-1.5), -1500000);
    assert_counted(UNIT_SECONDS, REAL(1700000000.123456), INT64_C(1700000000123456));
    assert_counted(UNIT_SECONDS, REAL(-0.0000004), 0);
    assert_counted(UNIT_SECONDS, REAL(0.9999996), 1000000);
    assert_counted(UNIT_SECONDS, REAL(-0.9999996), -1000000);
    assert_counted(UNIT_SECONDS, REAL(86399.9999999), DAY);
    /* 2^-7 s is 7812.5 microseconds: half goes away from zero. */
    assert_counted(UNIT_SECONDS, REAL(0x1p-7), 7813);
    assert_counted(UNIT_SECONDS, REAL(-0x1p-7), -7813);
    assert_counted(UNIT_SECONDS, REAL(nextafter(0x1p-7, 0)), 7812);
    assert_counted(UNIT_SECONDS, REAL(-nextafter(0x1p-7, 0)), -7812);
    assert_counted(UNIT_SECONDS, REAL(nextafter(0x1p-7, 1)), 7813);
    /* These doubles are a little less and a little more than the half to which the products are rounded. */
    assert_counted(UNIT_SECONDS, REAL(0.0000005), 0);
    assert_counted(UNIT_SECONDS, REAL(-0.0000005), 0);
    assert_counted(UNIT_SECONDS, REAL(0.0000025), 3);
    assert_counted(UNIT_SECONDS, REAL(-0.0000025), -3);
    assert_counted(UNIT_MILLISECONDS, REAL(0.0005), 1);
    assert_counted(UNIT_MILLISECONDS, REAL(1700000000123.25), INT64_C(1700000000123250));
    assert_counted(UNIT_MICROSECONDS, REAL(0.5), 1);
    assert_counted(UNIT_MICROSECONDS, REAL(-0.5), -1);
    assert_counted(UNIT_MICROSECONDS, REAL(0.49999999999999994), 0);
    assert_counted(UNIT_MICROSECONDS, REAL(-2.5), -3);
}

static void julian_days_keep_milliseconds(void **state)
{
    (void)state;
    assert_counted(UNIT_JULIAN_DAYS, REAL(2440587.5), 0);
    assert_counted(UNIT_JULIAN_DAYS, REAL(2440588.5), DAY);
    /* 2023-11-14 22:13:20, as julianday() gives it. */
    assert_counted(UNIT_JULIAN_DAYS, REAL(2460263.4259259258), INT64_C(1700000000000000));
    /* 1/2048 of a day is 42187.5 milliseconds, counted from julian day 0 on both sides of 1970. */
    assert_counted(UNIT_JULIAN_DAYS, REAL(2440587.5 + 0x1p-11), 42188000);
    assert_counted(UNIT_JULIAN_DAYS, REAL(2440587.5 - 0x1p-11), -42187000);
    assert_integer(column_counting(PG_TIMESTAMP, UNIT_JULIAN_DAYS), REAL(-0.5), INT64_C(-211813488000000000));
    assert_integer(column_counting(PG_DATE, UNIT_JULIAN_DAYS), REAL(-0.5), -2451545);
    assert_integer(column_counting(PG_DATE, UNIT_JULIAN_DAYS), REAL(2451544.5), 0);
    assert_misfit(column_counting(PG_DATE, UNIT_JULIAN_DAYS), REAL(-1.5), "out of PostgreSQL's range");
    assert_misfit(column_counting(PG_TIMESTAMP, UNIT_JULIAN_DAYS), REAL(-0.6), "out of PostgreSQL's range");
    assert_misfit(column_counting(PG_TIMESTAMP, UNIT_JULIAN_DAYS), INT(-1), "out of PostgreSQL's range");
}

static void other_epochs(void **state)
{
    struct plan_column ticks = column_counting(PG_TIMESTAMP, UNIT_TICKS);

    (void)state;
    /* Core Data counts from 2001, WebKit from 1601, .NET from the year 1. */
    assert_counted(UNIT_COREDATA, INT(0), INT64_C(978307200000000));
    assert_counted(UNIT_COREDATA, INT(-978307200), 0);
    assert_counted(UNIT_COREDATA, REAL(721692800.123456), INT64_C(1700000000123456));
    assert_integer(column_counting(PG_DATE, UNIT_COREDATA), INT(86400), 367);
    assert_counted(UNIT_WEBKIT, INT(INT64_C(11644473600000000)), 0);
    assert_counted(UNIT_WEBKIT, INT(INT64_C(13344473600000001)), INT64_C(1700000000000001));
    assert_counted(UNIT_WEBKIT, INT(0), INT64_C(-11644473600000000));
    assert_counted(UNIT_TICKS, INT(INT64_C(638355968000000000)), INT64_C(1700000000000000));
    assert_counted(UNIT_TICKS, INT(INT64_C(638355968000000010)), INT64_C(1700000000000001));
    assert_counted(UNIT_TICKS, INT(0), INT64_C(-62135596800000000));
    assert_counted(UNIT_TICKS, REAL(621355968000000000.0), 0);
    /* Ten ticks are a microsecond, and PostgreSQL keeps no tenths of one. */
    assert_misfit(ticks, INT(INT64_C(638355968000000001)), "more than 6 digits of a second's fraction");
    assert_misfit(ticks, INT(-1), "more than 6 digits of a second's fraction");
    assert_misfit(ticks, REAL(10.5), "more than 6 digits of a second's fraction");
}

static void numbers_in_another_unit_than_the_values_told(void **state)
{
    static const char reason[] =
        "a number in another unit than the column's (--unit says which one is meant)";
    struct plan_column plan = column_counting(PG_TIMESTAMP, UNIT_SECONDS);

    (void)state;
    assert_counted(UNIT_SECONDS, INT(1700000000123), INT64_C(1700000000123000000));
    plan.unit_found = true;
    assert_misfit(plan, INT(1700000000123), reason);
    assert_misfit(plan, REAL(1700000000123.5), reason);
    assert_misfit(plan, INT(2460000), reason);
    assert_integer(plan, INT(0), DAY_1970 * DAY);
    assert_integer(plan, INT(-1), DAY_1970 * DAY - 1000000);
    assert_integer(plan, INT(94694400000 - 1), (DAY_1970 * 86400 + 94694400000 - 1) * 1000000);
    assert_misfit(plan, INT(94694400000), reason);                                 /* 1973 in milliseconds */
    assert_integer(plan, INT(INT64_C(253402300799)), INT64_C(252455615999000000)); /* never */
    assert_integer(plan, INT(INT64_C(253402300800)), INT64_C(252455616000000000));
    assert_misfit(plan, INT(INT64_C(253402300801)), reason);
    plan.unit = UNIT_MILLISECONDS;
    assert_misfit(plan, INT(1700000000), reason);
    plan.unit = UNIT_WEBKIT;
    assert_misfit(plan, INT(INT64_C(1700000000123456)), reason);
    assert_misfit(plan, INT(INT64_C(638355968000000011)), reason);
    plan.type = pg_type_of(PG_DATE);
    plan.unit = UNIT_COREDATA;
    assert_misfit(plan, INT(INT64_C(1700006400000)), reason);
    assert_integer(plan, INT(1700006400), 366 + 19676);
}

static void range_of_timestamps(void **state)
{
    static const char reason[] = "out of PostgreSQL's range";
    const int64_t first = -210866803200; /* 4714-11-24 BC */
    const int64_t end = 9224318016000;   /* 294277-01-01 */
    struct plan_column seconds = column_counting(PG_TIMESTAMP, UNIT_SECONDS);

    (void)state;
    assert_counted(UNIT_SECONDS, INT(first), first * 1000000);
    assert_misfit(seconds, INT(first - 1), reason);
    assert_misfit(seconds, REAL((double)first - 0.5), reason);
    assert_integer(seconds, INT(end - 1), INT64_C(9223371331200000000) - 1000000);
    assert_misfit(seconds, INT(end), reason);
    assert_misfit(seconds, INT(INT64_MAX), reason);
    assert_misfit(seconds, INT(INT64_MIN), reason);
    assert_misfit(seconds, REAL(1e300), reason);
    assert_misfit(seconds, REAL(0x1p63), reason);
    assert_misfit(seconds, REAL(INFINITY), reason);
    assert_misfit(seconds, REAL(-INFINITY), reason);
    assert_integer(column_counting(PG_TIMESTAMP, UNIT_MICROSECONDS), INT(INT64_MAX),
                   INT64_MAX - INT64_C(946684800000000));
    assert_misfit(column_counting(PG_TIMESTAMP, UNIT_MICROSECONDS), INT(INT64_MIN), reason);
    assert_misfit(column_counting(PG_TIMESTAMP, UNIT_JULIAN_DAYS), INT(INT64_MAX), reason);
    assert_misfit(column_counting(PG_TIMESTAMP, UNIT_JULIAN_DAYS), INT(INT64_MIN), reason);
}

static void dates_in_numbers(void **state)
{
    static const char range[] = "out of PostgreSQL's range";
    const int64_t end = INT64_C(185331707078400); /* 5874898-01-01, in seconds since 1970 */
    struct plan_column plan = column_counting(PG_DATE, UNIT_SECONDS);

    (void)state;
    assert_integer(plan, INT(0), DAY_1970);
    assert_integer(plan, INT(-86400), DAY_1970 - 1);
    assert_integer(plan, REAL(86400.0), DAY_1970 + 1);
    assert_integer(plan, REAL(86399.9999999), DAY_1970 + 1);
    assert_misfit(plan, INT(1), "a date with a time of day");
    assert_misfit(plan, REAL(0.5), "a date with a time of day");
    assert_integer(plan, INT(end - 86400), 2145031948);
    assert_misfit(plan, INT(end), range);
    assert_misfit(plan, REAL(1e300), range);
    assert_misfit(column_counting(PG_DATE, UNIT_JULIAN_DAYS), INT(2451545), "a date with a time of day");
}

static void precision_of_numbers(void **state)
{
    struct plan_column plan = column_timed(PG_TIMESTAMP, 3);

    (void)state;
    plan.unit = UNIT_MICROSECONDS;
    assert_integer(plan, INT(-1000), DAY_1970 * DAY - 1000);
    assert_misfit(plan, INT(-1001), "more than 3 digits of a second's fraction");
    plan.unit = UNIT_SECONDS;
    assert_integer(plan, REAL(0.123), DAY_1970 * DAY + 123000);
    assert_misfit(plan, REAL(0.1234), "more than 3 digits of a second's fraction");
}

static void intervals_are_spans_since_1970(void **state)
{
    struct plan_column counted = column_counting(PG_INTERVAL, UNIT_MICROSECONDS);

    (void)state;
    /* 3 days 04:00:05.000006 and -2 days +23:59:59: microseconds, days, months */
    assert_hex(counted, INT(273605000006), "000000035a9adb460000000300000000");
    assert_hex(counted, INT(-86401000000), "000000141dc81dc0fffffffe00000000");
    assert_hex(counted, INT(0), "00000000000000000000000000000000");
    assert_hex(column_of(PG_INTERVAL), TEXT("1970-01-04 04:00:05.000006"),
               "000000035a9adb460000000300000000");
    assert_hex(column_of(PG_INTERVAL), TEXT("1969-12-30 23:59:59"), "000000141dc81dc0fffffffe00000000");
    assert_misfit(column_of(PG_INTERVAL), INT(1), "a number, and it is not decided what it counts");
    assert_misfit(counted, TEXT("1 dia"), "no span of time");
    assert_misfit(counted, TEXT("1970-01-01 00:00:00+01:00"),
                  "a moment with an offset from UTC, not a span of time");
    assert_misfit(counted, TEXT("1970-01-01 00:00:00.0000001"), "more than 6 digits of a second's fraction");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_are_spans_since_1970),
        cmocka_unit_test(timestamps),
        cmocka_unit_test(offsets_are_taken_off),
        cmocka_unit_test(no_timestamps),
        cmocka_unit_test(precision_of_timestamps),
        cmocka_unit_test(dates),
        cmocka_unit_test(times),
        cmocka_unit_test(times_with_zone),
        cmocka_unit_test(numbers_need_a_unit),
        cmocka_unit_test(integers_count_units),
        cmocka_unit_test(reals_are_rounded),
        cmocka_unit_test(julian_days_keep_milliseconds),
        cmocka_unit_test(other_epochs),
        cmocka_unit_test(numbers_in_another_unit_than_the_values_told),
        cmocka_unit_test(range_of_timestamps),
        cmocka_unit_test(dates_in_numbers),
        cmocka_unit_test(precision_of_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
