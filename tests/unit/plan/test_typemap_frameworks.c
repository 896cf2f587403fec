/* The types that frameworks mean, and what keys, CHECKs and reasons say beyond them. */
#include <string.h>

#include "tests/unit/plan/asking.h"
#include "tests/unit/plan/fixture.h"

static void frameworks_mean_what_they_declare(void **state)
{
    static const struct question_case sqlalchemy[] = {
        {"INTEGER", "(5000000000)", NONE, "integer", UNIT_NONE},
        {"SMALLINT", NULL, NONE, "smallint", UNIT_NONE},
        {"DATETIME", "('garbage')", SAMPLE, "timestamp without time zone", UNIT_NONE},
        {"CHAR(32)", "('123456789abcdef0123456789abcdef0')", WHOLE, "uuid", UNIT_NONE},
        {"CHAR(32)", "('abc')", WHOLE, "character(32)", UNIT_NONE},
        {"CHAR(33)", "('123456789abcdef0123456789abcdef0')", NONE, "character(33)", UNIT_NONE},
        {"BINARY(16)", "(x'00')", WHOLE, "bytea", UNIT_NONE},
        {"REAL", "(0.25)", WHOLE, "real", UNIT_NONE},
        {"REAL", "(0.1)", WHOLE, "double precision", UNIT_NONE},
        {"REAL", "(1e300)", WHOLE, "double precision", UNIT_NONE},
        {"WHATEVER", "(1), ('x')", WHOLE, "text", UNIT_NONE},
        /* as long as the longest label, and named: an Enum; else a CHECK that somebody wrote */
        {"VARCHAR(3), CONSTRAINT color CHECK (c IN ('red', '\xc3\xbc'))", NULL, NONE, "\"color\"", UNIT_NONE},
        {"VARCHAR(20), CONSTRAINT color CHECK (c IN ('red', 'blue'))", NULL, NONE, "character varying(20)",
         UNIT_NONE},
        {"VARCHAR(4), CHECK (c IN ('red', 'blue'))", NULL, NONE, "character varying(4)", UNIT_NONE},
        {"VARCHAR(4), CONSTRAINT color CHECK (c NOT IN ('red', 'blue'))", NULL, NONE, "character varying(4)",
         UNIT_NONE},
    };
    static const struct question_case django[] = {
        {"text CHECK ((JSON_VALID(\"c\") OR \"c\" IS NULL))", NULL, NONE, "jsonb", UNIT_NONE},
        {"char(39)", NULL, NONE, "inet", UNIT_NONE},
        {"real", "(0.1)", NONE, "double precision", UNIT_NONE},
    };
    static const struct question_case rails[] = {
        {"integer", "(5000000000)", NONE, "integer", UNIT_NONE},
        {"integer DEFAULT NULL", "(5000000000)", WHOLE, "bigint", UNIT_NONE},
        {"integer DEFAULT NULL", "(5)", WHOLE, "integer", UNIT_NONE},
        {"integer(3)", NULL, NONE, "integer", UNIT_NONE},
        {"datetime(3)", NULL, SAMPLE, "timestamp(3) without time zone", UNIT_NONE},
        {"float(25)", NULL, NONE, "double precision", UNIT_NONE},
    };
    static const struct question_case laravel[] = {
        {"varchar", "('x')", WHOLE, "character varying(255)", UNIT_NONE},
        {"varchar", "(printf('%0300d', 1))", WHOLE, "character varying", UNIT_NONE},
        {"datetime", "('2024-01-01 00:00:00')", WHOLE, "timestamp(0) without time zone", UNIT_NONE},
        {"datetime", "('2024-01-01 00:00:00.5')", WHOLE, "timestamp(6) without time zone", UNIT_NONE},
        {"datetime", "('2024-01-01 00:00:00+05:30')", WHOLE, "timestamp(0) with time zone", UNIT_NONE},
        {"time", "('12:00:00+05:30')", WHOLE, "time(0) with time zone", UNIT_NONE},
    };
    static const struct question_case knex[] = {
        {"datetime", "('2024-05-05 05:05:05')", SAMPLE, "timestamp with time zone", UNIT_MILLISECONDS},
        {"datetime", "(1709210096)", SAMPLE, "timestamp with time zone", UNIT_SECONDS},
    };
    static const struct question_case typeorm[] = {
        {"varchar CHECK( \"c\" IN ('a','b b') )", NULL, NONE, "\"t_c_enum\"", UNIT_NONE},
        {"varchar, CONSTRAINT \"CHK_x\" CHECK (c IN ('a','b'))", NULL, NONE, "character varying", UNIT_NONE},
        {"datetime", NULL, SAMPLE, "timestamp without time zone", UNIT_NONE},
        {"jsonb", NULL, NONE, "jsonb", UNIT_NONE},
        {"boolean", NULL, NONE, "boolean", UNIT_NONE},
        {"decimal(10,2)", NULL, NONE, "numeric(10,2)", UNIT_NONE},
    };
    static const struct question_case peewee[] = {
        {"INTEGER", "(3232235521)", WHOLE, "bigint", UNIT_NONE},
        {"INTEGER", "(1)", WHOLE, "integer", UNIT_NONE},
        {"REAL", "(0.25)", NONE, "double precision", UNIT_NONE},
        {"DECIMAL(10, 5)", NULL, NONE, "numeric(10,5)", UNIT_NONE},
        {"BLOB", "('a')", NONE, "bytea", UNIT_NONE},
    };

    (void)state;
    CHECK_ALL(FRAMEWORK_SQLALCHEMY, sqlalchemy);
    CHECK_ALL(FRAMEWORK_DJANGO, django);
    CHECK_ALL(FRAMEWORK_RAILS, rails);
    CHECK_ALL(FRAMEWORK_LARAVEL, laravel);
    CHECK_ALL(FRAMEWORK_KNEX, knex);
    CHECK_ALL(FRAMEWORK_TYPEORM, typeorm);
    CHECK_ALL(FRAMEWORK_PEEWEE, peewee);
}

