/* Holds docs/translation.md and the translator together, and tries what the tables there cannot show. */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "schema/parse.h"
#include "schema/translate_term.h"
#include "tests/unit/schema/select_scope.h"

enum {
    ROWS_AT_LEAST = 250,
    CELLS = 4
};

static const char *page_path; /* docs/translation.md */

static bool translate(struct arena *arena, const char *sql, const struct translate_scope *scope,
                      enum translate_want want, const struct pg_type *type, struct buf *out, struct err *err)
{
    struct expr *expr;

    return parse_expr(arena, str_from(sql), &expr, err) && translate_expr(expr, scope, want, type, out, err);
}

/* ---- the page ---- */

enum section {
    SECTION_TEXT,
    SECTION_COLUMNS,
    SECTION_VALUES,
    SECTION_CONDITIONS,
    SECTION_DEFAULTS,
    SECTION_STORED,
    SECTION_SELECT
};

static enum section section_of(struct str heading)
{
    static const struct {
        const char *heading;
        enum section section;
    } others[] = {{"## What is taken for granted", SECTION_TEXT}, {"## Columns", SECTION_COLUMNS},
                  {"## Conditions", SECTION_CONDITIONS},          {"## Defaults", SECTION_DEFAULTS},
                  {"## Generated columns", SECTION_STORED},       {"## SELECT", SECTION_SELECT}};

    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        if (str_is(heading, others[i].heading))
            return others[i].section;
    return SECTION_VALUES;
}

/* Cells without their backticks; \| in them is a bar.  The number of cells, 0 when the line is no row. */
static size_t split_row(struct arena *arena, struct str line, const char *cells[CELLS])
{
    struct buf cell;
    size_t count = 0;

    if (!str_starts_with(line, "| `"))
        return 0;
    buf_init(&cell, BUF_TEXT_MAXIMUM);
    for (size_t i = 1; i < line.len && count < CELLS; i++) {
        if (line.ptr[i] == '\\' && i + 1 < line.len && line.ptr[i + 1] == '|') {
            buf_byte(&cell, line.ptr[++i]);
        } else if (line.ptr[i] == '|') {
            struct str text = str_trim(buf_view(&cell));

            if (str_starts_with(text, "`") && str_ends_with(text, "`"))
                text = str_slice(text, 1, text.len - 1);
            cells[count++] = str_cstr(arena, text);
            buf_clear(&cell);
        } else {
            buf_byte(&cell, line.ptr[i]);
        }
    }
    buf_free(&cell);
    return count;
}

static void check_column(const char *const cells[CELLS])
{
    struct arena *arena = arena_new();
    const struct scope_column *column = scope_find(str_from(cells[0]));

    assert_non_null(column);
    assert_string_equal(cells[1], column->declared);
    if (column->type.kind != PG_ENUM)
        assert_str_equal(pg_type_text(arena, &column->type), cells[2]);
    arena_free(arena);
}

static void check_select(const char *const cells[CELLS])
{
    struct translated_select translated = {.doubts = 0};
    struct arena *arena = arena_new();
    struct err err = {.code = ERR_NONE};
    bool done = select_translate(arena, cells[0], false, &translated, &err);

    if (strcmp(cells[1], "*not carried*") == 0) {
        assert_false(done);
        assert_int_equal(err.code, ERR_DECISION);
        assert_string_equal(err.detail, cells[2]);
    } else {
        assert_string_equal(done ? str_cstr(arena, translated.sql) : err.primary, cells[1]);
    }
    arena_free(arena);
}

static void check_translation(enum section section, const char *const cells[CELLS])
{
    bool of_type = section == SECTION_DEFAULTS || section == SECTION_STORED;
    const struct scope_column *column = of_type ? scope_find(str_from(cells[0])) : NULL;
    struct translate_scope scope = {.column = section == SECTION_DEFAULTS ? NULL : scope_lookup};
    enum translate_want want = of_type                         ? TRANSLATE_OF_TYPE
                               : section == SECTION_CONDITIONS ? TRANSLATE_CONDITION
                                                               : TRANSLATE_VALUE;
    const char *expected = cells[of_type ? 2 : 1];
    struct arena *arena = arena_new();
    struct err err = {.code = ERR_NONE};
    struct buf out;
    bool done;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    assert_true(!of_type || column != NULL);
    done = translate(arena, cells[of_type ? 1 : 0], &scope, want, of_type ? &column->type : NULL, &out, &err);
    if (strcmp(expected, "*not carried*") == 0) {
        assert_false(done);
        assert_int_equal(err.code, ERR_DECISION);
        assert_string_equal(err.detail, cells[of_type ? 3 : 2]);
    } else {
        assert_string_equal(done ? out.ptr : err.primary, expected);
    }
    buf_free(&out);
    arena_free(arena);
}

