/* A file without rows, whose schema is made of what the server's catalog says. */
#include "ops/downgrade_schema.h"

#include "engine/sqlite/write.h"
#include "schema/ident.h"

struct made_table *made_schema_table(struct made_schema *made, struct str name)
{
    for (size_t i = 0; i < made->count; i++)
        if (str_equal(made->tables[i].there->name, name))
            return &made->tables[i];
    return NULL;
}

struct made_column *made_schema_column(const struct made_table *table, struct str name)
{
    for (size_t i = 0; i < table->there->column_count; i++)
        if (str_equal(table->columns[i].there->name, name))
            return &table->columns[i];
    return NULL;
}

static bool find_type(void *context, struct str name, struct pg_type *type)
{
    const struct made_column *column = made_schema_column(context, name);

    if (column != NULL)
        *type = column->type;
    return column != NULL;
}

struct to_sqlite_scope made_schema_scope(const struct made_table *table)
{
    return (struct to_sqlite_scope){
        .column = find_type, .context = (void *)(uintptr_t)table, .table = table->there->name};
}

struct not_carried *made_schema_refuse(struct made_schema *made, enum object_class class, struct str table,
                                       struct str name, const char *reason)
{
    struct arena *arena = made->run->arena;
    const struct plan *plan = &made->run->result->prepared.plan;

    downgrade_not_carried(made->run, class, table.ptr == NULL ? table : str_dup(arena, table),
                          str_dup(arena, name), str_dup(arena, str_from(reason)));
    return &plan->not_carried[plan->not_carried_count - 1];
}

/* ---- tables ---- */

static bool has_twin_column(const struct existing_table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        for (size_t j = 0; j < i; j++)
            if (str_equal_nocase(table->columns[i].name, table->columns[j].name))
                return true;
    return false;
}

/* Why SQLite cannot have a table like that; NULL: it can. */
static const char *table_obstacle(const struct made_schema *made, const struct existing_table *table)
{
    for (size_t i = 0; i < made->count; i++)
        if (str_equal_nocase(made->tables[i].there->name, table->name))
            return "SQLite has no two tables whose names differ in case alone";
    if (str_starts_with_nocase(table->name, "sqlite_"))
        return "SQLite keeps names that begin with sqlite_ for itself";
    if (table->column_count == 0)
        return "SQLite has no tables without columns";
    if (has_twin_column(table))
        return "SQLite has no two columns whose names differ in case alone";
    return NULL;
}

static void take_tables(struct made_schema *made)
{
    struct arena *arena = made->run->arena;
    struct existing *existing = &made->existing;

    made->tables = ARENA_ARRAY(arena, struct made_table, existing->count + 1);
    for (size_t i = 0; i < existing->count; i++) {
        const struct existing_table *there = &existing->tables[i];
        const char *obstacle = there->is_whole ? table_obstacle(made, there) : NULL;
        struct made_table *table = &made->tables[made->count];

        made->short_uuid = made->short_uuid || str_is(there->name, "django_migrations") ||
                           str_is(there->name, "alembic_version");
        if (obstacle != NULL)
            made_schema_refuse(made, OBJECT_TABLE, (struct str){NULL, 0}, there->name, obstacle);
        if (!there->is_whole || obstacle != NULL)
            continue;
        *table = (struct made_table){.there = there, .key = -1};
        table->columns = ARENA_ARRAY(arena, struct made_column, there->column_count + 1);
        for (size_t j = 0; j < there->column_count; j++)
            table->columns[j] = (struct made_column){.there = &there->columns[j]};
        made->count++;
    }
}

static void put_column(const struct made_table *table, size_t place, struct buf *sql)
{
    const struct made_column *column = &table->columns[place];

    ident_quote(sql, column->there->name);
    buf_printf(sql, " %.*s", STR_ARGS(column->declared));
    if (table->key == (int)place) {
        buf_text(sql, " PRIMARY KEY AUTOINCREMENT");
        return;
    }
    if (column->there->not_null)
        buf_text(sql, " NOT NULL");
    if (column->default_sql.ptr != NULL)
        buf_printf(sql, " DEFAULT %.*s", STR_ARGS(column->default_sql));
    if (column->collate.ptr != NULL)
        buf_printf(sql, " COLLATE %.*s", STR_ARGS(column->collate));
}

static void make_table(struct made_schema *made, struct made_table *table)
{
    struct err failure = {.code = ERR_NONE};
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "CREATE TABLE ");
    ident_quote(&sql, table->there->name);
    buf_text(&sql, " (");
    for (size_t i = 0; i < table->there->column_count; i++) {
        buf_text(&sql, i == 0 ? "\n  " : ",\n  ");
        put_column(table, i, &sql);
    }
    for (size_t i = 0; i < table->part_count; i++)
        buf_printf(&sql, ",\n  %.*s", STR_ARGS(table->parts[i]));
    buf_text(&sql, "\n)");
    table->made = engine_exec(made->file, buf_view(&sql), &failure);
    buf_free(&sql);
    if (!table->made)
        made_schema_refuse(made, OBJECT_TABLE, (struct str){NULL, 0}, table->there->name,
                           arena_printf(made->run->arena, "SQLite refuses it: %s", failure.primary));
}

static bool fill_model(struct made_schema *made, struct err *err)
{
    size_t count = 0;
    struct value path;

    /* So that the catalog names what is in the schema without it. */
    if (!engine_value(made->run->control, made->run->arena,
                      (struct str)STR("SELECT set_config('search_path', quote_ident($1), true)"), &made->name,
                      1, &path, err) ||
        !existing_read(made->run->arena, made->run->control, made->name, &made->existing, err))
        return false;
    take_tables(made);
    if (!made_schema_types(made, err) || !made_schema_defaults(made, err) ||
        !made_schema_constraints(made, err))
        return false;
    for (size_t i = 0; i < made->count; i++) {
        make_table(made, &made->tables[i]);
        count += made->tables[i].made;
    }
    if (count > 0)
        return made_schema_indexes(made, err) && made_schema_views(made, err) &&
               made_schema_rest(made, err) && made_schema_notes(made, err);
    err_set(err, ERR_REFUSED, "the schema %.*s of the PostgreSQL database has no table for a file",
            STR_ARGS(made->name));
    return err_hint(err, "check the URL; --schema NAME says where the tables are");
}

bool downgrade_schema(struct downgrade_run *run, struct err *err)
{
    struct str schema = run->options->settings->plan.target_schema;
    struct made_schema made = {.run = run, .name = schema.len > 0 ? schema : str_from("public")};
    const char *path = run->made.path;
    struct url *url = ARENA_NEW(run->arena, struct url);
    bool done;

    /* Beside the file to be made, where there is room and the right to write. */
    if (!made_file_begin(run->arena, path, true, &run->model, err) ||
        !sqlite_open_write(run->model.made, run->options->settings->trace, &made.file, err))
        return false;
    done = fill_model(&made, err);
    engine_close(made.file);
    *url = (struct url){.kind = URL_SQLITE, .path = str_from(run->model.made)};
    run->like = url;
    return done;
}
