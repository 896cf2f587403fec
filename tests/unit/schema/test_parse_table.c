#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

#include "schema/parse.h"

static struct table parse(struct arena *arena, const char *sql)
{
    struct table table = {0};
    struct err err = {0};

    if (!parse_table(arena, str_from(sql), &table, &err))
        fail_msg("%s\n  %s", sql, err.primary);
    return table;
}

static void names_and_their_quotes(void **state)
{
    struct arena *arena = arena_new();
    struct table table = parse(arena, "CREATE TABLE main.\"T\"\"x\"([a b] int, 'c' x, `d`, e)");

    (void)state;
    assert_str_equal(table.name.text, "T\"x");
    assert_int_equal(table.name.quote, QUOTE_DOUBLE);
    assert_int_equal(table.columns[0].name.quote, QUOTE_BRACKET);
    assert_int_equal(table.columns[1].name.quote, QUOTE_SINGLE);
    assert_int_equal(table.columns[2].name.quote, QUOTE_BACKTICK);
    assert_int_equal(table.columns[3].name.quote, QUOTE_NONE);
    arena_free(arena);
}

static void constraint_names(void **state)
{
    struct arena *arena = arena_new();
    struct table table = parse(
        arena, "CREATE TABLE t(a INT CONSTRAINT nn NOT NULL CHECK (a) CONSTRAINT \"c 1\" CHECK (a > 1) "
               "CONSTRAINT lost CONSTRAINT u UNIQUE CONSTRAINT d DEFAULT 1 CHECK (a > 2) CONSTRAINT unused,"
               " b INT CHECK (b) CONSTRAINT f REFERENCES p,"
               " CONSTRAINT pk PRIMARY KEY (a), CONSTRAINT x, UNIQUE (b), CONSTRAINT y UNIQUE (b, a)"
               " CHECK (1) CONSTRAINT z FOREIGN KEY (a) REFERENCES q)");

    (void)state;
    assert_str_equal(table.columns[0].not_null_name, "nn");
    assert_int_equal(table.check_count, 5);
    assert_null(table.checks[0].name.text.ptr);
    assert_str_equal(table.checks[1].name.text, "c 1");
    assert_int_equal(table.checks[1].name.quote, QUOTE_DOUBLE);
    assert_null(table.checks[2].name.text.ptr);
    assert_null(table.checks[3].name.text.ptr);
    assert_null(table.checks[4].name.text.ptr);
    assert_str_equal(table.primary->name.text, "pk");
    assert_int_equal(table.unique_count, 3);
    assert_str_equal(table.uniques[0].name.text, "u");
    assert_null(table.uniques[1].name.text.ptr);
    assert_str_equal(table.uniques[2].name.text, "y");
    assert_str_equal(table.foreign_keys[0].name.text, "f");
    assert_str_equal(table.foreign_keys[1].name.text, "z");
    arena_free(arena);
}

