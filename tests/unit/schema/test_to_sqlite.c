/* What the catalog of PostgreSQL writes, as SQLite reads it; and what it does not. */
#include "tests/unit.h"

#include <string.h>

#include "schema/to_sqlite.h"

static bool find(void *context, struct str name, struct pg_type *type)
{
    static const struct {
        const char *name;
        enum pg_kind kind;
    } columns[] = {
        {"n", PG_INT4},   {"m", PG_INT8},   {"d", PG_NUMERIC},       {"f", PG_FLOAT8},
        {"r", PG_FLOAT4}, {"t", PG_TEXT},   {"v", PG_VARCHAR},       {"c", PG_CHAR},
        {"b", PG_BOOL},   {"day", PG_DATE}, {"at", PG_TIMESTAMP},    {"zoned", PG_TIMESTAMPTZ},
        {"u", PG_UUID},   {"j", PG_JSONB},  {"odd \"name", PG_TEXT},
    };

    (void)context;
    for (size_t i = 0; i < ARRAY_LENGTH(columns); i++)
        if (str_is(name, columns[i].name)) {
            *type = pg_type_of(columns[i].kind);
            return true;
        }
    return false;
}

static const struct to_sqlite_scope scope = {.column = find, .table = STR("tab")};

static void assert_made(bool done, struct buf *out, const char *sql, const char *expected)
{
    if (!done)
        fail_msg("refused: %s", sql);
    if (!str_is(buf_view(out), expected))
        fail_msg("%s became %.*s", sql, STR_ARGS(buf_view(out)));
    buf_free(out);
}

