/* The types of columns that were declared by hand. */
#include "tests/unit/plan/asking.h"

static void integers_by_hand(void **state)
{
    static const struct question_case cases[] = {
        {"INTEGER", NULL, NONE, "bigint", UNIT_NONE},
        {"int", NULL, NONE, "bigint", UNIT_NONE},
        {"INT(11)", NULL, NONE, "bigint", UNIT_NONE},
        {"INTEGER AUTO_INCREMENT", NULL, NONE, "bigint", UNIT_NONE},
        {"BIGINT", NULL, NONE, "bigint", UNIT_NONE},
        {"INT64", NULL, NONE, "bigint", UNIT_NONE},
        {"SMALLINT", NULL, WHOLE, "smallint", UNIT_NONE},
        {"SMALLINT", "(-32768), (32767), (NULL)", WHOLE, "smallint", UNIT_NONE},
        {"SMALLINT", "(32768)", WHOLE, "bigint", UNIT_NONE},
        {"SMALLINT", "(-32769)", WHOLE, "bigint", UNIT_NONE},
        {"TINYINT", "(255)", WHOLE, "smallint", UNIT_NONE},
        {"MEDIUMINT", "(2147483647)", WHOLE, "integer", UNIT_NONE},
        {"MEDIUMINT", "(2147483648)", WHOLE, "bigint", UNIT_NONE},
        {"smallint unsigned", "(65535)", WHOLE, "bigint", UNIT_NONE},
        {"UNSIGNED BIG INT", NULL, WHOLE, "bigint", UNIT_NONE},
        {"BIGINT UNSIGNED", "(9223372036854775807)", WHOLE, "bigint", UNIT_NONE},
        {"BIGINT UNSIGNED", "(1), (18446744073709551615)", WHOLE, "numeric(20,0)", UNIT_NONE},
        {"BIGINT UNSIGNED", "(1), (1e300)", WHOLE, "bigint", UNIT_NONE},
        {"YEAR", "(2024), (1999)", WHOLE, "integer", UNIT_NONE},
        {"YEAR", "(2024), ('unknown')", WHOLE, "text", UNIT_NONE},
    };

    (void)state;
    CHECK_ALL(FRAMEWORK_NONE, cases);
}

static void booleans_by_hand(void **state)
{
    static const struct question_case cases[] = {
        {"BOOLEAN", "(2), ('maybe')", NONE, "boolean", UNIT_NONE},
        {"bool", NULL, NONE, "boolean", UNIT_NONE},
        {"TINYINT(1)", NULL, WHOLE, "boolean", UNIT_NONE},
        {"TINYINT(1)", "(0), (1), (NULL)", WHOLE, "boolean", UNIT_NONE},
        {"TINYINT(1)", "(0), (2)", WHOLE, "smallint", UNIT_NONE},
        {"TINYINT(1)", "(-1)", WHOLE, "smallint", UNIT_NONE},
        {"TINYINT(1)", "(70000)", WHOLE, "bigint", UNIT_NONE},
        {"BIT", "(1)", WHOLE, "boolean", UNIT_NONE},
        {"BIT(1)", "(5)", WHOLE, "smallint", UNIT_NONE},
        {"BIT(8)", "(255)", WHOLE, "bigint", UNIT_NONE},
        /* GORM declares booleans so */
        {"numeric DEFAULT false", "(0), (1)", WHOLE, "boolean", UNIT_NONE},
        {"numeric DEFAULT false", "(0), (1.5)", WHOLE, "numeric", UNIT_NONE},
        {"INTEGER DEFAULT TRUE", "(0), (1)", WHOLE, "boolean", UNIT_NONE},
        {"INTEGER DEFAULT TRUE", "(0), (2)", WHOLE, "bigint", UNIT_NONE},
        {"INTEGER DEFAULT 1", "(0), (1)", NONE, "bigint", UNIT_NONE},
    };

    (void)state;
    CHECK_ALL(FRAMEWORK_NONE, cases);
}

