#include "tests/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/parse.h"
#include "schema/select.h"
#include "tests/unit/schema/expr_text.h"

static struct expr *parse(struct arena *arena, const char *sql)
{
    struct expr *expr = NULL;
    struct err err = {0};

    if (!parse_expr(arena, str_from(sql), &expr, &err))
        fail_msg("%s\n  %s", sql, err.primary);
    return expr;
}

static const struct {
    const char *sql;
    const char *brackets;
} groupings[] = {
    {"1 + 2 * 3", "(1 + (2 * 3))"},
    {"1 - 2 - 3", "((1 - 2) - 3)"},
    {"a || b -> c ->> d", "(((a || b) -> c) ->> d)"},
    {"-a || b", "((- a) || b)"},
    {"- a COLLATE x || b COLLATE \"y\"", "(((- a) COLLATE x) || (b COLLATE y))"},
    {"a = b < c & d + e * f || g", "(a = (b < (c & (d + (e * (f || g))))))"},
    {"a OR b AND NOT c = d", "(a OR (b AND (NOT (c = d))))"},
    {"a == b != c", "((a = b) <> c)"},
    {"NOT NOT a", "(NOT (NOT a))"},
    {"a + NOT b = c", "(a + (NOT (b = c)))"},
    {"a BETWEEN b AND c AND d", "((a BETWEEN b AND c) AND d)"},
    {"a NOT BETWEEN b AND c = d", "((a NOT BETWEEN b AND c) = d)"},
    {"a BETWEEN b BETWEEN c AND d AND e", "(a BETWEEN (b BETWEEN c AND d) AND e)"},
    {"a LIKE b ESCAPE c LIKE d", "((a LIKE b ESCAPE c) LIKE d)"},
    {"a NOT LIKE b OR c NOT GLOB d AND e REGEXP f AND g MATCH h",
     "((a NOT LIKE b) OR (((c NOT GLOB d) AND (e REGEXP f)) AND (g MATCH h)))"},
    {"a IS NULL IS NOT NULL", "((a ISNULL) NOTNULL)"},
    {"a ISNULL NOTNULL NOT NULL", "(((a ISNULL) NOTNULL) NOTNULL)"},
    {"a IS (NULL) OR a IS NOT b", "((a ISNULL) OR (a IS NOT b))"},
    {"a IS DISTINCT FROM b IS NOT DISTINCT FROM c", "((a IS DISTINCT FROM b) IS NOT DISTINCT FROM c)"},
    {"a IS DISTINCT FROM NULL", "(a NOTNULL)"},
    {"a IS NOT DISTINCT FROM NULL", "(a ISNULL)"},
    {"a IS TRUE = b", "((a IS TRUE) = b)"},
    {"a IN (1, 2) OR b NOT IN () OR c IN t OR d IN s.t",
     "((((a IN (1, 2)) OR (b NOT IN ())) OR (c IN t)) OR (d IN s.t))"},
    {"a IN (SELECT b FROM t) = c", "((a IN (SELECT b FROM t)) = c)"},
    {"a IN f(1, 2)", "(a IN f(1, 2))"},
    {"(a, b) = (1, 2)", "((a, b) = (1, 2))"},
    {"CASE a WHEN 1 THEN 2 WHEN 3 THEN 4 ELSE 5 END + 1",
     "(CASE a WHEN 1 THEN 2 WHEN 3 THEN 4 ELSE 5 END + 1)"},
    {"CASE WHEN a THEN b END", "CASE WHEN a THEN b END"},
    {"CAST(a AS VARCHAR(10)) || CAST(b AS)", "(CAST(a AS VARCHAR(10)) || CAST(b AS ))"},
    {"count(*) + count(DISTINCT a) + count(ALL b)", "((count(*) + count(DISTINCT a)) + count(b))"},
    {"group_concat(a, ',' ORDER BY b DESC, c)", "group_concat(a, ',' ORDER BY b DESC, c)"},
    {"sum(a) FILTER (WHERE a > 1) OVER w", "sum(a) FILTER (WHERE (a > 1)) OVER w"},
    {"replace(a, 'x', 'y') LIKE like(a, b)", "(replace(a, 'x', 'y') LIKE like(a, b))"},
    {"left(a, 1) || if(a, b, c) || random()", "((left(a, 1) || if(a, b, c)) || random())"},
    {"NOT EXISTS (SELECT 1)", "NOT EXISTS (SELECT 1)"},
    {"NOT EXISTS (SELECT 1) = 2", "(NOT (EXISTS (SELECT 1) = 2))"},
    {"NOT NOT EXISTS (VALUES (1))", "(NOT NOT EXISTS (VALUES (1)))"},
    {"NOT (EXISTS (SELECT 1))", "(NOT EXISTS (SELECT 1))"},
    {"(SELECT max(a) FROM t) + 1", "((SELECT max(a) FROM t) + 1)"},
    {"(WITH x AS (SELECT 1) SELECT * FROM x)", "(WITH x AS (SELECT 1) SELECT * FROM x)"},
    {"t.a + s.t.\"b\" + 't'.'a' + left.right + [a]", "((((t.a + s.t.\"b\") + t.'a') + left.right) + [a])"},
    {"RAISE(IGNORE)", "RAISE(IGNORE)"},
    {"RAISE(abort, 'no')", "RAISE(ABORT)"},
    {"raise + cast", "(raise + cast)"},
    {"?1 + :a", "(?1 + :a)"},
    {"CURRENT_DATE || current_time || Current_Timestamp",
     "((CURRENT_DATE || CURRENT_TIME) || CURRENT_TIMESTAMP)"},
    {"((((a))))", "a"},
    {"a/*x*/+--y\nb", "(a + b)"},
    {"x'00fF' || 'it''s'", "(x'00ff' || 'it''s')"},
    {"a<-1", "(a < (- 1))"},
};

