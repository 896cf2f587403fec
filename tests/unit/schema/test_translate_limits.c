/* What the tables of docs/translation.md cannot show: another collation, sizes, bytes that are no text. */
#include "tests/unit.h"

#include "tests/unit/schema/translating.h"

static void text_is_ordered_by_bytes_where_asked(void **state)
{
    static const struct {
        const char *sql;
        const char *expected;
    } cases[] = {
        {"t < 'a'", "\"t\" COLLATE \"C\" < 'a'"},
        {"'a' < t", "'a' COLLATE \"C\" < \"t\""},
        {"c >= t", "\"c\"::text COLLATE \"C\" >= \"t\""},
        {"t BETWEEN 'a' AND 'b'", "\"t\" COLLATE \"C\" BETWEEN 'a' AND 'b'"},
        {"max(t, 'a')", "CASE WHEN \"t\" IS NULL THEN NULL ELSE greatest(\"t\" COLLATE \"C\", 'a') END"},
        {"(t || 'x') > 'a'", "(\"t\" || 'x') COLLATE \"C\" > 'a'"},
        {"l < 'a'", "rtrim(\"l\") COLLATE \"C\" < 'a'"},
        {"k < 'a'", "lower(\"k\" COLLATE \"C\") < 'a'"},
        {"t = 'a'", "\"t\" = 'a'"},
        {"t IN ('a', 'b')", "\"t\" IN ('a', 'b')"},
        {"i < 5", "\"i\" < 5"},
    };
    struct translate_scope scope = {.column = scope_lookup, .collate_c = true};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct err err = {.code = ERR_NONE};
        struct buf out;

        buf_init(&out, BUF_TEXT_MAXIMUM);
        assert_true(translate(arena, cases[i].sql, &scope, TRANSLATE_VALUE, NULL, &out, &err));
        assert_string_equal(out.ptr, cases[i].expected);
        buf_free(&out);
        arena_free(arena);
    }
}

/* Each level names its operand twice, so the text would double with each: it is refused, and quickly. */
static void what_grows_without_end_is_refused(void **state)
{
    struct translate_scope scope = {.column = scope_lookup};
    struct arena *arena = arena_new();
    struct err err = {.code = ERR_NONE};
    struct buf sql;
    struct buf out;

    (void)state;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_init(&out, BUF_TEXT_MAXIMUM);
    for (int i = 0; i < 100; i++)
        buf_text(&sql, "max(");
    buf_text(&sql, "i");
    for (int i = 0; i < 100; i++)
        buf_text(&sql, ", j)");
    assert_false(translate(arena, sql.ptr, &scope, TRANSLATE_VALUE, NULL, &out, &err));
    assert_int_equal(err.code, ERR_DECISION);
    buf_free(&sql);
    buf_free(&out);
    arena_free(arena);
}

/* A list of labels may be long. */
static void long_lists_are_carried(void **state)
{
    struct translate_scope scope = {.column = scope_lookup};
    struct arena *arena = arena_new();
    struct err err = {.code = ERR_NONE};
    struct buf sql;
    struct buf out;

    (void)state;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_init(&out, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "t IN ('first'");
    for (int i = 0; i < 5000; i++)
        buf_printf(&sql, ", 'label %d'", i);
    buf_text(&sql, ")");
    assert_true(translate(arena, sql.ptr, &scope, TRANSLATE_CONDITION, NULL, &out, &err));
    assert_true(out.len > sql.len);
    buf_free(&sql);
    buf_free(&out);
    arena_free(arena);
}

static void a_failed_buf_is_told(void **state)
{
    struct translate_scope scope = {.column = scope_lookup};
    struct arena *arena = arena_new();
    struct err err = {.code = ERR_NONE};
    struct buf out;

    (void)state;
    buf_init(&out, 3);
    assert_false(translate(arena, "i + 1", &scope, TRANSLATE_VALUE, NULL, &out, &err));
    assert_int_equal(err.code, ERR_OUT_OF_MEMORY);
    buf_free(&out);
    arena_free(arena);
}

static void texts_that_are_no_utf8_are_refused(void **state)
{
    static const char *const bad[] = {"'\xff'", "x'ff'", "x'6100'"};
    struct pg_type text = pg_type_of(PG_TEXT);
    struct translate_scope scope = {.column = NULL};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct arena *arena = arena_new();
        struct err err = {.code = ERR_NONE};
        struct buf out;

        buf_init(&out, BUF_TEXT_MAXIMUM);
        assert_false(translate(arena, bad[i], &scope, TRANSLATE_OF_TYPE, &text, &out, &err));
        assert_int_equal(err.code, ERR_DECISION);
        buf_free(&out);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_ordered_by_bytes_where_asked),
        cmocka_unit_test(what_grows_without_end_is_refused),
        cmocka_unit_test(long_lists_are_carried),
        cmocka_unit_test(a_failed_buf_is_told),
        cmocka_unit_test(texts_that_are_no_utf8_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
