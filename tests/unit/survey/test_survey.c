#include "tests/unit.h"

#include <math.h>
#include <string.h>

#include "survey/survey.h"

static void add_integer(struct column_facts *facts, int64_t integer)
{
    survey_add(facts, &(struct value){.kind = VALUE_INTEGER, .integer = integer});
}

static void add_real(struct column_facts *facts, double real)
{
    survey_add(facts, &(struct value){.kind = VALUE_REAL, .real = real});
}

static void add_text(struct column_facts *facts, const char *text)
{
    survey_add(facts, &(struct value){.kind = VALUE_TEXT, .bytes = str_from(text)});
}

static void ranges_start_with_the_first_value(void **state)
{
    struct column_facts facts = {0};

    (void)state;
    add_integer(&facts, -7);
    assert_int_equal(facts.integer_min, -7);
    assert_int_equal(facts.integer_max, -7);
    add_integer(&facts, INT64_MIN);
    add_integer(&facts, INT64_MAX);
    survey_add(&facts, &(struct value){.kind = VALUE_NULL});
    assert_true(facts.integer_min == INT64_MIN && facts.integer_max == INT64_MAX);
    assert_int_equal(facts.integers, 3);
    assert_int_equal(facts.nulls, 1);
    add_real(&facts, -2.5);
    assert_true(facts.real_min < -2.4 && facts.real_max < -2.4);
}

static void reals_are_looked_at_closely(void **state)
{
    struct column_facts facts = {0};

    (void)state;
    add_real(&facts, 0.1);  /* no float */
    add_real(&facts, 0.25); /* a float */
    add_real(&facts, 1e300);
    add_real(&facts, -3.0);
    add_real(&facts, (double)INFINITY);
    assert_int_equal(facts.reals, 5);
    assert_int_equal(facts.reals_integral, 2);
    assert_int_equal(facts.reals_single, 3);
}

static void texts_are_counted_by_what_they_are(void **state)
{
    struct column_facts facts = {0};

    (void)state;
    add_text(&facts, "2024-02-29");
    add_text(&facts, "2024-02-29 00:00:00");
    add_text(&facts, "2024-02-29 00:00:00+02:00");
    add_text(&facts, "2024-02-29 12:00:00.5Z");
    add_text(&facts, "12:00");
    add_text(&facts, "12:00+01");
    add_text(&facts, "12345678-9abc-def0-1234-56789abcdef0");
    add_text(&facts, "1.5");
    add_text(&facts, "");
    add_text(&facts, "h\xc3\xa9llo w\xc3\xb6rld, and so on, and so on, and so on");
    assert_int_equal(facts.texts, 10);
    assert_int_equal(facts.texts_date, 1);
    assert_int_equal(facts.texts_datetime, 3);
    assert_int_equal(facts.texts_midnight, 1);
    assert_int_equal(facts.texts_offset, 2);
    assert_int_equal(facts.texts_time, 2);
    assert_int_equal(facts.texts_time_offset, 1);
    assert_int_equal(facts.fraction_digits, 1);
    assert_int_equal(facts.texts_uuid, 1);
    assert_int_equal(facts.texts_number, 1);
    assert_int_equal(facts.texts_empty, 1);
    assert_int_equal(facts.texts_invalid, 0);
    assert_int_equal(facts.characters_max, 44);
}

static void bytes_that_are_no_text(void **state)
{
    struct column_facts facts = {0};

    (void)state;
    add_text(&facts, "\xff");
    survey_add(&facts, &(struct value){.kind = VALUE_TEXT, .bytes = {"a\0b", 3}});
    survey_add(&facts, &(struct value){.kind = VALUE_BLOB, .bytes = {"abc", 3}});
    survey_add(&facts, &(struct value){.kind = VALUE_BLOB,
                                       .bytes = {"\0abcdef\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16}});
    survey_add(&facts, &(struct value){.kind = VALUE_BLOB, .bytes = {NULL, 0}});
    assert_int_equal(facts.texts_invalid, 2);
    assert_int_equal(facts.characters_max, 0);
    assert_int_equal(facts.blobs, 3);
    assert_int_equal(facts.blobs_text, 2);
    assert_int_equal(facts.blobs_uuid, 1);
}

static void units_by_plausible_years(void **state)
{
    static const struct {
        double number;
        enum time_unit unit;
    } cases[] = {
        {0, UNIT_NONE},
        {-1, UNIT_NONE},
        {1709210096, UNIT_SECONDS},
        {1709210096.789, UNIT_SECONDS},
        {94694400, UNIT_SECONDS}, /* 1973-01-01 */
        {94694399, UNIT_NONE},
        {7289654399, UNIT_SECONDS}, /* 2200-12-31 */
        {7289654400, UNIT_NONE},
        {1709210096789, UNIT_MILLISECONDS},
        {1709210096789012, UNIT_MICROSECONDS},
        {13344473600000000.0, UNIT_WEBKIT},
        {11739168000000000.0, UNIT_WEBKIT}, /* 1973-01-01 */
        {11739167999999998.0, UNIT_NONE},
        {18934128000000000.0, UNIT_NONE}, /* 2201-01-01 */
        {638355968000000000.0, UNIT_TICKS},
        {622302912000000000.0, UNIT_TICKS}, /* 1973-01-01 */
        {622302911999999872.0, UNIT_NONE},
        {694252512000000000.0, UNIT_NONE}, /* 2201-01-01 */
        {2459661, UNIT_JULIAN_DAYS},
        {2459661.5, UNIT_JULIAN_DAYS},
        {253402300799.0, UNIT_NONE},         /* 9999-12-31 in seconds: 1978 in milliseconds */
        {253402300799999.0, UNIT_NONE},      /* in milliseconds: 1978 in microseconds */
        {252460800000.0, UNIT_MILLISECONDS}, /* 1978-01-01 */
        {-62135596800000.0, UNIT_NONE},      /* year 1 */
        {20180406034959.0, UNIT_NONE},       /* YYYYMMDDHHMMSS */
        {20180406, UNIT_NONE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (survey_unit_of(cases[i].number) != cases[i].unit)
            fail_msg("%.3f is of unit %d", cases[i].number, (int)survey_unit_of(cases[i].number));
}

static void numbers_vote_for_their_unit(void **state)
{
    struct column_facts facts = {0};

    (void)state;
    add_integer(&facts, 1709210096789);
    add_integer(&facts, -1);
    add_real(&facts, 2459661.5);
    assert_int_equal(facts.moments[UNIT_MILLISECONDS], 1);
    assert_int_equal(facts.moments[UNIT_JULIAN_DAYS], 1);
    assert_int_equal(facts.moments[UNIT_NONE], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_start_with_the_first_value),  cmocka_unit_test(reals_are_looked_at_closely),
        cmocka_unit_test(texts_are_counted_by_what_they_are), cmocka_unit_test(bytes_that_are_no_text),
        cmocka_unit_test(units_by_plausible_years),           cmocka_unit_test(numbers_vote_for_their_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
