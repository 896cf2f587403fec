#include "ops/selection_check.h"

#include "ops/mention.h"
#include "schema/ident.h"
#include "schema/lexer.h"

static bool check_patterns(const struct schema *schema, const char *option, const struct str *patterns,
                           size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        bool found = false;

        for (size_t j = 0; !found && j < schema->table_count; j++)
            found = schema->tables[j].kind != TABLE_SHADOW &&
                    selection_matches(patterns[i], schema->tables[j].name.text);
        if (found)
            continue;
        err_set(err, ERR_USAGE, "%s %.*s: the source has no such table", option, STR_ARGS(patterns[i]));
        return err_hint(err, "`pgrade plan` shows the names of all tables; * stands for any text");
    }
    return true;
}

static bool is_left_out(const struct selection *selection, struct str table)
{
    struct arena *arena = arena_new();
    bool left_out = selection_excludes(arena, selection, table).ptr != NULL;

    arena_free(arena);
    return left_out;
}

/* A source without tables is another matter. */
static bool check_something_left(const struct schema *schema, const struct selection *selection,
                                 struct err *err)
{
    size_t tables = 0;

    for (size_t i = 0; i < schema->table_count; i++) {
        if (schema->tables[i].kind == TABLE_SHADOW)
            continue;
        if (!is_left_out(selection, schema->tables[i].name.text))
            return true;
        tables++;
    }
    if (tables == 0)
        return true;
    err_set(err, ERR_USAGE, "--include and --exclude leave none of the %zu table%s of the source", tables,
            tables == 1 ? "" : "s");
    err_detail(err, "what an --exclude names is left out even where an --include names it too");
    return err_hint(err, "`pgrade plan` without them shows the names of all tables");
}

static bool wrong(const struct row_filter *filter, const char *why, struct err *err)
{
    err_set(err, ERR_USAGE, "--where %.*s=%.*s: it is no condition", STR_ARGS(filter->table),
            STR_ARGS(filter->condition));
    err_detail(err, "%s", why);
    return err_hint(
        err, "--where \"TABLE=SQL\" with what stands behind WHERE in SQLite: --where \"posts=deleted = 0\"");
}

/* One expression, which cannot end the brackets around it nor the statement.  What it means is for SQLite. */
static bool check_tokens(const struct row_filter *filter, struct err *err)
{
    struct lexer lexer;
    int depth = 0;

    lexer_begin(&lexer, filter->condition);
    for (;;) {
        struct token token = lexer_next(&lexer);

        if (token.kind == TOKEN_END)
            return depth == 0 || wrong(filter, "a bracket is not closed", err);
        if (token.kind == TOKEN_SEMICOLON)
            return wrong(filter, "a semicolon ends the statement", err);
        if (token.kind == TOKEN_VARIABLE)
            return wrong(filter, "a parameter has no value here", err);
        if (token.kind == TOKEN_ILLEGAL)
            return wrong(filter, "a quote is not closed, or a character means nothing", err);
        /* The rows are read several times, and each time they have to be the same ones. */
        if (str_is_nocase(token.text, "random"))
            return wrong(filter, "random() is another value each time", err);
        depth += token.kind == TOKEN_OPEN;
        depth -= token.kind == TOKEN_CLOSE;
        if (depth < 0)
            return wrong(filter, "a bracket closes that was not opened", err);
    }
}

static bool try_filter(struct engine *reader, const struct row_filter *filter, const struct table *table,
                       struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    struct rows *rows = NULL;
    struct buf sql;
    bool found;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT 1 FROM ");
    table_put_from(&sql, table);
    table_put_filter(&sql, table, " WHERE ");
    buf_text(&sql, " LIMIT 0");
    done =
        engine_query(reader, buf_view(&sql), NULL, 0, &rows, &failure) && rows_next(rows, &found, &failure);
    rows_close(rows);
    buf_free(&sql);
    return done || wrong(filter, failure.detail[0] != '\0' ? failure.detail : failure.primary, err);
}

static bool apply_filter(struct engine *reader, struct schema *schema, const struct selection *selection,
                         const struct row_filter *filter, struct err *err)
{
    struct table *table = schema_table(schema, filter->table);

    if (!mention_check(schema, "--where", filter->table, (struct str){NULL, 0}, err) ||
        !check_tokens(filter, err))
        return false;
    if (is_left_out(selection, table->name.text)) {
        err_set(err, ERR_USAGE, "--where %.*s=%.*s: the table is left out by --include or --exclude",
                STR_ARGS(filter->table), STR_ARGS(filter->condition));
        return err_hint(err, "leave out one of the two options");
    }
    if (table->virtual != NULL)
        return wrong(filter, "a virtual table is carried whole, or excluded", err);
    table->filter = filter->condition;
    return try_filter(reader, filter, table, err);
}

bool selection_apply(struct engine *reader, struct schema *schema, const struct plan_options *options,
                     struct err *err)
{
    const struct selection *selection = &options->selection;

    if (!check_patterns(schema, "--include", selection->includes, selection->include_count, err) ||
        !check_patterns(schema, "--exclude", selection->excludes, selection->exclude_count, err))
        return false;
    if (!check_something_left(schema, selection, err))
        return false;
    for (size_t i = 0; i < options->filter_count; i++)
        if (!apply_filter(reader, schema, selection, &options->filters[i], err))
            return false;
    return true;
}