/* Calls visit for each row of the page's tables. */
static size_t each_row(void (*visit)(enum section section, const char *const cells[CELLS], void *context),
                       void *context)
{
    FILE *file = fopen(page_path, "r");
    enum section section = SECTION_TEXT;
    size_t rows = 0;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    assert_non_null(file);
    while ((length = getline(&line, &size, file)) > 0) {
        struct arena *arena = arena_new();
        struct str text = str_trim((struct str){line, (size_t)length});
        const char *cells[CELLS] = {"", "", "", ""};

        if (str_starts_with(text, "## "))
            section = section_of(text);
        if (section != SECTION_TEXT && split_row(arena, text, cells) > 0) {
            visit(section, cells, context);
            rows++;
        }
        arena_free(arena);
    }
    free(line);
    (void)fclose(file);
    return rows;
}

static void check_row(enum section section, const char *const cells[CELLS], void *context)
{
    (void)context;
    if (section == SECTION_COLUMNS)
        check_column(cells);
    else if (section == SECTION_SELECT)
        check_select(cells);
    else
        check_translation(section, cells);
}

static void the_page_says_what_is_written(void **state)
{
    (void)state;
    assert_true(each_row(check_row, NULL) >= ROWS_AT_LEAST);
}

/* Whether the row is about a call of the function, or an operator, that `context` names. */
static void look_for(enum section section, const char *const cells[CELLS], void *context)
{
    const char **wanted = context;
    bool of_type = section == SECTION_DEFAULTS || section == SECTION_STORED;

    if (*wanted != NULL && section != SECTION_COLUMNS && strstr(cells[of_type ? 1 : 0], *wanted) != NULL)
        *wanted = NULL;
}

static void assert_on_the_page(const char *text)
{
    const char *wanted = text;

    (void)each_row(look_for, &wanted);
    if (wanted != NULL)
        fail_msg("docs/translation.md has no row about %s", text);
}

static void the_page_has_every_function(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; translate_function_name(i) != NULL; i++)
        assert_on_the_page(str_printf(arena, "%s(", translate_function_name(i)).ptr);
    arena_free(arena);
}

static void the_page_has_every_operator(void **state)
{
    static const char *const operators[] = {
        " + ",     " - ",    " * ",  " / ",      " % ",          " & ",     " | ",     " << ",
        " >> ",    " || ",   " < ",  " <= ",     " > ",          " >= ",    " == ",    " != ",
        " <> ",    " = ",    " IS ", " IS NOT ", " IS NULL",     "NOTNULL", " IN (",   " NOT IN",
        "LIKE",    "ESCAPE", "GLOB", "REGEXP",   "MATCH",        "BETWEEN", "CASE ",   "CAST(",
        "COLLATE", " AND ",  " OR ", "NOT ",     " -> ",         " ->> ",   "EXISTS",  "(SELECT",
        "RAISE(",  "~i",     "-i",   "+i",       "CURRENT_TIME", "?1",      "x'00ff'", "CURRENT_DATE"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(operators); i++)
        assert_on_the_page(operators[i]);
}

/* ---- what needs another scope ---- */

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

/* ---- the parts ---- */

