#include "schema/virtual.h"

#include "schema/parser.h"

static const struct {
    const char *module;
    enum virtual_kind kind;
} modules[] = {
    {"fts3", VIRTUAL_FTS3},           {"fts4", VIRTUAL_FTS3},
    {"fts5", VIRTUAL_FTS5},           {"rtree", VIRTUAL_RTREE},
    {"rtree_i32", VIRTUAL_RTREE_I32}, {"geopoly", VIRTUAL_GEOPOLY},
    {"fts3aux", VIRTUAL_VIEW},        {"fts4aux", VIRTUAL_VIEW},
    {"fts5vocab", VIRTUAL_VIEW},      {"fts3tokenize", VIRTUAL_VIEW},
    {"dbstat", VIRTUAL_VIEW},         {"sqlite_dbpage", VIRTUAL_VIEW},
    {"sqlite_stmt", VIRTUAL_VIEW},    {"bytecode", VIRTUAL_VIEW},
    {"tables_used", VIRTUAL_VIEW},    {"generate_series", VIRTUAL_VIEW},
    {"json_each", VIRTUAL_VIEW},      {"json_tree", VIRTUAL_VIEW},
};

static bool is_fts(enum virtual_kind kind)
{
    return kind == VIRTUAL_FTS3 || kind == VIRTUAL_FTS5;
}

static void add_column(struct arena *arena, struct virtual_table *table, struct name name, bool any_type)
{
    size_t capacity = table->column_count;

    ARENA_PUSH(arena, table->columns, table->column_count, capacity) =
        (struct virtual_column){name, any_type};
}

/* ---- full text ---- */

static void take_option(struct virtual_table *table, struct str key, struct str value)
{
    if (str_is_nocase(key, "content")) {
        table->external = true;
        table->content = value;
    } else if (str_is_nocase(key, "content_rowid")) {
        table->content_key = value;
    } else if (str_is_nocase(key, "languageid")) {
        table->language = value;
    } else if (str_is_nocase(key, "compress") || str_is_nocase(key, "uncompress")) {
        table->compressed = true;
    } else if (str_is_nocase(key, "matchinfo") || str_is_nocase(key, "columnsize")) {
        table->sizeless = str_is_nocase(value, "fts3") || str_is(value, "0");
    }
}

/* `name`, `name UNINDEXED`, `name TEXT`, or `key=value`; FTS3 takes `tokenize porter` too. */
static void fts_argument(struct arena *arena, struct virtual_table *table, struct str argument)
{
    struct err ignored = {.code = ERR_NONE};
    struct parser parser;
    struct name name;

    parser_begin(&parser, arena, argument, &ignored);
    if (parser_at(&parser, TOKEN_END))
        return;
    name = parser_take_name(&parser);
    if (parser_accept(&parser, TOKEN_EQUAL)) {
        take_option(table, name.text,
                    parser_at(&parser, TOKEN_END) ? (struct str)STR("") : parser_take_name(&parser).text);
        return;
    }
    if (table->kind == VIRTUAL_FTS3 && str_is_nocase(name.text, "tokenize"))
        return;
    add_column(arena, table, name,
               parser_at_name(&parser, NAME_ANY) &&
                   str_is_nocase(parser_take_name(&parser).text, "unindexed"));
}

/* ---- boxes ---- */

/* `+name` is a column that the tree does not look at. */
static void box_argument(struct arena *arena, struct virtual_table *table, struct str argument)
{
    struct err ignored = {.code = ERR_NONE};
    struct parser parser;
    bool auxiliary;

    parser_begin(&parser, arena, argument, &ignored);
    auxiliary = parser_accept(&parser, TOKEN_PLUS);
    if (!parser_at(&parser, TOKEN_END))
        add_column(arena, table, parser_take_name(&parser), auxiliary || table->kind == VIRTUAL_GEOPOLY);
}

struct virtual_table *virtual_understand(struct arena *arena, struct str module, const struct str *arguments,
                                         size_t count)
{
    struct virtual_table *table = ARENA_NEW(arena, struct virtual_table);

    table->module = module;
    for (size_t i = 0; i < ARRAY_LENGTH(modules); i++)
        if (str_is_nocase(module, modules[i].module))
            table->kind = modules[i].kind;
    if (table->kind == VIRTUAL_GEOPOLY)
        add_column(arena, table, (struct name){STR("_shape"), QUOTE_NONE}, true);
    for (size_t i = 0; i < count; i++) {
        if (is_fts(table->kind))
            fts_argument(arena, table, arguments[i]);
        else if (table->kind != VIRTUAL_UNKNOWN && table->kind != VIRTUAL_VIEW)
            box_argument(arena, table, arguments[i]);
    }
    if (table->kind == VIRTUAL_FTS3 && table->column_count == 0)
        add_column(arena, table, (struct name){STR("content"), QUOTE_NONE}, false);
    if (table->language.len > 0)
        add_column(arena, table, (struct name){table->language, QUOTE_DOUBLE}, true);
    return table;
}

struct str virtual_storage(struct arena *arena, const struct virtual_table *table, struct str name)
{
    if (table->kind == VIRTUAL_UNKNOWN || table->kind == VIRTUAL_VIEW || table->external)
        return (struct str){NULL, 0};
    return str_printf(arena, "%.*s%s", STR_ARGS(name), is_fts(table->kind) ? "_content" : "_rowid");
}

/* ---- as an ordinary table ---- */

/* The rowid of a table whose key has no name of its own. */
static const char *key_name(const struct virtual_table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (str_is_nocase(table->columns[i].name.text, "rowid"))
            return "docid";
    return "rowid";
}

static struct column column_of(const struct virtual_table *table, const struct virtual_column *column,
                               bool first)
{
    const char *declared = is_fts(table->kind)              ? "TEXT"
                           : table->kind == VIRTUAL_RTREE   ? "REAL"
                           : table->kind == VIRTUAL_GEOPOLY ? ""
                                                            : "INTEGER";

    if (column->any_type)
        declared = "";
    if (first && !is_fts(table->kind) && table->kind != VIRTUAL_GEOPOLY)
        declared = "INTEGER";
    return (struct column){
        .name = column->name, .declared = str_from(declared), .affinity = affinity_of(str_from(declared))};
}

void virtual_columns(struct arena *arena, const struct virtual_table *virtual, struct table *table)
{
    bool keyless = is_fts(virtual->kind) || virtual->kind == VIRTUAL_GEOPOLY;

    table->columns = ARENA_ARRAY(arena, struct column, virtual->column_count + 2);
    table->column_count = 0;
    if (keyless)
        table->columns[table->column_count++] =
            (struct column){.name = {str_from(key_name(virtual)), QUOTE_NONE},
                            .declared = STR("INTEGER"),
                            .affinity = AFFINITY_INTEGER};
    for (size_t i = 0; i < virtual->column_count; i++)
        table->columns[table->column_count++] = column_of(virtual, &virtual->columns[i], i == 0);
    if (table->column_count == 0)
        return;
    table->columns[0].key_position = 1;
    table->rowid_column = 0;
    table->primary = ARENA_NEW(arena, struct key);
    table->primary->parts = ARENA_NEW(arena, struct key_part);
    table->primary->part_count = 1;
}
