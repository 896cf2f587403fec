#include "tests/unit.h"

#include <string.h>

#include "schema/parse.h"

static struct index parse(struct arena *arena, const char *sql)
{
    struct index index;
    struct err err = {0};

    if (!parse_index(arena, str_from(sql), &index, &err))
        fail_msg("%s\n  %s", sql, err.primary);
    return index;
}

static void parts_are_names_or_expressions(void **state)
{
    struct arena *arena = arena_new();
    struct index index =
        parse(arena, "CREATE UNIQUE INDEX i ON \"T\"(a, 'b', [c] COLLATE x DESC, (d), lower(e) "
                     "COLLATE y, true, f COLLATE g COLLATE h, a + 1 DESC) WHERE a > 0");

    (void)state;
    assert_true(index.unique);
    assert_str_equal(index.name.text, "i");
    assert_str_equal(index.table.text, "T");
    assert_int_equal(index.table.quote, QUOTE_DOUBLE);
    assert_int_equal(index.part_count, 8);
    assert_str_equal(index.part_names[0].text, "a");
    assert_int_equal(index.parts[0].column, -1);
    assert_null(index.parts[0].expr);
    assert_int_equal(index.part_names[1].quote, QUOTE_SINGLE);
    assert_str_equal(index.part_names[2].text, "c");
    assert_str_equal(index.parts[2].collation, "x");
    assert_true(index.parts[2].descending);
    assert_str_equal(index.part_names[3].text, "d");
    assert_null(index.part_names[4].text.ptr);
    assert_str_equal(index.parts[4].expr->sql, "lower(e)");
    assert_str_equal(index.parts[4].collation, "y");
    assert_str_equal(index.part_names[5].text, "true");
    assert_str_equal(index.parts[6].collation, "h");
    assert_str_equal(index.parts[7].expr->sql, "a + 1");
    assert_true(index.parts[7].descending);
    assert_str_equal(index.where->sql, "a > 0");
    arena_free(arena);
}

static void resolving_finds_columns_and_their_collations(void **state)
{
    struct arena *arena = arena_new();
    struct table table = {0};
    struct err err = {0};
    struct index index =
        parse(arena, "CREATE INDEX i ON t(B, A COLLATE rtrim, a, \"none\", a || b, (False), TRUE)");

    (void)state;
    assert_true(parse_table(arena, str_from("CREATE TABLE t(a COLLATE nocase, b)"), &table, &err));
    assert_true(index_resolve(arena, &index, &table, &err));
    assert_int_equal(index.parts[0].column, 1);
    assert_null(index.parts[0].collation.ptr);
    assert_int_equal(index.parts[1].column, 0);
    assert_str_equal(index.parts[1].collation, "rtrim");
    assert_str_equal(index.parts[2].collation, "nocase");
    /* A name in quotes that is no column is a text to SQLite. */
    assert_int_equal(index.parts[3].column, -1);
    assert_int_equal(index.parts[3].expr->kind, EXPR_TEXT);
    assert_str_equal(index.parts[3].expr->text, "none");
    assert_int_equal(index.parts[4].column, -1);
    assert_int_equal(index.parts[4].expr->kind, EXPR_BINARY);
    assert_int_equal(index.parts[5].expr->kind, EXPR_BOOLEAN);
    assert_int_equal(index.parts[5].expr->integer, 0);
    assert_int_equal(index.parts[6].expr->kind, EXPR_BOOLEAN);
    assert_int_equal(index.parts[6].expr->integer, 1);
    arena_free(arena);
}

static void resolving_refuses_a_column_that_is_not_there(void **state)
{
    struct arena *arena = arena_new();
    struct table table = {0};
    struct err err = {0};
    struct index index = parse(arena, "CREATE INDEX i ON t(a, c)");

    (void)state;
    assert_true(parse_table(arena, str_from("CREATE TABLE t(a, b)"), &table, &err));
    assert_false(index_resolve(arena, &index, &table, &err));
    assert_int_equal(err.code, ERR_SYNTAX);
    assert_string_equal(err.primary, "index i names the column c, which table t does not have");
    arena_free(arena);
}

static void errors_say_where_and_what(void **state)
{
    static const struct {
        const char *sql;
        const char *message;
    } examples[] = {
        {"CREATE INDEX i", "line 1, column 15: expected ON, found the end"},
        {"CREATE INDEX i ON t", "line 1, column 20: expected \"(\", found the end"},
        {"CREATE INDEX i ON t()", "line 1, column 21: expected an expression, found \")\""},
        {"CREATE INDEX i ON t(a NULLS FIRST)", "line 1, column 23: expected \")\", found \"NULLS\""},
        {"CREATE INDEX i ON t(a) WHERE", "line 1, column 29: expected an expression, found the end"},
        {"CREATE TABLE t(a)", "line 1, column 8: expected INDEX, found \"TABLE\""},
        {"CREATE INDEX i ON s.t(a)", "line 1, column 20: expected \"(\", found \".\""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        struct arena *arena = arena_new();
        struct index index;
        struct err err = {0};

        if (parse_index(arena, str_from(examples[i].sql), &index, &err))
            fail_msg("parsed: %s", examples[i].sql);
        assert_string_equal(err.primary, examples[i].message);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_names_or_expressions),
        cmocka_unit_test(resolving_finds_columns_and_their_collations),
        cmocka_unit_test(resolving_refuses_a_column_that_is_not_there),
        cmocka_unit_test(errors_say_where_and_what),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
