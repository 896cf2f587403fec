/* One table: its text, parsed, and what SQLite's PRAGMAs say of it. */
#include "engine/sqlite/catalog.h"
#include "schema/parse.h"

enum {
    XINFO_NAME,
    XINFO_TYPE,
    XINFO_NOT_NULL,
    XINFO_DEFAULT,
    XINFO_KEY,
    XINFO_HIDDEN
};

enum {
    HIDDEN_VIRTUAL = 2,
    HIDDEN_STORED = 3
};

static struct column column_of(struct arena *arena, const struct value *cells)
{
    struct column column = {
        .name = {str_dup(arena, cells[XINFO_NAME].bytes), QUOTE_DOUBLE},
        .declared = str_dup(arena, cells[XINFO_TYPE].bytes),
        .affinity = affinity_of(cells[XINFO_TYPE].bytes),
        .not_null = cells[XINFO_NOT_NULL].integer != 0,
        .key_position = (int)cells[XINFO_KEY].integer,
        .generated = cells[XINFO_HIDDEN].integer == HIDDEN_VIRTUAL  ? GENERATED_VIRTUAL
                     : cells[XINFO_HIDDEN].integer == HIDDEN_STORED ? GENERATED_STORED
                                                                    : GENERATED_NO,
    };
    struct err ignored = {.code = ERR_NONE};

    if (cells[XINFO_DEFAULT].kind == VALUE_TEXT)
        (void)!parse_expr(arena, str_dup(arena, cells[XINFO_DEFAULT].bytes), &column.default_value, &ignored);
    return column;
}

