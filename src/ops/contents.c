#include "ops/contents.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "ops/interrupt.h"
#include "schema/ident.h"

static const char postgres_tables[] =
    "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'"
    " AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d"
    " WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')"
    " ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"";

/* Virtual tables have no root page: what they hold lies in their shadow tables. */
static const char sqlite_tables[] =
    "SELECT NULL, name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0"
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";

struct look {
    struct arena *arena;
    struct engine *engine;
    struct contents *contents;
    bool postgres;
};

static bool list_tables(const struct look *look, struct err *err)
{
    const char *sql = look->postgres ? postgres_tables : sqlite_tables;
    struct contents *contents = look->contents;
    struct rows *rows;
    bool found = false;
    bool done;

    if (!engine_query(look->engine, str_from(sql), NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        struct str schema = rows->cells[0].kind == VALUE_NULL ? (struct str){NULL, 0}
                                                              : str_dup(look->arena, rows->cells[0].bytes);

        ARENA_PUSH(look->arena, contents->tables, contents->count, contents->capacity) =
            (struct contents_table){.schema = schema, .name = str_dup(look->arena, rows->cells[1].bytes)};
    }
    rows_close(rows);
    return done;
}

static void put_name(const struct contents_table *table, struct buf *sql)
{
    if (table->schema.ptr != NULL)
        ident_quote_qualified(sql, table->schema, table->name);
    else
        ident_quote(sql, table->name);
}

/* One row of a number and a text, or of a number alone. */
static bool ask(const struct look *look, struct buf *sql, struct contents_table *table, struct err *err)
{
    struct rows *rows = NULL;
    bool found = false;
    bool done = !sql->failed || err_set(err, ERR_OUT_OF_MEMORY, "no memory for a statement");

    done = done && engine_query(look->engine, buf_view(sql), NULL, 0, &rows, err) &&
           rows_next(rows, &found, err);
    if (done && (!found || !str_to_int64(rows->cells[0].bytes, &table->rows)))
        done = err_set(err, ERR_DATABASE, "the rows of %.*s could not be counted", STR_ARGS(table->name));
    else if (done && rows->width > 1 && rows->cells[1].kind != VALUE_NULL)
        table->sum = str_dup(look->arena, rows->cells[1].bytes);
    rows_close(rows);
    return done;
}

static bool count(const struct look *look, struct contents_table *table, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT CAST(count(*) AS TEXT) FROM ");
    if (look->postgres)
        buf_text(&sql, "ONLY ");
    put_name(table, &sql);
    done = ask(look, &sql, table, err);
    buf_free(&sql);
    return done;
}

static bool sum(const struct look *look, struct contents_table *table, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT count(*)::text, coalesce(sum(hashtextextended(ROW(\"pgrade row\".*)::text"
                   " COLLATE \"C\", 0)::numeric), 0)::text FROM ONLY ");
    put_name(table, &sql);
    buf_text(&sql, " AS \"pgrade row\"");
    done = ask(look, &sql, table, err);
    buf_free(&sql);
    return done;
}

/* A row whose text would pass the server's limit of a gigabyte; others are failures. */
static bool is_too_long(const struct err *err)
{
    static const char *const states[] = {"54000", "53200", "XX000", "22P05"};

    for (size_t i = 0; i < ARRAY_LENGTH(states); i++)
        if (strcmp(err->sqlstate, states[i]) == 0)
            return true;
    return false;
}

static bool sum_or_count(const struct look *look, struct contents_table *table, struct err *err)
{
    struct err failure = {.code = ERR_NONE};

    if (!engine_exec(look->engine, (struct str)STR("SAVEPOINT pgrade_sum"), err))
        return false;
    /* What was read is known, and so its locks are not needed: see locks.h. */
    if (sum(look, table, &failure))
        return engine_exec(look->engine, (struct str)STR("ROLLBACK TO pgrade_sum; RELEASE pgrade_sum"), err);
    if (!is_too_long(&failure)) {
        *err = failure;
        return false;
    }
    table->sum = (struct str){NULL, 0};
    return engine_exec(look->engine, (struct str)STR("ROLLBACK TO pgrade_sum; RELEASE pgrade_sum"), err) &&
           count(look, table, err);
}

static bool look_at_all(void *context, struct err *err)
{
    const struct look *look = context;

    if (look->postgres &&
        !engine_exec(look->engine,
                     (struct str)STR("SET LOCAL row_security = off; SET LOCAL lc_monetary = 'C'"), err))
        return false;
    if (!list_tables(look, err))
        return false;
    for (size_t i = 0; i < look->contents->count; i++) {
        struct contents_table *table = &look->contents->tables[i];

        if (!(look->postgres ? sum_or_count(look, table, err) : count(look, table, err)))
            return false;
    }
    return true;
}

bool contents_read(struct arena *arena, struct engine *engine, const volatile sig_atomic_t *interrupted,
                   struct contents *contents, struct err *err)
{
    struct look look = {arena, engine, contents, strcmp(engine_unwrap(engine)->ops->name, "postgres") == 0};

    *contents = (struct contents){.tables = NULL};
    return interruptible(interrupted, engine, look_at_all, &look, err);
}

bool contents_list(struct arena *arena, struct engine *engine, struct contents *contents, struct err *err)
{
    struct look look = {arena, engine, contents, true};

    *contents = (struct contents){.tables = NULL};
    return list_tables(&look, err);
}

int64_t contents_rows(const struct contents *contents)
{
    int64_t rows = 0;

    for (size_t i = 0; i < contents->count; i++)
        rows += contents->tables[i].rows;
    return rows;
}

static const struct contents_table *find(const struct contents *contents, const struct contents_table *table)
{
    for (size_t i = 0; i < contents->count; i++)
        if (str_equal(contents->tables[i].schema, table->schema) &&
            str_equal(contents->tables[i].name, table->name))
            return &contents->tables[i];
    return NULL;
}

static struct str shown(struct arena *arena, const struct contents_table *table)
{
    if (table->schema.ptr == NULL || str_is(table->schema, "public"))
        return table->name;
    return str_printf(arena, "%.*s.%.*s", STR_ARGS(table->schema), STR_ARGS(table->name));
}

static struct str difference(struct arena *arena, const struct contents_table *expected,
                             const struct contents_table *found)
{
    struct str name = shown(arena, expected);

    if (found == NULL)
        return str_printf(arena, "%.*s: the table is missing", STR_ARGS(name));
    if (found->rows != expected->rows)
        return str_printf(arena, "%.*s: %" PRId64 " rows instead of %" PRId64, STR_ARGS(name), found->rows,
                          expected->rows);
    if (expected->sum.ptr != NULL && found->sum.ptr != NULL && !str_equal(expected->sum, found->sum))
        return str_printf(arena, "%.*s: as many rows, with other values", STR_ARGS(name));
    return (struct str){NULL, 0};
}

struct str *contents_compare(struct arena *arena, const struct contents *expected,
                             const struct contents *found, size_t *count)
{
    struct str *lines = NULL;
    size_t capacity = 0;

    *count = 0;
    for (size_t i = 0; i < expected->count; i++) {
        const struct contents_table *table = &expected->tables[i];
        struct str line = difference(arena, table, find(found, table));

        if (line.ptr != NULL)
            ARENA_PUSH(arena, lines, *count, capacity) = line;
    }
    return lines;
}

struct str *contents_differences(struct arena *arena, const struct contents *expected,
                                 const struct contents *found, size_t *count)
{
    struct str *lines = contents_compare(arena, expected, found, count);

    if (*count > 0 || found->count == expected->count)
        return lines;
    *count = 1;
    lines = ARENA_NEW(arena, struct str);
    *lines = str_printf(arena, "%zu tables instead of %zu", found->count, expected->count);
    return lines;
}
