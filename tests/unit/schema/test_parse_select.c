#include "tests/unit.h"

#include <sqlite3.h>
#include <string.h>

#include "schema/parse.h"
#include "schema/select.h"
#include "schema/virtual.h"

static const struct select *parse(struct arena *arena, const char *select)
{
    struct view view;
    struct err err = {0};

    if (!parse_view(arena, str_printf(arena, "CREATE VIEW v AS %s", select), &view, &err))
        fail_msg("%s\n  %s", select, err.primary);
    if (view.select == NULL)
        fail_msg("%s\n  %.*s", select, STR_ARGS(view.damage));
    return view.select;
}

static void result_columns(void **state)
{
    struct arena *arena = arena_new();
    const struct select *select =
        parse(arena,
              "SELECT DISTINCT *, t.*, \"t\".*, a, b AS c, d e, f 'g h', (x + 1), 1 AS left, y first FROM t");
    const struct select_core *core = &select->cores[0];

    (void)state;
    assert_int_equal(select->core_count, 1);
    assert_true(core->distinct);
    assert_int_equal(core->column_count, 10);
    assert_true(core->columns[0].star);
    assert_null(core->columns[0].table.text.ptr);
    assert_true(core->columns[1].star);
    assert_str_equal(core->columns[1].table.text, "t");
    assert_int_equal(core->columns[2].table.quote, QUOTE_DOUBLE);
    assert_str_equal(core->columns[3].expr->name, "a");
    assert_null(core->columns[3].alias.text.ptr);
    assert_str_equal(core->columns[4].alias.text, "c");
    assert_str_equal(core->columns[5].alias.text, "e");
    assert_str_equal(core->columns[6].alias.text, "g h");
    assert_int_equal(core->columns[6].alias.quote, QUOTE_SINGLE);
    assert_str_equal(core->columns[7].sql, "(x + 1)");
    assert_str_equal(core->columns[8].alias.text, "left");
    assert_str_equal(core->columns[9].alias.text, "first");
    arena_free(arena);
}

static void joins(void **state)
{
    struct arena *arena = arena_new();
    const struct select *select = parse(
        arena,
        "SELECT 1 FROM a, s.b AS x JOIN c y ON y.i = x.i LEFT JOIN d USING (i, j) NATURAL LEFT OUTER JOIN e "
        "CROSS JOIN f INDEXED BY ix INNER JOIN g NOT INDEXED RIGHT JOIN h ON 1 FULL OUTER JOIN k ON 2 "
        "NATURAL JOIN (SELECT 2) AS sub JOIN json_each(a.j, '$') je, (m JOIN n) AS grp, p() ");
    const struct from_item *from = select->cores[0].from;
    static const enum join expected[] = {JOIN_NONE,  JOIN_COMMA, JOIN_INNER, JOIN_LEFT, JOIN_LEFT,
                                         JOIN_CROSS, JOIN_INNER, JOIN_RIGHT, JOIN_FULL, JOIN_INNER,
                                         JOIN_INNER, JOIN_COMMA, JOIN_COMMA};

    (void)state;
    assert_int_equal(select->cores[0].from_count, ARRAY_LENGTH(expected));
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
        assert_int_equal(from[i].join, expected[i]);
    assert_str_equal(from[1].schema, "s");
    assert_str_equal(from[1].alias.text, "x");
    assert_str_equal(from[2].on->sql, "y.i = x.i");
    assert_int_equal(from[3].using_count, 2);
    assert_str_equal(from[3].using_columns[1].text, "j");
    assert_false(from[3].natural);
    assert_true(from[4].natural);
    assert_str_equal(from[5].indexed_by.text, "ix");
    assert_null(from[6].alias.text.ptr);
    assert_true(from[9].natural);
    assert_int_equal(from[9].kind, FROM_SELECT);
    assert_str_equal(from[9].alias.text, "sub");
    assert_int_equal(from[10].kind, FROM_FUNCTION);
    assert_int_equal(from[10].argument_count, 2);
    assert_str_equal(from[10].alias.text, "je");
    assert_int_equal(from[11].kind, FROM_GROUP);
    assert_int_equal(from[11].item_count, 2);
    assert_str_equal(from[11].items[1].name.text, "n");
    assert_int_equal(from[12].kind, FROM_FUNCTION);
    assert_int_equal(from[12].argument_count, 0);
    arena_free(arena);
}