static void keys(void **state)
{
    static const struct {
        enum framework_id framework;
        const char *sql;
        bool integers_declared;
        const char *type;
    } cases[] = {
        {FRAMEWORK_NONE, "CREATE TABLE t (c INTEGER PRIMARY KEY)", false, "bigint"},
        {FRAMEWORK_NONE, "CREATE TABLE t (c INTEGER PRIMARY KEY)", true, "integer"},
        {FRAMEWORK_NONE, "CREATE TABLE t (c INTEGER)", true, "integer"},
        {FRAMEWORK_NONE, "CREATE TABLE t (c BIGINT)", true, "bigint"},
        {FRAMEWORK_SQLALCHEMY, "CREATE TABLE t (c INTEGER NOT NULL, PRIMARY KEY (c))", false, "integer"},
        {FRAMEWORK_SQLALCHEMY,
         "CREATE TABLE t (c INTEGER PRIMARY KEY); CREATE TABLE k (t_id BIGINT REFERENCES t (c))", false,
         "bigint"},
        {FRAMEWORK_RAILS, "CREATE TABLE t (c integer PRIMARY KEY AUTOINCREMENT NOT NULL)", false, "bigint"},
        {FRAMEWORK_LARAVEL, "CREATE TABLE t (c integer primary key)", false, "bigint"},
        {FRAMEWORK_DJANGO, "CREATE TABLE t (c integer PRIMARY KEY)", false, "bigint"},
        {FRAMEWORK_DJANGO, "CREATE TABLE t (c integer PRIMARY KEY); CREATE TABLE k (a integer REFERENCES t)",
         false, "integer"},
        {FRAMEWORK_DJANGO,
         "CREATE TABLE t (c integer PRIMARY KEY); CREATE TABLE k (a smallint REFERENCES T(C))", false,
         "smallint"},
        {FRAMEWORK_DJANGO,
         "CREATE TABLE t (c integer PRIMARY KEY); CREATE TABLE k (a integer REFERENCES t, b bigint "
         "REFERENCES t)",
         false, "bigint"},
        /* a key of two columns and a reference to another column say nothing */
        {FRAMEWORK_DJANGO,
         "CREATE TABLE t (c integer PRIMARY KEY, d integer UNIQUE); CREATE TABLE k (a integer REFERENCES t "
         "(d))",
         false, "bigint"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct answer answer = ask(arena, cases[i].framework, cases[i].sql,
                                   (struct type_options){.integers_declared = cases[i].integers_declared});

        if (!str_is(answer.type, cases[i].type))
            fail_msg("%s: %s (%s)", cases[i].sql, answer.type.ptr, answer.reason.ptr);
        assert_int_equal(answer.need, SURVEY_NOT_NEEDED);
        arena_free(arena);
    }
}

static void keys_beyond_integer_are_bigint(void **state)
{
    struct arena *arena = arena_new();
    sqlite3 *db = fixture_make("CREATE TABLE t (c INTEGER PRIMARY KEY AUTOINCREMENT)");
    struct schema schema = fixture_schema(arena, db);
    struct table *table = &schema.tables[0];
    struct framework framework = {.id = FRAMEWORK_SQLALCHEMY, .name = "SQLAlchemy", .schema = &schema};
    struct type_options options = {false};

    (void)state;
    table->rows = 3;
    table->rowid_min = -1;
    table->rowid_max = INT32_MAX;
    table->sequence = INT32_MAX;
    assert_int_equal(type_choose(arena, &framework, table, &table->columns[0], NULL, &options).type.kind,
                     PG_INT4);
    table->rowid_max++;
    assert_int_equal(type_choose(arena, &framework, table, &table->columns[0], NULL, &options).type.kind,
                     PG_INT8);
    table->rows = 0; /* all deleted, and still remembered */
    assert_int_equal(type_choose(arena, &framework, table, &table->columns[0], NULL, &options).type.kind,
                     PG_INT4);
    table->sequence++;
    assert_int_equal(type_choose(arena, &framework, table, &table->columns[0], NULL, &options).type.kind,
                     PG_INT8);
    sqlite3_close(db);
    arena_free(arena);
}

static void enums_take_their_labels_from_the_check(void **state)
{
    struct arena *arena = arena_new();
    sqlite3 *db =
        fixture_make("CREATE TABLE t (c VARCHAR(4), CONSTRAINT mood CHECK (c IN ('sad', 'it''s', 'sad')))");
    struct schema schema = fixture_schema(arena, db);
    struct framework framework = {.id = FRAMEWORK_SQLALCHEMY, .name = "SQLAlchemy", .schema = &schema};
    struct type_options options = {false};
    struct type_choice choice =
        type_choose(arena, &framework, &schema.tables[0], &schema.tables[0].columns[0], NULL, &options);

    (void)state;
    assert_int_equal(choice.type.kind, PG_ENUM);
    assert_str_equal(choice.type.name, "mood");
    assert_int_equal(choice.type.label_count, 2);
    assert_str_equal(choice.type.labels[0], "sad");
    assert_str_equal(choice.type.labels[1], "it's");
    assert_true(check_spells_type(&schema.tables[0], &schema.tables[0].checks[0],
                                  &schema.tables[0].columns[0], &choice.type));
    sqlite3_close(db);
    arena_free(arena);
}

static void reasons_are_for_people(void **state)
{
    static const struct {
        enum framework_id framework;
        const char *sql;
        const char *reason;
    } cases[] = {
        {FRAMEWORK_NONE, "CREATE TABLE t (c TEXT)", "declared TEXT"},
        {FRAMEWORK_NONE, "CREATE TABLE t (c); INSERT INTO t VALUES (1), ('a'), ('b')",
         "no declared type; 1 integer, 2 texts"},
        {FRAMEWORK_NONE, "CREATE TABLE t (c SMALLINT); INSERT INTO t VALUES (1), (-70000)",
         "declared SMALLINT; its values reach -70000"},
        {FRAMEWORK_NONE, "CREATE TABLE t (c DATETIME); INSERT INTO t VALUES ('no'), ('never')",
         "declared DATETIME, which its values are not: 2 texts"},
        {FRAMEWORK_NONE, "CREATE TABLE t (c DATETIME); INSERT INTO t VALUES (1647950409)",
         "declared DATETIME; its numbers are seconds since 1970"},
        {FRAMEWORK_DJANGO, "CREATE TABLE t (c datetime)", "Framework: datetime is timestamp with time zone"},
        {FRAMEWORK_DJANGO, "CREATE TABLE t (c char(39))", "Framework: char(39) is a GenericIPAddressField"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();

        assert_str_equal(ask(arena, cases[i].framework, cases[i].sql, (struct type_options){false}).reason,
                         cases[i].reason);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frameworks_mean_what_they_declare),
        cmocka_unit_test(keys),
        cmocka_unit_test(keys_beyond_integer_are_bigint),
        cmocka_unit_test(enums_take_their_labels_from_the_check),
        cmocka_unit_test(reasons_are_for_people),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
