/*
 * Virtual tables: whether their rows can be read, and how.
 *
 * By their own name where this SQLite has the module and the module takes the table.  A full-text table whose
 * tokenizer is the application's own is no such: its texts are read from its storage, which is an ordinary
 * table.
 */
#include "schema/virtual.h"
#include "engine/sqlite/catalog.h"

/* Runs up to the first row: a module may find only then that it cannot go on. */
static bool can_read(struct engine *engine, struct str sql, struct err *failure)
{
    struct rows *rows;
    bool found;
    bool done;

    if (!engine_query(engine, sql, NULL, 0, &rows, failure))
        return false;
    done = rows_next(rows, &found, failure);
    rows_close(rows);
    return done;
}

static struct str select_by_name(struct arena *arena, const struct table *table)
{
    struct str text;
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < table->column_count; i++) {
        buf_text(&sql, i == 0 ? "SELECT " : ", ");
        ident_quote(&sql, table->columns[i].name.text);
    }
    buf_text(&sql, " FROM ");
    ident_quote(&sql, table->name.text);
    text = buf_to_str(arena, &sql);
    buf_free(&sql);
    return text;
}

/* The columns of the storage, in the order of those of the virtual table behind its key: c0, c1 ... of FTS5,
 * c0title ... of FTS4; langid comes last; nodeno stands before those of geopoly. */
static bool storage_columns(struct engine *engine, struct arena *arena, const struct table *table,
                            struct str storage, struct str *names, struct err *err)
{
    static const struct str question =
        STR("SELECT name FROM pragma_table_info(?1) WHERE name <> 'nodeno' ORDER BY cid");
    struct rows *rows;
    bool found = true;
    bool done;
    size_t count = 0;

    if (!engine_query(engine, question, &storage, 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        if (count < table->column_count)
            names[count] = str_dup(arena, rows->cells[0].bytes);
        count++;
    }
    rows_close(rows);
    return done && (count == table->column_count ||
                    err_set(err, ERR_DATABASE, "%.*s has other columns than it should", STR_ARGS(storage)));
}

static bool read_storage(struct engine *engine, struct arena *arena, struct table *table, struct err *err)
{
    struct str storage = virtual_storage(arena, table->virtual, table->name.text);
    struct str *names = ARENA_ARRAY(arena, struct str, table->column_count + 1);
    struct buf sql;
    bool done;

    if (!storage_columns(engine, arena, table, storage, names, err))
        return false;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < table->column_count; i++) {
        buf_text(&sql, i == 0 ? "(SELECT " : ", ");
        ident_quote(&sql, names[i]);
        buf_text(&sql, " AS ");
        ident_quote(&sql, table->columns[i].name.text);
    }
    buf_text(&sql, " FROM ");
    ident_quote(&sql, storage);
    buf_text(&sql, " NOT INDEXED)");
    table->read_sql = buf_to_str(arena, &sql);
    buf_free(&sql);
    done = can_read(engine, str_printf(arena, "SELECT * FROM %.*s", STR_ARGS(table->read_sql)), err);
    if (!done)
        table->read_sql = (struct str){NULL, 0};
    return done;
}

static bool stores_whole_rows(const struct virtual_table *virtual)
{
    return (virtual->kind == VIRTUAL_FTS3 || virtual->kind == VIRTUAL_FTS5 ||
            virtual->kind == VIRTUAL_GEOPOLY) &&
           !virtual->compressed;
}

/* How many rows, by the rowids of the storage, which has one row for each. */
static void estimate_rows(struct engine *engine, struct arena *arena, struct table *table)
{
    struct table storage = {.name = {virtual_storage(arena, table->virtual, table->name.text), QUOTE_DOUBLE}};
    struct err ignored = {.code = ERR_NONE};

    if (!catalog_read_range(engine, arena, &storage, &ignored))
        return;
    table->rows = storage.rows;
    table->rowid_min = storage.rowid_min;
    table->rowid_max = storage.rowid_max;
    table->rowid_name = str_cstr(arena, table->columns[0].name.text);
}

void catalog_read_virtual(struct engine *engine, struct arena *arena, struct table *table)
{
    struct virtual_table *virtual = table->virtual;
    struct err failure = {.code = ERR_NONE};
    struct err storage = {.code = ERR_NONE};

    if (virtual_storage(arena, virtual, table->name.text).ptr == NULL)
        return;
    virtual_columns(arena, virtual, table);
    if (!can_read(engine, select_by_name(arena, table), &failure)) {
        virtual->trouble = str_dup(arena, str_from(failure.detail));
        if (!stores_whole_rows(virtual) || !read_storage(engine, arena, table, &storage)) {
            table->column_count = 0;
            return;
        }
    }
    table->kind = TABLE_ORDINARY;
    estimate_rows(engine, arena, table);
}

void catalog_find_storage(struct schema *schema)
{
    for (size_t i = 0; i < schema->table_count; i++) {
        struct table *table = &schema->tables[i];
        bool owned = false;

        if (table->virtual != NULL)
            continue;
        for (size_t j = 0; !owned && j < schema->table_count; j++) {
            const struct table *owner = &schema->tables[j];

            owned = owner->virtual != NULL && virtual_owns(owner->virtual, owner->name.text, table);
        }
        /* SQLite itself goes by the name alone. */
        table->kind = owned ? TABLE_SHADOW : TABLE_ORDINARY;
    }
}