static void foreign_keys_defer_as_written(void **state)
{
    static const struct {
        const char *sql;
        bool deferrable;
        bool deferred;
        bool match_full;
    } examples[] = {
        {"a REFERENCES p", false, false, false},
        {"a REFERENCES p DEFERRABLE", true, false, false},
        {"a REFERENCES p DEFERRABLE INITIALLY DEFERRED", true, true, false},
        {"a REFERENCES p DEFERRABLE INITIALLY IMMEDIATE", true, false, false},
        {"a REFERENCES p NOT DEFERRABLE INITIALLY DEFERRED", false, false, false},
        {"a REFERENCES p DEFERRABLE INITIALLY DEFERRED NOT NULL NOT DEFERRABLE", false, false, false},
        {"a REFERENCES p MATCH full", false, false, true},
        {"a REFERENCES p MATCH FULL MATCH simple", false, false, false},
        {"a REFERENCES p, b DEFERRABLE INITIALLY DEFERRED", true, true, false},
        {"a, FOREIGN KEY (a) REFERENCES p(x) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED", true, true,
         false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        struct arena *arena = arena_new();
        struct table table = parse(arena, arena_printf(arena, "CREATE TABLE t(%s)", examples[i].sql));

        assert_int_equal(table.foreign_key_count, 1);
        assert_int_equal(table.foreign_keys[0].deferrable, examples[i].deferrable);
        assert_int_equal(table.foreign_keys[0].initially_deferred, examples[i].deferred);
        assert_int_equal(table.foreign_keys[0].match_full, examples[i].match_full);
        arena_free(arena);
    }
}

static void defaults_are_what_sqlite_takes_them_for(void **state)
{
    static const struct {
        const char *sql;
        enum expr_kind kind;
        bool parenthesised;
        const char *text; /* of EXPR_TEXT */
    } examples[] = {
        {"1", EXPR_INTEGER, false, NULL},
        {"-1", EXPR_UNARY, false, NULL},
        {"+ 1.5", EXPR_UNARY, false, NULL},
        {"-9223372036854775808", EXPR_INTEGER, false, NULL},
        {"'it''s'", EXPR_TEXT, false, "it's"},
        {"x", EXPR_TEXT, false, "x"},
        {"\"a\"\"b\"", EXPR_TEXT, false, "a\"b"},
        {"[a]", EXPR_TEXT, false, "a"},
        {"\"true\"", EXPR_TEXT, false, "true"},
        {"true", EXPR_BOOLEAN, false, NULL},
        {"False NOT NULL", EXPR_BOOLEAN, false, NULL},
        {"null", EXPR_NULL, false, NULL},
        {"current_date", EXPR_CURRENT, false, NULL},
        {"cast", EXPR_TEXT, false, "cast"},
        {"x'00'", EXPR_BLOB, false, NULL},
        {"(1)", EXPR_INTEGER, true, NULL},
        {"(true)", EXPR_BOOLEAN, true, NULL},
        {"(datetime('now')) NOT NULL", EXPR_FUNCTION, true, NULL},
        {"-1 COLLATE nocase", EXPR_UNARY, false, NULL},
        {"1 DEFAULT 'second'", EXPR_TEXT, false, "second"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        struct arena *arena = arena_new();
        struct table table =
            parse(arena, arena_printf(arena, "CREATE TABLE t(a DEFAULT %s, true int)", examples[i].sql));
        const struct expr *value = table.columns[0].default_value;

        assert_int_equal(value->kind, examples[i].kind);
        assert_int_equal(value->parenthesised, examples[i].parenthesised);
        if (examples[i].text != NULL)
            assert_str_equal(value->text, examples[i].text);
        assert_int_equal(table.column_count, 2);
        arena_free(arena);
    }
}

static void affinity_is_that_of_the_type(void **state)
{
    static const struct {
        const char *sql;
        enum affinity affinity;
        const char *declared;
    } examples[] = {
        {"CREATE TABLE t(a)", AFFINITY_BLOB, ""},
        {"CREATE TABLE t(a FLOATING  POINT)", AFFINITY_INTEGER, "FLOATING POINT"},
        {"CREATE TABLE t(a charint)", AFFINITY_INTEGER, "charint"},
        {"CREATE TABLE t(a \"varchar\" (10))", AFFINITY_TEXT, "varchar"},
        {"CREATE TABLE t(a DECIMAL\n( 10 , 2 ))", AFFINITY_NUMERIC, "DECIMAL ( 10 , 2 )"},
        {"CREATE TABLE t(a any)", AFFINITY_NUMERIC, "any"},
        {"CREATE TABLE t(a Any) STRICT", AFFINITY_BLOB, "Any"},
        {"CREATE TABLE t(a GENERATED ALWAYS AS (1))", AFFINITY_BLOB, ""},
        /* SQLite looks for INT in all of the text, and so in the comment. */
        {"CREATE TABLE t(a NUM /* print */ (5))", AFFINITY_INTEGER, "NUM (5)"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        struct arena *arena = arena_new();
        struct table table = parse(arena, examples[i].sql);

        assert_int_equal(table.columns[0].affinity, examples[i].affinity);
        assert_str_equal(table.columns[0].declared, examples[i].declared);
        arena_free(arena);
    }
}

static void true_is_a_column_where_there_is_one(void **state)
{
    struct arena *arena = arena_new();
    struct table table =
        parse(arena, "CREATE TABLE t(a CHECK (a = true AND false), TRUE int, b AS (NOT true))");

    (void)state;
    assert_int_equal(table.checks[0].expr->items[0]->items[1]->kind, EXPR_COLUMN);
    assert_int_equal(table.checks[0].expr->items[1]->kind, EXPR_BOOLEAN);
    assert_int_equal(table.columns[2].generated_as->items[0]->kind, EXPR_COLUMN);
    arena_free(arena);
}

static void source_texts_are_kept(void **state)
{
    static const char sql[] = "CREATE TABLE t(a CHECK ( a > 1 ), b AS ( a || 'x' ), c DEFAULT ( 1 + 1 ))";
    struct arena *arena = arena_new();
    struct table table = parse(arena, sql);

    (void)state;
    assert_str_equal(table.sql, sql);
    assert_str_equal(table.checks[0].expr->sql, "a > 1");
    assert_str_equal(table.columns[1].generated_as->sql, "a || 'x'");
    assert_str_equal(table.columns[2].default_value->sql, "1 + 1");
    arena_free(arena);
}

static void what_the_caller_knows_stays(void **state)
{
    struct arena *arena = arena_new();
    struct table table = {.kind = TABLE_SHADOW, .sequence = 5, .rows = 6};
    struct err err = {0};

    (void)state;
    assert_true(parse_table(arena, str_from("CREATE TABLE t(a INT PRIMARY KEY)"), &table, &err));
    assert_int_equal(table.kind, TABLE_SHADOW);
    assert_int_equal(table.sequence, 5);
    assert_int_equal(table.rows, 6);
    assert_int_equal(table.rowid_column, -1);
    arena_free(arena);
}

static const struct {
    const char *sql;
    const char *message;
} mistakes[] = {
    {"", "line 1, column 1: expected CREATE, found the end"},
    {"CREATE INDEX i ON t(a)", "line 1, column 8: expected TABLE, found \"INDEX\""},
    {"CREATE TABLE t AS SELECT 1", "line 1, column 16: expected \"(\", found \"AS\""},
    {"CREATE TABLE t()", "line 1, column 16: expected the name of a column, found \")\""},
    {"CREATE TABLE t(a,)", "line 1, column 18: expected the name of a column, found \")\""},
    {"CREATE TABLE t(a int", "line 1, column 21: expected \")\", found the end"},
    {"CREATE TABLE t(UNIQUE (a))", "line 1, column 16: expected the name of a column, found \"UNIQUE\""},
    {"CREATE TABLE t(a, UNIQUE (a), b)",
     "line 1, column 31: expected a constraint of the table, found \"b\""},
    {"CREATE TABLE t(\n a VARCHAR(255) CHARACTER SET utf8)",
     "line 2, column 17: expected \")\", found \"CHARACTER\""},
    {"CREATE TABLE t(a VARCHAR(max))", "line 1, column 26: expected a number, found \"max\""},
    {"CREATE TABLE t(a left)", "line 1, column 18: expected \")\", found \"left\""},
    {"CREATE TABLE t(select)", "line 1, column 16: expected the name of a column, found \"select\""},
    {"CREATE TABLE t(a DEFAULT)", "line 1, column 25: expected a default value, found \")\""},
    {"CREATE TABLE t(a DEFAULT NOT NULL)", "line 1, column 26: expected a default value, found \"NOT\""},
    {"CREATE TABLE t(a CHECK a)", "line 1, column 24: expected \"(\", found \"a\""},
    {"CREATE TABLE t(a CHECK (a)", "line 1, column 27: expected \")\", found the end"},
    {"CREATE TABLE t(a NOT 1)", "line 1, column 22: expected DEFERRABLE, found \"1\""},
    {"CREATE TABLE t(a REFERENCES p ON DELETE SET)",
     "line 1, column 41: expected SET NULL, SET DEFAULT, CASCADE, RESTRICT or NO ACTION, found \"SET\""},
    {"CREATE TABLE t(a UNIQUE ON CONFLICT x)",
     "line 1, column 37: expected ROLLBACK, ABORT, FAIL, IGNORE or REPLACE, found \"x\""},
    {"CREATE TABLE t(a DEFERRABLE INITIALLY x)",
     "line 1, column 39: expected DEFERRED or IMMEDIATE, found \"x\""},
    {"CREATE TABLE t(a AS (1) \"stored\")", "line 1, column 25: expected STORED or VIRTUAL, found "
                                            "\"\"stored\"\""},
    {"CREATE TABLE t(a PRIMARY KEY, b PRIMARY KEY)", "line 1, column 33: a second PRIMARY KEY"},
    {"CREATE TABLE t(a INT PRIMARY KEY AUTOINCREMENT)",
     "line 1, column 22: AUTOINCREMENT without an INTEGER PRIMARY KEY"},
    {"CREATE TABLE t(a, PRIMARY KEY (b))", "line 1, column 32: there is no column b"},
    {"CREATE TABLE t(a, UNIQUE (a + 1))", "line 1, column 27: a key may not contain an expression"},
    {"CREATE TABLE t(a, FOREIGN KEY (b) REFERENCES p)", "line 1, column 31: there is no column b"},
    {"CREATE TABLE t(a REFERENCES p(x, y))", "line 1, column 18: a foreign key of 1 columns references 2"},
    {"CREATE TABLE t(a) WITHOUT", "line 1, column 26: expected ROWID, found the end"},
    {"CREATE TABLE t(a) WITHOUT \"rowid\"", "line 1, column 27: expected ROWID, found \"\"rowid\"\""},
    {"CREATE TABLE t(a) lax", "line 1, column 19: expected WITHOUT ROWID or STRICT, found \"lax\""},
    {"CREATE TABLE t(a) STRICT,", "line 1, column 26: expected WITHOUT ROWID or STRICT, found the end"},
    {"CREATE TABLE t(a); CREATE TABLE u(a)", "line 1, column 20: expected the end, found \"CREATE\""},
};

static void errors_say_where_and_what(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
        struct arena *arena = arena_new();
        struct table table = {.rows = 3};
        struct err err = {0};

        if (parse_table(arena, str_from(mistakes[i].sql), &table, &err))
            fail_msg("parsed: %s", mistakes[i].sql);
        assert_int_equal(err.code, ERR_SYNTAX);
        assert_string_equal(err.primary, mistakes[i].message);
        assert_int_equal(table.rows, 3);
        assert_int_equal(table.column_count, 0);
        arena_free(arena);
    }
}

/* Cut anywhere, the text is refused or read, but never read past its end. */
static void every_prefix_is_refused(void **state)
{
    static const char sql[] =
        "CREATE TABLE \"a\"\"b\"(c DECIMAL(10, -2) CONSTRAINT x NOT NULL DEFAULT -1.5e3 CHECK (c IN (1, "
        "'x''y')) "
        "COLLATE nocase REFERENCES p(q) ON DELETE SET NULL MATCH FULL DEFERRABLE INITIALLY DEFERRED, d AS "
        "(CASE c WHEN 1 THEN x'00' ELSE CAST(c AS TEXT) END) STORED, PRIMARY KEY (c DESC) ON CONFLICT ABORT "
        "FOREIGN KEY (d) REFERENCES p)";

    (void)state;
    for (size_t length = 0; length < strlen(sql); length++) {
        struct arena *arena = arena_new();
        struct table table = {0};
        struct err err = {0};
        char *copy = malloc(length == 0 ? 1 : length);

        assert_non_null(copy);
        memcpy(copy, sql, length);
        assert_false(parse_table(arena, (struct str){copy, length}, &table, &err));
        assert_int_equal(err.code, ERR_SYNTAX);
        free(copy);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_their_quotes),
        cmocka_unit_test(constraint_names),
        cmocka_unit_test(foreign_keys_defer_as_written),
        cmocka_unit_test(defaults_are_what_sqlite_takes_them_for),
        cmocka_unit_test(affinity_is_that_of_the_type),
        cmocka_unit_test(true_is_a_column_where_there_is_one),
        cmocka_unit_test(source_texts_are_kept),
        cmocka_unit_test(what_the_caller_knows_stays),
        cmocka_unit_test(errors_say_where_and_what),
        cmocka_unit_test(every_prefix_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