static void expressions_group_by_precedence(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(groupings); i++) {
        struct arena *arena = arena_new();
        struct buf text;

        buf_init(&text, BUF_TEXT_MAXIMUM);
        expr_text(&text, parse(arena, groupings[i].sql));
        assert_string_equal(text.ptr, groupings[i].brackets);
        buf_free(&text);
        arena_free(arena);
    }
}

static void integers_are_exact_or_real(void **state)
{
    static const struct {
        const char *sql;
        enum expr_kind kind;
        int64_t integer;
        double real;
    } examples[] = {
        {"0", EXPR_INTEGER, 0, 0},
        {"9223372036854775807", EXPR_INTEGER, INT64_MAX, 0},
        {"9223372036854775808", EXPR_REAL, 0, 9223372036854775808.0},
        {"-9223372036854775808", EXPR_INTEGER, INT64_MIN, 0},
        {"-(9223372036854775808)", EXPR_INTEGER, INT64_MIN, 0},
        {"- 0009223372036854775808", EXPR_INTEGER, INT64_MIN, 0},
        {"-9223372036854775809", EXPR_UNARY, 0, 0},
        {"-9223372036854775808.0", EXPR_UNARY, 0, 0},
        {"0x10", EXPR_INTEGER, 16, 0},
        {"0X7fffffffffffffff", EXPR_INTEGER, INT64_MAX, 0},
        {"0xFFFFFFFFFFFFFFFF", EXPR_INTEGER, -1, 0},
        {"0x00000000000000000000ff", EXPR_INTEGER, 255, 0},
        {"0x10000000000000000", EXPR_REAL, 0, 18446744073709551616.0},
        {"1_000_000", EXPR_INTEGER, 1000000, 0},
        {"1_0.2_5", EXPR_REAL, 0, 10.25},
        {".5", EXPR_REAL, 0, 0.5},
        {"5.", EXPR_REAL, 0, 5.0},
        {"1e3", EXPR_REAL, 0, 1000.0},
        {"1e999", EXPR_REAL, 0, HUGE_VAL},
        {"true", EXPR_BOOLEAN, 1, 0},
        {"FALSE", EXPR_BOOLEAN, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        struct arena *arena = arena_new();
        const struct expr *expr = parse(arena, examples[i].sql);

        assert_int_equal(expr->kind, examples[i].kind);
        if (expr->kind == EXPR_INTEGER || expr->kind == EXPR_BOOLEAN)
            assert_true(expr->integer == examples[i].integer);
        if (expr->kind == EXPR_REAL)
            assert_true(expr->real == examples[i].real);
        arena_free(arena);
    }
}

static void real_keeps_its_text(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    assert_str_equal(parse(arena, "1.50")->text, "1.50");
    assert_str_equal(parse(arena, "9223372036854775808")->text, "9223372036854775808");
    assert_str_equal(parse(arena, "1_000.5")->text, "1000.5");
    arena_free(arena);
}

static void names_keep_their_quotes(void **state)
{
    static const struct {
        const char *sql;
        enum expr_kind kind;
        enum quote quote;
        const char *name;
    } examples[] = {
        {"a", EXPR_COLUMN, QUOTE_NONE, "a"},
        {"\"a\"\"b\"", EXPR_COLUMN, QUOTE_DOUBLE, "a\"b"},
        {"[a b]", EXPR_COLUMN, QUOTE_BRACKET, "a b"},
        {"`a`", EXPR_COLUMN, QUOTE_BACKTICK, "a"},
        {"t.'a'", EXPR_COLUMN, QUOTE_SINGLE, "a"},
        {"\"true\"", EXPR_COLUMN, QUOTE_DOUBLE, "true"},
        {"t.true", EXPR_COLUMN, QUOTE_NONE, "true"},
        {"\"f\"(1)", EXPR_FUNCTION, QUOTE_DOUBLE, "f"},
        {"a COLLATE [b]", EXPR_COLLATE, QUOTE_BRACKET, "b"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        struct arena *arena = arena_new();
        const struct expr *expr = parse(arena, examples[i].sql);

        assert_int_equal(expr->kind, examples[i].kind);
        assert_int_equal(expr->quote, examples[i].quote);
        assert_str_equal(expr->name, examples[i].name);
        arena_free(arena);
    }
}

static void column_parts_are_absent_where_not_written(void **state)
{
    struct arena *arena = arena_new();
    const struct expr *expr = parse(arena, "a");

    (void)state;
    assert_null(expr->table.ptr);
    assert_null(expr->schema.ptr);
    expr = parse(arena, "t.a");
    assert_str_equal(expr->table, "t");
    assert_null(expr->schema.ptr);
    expr = parse(arena, "\"s\".t.a");
    assert_str_equal(expr->table, "t");
    assert_str_equal(expr->schema, "s");
    arena_free(arena);
}

static void source_text_has_no_outer_brackets(void **state)
{
    struct arena *arena = arena_new();
    const struct expr *expr = parse(arena, "  ( a+b ) * /* c */ ((d))  ");

    (void)state;
    assert_str_equal(expr->sql, "( a+b ) * /* c */ ((d))");
    assert_false(expr->parenthesised);
    assert_str_equal(expr->items[0]->sql, "a+b");
    assert_true(expr->items[0]->parenthesised);
    assert_str_equal(expr->items[1]->sql, "d");
    assert_true(expr->items[1]->parenthesised);
    assert_str_equal(parse(arena, "a BETWEEN 1 AND (2)")->sql, "a BETWEEN 1 AND (2)");
    assert_str_equal(parse(arena, "f( x , y )")->sql, "f( x , y )");
    assert_int_equal(parse(arena, "x'00'")->text.len, 1);
    arena_free(arena);
}

static void calls_keep_their_parts(void **state)
{
    struct arena *arena = arena_new();
    const struct expr *expr = parse(
        arena, "sum(DISTINCT a) FILTER (WHERE b) OVER (w PARTITION BY c, d ORDER BY e DESC ROWS BETWEEN "
               "1 PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES)");

    (void)state;
    assert_true(expr->distinct && expr->windowed && !expr->star);
    assert_str_equal(expr->filter->name, "b");
    assert_str_equal(expr->over->base.text, "w");
    assert_int_equal(expr->over->partition_count, 2);
    assert_int_equal(expr->over->order_count, 1);
    assert_true(expr->over->order[0].descending);
    assert_str_equal(expr->over->frame, "ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES");
    expr = parse(arena, "count(*) OVER ()");
    assert_true(expr->star && expr->windowed && expr->over->partition_count == 0);
    expr = parse(arena, "max(over) + filter");
    assert_false(expr->items[0]->windowed);
    expr = parse(arena, "group_concat(x ORDER BY y COLLATE nocase NULLS LAST)");
    assert_int_equal(expr->order_count, 1);
    assert_int_equal(expr->order[0].nulls, NULLS_LAST);
    assert_int_equal(expr->order[0].expr->kind, EXPR_COLLATE);
    arena_free(arena);
}

static bool count_node(void *context, const struct expr *node)
{
    struct buf *seen = context;

    if (node->kind == EXPR_COLUMN)
        buf_str(seen, node->name);
    return !str_is(node->name, "stop");
}

static void walk_visits_everything_but_selects(void **state)
{
    struct arena *arena = arena_new();
    struct buf seen;

    (void)state;
    buf_init(&seen, BUF_TEXT_MAXIMUM);
    assert_true(
        expr_walk(parse(arena, "CASE a WHEN b THEN f(c, d ORDER BY e) FILTER (WHERE g) OVER (PARTITION BY "
                               "h ORDER BY i) ELSE j BETWEEN k AND l END IN (m, n) + (SELECT z)"),
                  count_node, &seen));
    assert_string_equal(seen.ptr, "abcdeghijklmn");
    buf_clear(&seen);
    assert_false(expr_walk(parse(arena, "a + stop + b"), count_node, &seen));
    assert_string_equal(seen.ptr, "astop");
    assert_true(expr_walk(NULL, count_node, &seen));
    buf_free(&seen);
    arena_free(arena);
}

static void errors_say_where_and_what(void **state)
{
    static const struct {
        const char *sql;
        const char *message;
    } examples[] = {
        {"", "line 1, column 1: expected an expression, found the end"},
        {"a +", "line 1, column 4: expected an expression, found the end"},
        {"a b", "line 1, column 3: expected the end, found \"b\""},
        {"a\n  = = b", "line 2, column 5: expected an expression, found \"=\""},
        {"'\xc3\xa9' select", "line 1, column 5: expected the end, found \"select\""},
        {"(a", "line 1, column 3: expected \")\", found the end"},
        {"()", "line 1, column 2: expected an expression, found \")\""},
        {"a NOT b", "line 1, column 7: expected LIKE, IN, BETWEEN or NULL after NOT, found \"b\""},
        {"a BETWEEN 1", "line 1, column 12: expected AND, found the end"},
        {"CASE a END", "line 1, column 8: expected WHEN, found \"END\""},
        {"CASE WHEN a THEN b", "line 1, column 19: expected END, found the end"},
        {"CAST(a)", "line 1, column 7: expected AS, found \")\""},
        {"a IS DISTINCT b", "line 1, column 15: expected FROM, found \"b\""},
        {"t.", "line 1, column 3: expected the name of a column, found the end"},
        {"a.b.c.d", "line 1, column 6: expected the end, found \".\""},
        {"a COLLATE 1", "line 1, column 11: expected the name of a collation, found \"1\""},
        {"RAISE(foo)", "line 1, column 7: expected IGNORE, ROLLBACK, ABORT or FAIL, found \"foo\""},
        {"1x", "line 1, column 1: expected an expression, found what is no token: \"1x\""},
        {"'open", "line 1, column 1: expected an expression, found what is no token: \"'open\""},
        {"a ? b", "line 1, column 3: expected the end, found \"?\""},
        {"f(a,)", "line 1, column 5: expected an expression, found \")\""},
        {"EXISTS (a)", "line 1, column 9: expected SELECT, found \"a\""},
        {"x IN 5", "line 1, column 6: expected \"(\" or the name of a table, found \"5\""},
        {"a abcdefghijabcdefghijabcdefghijabcdefghijX",
         "line 1, column 3: expected the end, found \"abcdefghijabcdefghijabcdefghijabcdefghij...\""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        struct arena *arena = arena_new();
        struct err err = {0};
        struct expr *expr;

        if (parse_expr(arena, str_from(examples[i].sql), &expr, &err))
            fail_msg("parsed: %s", examples[i].sql);
        assert_int_equal(err.code, ERR_SYNTAX);
        assert_string_equal(err.primary, examples[i].message);
        arena_free(arena);
    }
}

/* open repeated, then middle, then close repeated */
static bool parse_nested(const char *open, const char *middle, const char *close, int times, struct err *err)
{
    struct arena *arena = arena_new();
    struct buf sql;
    struct expr *expr;
    bool parsed;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (int i = 0; i < times; i++)
        buf_text(&sql, open);
    buf_text(&sql, middle);
    for (int i = 0; i < times; i++)
        buf_text(&sql, close);
    parsed = parse_expr(arena, buf_view(&sql), &expr, err);
    if (parsed)
        assert_true(expr->height <= EXPR_HEIGHT_MAXIMUM);
    buf_free(&sql);
    arena_free(arena);
    return parsed;
}

static void depth_is_limited(void **state)
{
    static const struct {
        const char *open;
        const char *middle;
        const char *close;
        int allowed; /* times */
    } examples[] = {
        {"(", "a", ")", 999},
        {"- ", "a", "", 999},
        {"NOT ", "a", "", 999},
        {"a+(", "a", ")", 499},
        {"", "a", "+a", 999},
        {"", "a", " OR a", 999},
        {"", "a", " COLLATE x", 999},
        {"f(", "a", ")", 999},
        {"CASE WHEN ", "a", " THEN b END", 999},
        {"CASE WHEN a THEN b ELSE ", "a", " END", 999},
        {"(SELECT ", "a", ")", 499},
        {"EXISTS (SELECT ", "a", ")", 499},
        {"(SELECT 1 FROM (", "t", "))", 300},
        {"(SELECT 1 FROM ((t)) WHERE ", "a", ")", 400},
        {"CAST(", "a", " AS b)", 999},
        {"a IN (", "a", ")", 499},
        {"a BETWEEN ", "a", " AND b", 499},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        struct err err = {0};

        if (!parse_nested(examples[i].open, examples[i].middle, examples[i].close, examples[i].allowed, &err))
            fail_msg("%s: %s", examples[i].open, err.primary);
        if (parse_nested(examples[i].open, examples[i].middle, examples[i].close, 100000, &err))
            fail_msg("%s%s%s is not limited", examples[i].open, examples[i].middle, examples[i].close);
        assert_int_equal(err.code, ERR_SYNTAX);
        assert_non_null(strstr(err.primary, "levels"));
    }
}

static void height_counts_what_selects_hold(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    assert_int_equal(parse(arena, "a")->height, 1);
    assert_int_equal(parse(arena, "a + b * c")->height, 3);
    assert_int_equal(parse(arena, "(SELECT a + b FROM t WHERE f(g(h(i))))")->height, 6);
    assert_int_equal(parse(arena, "f(x) OVER (ORDER BY a + b)")->height, 3);
    assert_int_equal(parse(arena, "1 IN (SELECT 1 FROM (SELECT - - 1))")->height, 6);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_group_by_precedence),
        cmocka_unit_test(integers_are_exact_or_real),
        cmocka_unit_test(real_keeps_its_text),
        cmocka_unit_test(names_keep_their_quotes),
        cmocka_unit_test(column_parts_are_absent_where_not_written),
        cmocka_unit_test(source_text_has_no_outer_brackets),
        cmocka_unit_test(calls_keep_their_parts),
        cmocka_unit_test(walk_visits_everything_but_selects),
        cmocka_unit_test(errors_say_where_and_what),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(height_counts_what_selects_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
