#include "encoding.h"

#include <stdlib.h>

#include "transfer/repair.h"

/* What becomes of a text in a column of that kind; "NULL" and numbers as texts, NULL: it is not repaired. */
static void assert_repaired(enum pg_kind kind, enum repair_encoding encoding, struct value value,
                            const char *expected)
{
    struct plan_column plan = column_of(kind);
    struct value repaired;
    struct buf room;
    const char *what = NULL;
    bool done;

    buf_init(&room, 10000);
    buf_text(&room, "left from before");
    done = repair_value(&plan, encoding, &value, &room, &repaired, &what);
    if (done != (expected != NULL))
        fail_msg("%s: %.*s", expected == NULL ? "repaired" : "not repaired", STR_ARGS(value.bytes));
    if (done) {
        assert_non_null(what);
        if (repaired.kind == VALUE_NULL) {
            assert_string_equal(expected, "NULL");
        } else if (repaired.kind == VALUE_REAL) {
            assert_true(repaired.real == strtod(expected, NULL));
        } else {
            assert_int_equal(repaired.bytes.len, strlen(expected));
            assert_memory_equal(repaired.bytes.ptr, expected, strlen(expected));
        }
    }
    buf_free(&room);
}

static void nuls_are_removed_from_text(void **state)
{
    (void)state;
    assert_repaired(PG_TEXT, REPAIR_NONE, TEXT("a\0b"), "ab");
    assert_repaired(PG_VARCHAR, REPAIR_NONE, TEXT("\0a\0\0"), "a");
    assert_repaired(PG_CHAR, REPAIR_NONE, TEXT("\0"), "");
    assert_repaired(PG_TEXT, REPAIR_CP1252, TEXT("\xe9\0"), "\xc3\xa9");
    assert_repaired(PG_TEXT, REPAIR_NONE, BLOB("a\0b"), NULL);
    assert_repaired(PG_TEXT, REPAIR_NONE, TEXT("sound"), NULL);
    assert_repaired(PG_BYTEA, REPAIR_NONE, TEXT("a\0b"), NULL);
}

static void other_encodings_are_read_only_when_asked(void **state)
{
    (void)state;
    assert_repaired(PG_TEXT, REPAIR_NONE, TEXT("caf\xe9"), NULL);
    assert_repaired(PG_TEXT, REPAIR_LATIN1, TEXT("caf\xe9 \x80"), "caf\xc3\xa9 \xc2\x80");
    assert_repaired(PG_TEXT, REPAIR_CP1252, TEXT("5 \x80"), "5 \xe2\x82\xac");
    assert_repaired(PG_TEXT, REPAIR_CP1252, TEXT("\x9f\xff\xa0"), "\xc5\xb8\xc3\xbf\xc2\xa0");
    assert_repaired(PG_TEXT, REPAIR_CP1252, TEXT("\x81"), NULL);          /* not assigned */
    assert_repaired(PG_TEXT, REPAIR_CP1252, TEXT("\xc3\xa9 \xe9"), NULL); /* both encodings in one text */
    assert_repaired(PG_TEXT, REPAIR_LATIN1, BLOB("\xe9"), NULL);
}

static void nothing_is_null_where_no_text_is_meant(void **state)
{
    static const enum pg_kind kinds[] = {PG_BOOL,        PG_INT2, PG_INT8,   PG_FLOAT8, PG_NUMERIC,
                                         PG_DATE,        PG_TIME, PG_TIMETZ, PG_UUID,   PG_TIMESTAMP,
                                         PG_TIMESTAMPTZ, PG_JSON, PG_INET,   PG_JSONB};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        assert_repaired(kinds[i], REPAIR_NONE, TEXT(""), "NULL");
        assert_repaired(kinds[i], REPAIR_NONE, TEXT(" \t"), "NULL");
        assert_repaired(kinds[i], REPAIR_NONE, BLOB(""), NULL);
    }
    assert_repaired(PG_TEXT, REPAIR_NONE, TEXT(""), NULL);
    assert_repaired(PG_ENUM, REPAIR_NONE, TEXT(""), NULL);
}

