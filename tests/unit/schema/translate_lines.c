/*
 * translate_lines: for tests/suite/test_translate.py.  Reads lines "WANT<TAB>EXPRESSION", where WANT is
 * value, condition, default:COLUMN or stored:COLUMN (of that column's type) or select (the whole SELECT of a
 * view), and writes for each "ok<TAB>SQL" or "no<TAB>PRIMARY<TAB>DETAIL".  With --columns it writes
 * "NAME<TAB>DECLARED<TAB>COLLATION<TAB>TYPE" for each column of its scope; with --collate-c text comparisons
 * carry COLLATE "C"; with --citext or --icu the column k compares without case by itself; the want immutable
 * asks for a value that an index takes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "schema/parse.h"
#include "tests/unit/schema/select_scope.h"

static void print_columns(void)
{
    struct arena *arena = arena_new();

    for (size_t i = 0; i < ARRAY_LENGTH(scope_columns); i++) {
        const struct scope_column *column = &scope_columns[i];
        struct str type = pg_type_text(arena, &column->type);

        printf("%s\t%s\t%s\t%.*s\n", column->name, column->declared,
               column->collation == NULL ? "BINARY" : column->collation, STR_ARGS(type));
    }
    arena_free(arena);
}

/* What stands before the colon decides the place, what stands after it the column. */
static bool translate(struct arena *arena, struct str want, struct str sql, bool collate_c, struct buf *out,
                      struct err *err)
{
    ptrdiff_t colon = str_find(want, ':');
    const struct scope_column *column =
        colon < 0 ? NULL : scope_find(str_slice(want, (size_t)colon + 1, want.len));
    struct translate_scope scope = {.column = str_starts_with(want, "default") ? NULL : scope_lookup,
                                    .collate_c = collate_c,
                                    .immutable =
                                        str_is(want, "immutable") || str_starts_with(want, "stored")};
    enum translate_want place = column != NULL              ? TRANSLATE_OF_TYPE
                                : str_is(want, "condition") ? TRANSLATE_CONDITION
                                                            : TRANSLATE_VALUE;
    struct expr *expr;

    return parse_expr(arena, sql, &expr, err) &&
           translate_expr(expr, &scope, place, column == NULL ? NULL : &column->type, out, err);
}

static void translate_whole(struct arena *arena, struct str sql, bool collate_c)
{
    struct translated_select out = {.doubts = 0};
    struct err err = {.code = ERR_NONE};

    if (select_translate(arena, str_cstr(arena, sql), collate_c, &out, &err))
        printf("ok\t%.*s\n", STR_ARGS(out.sql));
    else
        printf("no\t%s\t%s\n", err.primary, err.detail);
}

static void translate_line(struct str line, bool collate_c)
{
    struct arena *arena = arena_new();
    struct err err = {.code = ERR_NONE};
    ptrdiff_t tab = str_find(line, '\t');
    struct str want = str_slice(line, 0, tab < 0 ? 0 : (size_t)tab);
    struct buf out;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    if (str_is(want, "select"))
        translate_whole(arena, str_slice(line, want.len + 1, line.len), collate_c);
    else if (translate(arena, want, str_slice(line, want.len + 1, line.len), collate_c, &out, &err))
        printf("ok\t%s\n", out.ptr);
    else
        printf("no\t%s\t%s\n", err.primary, err.detail);
    buf_free(&out);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    bool collate_c = argc > 1 && strcmp(argv[1], "--collate-c") == 0;
    bool citext = argc > 1 && strcmp(argv[1], "--citext") == 0;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    if (argc > 1 && strcmp(argv[1], "--columns") == 0) {
        print_columns();
        return 0;
    }
    if (citext || (argc > 1 && strcmp(argv[1], "--icu") == 0))
        scope_plain = citext ? "::text" : " COLLATE \"C\"";
    while ((length = getline(&line, &size, stdin)) > 0)
        translate_line((struct str){line, (size_t)length - (line[length - 1] == '\n')}, collate_c);
    free(line);
    return 0;
}
