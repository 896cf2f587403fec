#include "tests/unit.h"

#include <string.h>

#include "plan/typemap.h"
#include "tests/unit/plan/fixture.h"

enum {
    NONE = SURVEY_NOT_NEEDED,
    SAMPLE = SURVEY_SAMPLE,
    WHOLE = SURVEY_WHOLE
};

/* The column c of a table t. */
struct question_case {
    const char *declared; /* and what follows it */
    const char *values;   /* of INSERT; NULL: the table is empty */
    int need;
    const char *type;
    enum time_unit unit;
};

struct answer {
    enum survey_need need;
    struct str type;
    enum time_unit unit;
    struct str reason;
    bool drop_checks;
};

static struct answer ask(struct arena *arena, enum framework_id framework_id, const char *sql,
                         struct type_options options)
{
    sqlite3 *db = fixture_make(sql);
    struct schema schema = fixture_schema(arena, db);
    struct framework framework = {.id = framework_id, .name = "Framework", .schema = &schema};
    struct table *table = schema_table(&schema, (struct str)STR("t"));
    int place = table_column(table, (struct str)STR("c"));
    const struct column *column;
    struct type_choice first;
    struct type_choice last;
    struct column_facts facts;

    assert_true(place >= 0);
    column = &table->columns[place];
    first = type_choose(arena, &framework, table, column, NULL, &options);
    facts = fixture_facts(db, table, column);
    last = first.need == SURVEY_NOT_NEEDED ? first
                                           : type_choose(arena, &framework, table, column, &facts, &options);
    assert_int_equal(last.need, SURVEY_NOT_NEEDED);
    assert_true(last.reason.len > 0);
    sqlite3_close(db);
    return (struct answer){first.need, pg_type_text(arena, &last.type), last.unit, last.reason,
                           last.drop_checks};
}

static void check_all(enum framework_id framework, const struct question_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct str create = str_printf(arena, "CREATE TABLE t (other, c %s);", cases[i].declared);
        struct str insert = {NULL, 0};
        struct answer answer;

        if (cases[i].values != NULL)
            insert = str_printf(arena, "INSERT INTO t (c) VALUES %s;", cases[i].values);
        answer = ask(arena, framework, str_printf(arena, "%s%.*s", create.ptr, STR_ARGS(insert)).ptr,
                     (struct type_options){false});
        if (!str_is(answer.type, cases[i].type) || (int)answer.need != cases[i].need ||
            answer.unit != cases[i].unit)
            fail_msg("%s of %s: %s, need %d, unit %d (%s)", cases[i].declared,
                     cases[i].values == NULL ? "nothing" : cases[i].values, answer.type.ptr, (int)answer.need,
                     (int)answer.unit, answer.reason.ptr);
        arena_free(arena);
    }
}

#define CHECK_ALL(framework, cases) check_all((framework), (cases), ARRAY_LENGTH(cases))

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
    assert_true(choice.drop_checks);
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
        cmocka_unit_test(integers_by_hand),
        cmocka_unit_test(booleans_by_hand),
        cmocka_unit_test(numbers_by_hand),
        cmocka_unit_test(texts_by_hand),
        cmocka_unit_test(unknown_types_hold_every_value),
        cmocka_unit_test(bytes_by_hand),
        cmocka_unit_test(moments_by_hand),
        cmocka_unit_test(types_of_postgres_pass_through),
        cmocka_unit_test(frameworks_mean_what_they_declare),
        cmocka_unit_test(keys),
        cmocka_unit_test(keys_beyond_integer_are_bigint),
        cmocka_unit_test(enums_take_their_labels_from_the_check),
        cmocka_unit_test(reasons_are_for_people),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