static void expressions(void **state)
{
    static const char *const pairs[][2] = {
        {"(n > 0)", "(\"n\" > 0)"},
        {"((n >= 0) AND (n < (m * 2)))", "((\"n\" >= 0) AND (\"n\" < (\"m\" * 2)))"},
        {"(d >= (0)::numeric)", "(\"d\" >= (0))"},
        {"(f <> '-0.5'::double precision)", "(\"f\" <> -0.5)"},
        {"(n = '-5'::integer)", "(\"n\" = -5)"},
        {"((v)::text = 'it''s'::text)", "((\"v\") = 'it''s')"},
        {"(length((v)::text) <= 5)", "(length((\"v\")) <= 5)"},
        {"(char_length(t) > abs(n))", "(length(\"t\") > abs(\"n\"))"},
        {"(t = ANY (ARRAY['a'::text, 'b'::text]))", "(\"t\" IN ('a', 'b'))"},
        {"((v)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
         "((\"v\") IN ('a', 'b'))"},
        {"((v)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))", NULL},
        {"(n <> ALL (ARRAY[1, 2]))", "(\"n\" NOT IN (1, 2))"},
        {"((b IS TRUE) OR (NOT b) OR (b = false))", "((\"b\" IS 1) OR (NOT \"b\") OR (\"b\" = 0))"},
        {"((j IS NOT NULL) AND (t IS NULL))", "((\"j\" IS NOT NULL) AND (\"t\" IS NULL))"},
        {"(day >= '2020-01-01'::date)", "(\"day\" >= '2020-01-01')"},
        {"(at < at)", "(\"at\" < \"at\")"},
        {"(\"odd \"\"name\" <> ''::text)", "(\"odd \"\"name\" <> '')"},
        {"(tab.n > 0)", "(\"n\" > 0)"},
        {"(lower(((v)::text COLLATE \"C\")) = 'x'::text)", "(lower(((\"v\"))) = 'x')"},
        {"upper(t COLLATE \"C\")", "upper(\"t\")"},
        {"(COALESCE(n, 0) >= - 1)", "(coalesce(\"n\", 0) >= - 1)"},
        {"(u = '11111111-2222-3333-4444-555555555555'::uuid)",
         "(\"u\" = '11111111-2222-3333-4444-555555555555')"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        const char *reason;
        struct buf out;
        bool done;

        buf_init(&out, BUF_TEXT_MAXIMUM);
        done = to_sqlite_expr(str_from(pairs[i][0]), &scope, &out, &reason);
        if (pairs[i][1] == NULL) {
            assert_false(done);
            buf_free(&out);
        } else {
            assert_made(done, &out, pairs[i][0], pairs[i][1]);
        }
    }
}

static void what_is_read_otherwise_is_refused(void **state)
{
    static const char *const refused[] = {
        "(t ~ 'x'::text)",        /* no regular expressions */
        "(t ~~ 'x%'::text)",      /* LIKE knows no case there */
        "(t < 'm'::text)",        /* another order */
        "(d * (3)::numeric) > 0", /* binary instead of decimal */
        "(d + 0.1) > 0.3",
        "(n / 2) > 1", /* truncates here, and not for numeric */
        "((n)::text = '5'::text)",
        "((f)::integer > 1)",
        "((b)::text = 'true'::text)",
        "(lower(t) = 'x'::text)",
        "(lower((t COLLATE \"de-x-icu\")) = 'x'::text)",
        "(lower(((c)::text COLLATE \"C\")) = 'x'::text)", /* blanks at the end */
        "((t COLLATE \"C\") = 'x'::text)",
        "(lower(lower((t COLLATE \"C\")) COLLATE \"x\") = (t COLLATE \"C\"))",
        "(at > '2020-01-01 00:00:00'::timestamp without time zone)",
        "(zoned > at)",
        "(day > at)",
        "(j = '{}'::jsonb)",
        "((c)::text = 'x'::text)", /* blanks at the end */
        "(length((c)::text) > 1)",
        "(r > (0)::double precision)",
        "(missing > 0)",
        "(other.n > 0)",
        "(n > 0",
        "n > 0)",
        "(n > )",
        "(t = E'a\\\\b'::text)",
        "(n = 1) = b = b IS",
        "(t = ANY (ARRAY[t]))",
        "(n > 'NaN'::numeric)",
        "",
        "'",
        "\"",
        "(t = 'x'::public.mood)",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
        const char *reason = NULL;
        struct buf out;

        buf_init(&out, BUF_TEXT_MAXIMUM);
        if (to_sqlite_expr(str_from(refused[i]), &scope, &out, &reason))
            fail_msg("%s became %.*s", refused[i], STR_ARGS(buf_view(&out)));
        assert_non_null(reason);
        buf_free(&out);
    }
}

static void nesting_has_an_end(void **state)
{
    enum {
        DEEP = 100000
    };
    const char *reason = NULL;
    struct buf sql;
    struct buf out;

    (void)state;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_init(&out, BUF_TEXT_MAXIMUM);
    for (int i = 0; i < DEEP; i++)
        buf_byte(&sql, '(');
    assert_false(to_sqlite_expr(buf_view(&sql), &scope, &out, &reason));
    assert_string_equal(reason, "it is nested too deeply");
    buf_free(&sql);
    buf_free(&out);
}

static void defaults(void **state)
{
    static const struct {
        enum pg_kind kind;
        const char *sql;
        const char *expected; /* NULL: refused */
    } cases[] = {
        {PG_INT4, "5", "5"},
        {PG_INT4, "'-5'::integer", "-5"},
        {PG_INT4, "(-5)", "-5"},
        {PG_NUMERIC, "1.50", "1.50"},
        {PG_NUMERIC, "'NaN'::numeric", NULL},
        {PG_BOOL, "true", "1"},
        {PG_BOOL, "false", "0"},
        {PG_VARCHAR, "'it''s'::character varying", "'it''s'"},
        {PG_ENUM, "'a'::public.mood", "'a'"},
        {PG_JSONB, "'{}'::jsonb", "'{}'"},
        {PG_TEXT, "NULL::text", "NULL"},
        {PG_TIMESTAMP, "now()", "CURRENT_TIMESTAMP"},
        {PG_TIMESTAMP, "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"},
        {PG_DATE, "CURRENT_DATE", "CURRENT_DATE"},
        {PG_DATE, "now()", NULL},
        {PG_TEXT, "now()", NULL},
        {PG_UUID, "gen_random_uuid()", NULL},
        {PG_INT4, "nextval('s'::regclass)", NULL},
        {PG_INT4, "(1 + 2)", NULL},
        {PG_TEXT, "('a'::text || 'b'::text)", NULL},
        {PG_BYTEA, "'\\x00'::bytea", NULL},
        {PG_ARRAY, "'{}'::text[]", NULL},
        {PG_TEXT, "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct pg_type type = pg_type_of(cases[i].kind);
        const char *reason = NULL;
        struct buf out;
        bool done;

        buf_init(&out, BUF_TEXT_MAXIMUM);
        done = to_sqlite_default(str_from(cases[i].sql), &type, &out, &reason);
        if (cases[i].expected != NULL) {
            assert_made(done, &out, cases[i].sql, cases[i].expected);
            continue;
        }
        if (done)
            fail_msg("%s became %.*s", cases[i].sql, STR_ARGS(buf_view(&out)));
        assert_non_null(reason);
        buf_free(&out);
    }
}

static void views(void **state)
{
    static const char *const refused[] = {
        "SELECT n, count(*) FROM tab GROUP BY n;",
        "SELECT n FROM other;",
        "SELECT n FROM tab ORDER BY n;",
        "SELECT (n + 1) AS x FROM tab;",
        "SELECT DISTINCT n FROM tab;",
        "SELECT tab.n FROM tab JOIN tab b ON true;",
    };
    const char *reason;
    struct buf out;

    (void)state;
    buf_init(&out, BUF_TEXT_MAXIMUM);
    assert_made(to_sqlite_view(
                    str_from(" SELECT tab.n,\n    tab.t AS \"T\"\n   FROM tab\n  WHERE (tab.b AND n > 1);"),
                    &scope, &out, &reason),
                &out, "the view", "SELECT \"n\", \"t\" AS \"T\" FROM \"tab\" WHERE (\"b\" AND \"n\" > 1)");
    for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
        buf_init(&out, BUF_TEXT_MAXIMUM);
        if (to_sqlite_view(str_from(refused[i]), &scope, &out, &reason))
            fail_msg("%s became %.*s", refused[i], STR_ARGS(buf_view(&out)));
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions),
        cmocka_unit_test(what_is_read_otherwise_is_refused),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(defaults),
        cmocka_unit_test(views),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