static void json_is_checked_strictly(void **state)
{
    static const char *const good[] = {"{}",
                                       " [ ] ",
                                       "null",
                                       "true",
                                       "-0",
                                       "0.5e-3",
                                       "1E+9",
                                       "\"\\u00e9\\n\"",
                                       "\"\\ud83d\\ude00\"",
                                       "[1, {\"a\" : [false]}]",
                                       "\"\xc3\xa9\""};
    static const char *const bad[] = {"",
                                      "{",
                                      "[1,]",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "'a'",
                                      "01",
                                      "1.",
                                      ".5",
                                      "+1",
                                      "1e",
                                      "NaN",
                                      "nul",
                                      "nullx",
                                      "[] []",
                                      "\"\n\"",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\u0000\"",
                                      "\"\\ud83d\"",
                                      "\"\\ude00\"",
                                      "\"\\ud83dx\"",
                                      "\"open",
                                      "\"\\",
                                      "\"\xff\"",
                                      "[1 2]",
                                      "{\"a\" 1}",
                                      "-"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
        assert_true(json_is_valid(str_from(good[i]), true));
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(json_is_valid(str_from(bad[i]), false));
    /* Beyond numeric's range, which only jsonb has. */
    assert_true(json_is_valid(str_from("1e99999"), false));
    assert_false(json_is_valid(str_from("1e99999"), true));
    assert_false(json_is_valid((struct str){"[]\0", 3}, false));
}

static void json_depth_has_a_limit(void **state)
{
    struct buf text;

    (void)state;
    for (int depth = 1000; depth <= 1001; depth++) {
        buf_init(&text, BUF_TEXT_MAXIMUM);
        for (int i = 0; i < depth; i++)
            buf_byte(&text, '[');
        for (int i = 0; i < depth; i++)
            buf_byte(&text, ']');
        assert_int_equal(json_is_valid(buf_view(&text), false), depth == 1000);
        buf_free(&text);
    }
}

static void moments_are_read_strictly(void **state)
{
    static const struct {
        const char *text;
        const char *date; /* NULL: none */
        const char *time;
        int digits;
    } good[] = {
        {"2020-02-29", "2020-02-29", NULL, 0},
        {"0001-01-01 00:00", "0001-01-01", "00:00", 0},
        {"2020-01-01T23:59:59.123000", "2020-01-01", "23:59:59.123", 3},
        {"2020-01-01 10:20:30.000", "2020-01-01", "10:20:30", 0},
        {"2020-01-01 10:20:30 Z", "2020-01-01", "10:20:30", 0},
        {"2020-01-01 10:20:30+00:00", "2020-01-01", "10:20:30", 0},
        {"10:20", NULL, "10:20", 0},
    };
    static const char *const bad[] = {
        "",
        "2020",
        "2020-1-1",
        "2019-02-29",
        "1900-02-29",
        "0000-01-01",
        "2020-13-01",
        "2020-00-01",
        "2020-04-31",
        "2020-01-01 24:00:00",
        "2020-01-01 10:60",
        "2020-01-01 10:20:60",
        "2020-01-01 10:20:30.",
        "2020-01-01 10:20:30+02:00",
        "2020-01-01 10:20:30  Z",
        "2020-01-01 ",
        "2020-01-01x10:20",
        " 2020-01-01",
        "2020-01-01 10:20:30x",
        "10",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
        struct moment moment;

        assert_true(translate_moment(str_from(good[i].text), &moment));
        assert_int_equal(moment.date.ptr == NULL, good[i].date == NULL);
        assert_str_equal(moment.date, good[i].date == NULL ? "" : good[i].date);
        assert_int_equal(moment.time.ptr == NULL, good[i].time == NULL);
        assert_str_equal(moment.time, good[i].time == NULL ? "" : good[i].time);
        assert_int_equal(moment.digits, good[i].digits);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct moment moment;

        assert_false(translate_moment(str_from(bad[i]), &moment));
    }
}

static void reals_are_written_as_they_read_back(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"},
                 {5, "5.0"},
                 {1e20, "1e+20"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {-0.5, "-0.5"},
                 {1e-7, "1e-07"},
                 {5e-324, "4.94065645841247e-324"},
                 {1.0 / 3, "0.333333333333333"}};
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str text = real_text(arena, cases[i].value);

        assert_true(strtod(str_cstr(arena, text), NULL) == cases[i].value);
        if (i + 1 < ARRAY_LENGTH(cases))
            assert_str_equal(text, cases[i].text);
    }
    arena_free(arena);
}

static void texts_are_numbers_as_in_sqlite(void **state)
{
    static const struct {
        const char *text;
        bool integer;
        double value;
    } good[] = {{"5", true, 5},
                {" 5 ", true, 5},
                {"+5", true, 5},
                {"-0", true, 0},
                {"5.0", true, 5},
                {"1e3", true, 1000},
                {".5", false, .5},
                {"5.", true, 5},
                {"1.5", false, 1.5},
                {"1E-1", false, 0.1},
                {"9223372036854775808", false, 9223372036854775808.0},
                {"9223372036854775807", true, 9223372036854775807.0}};
    static const char *const bad[] = {"",   " ",   "x",   "5x",  "0x10", ".",  "+",
                                      "1e", "1e+", "- 5", "1 2", "Inf",  "NaN"};
    struct translator tr = {.arena = arena_new()};
    struct term number;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
        assert_true(number_from_text(&tr, str_from(good[i].text), &number));
        assert_int_equal(number.storage == STORAGE_INTEGER, good[i].integer);
        assert_true((good[i].integer ? (double)number.integer : number.real) == good[i].value);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(number_from_text(&tr, str_from(bad[i]), &number));
    arena_free(tr.arena);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_says_what_is_written),
        cmocka_unit_test(the_page_has_every_function),
        cmocka_unit_test(the_page_has_every_operator),
        cmocka_unit_test(text_is_ordered_by_bytes_where_asked),
        cmocka_unit_test(what_grows_without_end_is_refused),
        cmocka_unit_test(long_lists_are_carried),
        cmocka_unit_test(a_failed_buf_is_told),
        cmocka_unit_test(texts_that_are_no_utf8_are_refused),
        cmocka_unit_test(json_is_checked_strictly),
        cmocka_unit_test(json_depth_has_a_limit),
        cmocka_unit_test(moments_are_read_strictly),
        cmocka_unit_test(reals_are_written_as_they_read_back),
        cmocka_unit_test(texts_are_numbers_as_in_sqlite),
    };

    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s docs/translation.md\n", argv[0]);
        return 2;
    }
    page_path = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