static void clauses(void **state)
{
    struct arena *arena = arena_new();
    const struct select *select =
        parse(arena, "SELECT a, sum(b) OVER win FROM t WHERE a > 1 GROUP BY a, b + 1 HAVING count(*) > 1 "
                     "WINDOW win AS (PARTITION BY a ORDER BY b ROWS UNBOUNDED PRECEDING), w2 AS (win) "
                     "ORDER BY a COLLATE nocase DESC NULLS LAST, 2 ASC, 3 NULLS FIRST LIMIT 10 OFFSET 5");
    const struct select_core *core = &select->cores[0];

    (void)state;
    assert_str_equal(core->where->sql, "a > 1");
    assert_int_equal(core->group_count, 2);
    assert_str_equal(core->having->sql, "count(*) > 1");
    assert_int_equal(core->window_count, 2);
    assert_str_equal(core->windows[0].name.text, "win");
    assert_str_equal(core->windows[0].frame, "ROWS UNBOUNDED PRECEDING");
    assert_str_equal(core->windows[1].base.text, "win");
    assert_int_equal(select->order_count, 3);
    assert_true(select->order[0].descending);
    assert_int_equal(select->order[0].nulls, NULLS_LAST);
    assert_int_equal(select->order[0].expr->kind, EXPR_COLLATE);
    assert_int_equal(select->order[1].nulls, NULLS_UNSAID);
    assert_int_equal(select->order[2].nulls, NULLS_FIRST);
    assert_int_equal(select->limit->integer, 10);
    assert_int_equal(select->offset->integer, 5);
    select = parse(arena, "SELECT 1 LIMIT 5, 10");
    assert_int_equal(select->limit->integer, 10);
    assert_int_equal(select->offset->integer, 5);
    select = parse(arena, "SELECT 1 LIMIT -1");
    assert_null(select->offset);
    arena_free(arena);
}

static void compounds(void **state)
{
    static const enum compound expected[] = {COMPOUND_NONE, COMPOUND_UNION, COMPOUND_UNION_ALL,
                                             COMPOUND_INTERSECT, COMPOUND_EXCEPT};
    struct arena *arena = arena_new();
    const struct select *select = parse(
        arena, "SELECT 1 UNION SELECT 2 UNION ALL VALUES (3), (4) INTERSECT SELECT ALL 5 EXCEPT SELECT 6 "
               "ORDER BY 1");

    (void)state;
    assert_int_equal(select->core_count, ARRAY_LENGTH(expected));
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
        assert_int_equal(select->cores[i].compound, expected[i]);
    assert_int_equal(select->cores[2].row_count, 2);
    assert_int_equal(select->cores[2].rows[1].items[0]->integer, 4);
    assert_int_equal(select->cores[2].column_count, 0);
    assert_int_equal(select->order_count, 1);
    arena_free(arena);
}

static void common_table_expressions(void **state)
{
    struct arena *arena = arena_new();
    const struct select *select = parse(
        arena, "WITH RECURSIVE a(x, \"y\") AS (SELECT 1, 2 UNION ALL SELECT x + 1, y FROM a WHERE x < 9), "
               "b AS MATERIALIZED (SELECT 3), c AS NOT MATERIALIZED (VALUES (4)) SELECT * FROM a, b, c");

    (void)state;
    assert_true(select->recursive);
    assert_int_equal(select->cte_count, 3);
    assert_int_equal(select->ctes[0].column_count, 2);
    assert_int_equal(select->ctes[0].columns[1].quote, QUOTE_DOUBLE);
    assert_int_equal(select->ctes[0].select->core_count, 2);
    assert_true(select->ctes[1].materialized && !select->ctes[1].not_materialized);
    assert_true(!select->ctes[2].materialized && select->ctes[2].not_materialized);
    assert_str_equal(select->ctes[2].select->sql, "VALUES (4)");
    assert_false(parse(arena, "WITH a AS (SELECT 1) SELECT * FROM a")->recursive);
    arena_free(arena);
}

