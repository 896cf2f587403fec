/*
 * The source's catalog, into the schema model.
 *
 * Two witnesses: the SQL text in sqlite_schema, parsed, and SQLite's own PRAGMAs.  Where both speak, the
 * PRAGMAs decide; where they contradict each other (a text that was edited by hand, a construct that the
 * parser does not know) the table's `damage` says so and the PRAGMAs alone are used.
 */
#include "engine/sqlite/catalog.h"

#include <string.h>

#include "schema/parse.h"
#include "schema/virtual.h"

/* The tables that SQLite makes for itself: "Database File Format", section 2.6. */
static bool is_internal(struct str name)
{
    static const char *const names[] = {"sqlite_sequence", "sqlite_stat1", "sqlite_stat2", "sqlite_stat3",
                                        "sqlite_stat4"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (str_is_nocase(name, names[i]))
            return true;
    return false;
}

/* Whether SQLite understood what its schema says of the table. */
static bool is_listed(struct engine *engine, struct arena *arena, struct str name, bool *listed,
                      struct err *err)
{
    struct value value;

    /* By its argument: without one each call would list all tables, and there is one for each. */
    if (!engine_value(engine, arena,
                      (struct str)STR("SELECT type FROM pragma_table_list(?1) WHERE schema = 'main'"), &name,
                      1, &value, err))
        return false;
    *listed = value.kind == VALUE_TEXT;
    return true;
}

static bool add_virtual(struct engine *engine, struct arena *arena, struct schema *schema, struct str name,
                        struct str sql)
{
    struct table table = {.kind = TABLE_VIRTUAL, .rowid_column = -1, .sequence = -1, .rows = -1};
    struct err ignored = {.code = ERR_NONE};

    if (!parse_virtual_table(arena, sql, &table, &ignored)) {
        table.damage = str_dup(arena, str_from(ignored.primary));
        table.virtual = virtual_understand(arena, (struct str)STR("?"), NULL, 0);
    }
    table.name.text = name;
    table.sql = sql;
    catalog_read_virtual(engine, arena, &table);
    ARENA_PUSH(arena, schema->tables, schema->table_count, schema->table_capacity) = table;
    return true;
}

static void add_unreadable(struct arena *arena, struct schema *schema, const char *what, struct str table,
                           struct str name, struct str sql, const char *reason)
{
    ARENA_PUSH(arena, schema->unreadable, schema->unreadable_count, schema->unreadable_capacity) =
        (struct unreadable){what, table, name, str_dup(arena, str_from(reason)), sql};
}

static bool add_table(struct engine *engine, struct arena *arena, struct schema *schema, struct str name,
                      struct str sql, struct err *err)
{
    struct table table = {.kind = TABLE_ORDINARY};
    bool listed;

    if (is_internal(name))
        return true;
    ARENA_PUSH(arena, schema->entries, schema->entry_count, schema->entry_capacity) = name;
    if (str_starts_with_nocase(name, "sqlite_")) {
        add_unreadable(
            arena, schema, "table", (struct str){NULL, 0}, name, sql,
            "SQLite keeps names that begin with sqlite_ for itself: its schema was edited by hand");
        return true;
    }
    if (str_starts_with_nocase(sql, "CREATE VIRTUAL TABLE"))
        return add_virtual(engine, arena, schema, name, sql);
    if (!is_listed(engine, arena, name, &listed, err))
        return false;
    if (!listed) {
        add_unreadable(arena, schema, "table", (struct str){NULL, 0}, name, sql,
                       "this version of SQLite does not understand its definition");
        return true;
    }
    if (!catalog_read_table(engine, arena, name, sql, &table, err))
        return false;
    ARENA_PUSH(arena, schema->tables, schema->table_count, schema->table_capacity) = table;
    return true;
}

static bool add_index(struct arena *arena, struct schema *schema, struct str name, struct str table_name,
                      struct str sql)
{
    struct table *table = schema_table(schema, table_name);
    struct err failure = {.code = ERR_NONE};
    struct index index = {.name = {name, QUOTE_DOUBLE}};
    size_t capacity;

    if (sql.len == 0 || table == NULL || table->kind != TABLE_ORDINARY)
        return true; /* made by UNIQUE or PRIMARY KEY, which the table's own text tells; or a module's own */
    if (!parse_index(arena, sql, &index, &failure) || !index_resolve(arena, &index, table, &failure)) {
        add_unreadable(arena, schema, "index", table->name.text, name, sql, failure.primary);
        return true;
    }
    index.name.text = name;
    index.sql = sql;
    capacity = table->index_count;
    ARENA_PUSH(arena, table->indexes, table->index_count, capacity) = index;
    return true;
}

static bool add_view(struct engine *engine, struct arena *arena, struct schema *schema, struct str name,
                     struct str sql)
{
    struct err failure = {.code = ERR_NONE};
    struct view view = {.name = {name, QUOTE_DOUBLE}};
    struct buf question;
    struct rows *rows;

    if (!parse_view(arena, sql, &view, &failure))
        view.damage = str_dup(arena, str_from(failure.primary));
    view.name.text = name;
    view.sql = sql;
    err_clear(&failure);
    buf_init(&question, BUF_TEXT_MAXIMUM);
    buf_text(&question, "SELECT * FROM ");
    ident_quote(&question, name);
    sqlite_take_strings(engine, true);
    if (engine_query(engine, buf_view(&question), NULL, 0, &rows, &failure))
        rows_close(rows);
    else
        view.damage = str_dup(arena, str_from(failure.detail));
    sqlite_take_strings(engine, false);
    buf_free(&question);
    ARENA_PUSH(arena, schema->views, schema->view_count, schema->view_capacity) = view;
    return true;
}

static bool add_trigger(struct arena *arena, struct schema *schema, struct str name, struct str table_name,
                        struct str sql)
{
    struct err failure = {.code = ERR_NONE};
    struct trigger trigger = {.name = {name, QUOTE_DOUBLE}};

    if (!parse_trigger(arena, sql, &trigger, &failure))
        trigger.damage = str_dup(arena, str_from(failure.primary));
    trigger.name.text = name;
    trigger.table.text = table_name;
    trigger.sql = sql;
    ARENA_PUSH(arena, schema->triggers, schema->trigger_count, schema->trigger_capacity) = trigger;
    return true;
}

static bool add_object(struct engine *engine, struct arena *arena, struct schema *schema,
                       const struct value *cells, struct err *err)
{
    struct str type = cells[0].bytes;
    struct str name = str_dup(arena, cells[1].bytes);
    struct str table_name = str_dup(arena, cells[2].bytes);
    struct str sql = cells[3].kind == VALUE_TEXT ? str_dup(arena, cells[3].bytes) : (struct str){NULL, 0};

    if (str_is(type, "table"))
        return add_table(engine, arena, schema, name, sql, err);
    if (str_is(type, "index"))
        return add_index(arena, schema, name, table_name, sql);
    if (str_is(type, "view"))
        return add_view(engine, arena, schema, name, sql);
    if (str_is(type, "trigger"))
        return add_trigger(arena, schema, name, table_name, sql);
    add_unreadable(arena, schema, "table", (struct str){NULL, 0}, name, sql,
                   "the schema calls it neither table, index, view nor trigger");
    return true;
}

static bool read_objects(struct engine *engine, struct arena *arena, struct schema *schema, struct str sql,
                         struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(engine, sql, NULL, 0, &rows, err))
        return false;
    do {
        done =
            rows_next(rows, &found, err) && (!found || add_object(engine, arena, schema, rows->cells, err));
    } while (done && found);
    rows_close(rows);
    return done;
}