static void numbers_by_hand(void **state)
{
    static const struct question_case cases[] = {
        {"REAL", "(0.5)", NONE, "double precision", UNIT_NONE},
        {"FLOAT(11,2)", NULL, NONE, "double precision", UNIT_NONE},
        {"double precision", NULL, NONE, "double precision", UNIT_NONE},
        {"DECIMAL(10,2)", NULL, NONE, "numeric(10,2)", UNIT_NONE},
        {"NUMERIC ( 10 , 2 )", NULL, NONE, "numeric(10,2)", UNIT_NONE},
        {"DECIMAL(5)", NULL, NONE, "numeric(5,0)", UNIT_NONE},
        {"DECIMAL(2,5)", NULL, NONE, "numeric", UNIT_NONE},
        {"DECIMAL(5000,2)", NULL, NONE, "numeric", UNIT_NONE},
        {"DECIMAL(0)", NULL, NONE, "numeric", UNIT_NONE},
        {"NUMERIC", "(1), (2)", WHOLE, "numeric", UNIT_NONE},
        {"NUMERIC", "(1), (2.5)", WHOLE, "numeric", UNIT_NONE},
        {"NUMERIC", "(1), ('n/a')", WHOLE, "text", UNIT_NONE},
        {"NUMERIC", "(x'00ff')", WHOLE, "bytea", UNIT_NONE},
        {"MONEY", "(9.99)", WHOLE, "numeric", UNIT_NONE},
        {"CURRENCY", NULL, WHOLE, "numeric", UNIT_NONE},
    };

    (void)state;
    CHECK_ALL(FRAMEWORK_NONE, cases);
}

static void texts_by_hand(void **state)
{
    static const struct question_case cases[] = {
        {"TEXT", NULL, NONE, "text", UNIT_NONE},
        {"TEXT(255)", NULL, NONE, "text", UNIT_NONE},
        {"TEXT NOCASE", NULL, NONE, "text", UNIT_NONE},
        {"CLOB", NULL, NONE, "text", UNIT_NONE},
        {"VARCHAR(50)", NULL, NONE, "character varying(50)", UNIT_NONE},
        {"NVARCHAR(50)", NULL, NONE, "character varying(50)", UNIT_NONE},
        {"character varying (50)", NULL, NONE, "character varying(50)", UNIT_NONE},
        {"\"VARCHAR(255) CHARACTER SET utf8\"", NULL, NONE, "character varying(255)", UNIT_NONE},
        {"varchar", NULL, NONE, "character varying", UNIT_NONE},
        {"varchar(0)", NULL, NONE, "character varying", UNIT_NONE},
        {"varchar(99999999)", NULL, NONE, "character varying", UNIT_NONE},
        {"varchar(99999999999)", NULL, NONE, "character varying", UNIT_NONE},
        {"NATIVE CHARACTER(70)", NULL, NONE, "character varying(70)", UNIT_NONE},
        {"CHAR(3)", NULL, NONE, "character varying(3)", UNIT_NONE},
        {"CHAR", NULL, NONE, "character varying", UNIT_NONE},
        {"\"enum('a','b')\"", "('a')", NONE, "text", UNIT_NONE},
        {"STRING", "('123'), ('x')", WHOLE, "text", UNIT_NONE},
        {"STRING", "('123')", WHOLE, "text", UNIT_NONE},
        {"INTEGER_OR_TEXT", "(1), ('x')", WHOLE, "text", UNIT_NONE},
        {"INTEGER_OR_TEXT", NULL, WHOLE, "text", UNIT_NONE},
        {"INTEGER_OR_TEXT", "(x'00'), ('x')", WHOLE, "bytea", UNIT_NONE},
        {"interval", "('1 day')", NONE, "text", UNIT_NONE},
        {"\"int[]\"", "('{1,2}')", NONE, "text", UNIT_NONE},
        {"\"character varying(5)[]\"", NULL, NONE, "text", UNIT_NONE},
    };

    (void)state;
    CHECK_ALL(FRAMEWORK_NONE, cases);
}