static bool read_columns(struct engine *engine, struct arena *arena, struct str name, struct column **columns,
                         size_t *count, struct err *err)
{
    static const struct str sql = STR(
        "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid");
    size_t capacity = 0;
    struct rows *rows;
    bool found = true;
    bool done;

    *columns = NULL;
    *count = 0;
    if (!engine_query(engine, sql, &name, 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        ARENA_PUSH(arena, *columns, *count, capacity) = column_of(arena, rows->cells);
    rows_close(rows);
    return done;
}

/* The PRAGMA's facts over the parsed ones; false when the two are not about the same columns. */
static bool overlay(struct table *table, const struct column *facts, size_t count)
{
    if (table->column_count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct column *column = &table->columns[i];

        if (!str_equal(column->name.text, facts[i].name.text) ||
            (column->generated != GENERATED_NO) != (facts[i].generated != GENERATED_NO))
            return false;
        column->not_null = facts[i].not_null;
        column->key_position = facts[i].key_position;
        column->generated = facts[i].generated;
        column->affinity = affinity_of(column->declared);
    }
    return true;
}

static enum fk_action action_of(struct str text)
{
    static const char *const names[] = {[FK_NO_ACTION] = "NO ACTION",
                                        [FK_RESTRICT] = "RESTRICT",
                                        [FK_CASCADE] = "CASCADE",
                                        [FK_SET_NULL] = "SET NULL",
                                        [FK_SET_DEFAULT] = "SET DEFAULT"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (str_is_nocase(text, names[i]))
            return (enum fk_action)i;
    return FK_NO_ACTION;
}

/* Foreign keys without their text: their names and deferrability are not to be had. */
static bool read_foreign_keys(struct engine *engine, struct arena *arena, struct table *table,
                              struct err *err)
{
    static const struct str sql = STR("SELECT id, \"table\", \"from\", \"to\", on_update, on_delete "
                                      "FROM pragma_foreign_key_list(?1) ORDER BY id DESC, seq");
    size_t capacity = 0;
    int64_t last = -1;
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(engine, sql, &table->name.text, 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        const struct value *cells = rows->cells;
        struct foreign_key *key;

        if (cells[0].integer != last)
            ARENA_PUSH(arena, table->foreign_keys, table->foreign_key_count, capacity) =
                (struct foreign_key){.columns = ARENA_ARRAY(arena, int, table->column_count),
                                     .parent = {str_dup(arena, cells[1].bytes), QUOTE_DOUBLE},
                                     .on_update = action_of(cells[4].bytes),
                                     .on_delete = action_of(cells[5].bytes)};
        last = cells[0].integer;
        key = &table->foreign_keys[table->foreign_key_count - 1];
        if (cells[3].kind == VALUE_TEXT && key->parent_columns == NULL)
            key->parent_columns = ARENA_ARRAY(arena, struct name, table->column_count);
        if (cells[3].kind == VALUE_TEXT)
            key->parent_columns[key->column_count] =
                (struct name){str_dup(arena, cells[3].bytes), QUOTE_DOUBLE};
        key->columns[key->column_count++] = table_column(table, cells[2].bytes);
    }
    rows_close(rows);
    return done;
}

static void primary_from_columns(struct arena *arena, struct table *table)
{
    struct key *key = ARENA_NEW(arena, struct key);

    key->parts = ARENA_ARRAY(arena, struct key_part, table->column_count + 1);
    for (int position = 1; position <= (int)table->column_count; position++)
        for (size_t i = 0; i < table->column_count; i++)
            if (table->columns[i].key_position == position)
                key->parts[key->part_count++] = (struct key_part){.column = (int)i};
    table->primary = key->part_count > 0 ? key : NULL;
}

static bool read_by_pragmas(struct engine *engine, struct arena *arena, struct str name, struct str reason,
                            struct table *table, struct err *err)
{
    *table = (struct table){.name = {name, QUOTE_DOUBLE}, .rowid_column = -1, .damage = reason};
    if (!read_columns(engine, arena, name, &table->columns, &table->column_count, err))
        return false;
    primary_from_columns(arena, table);
    if (table->primary != NULL && table->primary->part_count == 1 &&
        str_is_nocase(table->columns[table->primary->parts[0].column].declared, "INTEGER"))
        table->rowid_column = table->primary->parts[0].column;
    return read_foreign_keys(engine, arena, table, err);
}

/* The name under which the rowid can be read, if one of the three is left. */
static const char *rowid_name(const struct table *table)
{
    static const char *const names[] = {"rowid", "_rowid_", "oid"};

    if (table->without_rowid)
        return NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (table_column(table, str_from(names[i])) < 0)
            return names[i];
    return NULL;
}

/* The range of rowids: two sub-selects, because min() and max() in one SELECT scan the whole table. */
bool catalog_read_range(struct engine *engine, struct arena *arena, struct table *table, struct err *err)
{
    struct buf sql;
    struct rows *rows;
    bool found = false;
    bool done;

    table->rows = -1;
    table->rowid_name = rowid_name(table);
    if (table->rowid_name == NULL)
        return true;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "SELECT (SELECT min(%s) FROM ", table->rowid_name);
    ident_quote(&sql, table->name.text);
    buf_printf(&sql, "), (SELECT max(%s) FROM ", table->rowid_name);
    ident_quote(&sql, table->name.text);
    buf_byte(&sql, ')');
    done = engine_query(engine, buf_to_str(arena, &sql), NULL, 0, &rows, err);
    buf_free(&sql);
    if (!done)
        return false;
    done = rows_next(rows, &found, err);
    if (done && found && rows->cells[0].kind == VALUE_INTEGER) {
        table->rowid_min = rows->cells[0].integer;
        table->rowid_max = rows->cells[1].integer;
        if (__builtin_sub_overflow(table->rowid_max, table->rowid_min, &table->rows))
            table->rows = -1;
        else
            table->rows++;
    } else if (done) {
        table->rows = 0;
    }
    rows_close(rows);
    return done;
}

bool catalog_read_table(struct engine *engine, struct arena *arena, struct str name, struct str sql,
                        struct table *table, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    struct column *facts;
    size_t fact_count;
    bool parsed;

    if (!read_columns(engine, arena, name, &facts, &fact_count, err))
        return false;
    table->rowid_column = -1;
    parsed = parse_table(arena, sql, table, &failure);
    if (parsed && !overlay(table, facts, fact_count))
        parsed = err_set(&failure, ERR_SYNTAX,
                         "the text of its CREATE TABLE and SQLite's catalog tell different columns");
    if (!parsed &&
        !read_by_pragmas(engine, arena, name, str_dup(arena, str_from(failure.primary)), table, err))
        return false;
    table->name.text = name;
    table->sql = sql;
    table->sequence = -1;
    if (catalog_read_range(engine, arena, table, err))
        return true;
    sqlite_tell_damage(engine, table, NULL, err);
    return err_prefix(err, "%.*s", STR_ARGS(name));
}
