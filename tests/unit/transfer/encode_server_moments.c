/* Dates, times and intervals. */
#include "tests/unit/transfer/encode_server.h"

#include <math.h>
#include <stdio.h>

static void moments(void **state)
{
    (void)state;
    assert_copied("date", column_of(PG_DATE), TEXT("0001-01-01"), "'0001-01-01'::date");
    assert_copied("date", column_of(PG_DATE), TEXT("9999-12-31T00:00:00.000Z"), "'9999-12-31'::date");
    assert_copied("date", column_counting(PG_DATE, UNIT_JULIAN_DAYS), REAL(-0.5), "'4714-11-24 BC'::date");
    assert_copied("date", column_counting(PG_DATE, UNIT_SECONDS), INT(185331706992000),
                  "'5874897-12-31'::date");
    assert_copied("time", column_of(PG_TIME), TEXT("23:59:59.999999"), "'23:59:59.999999'::time");
    assert_copied("time(1)", column_timed(PG_TIME, 1), TEXT("2000-01-01 12:30:00.5"),
                  "'12:30:00.5'::time(1)");
    assert_copied("timetz", column_of(PG_TIMETZ), TEXT("12:30"), "'12:30+00'::timetz");
    assert_copied("timetz", column_of(PG_TIMETZ), TEXT("12:30:00.25 -05:30"), "'12:30:00.25-05:30'::timetz");
    assert_copied("timetz", column_of(PG_TIMETZ), TEXT("23:59+15:59"), "'23:59+15:59'::timetz");
    assert_copied("timestamp", column_of(PG_TIMESTAMP), TEXT("0001-01-01 00:00:00+15:59"),
                  "'0001-01-01 00:00:00+15:59'::timestamptz AT TIME ZONE 'UTC'");
    assert_copied("timestamp", column_of(PG_TIMESTAMP), TEXT("9999-12-31 23:59:59.999999-15:59"),
                  "'9999-12-31 23:59:59.999999-15:59'::timestamptz AT TIME ZONE 'UTC'");
    assert_copied("timestamp(3)", column_timed(PG_TIMESTAMP, 3), TEXT("1969-12-31 23:59:59.999000"),
                  "'1969-12-31 23:59:59.999'::timestamp(3)");
    assert_copied("timestamp", column_counting(PG_TIMESTAMP, UNIT_SECONDS), INT(-210866803200),
                  "'4714-11-24 00:00:00 BC'::timestamp");
    assert_copied("timestamp", column_counting(PG_TIMESTAMP, UNIT_SECONDS), INT(9224318015999),
                  "'294276-12-31 23:59:59'::timestamp");
    assert_copied("timestamptz", column_of(PG_TIMESTAMPTZ), TEXT("2024-02-29"),
                  "'2024-02-29 00:00Z'::timestamptz");
}

/* The server reads the same words itself, but no sign before the P. */
static void spans(void **state)
{
    static const char *const texts[] = {
        "PT0S",  "P3DT4H5.000006S", "P-1DT-1S", "P2W",   "P1Y2M3DT5H6M7.8S",
        "PT24H", "P-1Y2M",          "P1DT-1S",  "PT90M", "P100000Y",
    };
    char expected[64];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        snprintf(expected, sizeof(expected), "'%s'::interval", texts[i]);
        assert_copied("interval", column_of(PG_INTERVAL), text_value(texts[i]), expected);
    }
    assert_copied("interval", column_of(PG_INTERVAL), TEXT("-P1DT1S"), "'-1 day -1 second'::interval");
}

static int days_in(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return lengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

static int put_moment(char *text, size_t size)
{
    int year = (int)(next() % 2 == 0 ? between(1, 9999) : between(1890, 2040));
    int month = (int)between(1, 12);
    int length = snprintf(text, size, "%04d-%02d-%02d%c%02d:%02d:%02d", year, month,
                          (int)between(1, days_in(year, month)), next() % 2 == 0 ? ' ' : 'T',
                          (int)between(0, 23), (int)between(0, 59), (int)between(0, 59));

    if (next() % 2 == 0)
        length += snprintf(text + length, size - (size_t)length, ".%06d", (int)between(0, 999999));
    return length;
}

static void put_offset(char *text, size_t size)
{
    const char *space = next() % 2 == 0 ? " " : "";

    if (next() % 4 == 0)
        snprintf(text, size, "%sZ", space);
    else
        snprintf(text, size, "%s%c%02d%s%02d", space, next() % 2 == 0 ? '-' : '+', (int)between(0, 15),
                 next() % 2 == 0 ? ":" : "", (int)between(0, 59));
}

static void timestamps(void **state)
{
    struct copying *zoned = copying_begin("timestamptz", column_of(PG_TIMESTAMPTZ));
    struct copying *shifted = copying_begin("timestamp", column_of(PG_TIMESTAMP));
    struct copying *plain = copying_begin("timestamp", column_of(PG_TIMESTAMP));
    char text[80];

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        int length = put_moment(text, sizeof(text));

        copying_add(plain, text_value(text), text);
        put_offset(text + length, sizeof(text) - (size_t)length);
        copying_add(zoned, text_value(text), text);
        copying_add(shifted, text_value(text), text);
    }
    copying_end(plain, "t::timestamp");
    copying_end(zoned, "t::timestamptz");
    copying_end(shifted, "t::timestamptz AT TIME ZONE 'UTC'");
}

/* One day of 29, which takes its turn through all months and leap years. */
static void dates(void **state)
{
    struct copying *copying = copying_begin("date", column_of(PG_DATE));
    int count = 0;

    (void)state;
    for (int year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= days_in(year, month); day++) {
                char text[40];

                if (count++ % 29 != 0)
                    continue;
                snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
                copying_add(copying, text_value(text), text);
            }
    copying_end(copying, "t::date");
}

/* t is the double's exact value: the server's numeric does the arithmetic, and rounds half away from zero. */
static void counted(enum time_unit unit, double scale, const char *expected)
{
    struct copying *copying = copying_begin("timestamp", column_counting(PG_TIMESTAMP, unit));
    char text[400];

    for (int i = 0; i < ROWS; i++) {
        double number = (double)between(-62000000000000000, 253000000000000000) / 1e6 * scale;

        if (next() % 4 == 0)
            number = ((double)between(-1000000, 1000000) + 0.5) / 1e6 * scale;
        else if (next() % 4 == 0)
            number = ldexp((double)between(-1000000000, 1000000000), -(int)between(0, 40)) * scale;
        if (unit == UNIT_JULIAN_DAYS)
            number += 2440587.5;
        snprintf(text, sizeof(text), "%.120f", number);
        copying_add(copying, REAL(number), text);
    }
    copying_end(copying, expected);
}

static void counted_moments(void **state)
{
    (void)state;
    counted(UNIT_SECONDS, 1, "'epoch'::timestamp + round(t::numeric, 6)::text::interval");
    counted(UNIT_MILLISECONDS, 1e3, "'epoch'::timestamp + round(t::numeric / 1000, 6)::text::interval");
    counted(UNIT_MICROSECONDS, 1e6, "'epoch'::timestamp + round(t::numeric / 1000000, 6)::text::interval");
    counted(UNIT_JULIAN_DAYS, 1.0 / 86400,
            "'epoch'::timestamp + (round(t::numeric * 86400000) / 1000 - 210866760000)::text::interval");
}

const struct CMUnitTest encode_server_moments[] = {
    cmocka_unit_test(moments), cmocka_unit_test(spans),           cmocka_unit_test(timestamps),
    cmocka_unit_test(dates),   cmocka_unit_test(counted_moments), {NULL, NULL, NULL, NULL, NULL},
};
