/* Holds docs/translation.md and the translator together. */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "schema/parse.h"
#include "schema/translate_term.h"
#include "tests/unit/schema/select_scope.h"
#include "tests/unit/schema/translating.h"

enum {
    ROWS_AT_LEAST = 250,
    CELLS = 4
};

static const char *page_path; /* docs/translation.md */

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
    } others[] = {{"## What is taken for granted", SECTION_TEXT},
                  {"## Columns without case", SECTION_TEXT},
                  {"## Columns", SECTION_COLUMNS},
                  {"## Conditions", SECTION_CONDITIONS},
                  {"## Defaults", SECTION_DEFAULTS},
                  {"## Generated columns", SECTION_STORED},
                  {"## SELECT", SECTION_SELECT}};

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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_says_what_is_written),
        cmocka_unit_test(the_page_has_every_function),
        cmocka_unit_test(the_page_has_every_operator),
    };

    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s docs/translation.md\n", argv[0]);
        return 2;
    }
    page_path = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