static void unknown_types_hold_every_value(void **state)
{
    static const struct question_case cases[] = {
        {"", NULL, WHOLE, "text", UNIT_NONE},
        {"", "(NULL)", WHOLE, "text", UNIT_NONE},
        {"", "(1), (NULL)", WHOLE, "bigint", UNIT_NONE},
        {"", "(1.5)", WHOLE, "double precision", UNIT_NONE},
        {"", "(1.5), (9007199254740992)", WHOLE, "double precision", UNIT_NONE},
        {"", "(1.5), (9007199254740993)", WHOLE, "numeric", UNIT_NONE},
        {"", "('x')", WHOLE, "text", UNIT_NONE},
        {"", "('x'), (1), (1.5)", WHOLE, "text", UNIT_NONE},
        {"", "(x'00')", WHOLE, "bytea", UNIT_NONE},
        {"", "(x'41')", WHOLE, "bytea", UNIT_NONE},
        {"", "(x'41'), ('a')", WHOLE, "text", UNIT_NONE},
        {"", "(x'ff'), ('a')", WHOLE, "bytea", UNIT_NONE},
        {"", "(CAST(x'ff' AS TEXT)), ('a')", WHOLE, "bytea", UNIT_NONE},
        {"", "(x'41'), (1)", WHOLE, "text", UNIT_NONE},
        {"ANY", "(1), ('x')", WHOLE, "text", UNIT_NONE},
        {"INTEGE", "(1), ('x')", WHOLE, "text", UNIT_NONE},
        {"INTEGE", "(1)", WHOLE, "bigint", UNIT_NONE},
        {"INTEGE", NULL, WHOLE, "bigint", UNIT_NONE},
        {"timestampz", "('2024-01-01 00:00:00')", WHOLE, "text", UNIT_NONE},
        {"hstore", NULL, WHOLE, "text", UNIT_NONE},
        {"FLOATING POINT", NULL, WHOLE, "text", UNIT_NONE},
        {"unsigned", "(1)", WHOLE, "bigint", UNIT_NONE},
    };

    (void)state;
    CHECK_ALL(FRAMEWORK_NONE, cases);
}

static void bytes_by_hand(void **state)
{
    static const struct question_case cases[] = {
        {"BLOB", NULL, SAMPLE, "bytea", UNIT_NONE},
        {"BLOB", "(x'41'), ('a')", SAMPLE, "bytea", UNIT_NONE},
        {"BLOB", "('a')", SAMPLE, "text", UNIT_NONE},
        {"BLOB", "(CAST(x'ff' AS TEXT))", SAMPLE, "bytea", UNIT_NONE},
        {"BLOB", "(1), (2)", SAMPLE, "bigint", UNIT_NONE},
        {"VARBINARY(16)", "(x'00')", SAMPLE, "bytea", UNIT_NONE},
        {"MULTIPOLYGON", NULL, SAMPLE, "bytea", UNIT_NONE},
        {"POINT", "(x'00')", SAMPLE, "bytea", UNIT_NONE},
        {"POINT", "('POINT(1 2)')", SAMPLE, "text", UNIT_NONE},
    };

    (void)state;
    CHECK_ALL(FRAMEWORK_NONE, cases);
}

