/*
 * Whatever SQLite accepts parses; whatever it does not, does no harm.
 *
 * The input is a statement.  It goes to every parser as it is, and to SQLite in an empty database: what is
 * then in sqlite_schema must parse, and have the columns that SQLite's pragmas tell of.
 *
 *     CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false
 *     build-fuzz/tests/fuzz/fuzz_parse -dict=tests/fuzz/parse.dict CORPUS
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool sum_text(void *context, const struct expr *node)
{
    size_t *sum = context;

    for (size_t i = 0; i < node->sql.len; i++)
        *sum += (unsigned char)node->sql.ptr[i];
    for (size_t i = 0; i < node->name.len; i++)
        *sum += (unsigned char)node->name.ptr[i];
    return node->height <= EXPR_HEIGHT_MAXIMUM;
}

static void parse_as_everything(struct str sql)
{
    struct arena *arena = arena_new();
    struct table table = {0};
    struct table virtual_table = {0};
    struct index index;
    struct view view;
    struct trigger trigger;
    struct expr *expr;
    struct err err = {0};
    size_t sum = 0;

    if (parse_table(arena, sql, &table, &err))
        for (size_t i = 0; i < table.check_count; i++)
            (void)expr_walk(table.checks[i].expr, sum_text, &sum);
    if (parse_index(arena, sql, &index, &err))
        (void)index_resolve(arena, &index, &table, &err);
    (void)!parse_virtual_table(arena, sql, &virtual_table, &err);
    (void)!parse_view(arena, sql, &view, &err);
    (void)!parse_trigger(arena, sql, &trigger, &err);
    if (parse_expr(arena, sql, &expr, &err))
        (void)expr_walk(expr, sum_text, &sum);
    arena_free(arena);
}

/* Creating, and reading what that needs; nothing that touches files or other databases. */
static int authorise(void *context, int action, const char *a, const char *b, const char *c, const char *d)
{
    (void)context;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
    case SQLITE_PRAGMA:
    case SQLITE_CREATE_VTABLE: return SQLITE_DENY;
    default: return SQLITE_OK;
    }
}

/* A CREATE TABLE ... AS SELECT may run for ever. */
static int stop(void *context)
{
    (void)context;
    return 1;
}

static void refuse(const char *sql, const char *why)
{
    fprintf(stderr, "%s\n  %s\n", sql, why);
    abort();
}

static bool parse_view_whole(struct arena *arena, struct str sql, struct err *err)
{
    struct view view;

    return parse_view(arena, sql, &view, err) &&
           (view.select != NULL || err_set(err, ERR_SYNTAX, "%.*s", STR_ARGS(view.damage)));
}

/* White space aside; SQLite's text keeps comments too, and then says nothing here. */
static bool same_type(struct str declared, const char *type)
{
    size_t i = 0;

    if (strstr(type, "--") != NULL || strstr(type, "/*") != NULL)
        return true;
    for (; *type != '\0'; type++) {
        if (ascii_is_space(*type) || (unsigned char)*type >= 0x80)
            continue;
        while (i < declared.len &&
               (ascii_is_space(declared.ptr[i]) || (unsigned char)declared.ptr[i] >= 0x80))
            i++;
        if (i == declared.len || ascii_lower(declared.ptr[i++]) != ascii_lower(*type))
            return false;
    }
    return true;
}

static const char *compare_column(const struct column *column, sqlite3_stmt *row)
{
    static const int hidden[] = {[GENERATED_NO] = 0, [GENERATED_VIRTUAL] = 2, [GENERATED_STORED] = 3};

    if (!str_is(column->name.text, (const char *)sqlite3_column_text(row, 0)))
        return "another name of a column";
    if (!same_type(column->declared, (const char *)sqlite3_column_text(row, 1)))
        return "another type";
    if (column->not_null != (sqlite3_column_int(row, 2) != 0))
        return "another NOT NULL";
    if (column->key_position != sqlite3_column_int(row, 3))
        return "another primary key";
    return hidden[column->generated] == sqlite3_column_int(row, 4) ? NULL : "otherwise generated";
}

static void compare_table(sqlite3 *database, const struct table *table)
{
    sqlite3_stmt *row = NULL;
    const char *difference = NULL;
    size_t count = 0;

    if (sqlite3_prepare_v2(database, "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?)",
                           -1, &row, NULL) != SQLITE_OK)
        abort();
    sqlite3_bind_text(row, 1, table->name.text.ptr, (int)table->name.text.len, SQLITE_STATIC);
    while (difference == NULL && sqlite3_step(row) == SQLITE_ROW)
        difference =
            count < table->column_count ? compare_column(&table->columns[count++], row) : "too few columns";
    if (difference == NULL && count < table->column_count)
        difference = "too many columns";
    if (difference != NULL)
        refuse(table->sql.ptr, difference);
    sqlite3_finalize(row);
}

static void check_object(sqlite3_stmt *row)
{
    struct str type = str_from((const char *)sqlite3_column_text(row, 0));
    const char *sql = (const char *)sqlite3_column_text(row, 1);
    struct arena *arena = arena_new();
    struct err err = {0};
    struct table table = {0};
    struct index index;
    struct trigger trigger;
    bool parsed;

    if (str_is(type, "table"))
        parsed = parse_table(arena, str_from(sql), &table, &err);
    else if (str_is(type, "index"))
        parsed = parse_index(arena, str_from(sql), &index, &err);
    else if (str_is(type, "view"))
        parsed = parse_view_whole(arena, str_from(sql), &err);
    else
        parsed = parse_trigger(arena, str_from(sql), &trigger, &err);
    if (!parsed)
        refuse(sql, err.primary);
    if (str_is(type, "table"))
        compare_table(sqlite3_db_handle(row), &table);
    arena_free(arena);
}

static void compare_with_sqlite(struct str sql)
{
    char *text = sqlite3_mprintf("%.*s", (int)sql.len, sql.ptr == NULL ? "" : sql.ptr);
    sqlite3 *database = NULL;
    sqlite3_stmt *row = NULL;

    if (sqlite3_open(":memory:", &database) != SQLITE_OK)
        abort();
    sqlite3_exec(database, "CREATE TABLE p(x PRIMARY KEY, y)", NULL, NULL, NULL);
    sqlite3_set_authorizer(database, authorise, NULL);
    sqlite3_progress_handler(database, 20000, stop, NULL);
    if (sqlite3_exec(database, text, NULL, NULL, NULL) == SQLITE_OK) {
        sqlite3_set_authorizer(database, NULL, NULL);
        sqlite3_progress_handler(database, 0, NULL, NULL);
        if (sqlite3_prepare_v2(database, "SELECT type, sql FROM sqlite_schema WHERE sql IS NOT NULL", -1,
                               &row, NULL) != SQLITE_OK)
            abort();
        while (sqlite3_step(row) == SQLITE_ROW)
            check_object(row);
        sqlite3_finalize(row);
    }
    sqlite3_close(database);
    sqlite3_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct str sql = {(const char *)bytes, size};

    parse_as_everything(sql);
    if (str_starts_with_nocase(str_trim(sql), "CREATE"))
        compare_with_sqlite(sql);
    return 0;
}