static bool read_sequences(struct engine *engine, struct schema *schema, struct err *err)
{
    struct rows *rows;
    bool found = true;
    int64_t exists;

    if (!engine_int(engine,
                    (struct str)STR("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'"),
                    &exists, err))
        return false;
    if (exists == 0)
        return true;
    /* The column has no type: whoever wrote '1000' there is understood as SQLite understands it. */
    if (!engine_query(engine,
                      (struct str)STR("SELECT name, CAST(seq AS INTEGER) FROM sqlite_sequence"
                                      " WHERE seq IS NOT NULL"),
                      NULL, 0, &rows, err))
        return false;
    while (found) {
        struct table *table;

        if (!rows_next(rows, &found, err)) {
            rows_close(rows);
            return false;
        }
        if (!found || rows->cells[0].kind != VALUE_TEXT || rows->cells[1].kind != VALUE_INTEGER)
            continue;
        table = schema_table(schema, rows->cells[0].bytes);
        if (table != NULL)
            table->sequence = rows->cells[1].integer;
    }
    rows_close(rows);
    return true;
}

bool sqlite_read_schema(struct engine *engine, struct arena *arena, struct schema *schema, struct err *err)
{
    struct value encoding;
    int64_t pages;
    int64_t page_size;

    *schema = (struct schema){.tables = NULL};
    if (!engine_value(engine, arena, (struct str)STR("PRAGMA encoding"), NULL, 0, &encoding, err) ||
        !engine_int(engine, (struct str)STR("PRAGMA page_count"), &pages, err) ||
        !engine_int(engine, (struct str)STR("PRAGMA page_size"), &page_size, err))
        return false;
    schema->encoding = encoding.bytes;
    schema->bytes = pages * page_size;
    /* Tables come before what refers to them. */
    if (!read_objects(engine, arena, schema,
                      (struct str)STR("SELECT type, name, tbl_name, sql FROM sqlite_schema"
                                      " WHERE type = 'table' ORDER BY rowid"),
                      err))
        return false;
    catalog_find_storage(schema);
    return read_objects(engine, arena, schema,
                        (struct str)STR("SELECT type, name, tbl_name, sql FROM sqlite_schema"
                                        " WHERE type IS NOT 'table' ORDER BY CASE type WHEN 'index' THEN 1"
                                        " WHEN 'view' THEN 2 ELSE 3 END, rowid"),
                        err) &&
           read_sequences(engine, schema, err);
}