static void view_heads(void **state)
{
    struct arena *arena = arena_new();
    struct view view;
    struct err err = {0};

    (void)state;
    assert_true(parse_view(arena,
                           str_from("CREATE TEMP VIEW IF NOT EXISTS main.\"v w\"(a, [b c]) AS SELECT 1, 2;"),
                           &view, &err));
    assert_str_equal(view.name.text, "v w");
    assert_int_equal(view.name.quote, QUOTE_DOUBLE);
    assert_int_equal(view.column_count, 2);
    assert_str_equal(view.columns[1].text, "b c");
    assert_str_equal(view.select->sql, "SELECT 1, 2");
    assert_null(view.damage.ptr);
    arena_free(arena);
}

static void a_select_that_does_not_parse_is_damage(void **state)
{
    struct arena *arena = arena_new();
    struct view view;
    struct err err = {0};

    (void)state;
    assert_true(parse_view(arena, str_from("CREATE VIEW v AS\nSELECT FROM t"), &view, &err));
    assert_null(view.select);
    assert_str_equal(view.damage, "line 2, column 8: expected an expression, found \"FROM\"");
    assert_int_equal(err.code, ERR_NONE);
    assert_true(parse_view(arena, str_from("CREATE VIEW v AS SELECT 1 SELECT 2"), &view, &err));
    assert_null(view.select);
    assert_str_equal(view.damage, "line 1, column 27: expected the end, found \"SELECT\"");
    assert_false(parse_view(arena, str_from("CREATE VIEW v SELECT 1"), &view, &err));
    assert_string_equal(err.primary, "line 1, column 15: expected AS, found \"SELECT\"");
    arena_free(arena);
}

/* What SQLite says of names that do not exist is not about the grammar. */
static bool sqlite_accepts(sqlite3 *database, const char *select)
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(database, select, -1, &statement, NULL);
    struct str message = str_from(sqlite3_errmsg(database));

    sqlite3_finalize(statement);
    return status == SQLITE_OK ||
           (!str_ends_with(message, ": syntax error") && !str_is(message, "incomplete input") &&
            !str_starts_with(message, "unknown join type") &&
            !str_contains_nocase(message, "clause should come after"));
}

static bool parses(const char *select)
{
    struct arena *arena = arena_new();
    struct view view;
    struct err err = {0};
    bool parsed = parse_view(arena, str_printf(arena, "CREATE VIEW v AS %s", select), &view, &err) &&
                  view.select != NULL;

    arena_free(arena);
    return parsed;
}