static void moments_by_hand(void **state)
{
    static const struct question_case cases[] = {
        {"DATETIME", NULL, SAMPLE, "timestamp without time zone", UNIT_NONE},
        {"DATETIME", "('2024-01-01 00:00:00')", SAMPLE, "timestamp without time zone", UNIT_NONE},
        {"DATETIME(6)", NULL, SAMPLE, "timestamp without time zone", UNIT_NONE},
        {"DATETIME", "(1647950409)", SAMPLE, "timestamp without time zone", UNIT_SECONDS},
        {"TIMESTAMP", "(1647950409737), (-1), (0)", SAMPLE, "timestamp without time zone", UNIT_MILLISECONDS},
        {"TIMESTAMP", "(1647950409737000)", SAMPLE, "timestamp without time zone", UNIT_MICROSECONDS},
        {"DATETIME", "(2459661.25), (2459661.0)", SAMPLE, "timestamp without time zone", UNIT_JULIAN_DAYS},
        {"DATETIME", "(13344473600000000)", SAMPLE, "timestamp without time zone", UNIT_WEBKIT},
        {"DATETIME", "(638355968000000000)", SAMPLE, "timestamp without time zone", UNIT_TICKS},
        {"DATETIME", "(1647950409.5)", SAMPLE, "timestamp without time zone", UNIT_SECONDS},
        {"DATETIME", "(1647950409737), ('2024-05-05 05:05:05'), (253402300799999)", SAMPLE,
         "timestamp without time zone", UNIT_MILLISECONDS},
        {"DATETIME", "(1647950409), (1647950409737)", SAMPLE, "timestamp without time zone", UNIT_NONE},
        /* dates that somebody could not tell are misfits, and no reason to give the type up */
        {"DATETIME", "(0)", SAMPLE, "timestamp without time zone", UNIT_NONE},
        {"DATETIME", "(''), (''), ('2024-01-01')", SAMPLE, "timestamp without time zone", UNIT_NONE},
        {"DATETIME", "('0000-00-00'), ('2024-01-01')", SAMPLE, "timestamp without time zone", UNIT_NONE},
        {"DATETIME", "('yesterday'), ('today'), ('2024-01-01')", SAMPLE, "text", UNIT_NONE},
        {"DATETIME", "(20180406034959)", SAMPLE, "bigint", UNIT_NONE},
        {"timestamp with time zone", "('2024-01-01 00:00:00Z')", SAMPLE, "timestamp with time zone",
         UNIT_NONE},
        {"TIMESTAMPTZ", NULL, SAMPLE, "timestamp with time zone", UNIT_NONE},
        {"DATE", "('2024-01-01')", SAMPLE, "date", UNIT_NONE},
        {"DATE", "('2024-01-01 00:00:00'), ('2024-01-01T00:00Z')", SAMPLE, "date", UNIT_NONE},
        {"DATE", "('2024-01-01'), ('2024-01-01 10:00:00')", SAMPLE, "timestamp without time zone", UNIT_NONE},
        {"DATE", "('2024-01-01 00:00:00+02:00')", SAMPLE, "timestamp without time zone", UNIT_NONE},
        {"DATE", "(1647950409)", SAMPLE, "timestamp without time zone", UNIT_SECONDS},
        {"DATE", "('1/2/2024')", SAMPLE, "text", UNIT_NONE},
        {"TIME", "('10:00'), ('10:00:00.5')", SAMPLE, "time without time zone", UNIT_NONE},
        {"TIME", "('2024-01-01 10:00')", SAMPLE, "timestamp without time zone", UNIT_NONE},
        {"TIME", "(90), (120)", SAMPLE, "bigint", UNIT_NONE},
        {"TIME", "('half past ten')", SAMPLE, "text", UNIT_NONE},
        {"timetz", NULL, SAMPLE, "time with time zone", UNIT_NONE},
    };

    (void)state;
    CHECK_ALL(FRAMEWORK_NONE, cases);
}

static void types_of_postgres_pass_through(void **state)
{
    static const struct question_case cases[] = {
        {"UUID", NULL, WHOLE, "uuid", UNIT_NONE},
        {"GUID", "('12345678-9abc-def0-1234-56789abcdef0'), (x'123456789ABCDEF0123456789ABCDEF0')", WHOLE,
         "uuid", UNIT_NONE},
        {"UNIQUEIDENTIFIER", "('123456789abcdef0123456789abcdef0'), (NULL)", WHOLE, "uuid", UNIT_NONE},
        {"uuid", "('00000000000000000000000000000000')", WHOLE, "uuid", UNIT_NONE},
        {"uuid", "('123456789abcdef0123456789abcdef0'), ('none')", WHOLE, "text", UNIT_NONE},
        {"uuid", "('12345678901234567890123456789012')", WHOLE, "double precision", UNIT_NONE},
        {"json", NULL, NONE, "json", UNIT_NONE},
        {"JSONB", NULL, NONE, "jsonb", UNIT_NONE},
        {"inet", NULL, NONE, "inet", UNIT_NONE},
        {"cidr", NULL, NONE, "cidr", UNIT_NONE},
        {"macaddr", NULL, NONE, "macaddr", UNIT_NONE},
        {"TEXT CHECK (json_valid(c))", NULL, NONE, "json", UNIT_NONE},
        {"TEXT CHECK (json_valid(other))", NULL, NONE, "text", UNIT_NONE},
    };

    (void)state;
    CHECK_ALL(FRAMEWORK_NONE, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_by_hand),
        cmocka_unit_test(booleans_by_hand),
        cmocka_unit_test(numbers_by_hand),
        cmocka_unit_test(texts_by_hand),
        cmocka_unit_test(unknown_types_hold_every_value),
        cmocka_unit_test(bytes_by_hand),
        cmocka_unit_test(moments_by_hand),
        cmocka_unit_test(types_of_postgres_pass_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
