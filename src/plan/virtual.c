/* Virtual tables: what each became, or why nothing did. */
#include "schema/virtual.h"

#include "plan/private.h"

static bool is_fts(const struct virtual_table *virtual)
{
    return virtual->kind == VIRTUAL_FTS3 || virtual->kind == VIRTUAL_FTS5;
}

/* ---- the index for full-text search, where it was asked for ---- */

static void put_document(struct buf *sql, const struct plan_table *table, const struct virtual_table *virtual)
{
    bool first = true;

    buf_text(sql, "to_tsvector('simple', ");
    for (size_t i = 0; i < virtual->column_count; i++) {
        int column = table_column(table->source, virtual->columns[i].name.text);

        if (virtual->columns[i].any_type || column < 0)
            continue;
        buf_text(sql, first ? "coalesce(" : " || ' ' || coalesce(");
        ident_quote(sql, table->columns[column].name);
        buf_text(sql, ", '')");
        first = false;
    }
    buf_byte(sql, ')');
}

/* Every column that is searched has to be there, and be text. */
static bool can_index(const struct plan_table *table, const struct virtual_table *virtual)
{
    size_t count = 0;

    for (size_t i = 0; i < virtual->column_count; i++) {
        int column = table_column(table->source, virtual->columns[i].name.text);

        if (virtual->columns[i].any_type)
            continue;
        count++;
        if (column < 0 ||
            (table->columns[column].type.kind != PG_TEXT && table->columns[column].type.kind != PG_VARCHAR))
            return false;
    }
    return count > 0;
}

static bool add_index(struct maker *maker, const struct plan_table *table, const struct table *source)
{
    struct plan_object object = {.class = OBJECT_INDEX, .table = (size_t)(table - maker->plan->tables)};
    struct plan *plan = maker->plan;
    struct buf sql;

    if (maker->options->fts != FTS_TSVECTOR || !can_index(table, source->virtual))
        return false;
    object.name =
        names_take(&maker->relations, names_compose(maker->arena, table->name, str_from("fts"), "idx"));
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "CREATE INDEX ");
    ident_quote(&sql, object.name);
    buf_text(&sql, " ON ");
    ident_quote_qualified(&sql, plan->load_schema, table->name);
    buf_text(&sql, " USING gin (");
    put_document(&sql, table, source->virtual);
    buf_byte(&sql, ')');
    object.sql = buf_to_str(maker->arena, &sql);
    buf_clear(&sql);
    put_document(&sql, table, source->virtual);
    maker_note(
        maker, source->name.text,
        "is searched by the index %.*s: %.*s @@ websearch_to_tsquery('simple', ...) where SQLite has MATCH",
        STR_ARGS(object.name), STR_ARGS(buf_view(&sql)));
    buf_free(&sql);
    ARENA_PUSH(maker->arena, plan->objects, plan->object_count, plan->object_capacity) = object;
    return true;
}

/* ---- what is said ---- */

static void say_carried(struct maker *maker, const struct table *source, const struct plan_table *table)
{
    const struct virtual_table *virtual = source->virtual;

    maker_note(maker, source->name.text,
               "is a virtual table of the module %.*s and becomes an ordinary one, %s%s",
               STR_ARGS(virtual->module), is_fts(virtual) ? "of its texts" : "of its rows",
               source->read_sql.ptr != NULL ? ", read from the module's own storage" : "");
    if (!is_fts(virtual))
        maker_note(maker, source->name.text, "has no spatial index on the target");
    else if (!add_index(maker, table, source))
        maker_note(maker, source->name.text,
                   "has no full-text index on the target: MATCH is not understood there%s",
                   maker->options->fts == FTS_NONE ? "; --fts tsvector makes one of PostgreSQL's" : "");
}

static void not_carried(struct maker *maker, const struct table *source, const char *before, struct str what,
                        const char *after)
{
    maker_not_carried(maker, OBJECT_VIRTUAL_TABLE, (struct str){NULL, 0}, source->name.text, source->sql,
                      "%s%.*s%s", before, STR_ARGS(what), after);
}

static void say_external(struct maker *maker, const struct table *source)
{
    const struct virtual_table *virtual = source->virtual;
    const struct table *content = schema_table(maker->schema, virtual->content);
    const struct plan_table *table = content == NULL ? NULL : maker_planned(maker, content);

    if (virtual->content.len == 0)
        not_carried(maker, source, "a full-text index of the module ", virtual->module,
                    " that keeps no text: there are no rows");
    else if (table == NULL || !add_index(maker, table, source))
        not_carried(maker, source, "a full-text index on ", virtual->content, ", which has its rows");
}

static void say_unreadable(struct maker *maker, const struct table *source)
{
    const struct virtual_table *virtual = source->virtual;

    if (virtual->kind == VIRTUAL_VIEW)
        not_carried(maker, source, "the module ", virtual->module,
                    " stores nothing: it shows what is elsewhere");
    else if (virtual->kind != VIRTUAL_UNKNOWN)
        not_carried(maker, source, "its rows cannot be read: ", virtual->trouble, "");
    else
        not_carried(maker, source, "a virtual table of the module ", virtual->module,
                    ", which is the application's own");
}

/* A module that is not known may keep its rows in tables of its own, and these may be the user's. */
static void say_neighbours(struct maker *maker, const struct table *source)
{
    for (size_t i = 0; source->virtual->kind == VIRTUAL_UNKNOWN && i < maker->schema->table_count; i++) {
        struct str name = maker->schema->tables[i].name.text;

        if (name.len > source->name.text.len + 1 && name.ptr[source->name.text.len] == '_' &&
            str_equal_nocase(str_slice(name, 0, source->name.text.len), source->name.text) &&
            maker_planned(maker, &maker->schema->tables[i]) != NULL)
            maker_note(maker, name, "may be storage of the virtual table %.*s; it is carried as any table",
                       STR_ARGS(source->name.text));
    }
}

void maker_virtual_tables(struct maker *maker)
{
    for (size_t i = 0; i < maker->schema->table_count; i++) {
        const struct table *source = &maker->schema->tables[i];

        if (source->virtual == NULL ||
            selection_excludes(maker->arena, &maker->options->selection, source->name.text).ptr != NULL)
            continue;
        if (source->kind == TABLE_ORDINARY)
            say_carried(maker, source, maker_planned(maker, source));
        else if (source->virtual->external)
            say_external(maker, source);
        else
            say_unreadable(maker, source);
        say_neighbours(maker, source);
    }
}