static void zero_dates_are_null(void **state)
{
    (void)state;
    assert_repaired(PG_DATE, REPAIR_NONE, TEXT("0000-00-00"), "NULL");
    assert_repaired(PG_TIMESTAMP, REPAIR_NONE, TEXT("0000-00-00 00:00:00"), "NULL");
    assert_repaired(PG_TIMESTAMPTZ, REPAIR_NONE, TEXT(" 0000-00-00T00:00:00.000Z"), "NULL");
    assert_repaired(PG_TIMESTAMP, REPAIR_NONE, TEXT("0000-00-00 10:00:00"), NULL);
    assert_repaired(PG_DATE, REPAIR_NONE, TEXT("2024-00-00"), NULL);
    assert_repaired(PG_DATE, REPAIR_NONE, TEXT("0000-00-00\0"), NULL);
    assert_repaired(PG_TIME, REPAIR_NONE, TEXT("0000-00-00"), NULL);
}

static void json_loses_its_nuls(void **state)
{
    (void)state;
    assert_repaired(PG_JSON, REPAIR_NONE, TEXT("{\"a\": \"x\\u0000y\"}"), "{\"a\": \"xy\"}");
    assert_repaired(PG_JSONB, REPAIR_NONE, TEXT("\"\\\\u0000\\u0000\""), "\"\\\\u0000\"");
    assert_repaired(PG_JSONB, REPAIR_NONE, TEXT("\"a\0\""), "\"a\"");
    assert_repaired(PG_JSONB, REPAIR_NONE, TEXT("\"\\\\u0000\""), NULL);
    assert_repaired(PG_JSON, REPAIR_NONE, TEXT("{'a': 1}"), NULL);
}

static void spaces_around_are_removed(void **state)
{
    (void)state;
    assert_repaired(PG_INT4, REPAIR_NONE, TEXT(" 12\n"), "12");
    assert_repaired(PG_FLOAT8, REPAIR_NONE, TEXT(" 1.5 "), "1.5");
    assert_repaired(PG_BOOL, REPAIR_NONE, TEXT(" t"), "t");
    assert_repaired(PG_DATE, REPAIR_NONE, TEXT("2024-01-01 "), "2024-01-01");
    assert_repaired(PG_FLOAT8, REPAIR_NONE, TEXT(" abc "), NULL);
    assert_repaired(PG_TEXT, REPAIR_NONE, TEXT(" a "), NULL);
}

static void thousands_are_joined_where_there_is_one_reading(void **state)
{
    static const struct {
        const char *text;
        const char *number;
    } cases[] = {
        {"1,234,567", "1234567"}, {"1,234.5", "1234.5"}, {"1.234,56", "1234.56"},
        {"1.234.567", "1234567"}, {"1 234", "1234"},     {"-12'345.67", "-12345.67"},
        {"1_000_000", "1000000"}, {"1 234,5", "1234.5"}, {" 1,234.5 ", "1234.5"},
        {"1,234", NULL},          {"1.234.5", NULL},     {"1,23,456", NULL},
        {"1,2345.6", NULL},       {"1234,567.8", NULL},  {"0,123.4", NULL},
        {"1 234,567", NULL},      {",123.4", NULL},      {"1,234.", NULL},
        {"1,234.5.6", NULL},      {"12 34", NULL},       {"1,234 567", NULL},
        {"$1,234.5", NULL},       {"1,5", NULL},         {"1-234", NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_repaired(PG_NUMERIC, REPAIR_NONE, text_value(cases[i].text), cases[i].number);
        assert_repaired(PG_FLOAT8, REPAIR_NONE, text_value(cases[i].text), cases[i].number);
    }
    assert_repaired(PG_DATE, REPAIR_NONE, TEXT("1,234,567"), NULL);
    assert_repaired(PG_NUMERIC, REPAIR_NONE,
                    TEXT("1\0"
                         "234"),
                    NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nuls_are_removed_from_text),
        cmocka_unit_test(other_encodings_are_read_only_when_asked),
        cmocka_unit_test(nothing_is_null_where_no_text_is_meant),
        cmocka_unit_test(zero_dates_are_null),
        cmocka_unit_test(json_loses_its_nuls),
        cmocka_unit_test(spaces_around_are_removed),
        cmocka_unit_test(thousands_are_joined_where_there_is_one_reading),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
