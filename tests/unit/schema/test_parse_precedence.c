/*
 * The grouping of operators against SQLite itself: random expressions are executed as written and with all
 * the brackets of the parsed tree, over rows whose values tell groupings apart.  What SQLite's grammar
 * refuses must be refused here, too.
 */
#include "tests/unit.h"

#include <sqlite3.h>
#include <string.h>

#include "schema/parse.h"
#include "tests/unit/schema/expr_text.h"

enum {
    EXPRESSIONS = 8000
};

static const char *const operands[] = {
    "a",      "b",      "c",         "t.a",  "0",      "1",     "2",     "3",
    "0x10",   "1.5",    "'x'",       "'2'",  "'%'",    "x'61'", "NULL",  "TRUE",
    "(a, b)", "abs(a)", "max(a, b)", "CASE", "CASE a", "(",     "CAST(", "coalesce(",
};
static const char *const prefixes[] = {"-", "+", "~", "NOT", "NOT", "- -", "(", "((", "EXISTS(SELECT "};
static const char *const postfixes[] = {
    "ISNULL",
    "NOTNULL",
    "NOT NULL",
    "COLLATE nocase",
    "COLLATE \"rtrim\"",
    ")",
    "))",
    "IN (a, b)",
    "NOT IN ()",
    "IN (1)",
    "IN (SELECT c FROM t)",
    "IN t2",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "AS TEXT)",
    "IS NULL",
    "NOT",
    "IS NOT NULL",
};
static const char *const infixes[] = {
    "OR",
    "AND",
    "AND",
    "AND",
    "IS",
    "IS NOT",
    "IS DISTINCT FROM",
    "IS NOT DISTINCT FROM",
    "BETWEEN",
    "NOT BETWEEN",
    "BETWEEN",
    "LIKE",
    "NOT LIKE",
    "GLOB",
    "NOT GLOB",
    "ESCAPE",
    "ESCAPE",
    "=",
    "==",
    "<>",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "&",
    "|",
    "<<",
    ">>",
    "+",
    "-",
    "*",
    "/",
    "%",
    "||",
    "->",
    "->>",
    "WHEN",
    "THEN",
    "ELSE",
};

/* Numerical Recipes' generator: the same expressions on every machine. */
static uint32_t seed = 20240229;

static size_t pick(size_t count)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % count;
}

#define PUT_ONE_OF(out, words)                                                                               \
    do {                                                                                                     \
        buf_text((out), (words)[pick(ARRAY_LENGTH(words))]);                                                 \
        buf_byte((out), ' ');                                                                                \
    } while (0)

static void make_expression(struct buf *out)
{
    size_t length = 2 + pick(5);

    buf_clear(out);
    /* In brackets, so that SQLite takes neither an alias nor a list for the rest of a broken expression. */
    buf_text(out, "( ");
    for (size_t i = 0; i < length; i++) {
        if (i > 0)
            PUT_ONE_OF(out, infixes);
        if (pick(4) == 0)
            PUT_ONE_OF(out, prefixes);
        /* Mostly the simple ones, so that most expressions are right. */
        if (pick(8) == 0)
            PUT_ONE_OF(out, operands);
        else
            buf_printf(out, "%s ", operands[pick(16)]);
        if (pick(5) == 0)
            PUT_ONE_OF(out, postfixes);
    }
    for (size_t open = pick(4) == 0 ? pick(3) : 0; open > 0; open--)
        buf_text(out, ") ");
    buf_byte(out, ')');
}

static sqlite3 *open_rows(void)
{
    sqlite3 *database;

    assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(database,
                     "CREATE TABLE t(a, b, c); CREATE TABLE t2(x); INSERT INTO t2 VALUES(1), (0);"
                     "INSERT INTO t VALUES(0, 1, 2), (1, 0, 'x'), (NULL, 1, 0), (2, NULL, '1'),"
                     "(-3, 5, 'X '), (7, 7, 7), ('2', 2.5, NULL), ('%', 'x', x'61')",
                     NULL, NULL, NULL),
        SQLITE_OK);
    return database;
}

/* All values of the expression with their types, or the error of the execution. */
static void evaluate(sqlite3 *database, struct str expression, struct buf *out)
{
    sqlite3_stmt *statement = NULL;
    struct buf sql;
    int status;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "SELECT %.*s FROM t", STR_ARGS(expression));
    buf_clear(out);
    if (sqlite3_prepare_v2(database, sql.ptr, -1, &statement, NULL) != SQLITE_OK)
        buf_text(out, sqlite3_errmsg(database));
    buf_free(&sql);
    if (statement == NULL)
        return;
    while ((status = sqlite3_step(statement)) == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(statement, 0);

        buf_printf(out, "%d:%s;", sqlite3_column_type(statement, 0), text == NULL ? "" : (const char *)text);
    }
    if (status != SQLITE_DONE)
        buf_text(out, sqlite3_errmsg(database));
    sqlite3_finalize(statement);
}

static bool is_syntax_error(struct str result)
{
    return str_ends_with(result, ": syntax error") || str_is(result, "incomplete input") ||
           str_starts_with(result, "unrecognized token");
}

static bool is_error(struct str result)
{
    return result.len > 0 && (!ascii_is_digit(result.ptr[0]) || result.ptr[result.len - 1] != ';');
}

struct counts {
    size_t right;
    size_t wrong;
};

static void compare(sqlite3 *database, struct str expression, struct counts *counts)
{
    struct arena *arena = arena_new();
    struct expr *expr;
    struct err err = {0};
    struct buf written;
    struct buf brackets;
    struct buf sql;
    bool parsed = parse_expr(arena, expression, &expr, &err);

    buf_init(&written, BUF_TEXT_MAXIMUM);
    buf_init(&brackets, BUF_TEXT_MAXIMUM);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    evaluate(database, expression, &written);
    /* SQLite may complain of something else before it sees that the syntax is wrong. */
    if (parsed ? is_syntax_error(buf_view(&written)) : !is_error(buf_view(&written)))
        fail_msg("%.*s\n  %s\n  %s", STR_ARGS(expression), err.primary, written.ptr);
    if (parsed) {
        expr_text(&sql, expr);
        evaluate(database, buf_view(&sql), &brackets);
        if (!str_equal(buf_view(&written), buf_view(&brackets)))
            fail_msg("%.*s\n  %s\n%s\n  %s", STR_ARGS(expression), written.ptr, sql.ptr, brackets.ptr);
    }
    *(parsed ? &counts->right : &counts->wrong) += 1;
    buf_free(&written);
    buf_free(&brackets);
    buf_free(&sql);
    arena_free(arena);
}

static void random_expressions_group_as_in_sqlite(void **state)
{
    sqlite3 *database = open_rows();
    struct counts counts = {0};
    struct buf expression;

    (void)state;
    buf_init(&expression, BUF_TEXT_MAXIMUM);
    for (int i = 0; i < EXPRESSIONS; i++) {
        make_expression(&expression);
        compare(database, buf_view(&expression), &counts);
    }
    buf_free(&expression);
    sqlite3_close(database);
    /* The generator makes both kinds, or the comparison says little. */
    assert_true(counts.right > EXPRESSIONS / 5);
    assert_true(counts.wrong > EXPRESSIONS / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_expressions_group_as_in_sqlite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