/* Right and wrong ones; SQLite is the witness of which is which. */
static const char *const selects[] = {
    "SELECT 1",
    "SELECT",
    "SELECT a FROM",
    "SELECT a b c FROM t",
    "SELECT a AS FROM t",
    "SELECT a 'x', b \"y\", c [z] FROM t",
    "SELECT a left FROM t",
    "SELECT a AS left FROM t",
    "SELECT a indexed FROM t",
    "SELECT a window FROM t",
    "SELECT a FROM t window",
    "SELECT a FROM t WINDOW w AS ()",
    "SELECT a FROM t WINDOW w",
    "SELECT max(a) over FROM t",
    "SELECT max(a) over, b filter FROM t",
    "SELECT max(a) OVER () filter FROM t",
    "SELECT max(a) OVER w FROM t WINDOW w AS (PARTITION BY b)",
    "SELECT max(a) FILTER (WHERE a) FROM t",
    "SELECT max(a) FILTER (a) FROM t",
    "SELECT a like FROM t",
    "SELECT a AS like FROM t",
    "SELECT a desc FROM t ORDER BY a desc",
    "SELECT * FROM t LEFT JOIN u",
    "SELECT * FROM t OUTER JOIN u",
    "SELECT * FROM t INNER OUTER JOIN u",
    "SELECT * FROM t INNER LEFT JOIN u",
    "SELECT * FROM t OUTER LEFT JOIN u",
    "SELECT * FROM t LEFT RIGHT JOIN u",
    "SELECT * FROM t CROSS INNER JOIN u",
    "SELECT * FROM t NATURAL CROSS JOIN u",
    "SELECT * FROM t NATURAL FULL OUTER JOIN u",
    "SELECT * FROM t LEFT u",
    "SELECT * FROM t JOIN u ON t.a = u.a JOIN t AS v USING (a)",
    "SELECT * FROM t, u JOIN t v ON v.a = u.a WHERE t.b",
    "SELECT * FROM (t)",
    "SELECT * FROM ((t) JOIN (u)) x",
    "SELECT * FROM (t JOIN u USING (a)) AS x JOIN (SELECT 1)",
    "SELECT * FROM (SELECT * FROM t) JOIN (VALUES (1), (2)) ON 1",
    "SELECT * FROM (WITH x AS (SELECT 1) SELECT * FROM x)",
    "SELECT * FROM json_each('[1]'), json_tree('{}') AS j",
    "SELECT * FROM main.t AS x NOT INDEXED",
    "SELECT * FROM t INDEXED BY ta WHERE a = 1",
    "SELECT * FROM t AS INDEXED BY ta",
    "SELECT * FROM t WHERE a IN t",
    "SELECT * FROM t WHERE (a, b) IN (SELECT a, b FROM t)",
    "SELECT * FROM t WHERE a IN (VALUES (1))",
    "SELECT * FROM t WHERE (SELECT 1) = (SELECT 2 UNION SELECT 3)",
    "SELECT * FROM t GROUP BY a HAVING b",
    "SELECT * FROM t HAVING",
    "SELECT a FROM t ORDER BY a NULLS FIRST, b COLLATE nocase DESC NULLS LAST",
    "SELECT a FROM t ORDER BY a NULLS",
    "SELECT a FROM t LIMIT 1 OFFSET 2",
    "SELECT a FROM t LIMIT 1, 2",
    "SELECT a FROM t LIMIT",
    "SELECT a FROM t OFFSET 2",
    "SELECT a FROM t ORDER BY 1 LIMIT 1 UNION SELECT 2",
    "SELECT 1 UNION (SELECT 2)",
    "(SELECT 1)",
    "SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3 INTERSECT SELECT 4 ORDER BY 1 LIMIT 1",
    "VALUES (1, 2), (3, 4)",
    "VALUES ()",
    "VALUES 1",
    "WITH x AS (SELECT 1), y(a) AS (SELECT 2) SELECT * FROM x, y",
    "WITH RECURSIVE x(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM x WHERE n < 3) SELECT n FROM x",
    "WITH x AS MATERIALIZED (SELECT 1) SELECT * FROM x",
    "WITH x (SELECT 1) SELECT * FROM x",
    "SELECT row_number() OVER (ORDER BY a) AS n, lag(a, 1) OVER (PARTITION BY b ORDER BY a DESC) FROM t",
    "SELECT sum(a) OVER (ORDER BY a ROWS 1 PRECEDING), sum(a) OVER (ORDER BY a RANGE CURRENT ROW) FROM t",
    "SELECT sum(a) OVER (ORDER BY a GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE NO OTHERS) FROM t",
    "SELECT sum(a) OVER (ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) FROM t",
    "SELECT sum(a) OVER (ROWS BETWEEN CURRENT ROW) FROM t",
    "SELECT sum(a) OVER (ROWS BETWEEN 1 + 1 PRECEDING AND 2 * 3 FOLLOWING EXCLUDE GROUP) FROM t",
    "SELECT sum(a) OVER (w ROWS 1 PRECEDING) FROM t WINDOW w AS (ORDER BY a)",
    "SELECT sum(a) OVER (EXCLUDE TIES) FROM t",
    "SELECT count(*) FILTER (WHERE a > 1) OVER (PARTITION BY b) FROM t",
    "SELECT CASE a WHEN 1 THEN 'x' END AS end, CASE WHEN b THEN 1 ELSE 2 END FROM t",
    "SELECT DISTINCT a, b FROM t",
    "SELECT ALL a FROM t",
    "SELECT DISTINCT ALL a FROM t",
    "SELECT t.*, u.* FROM t, u",
    "SELECT main.t.* FROM t",
    "SELECT main.t.a FROM main.t",
    "SELECT *, * FROM t",
    "SELECT a, FROM t",
    "SELECT * FROM t AS 'x y' WHERE \"x y\".a = 1",
    "SELECT a/*c*/--d\nFROM/**/t",
    "SELECT iif(a, 1, 2), printf('%d', a), total(a) FROM t",
    "SELECT strftime('%Y', a) y, date(a, '+1 day') FROM t GROUP BY 1",
    "SELECT a->'$.x', a->>'$.y' FROM t",
};

static void selects_are_accepted_as_by_sqlite(void **state)
{
    sqlite3 *database;
    size_t accepted = 0;

    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database,
                                  "CREATE TABLE t(a, b, c); CREATE INDEX ta ON t(a); CREATE TABLE u(a)", NULL,
                                  NULL, NULL),
                     SQLITE_OK);
    for (size_t i = 0; i < ARRAY_LENGTH(selects); i++) {
        bool accepts = sqlite_accepts(database, selects[i]);

        if (parses(selects[i]) != accepts)
            fail_msg("%s\n  SQLite: %s", selects[i], sqlite3_errmsg(database));
        accepted += accepts;
    }
    sqlite3_close(database);
    assert_in_range(accepted, 50, ARRAY_LENGTH(selects) - 20);
}

static void triggers_and_virtual_tables(void **state)
{
    struct arena *arena = arena_new();
    struct err err = {0};
    struct trigger trigger;
    struct table table = {.rows = 4};

    (void)state;
    assert_true(parse_trigger(
        arena, str_from("CREATE TRIGGER 'a' INSTEAD OF UPDATE OF b, \"c\" ON main.[d] BEGIN SELECT 1; END"),
        &trigger, &err));
    assert_str_equal(trigger.name.text, "a");
    assert_str_equal(trigger.table.text, "d");
    assert_int_equal(trigger.table.quote, QUOTE_BRACKET);
    assert_true(str_starts_with(trigger.sql, "CREATE TRIGGER"));
    assert_true(parse_virtual_table(
        arena, str_from("CREATE VIRTUAL TABLE \"f\" USING FTS5 (a, 'b (', --\n c)"), &table, &err));
    assert_str_equal(table.name.text, "f");
    assert_str_equal(table.virtual->module, "FTS5");
    assert_int_equal(table.rowid_column, -1);
    assert_int_equal(table.rows, 4);
    assert_false(parse_virtual_table(arena, str_from("CREATE TABLE t(a)"), &table, &err));
    assert_string_equal(err.primary, "line 1, column 1: expected CREATE VIRTUAL TABLE");
    err_clear(&err);
    assert_false(parse_trigger(arena, str_from("CREATE TRIGGER a SELECT ON t"), &trigger, &err));
    assert_string_equal(err.primary,
                        "line 1, column 18: expected DELETE, INSERT or UPDATE, found \"SELECT\"");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(result_columns),
        cmocka_unit_test(joins),
        cmocka_unit_test(clauses),
        cmocka_unit_test(compounds),
        cmocka_unit_test(common_table_expressions),
        cmocka_unit_test(view_heads),
        cmocka_unit_test(a_select_that_does_not_parse_is_damage),
        cmocka_unit_test(selects_are_accepted_as_by_sqlite),
        cmocka_unit_test(triggers_and_virtual_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
