/* The documents of `show --json`: docs/json.md. */
#include <stdio.h>

#include "cli/json_print.h"
#include "cli/report_show.h"

static void begin(struct json *json, struct buf *out, const struct url *url)
{
    struct arena *arena = arena_new();

    json_print_begin(json, out, 0);
    if (url != NULL)
        json_put_str(json, "database", url_redacted(arena, url));
    arena_free(arena);
}

static void put_count(struct json *json, const char *name, int64_t count)
{
    json_name(json, name);
    if (count < 0)
        json_null(json);
    else
        json_int(json, count);
}

void report_databases_json(const struct url *url, const struct show_databases *databases)
{
    struct json json;
    struct buf out;

    begin(&json, &out, url);
    json_name(&json, "databases");
    json_array(&json);
    for (size_t i = 0; i < databases->items_count; i++) {
        const struct show_database *one = &databases->items[i];

        json_object(&json);
        json_put_str(&json, "name", one->name);
        json_put_str(&json, "owner", one->owner);
        json_put_str(&json, "encoding", one->encoding);
        json_put_str(&json, "collation", one->collation);
        put_count(&json, "bytes", one->bytes);
        put_count(&json, "connections", one->connections);
        json_put_bool(&json, "current", one->current);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_print_end(&json, &out);
}

static void put_entry(struct json *json, const struct show_entry *entry)
{
    json_put_str(json, "schema", entry->schema.ptr != NULL ? entry->schema : (struct str){NULL, 0});
    json_put_str(json, "name", entry->name);
    json_put_str(json, "kind", entry->kind);
    put_count(json, "rows", entry->rows);
    json_put_bool(json, "rows_exact", entry->rows_exact);
    put_count(json, "bytes", entry->bytes);
    put_count(json, "index_bytes", entry->index_bytes);
}

void report_tables_json(const struct url *url, const struct show_tables *tables)
{
    struct json json;
    struct buf out;

    begin(&json, &out, url);
    json_name(&json, "tables");
    json_array(&json);
    for (size_t i = 0; i < tables->items_count; i++) {
        json_object(&json);
        put_entry(&json, &tables->items[i]);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_print_end(&json, &out);
}

static void put_columns(struct json *json, const struct show_table *table)
{
    json_name(json, "columns");
    json_array(json);
    for (size_t i = 0; i < table->columns_count; i++) {
        const struct show_column *column = &table->columns[i];

        json_object(json);
        json_put_str(json, "name", column->name);
        json_put_str(json, "type", column->type);
        json_put_bool(json, "not_null", column->not_null);
        json_put_str(json, "default", column->default_value);
        json_put_str(json, "generated", column->generated);
        json_put_bool(json, "identity", column->identity);
        json_put_int(json, "key_position", column->key_position);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_indexes(struct json *json, const struct show_table *table)
{
    json_name(json, "indexes");
    json_array(json);
    for (size_t i = 0; i < table->indexes_count; i++) {
        const struct show_index *index = &table->indexes[i];

        json_object(json);
        json_put_str(json, "name", index->name);
        json_put_str(json, "columns", index->columns);
        json_put_str(json, "where", index->where);
        json_put_str(json, "method", index->method);
        json_put_bool(json, "unique", index->unique);
        json_put_bool(json, "primary", index->primary);
        json_put_bool(json, "invalid", index->invalid);
        put_count(json, "bytes", index->bytes);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_references(struct json *json, const char *name, const struct show_reference *references,
                           size_t count)
{
    json_name(json, name);
    json_array(json);
    for (size_t i = 0; i < count; i++) {
        json_object(json);
        json_put_str(json, "name", references[i].name);
        json_put_str(json, "table", references[i].table);
        json_put_str(json, "columns", references[i].columns);
        json_put_str(json, "parent", references[i].parent);
        json_put_str(json, "parent_columns", references[i].parent_columns);
        json_put_str(json, "on_delete", references[i].on_delete);
        json_put_str(json, "on_update", references[i].on_update);
        json_put_bool(json, "not_valid", references[i].not_valid);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_rules(struct json *json, const struct show_table *table)
{
    json_name(json, "checks");
    json_array(json);
    for (size_t i = 0; i < table->checks_count; i++) {
        json_object(json);
        json_put_str(json, "name", table->checks[i].name);
        json_put_str(json, "expression", table->checks[i].expression);
        json_object_end(json);
    }
    json_array_end(json);
    json_name(json, "triggers");
    json_array(json);
    for (size_t i = 0; i < table->triggers_count; i++) {
        json_object(json);
        json_put_str(json, "name", table->triggers[i].name);
        json_put_str(json, "definition", table->triggers[i].definition);
        json_put_bool(json, "disabled", table->triggers[i].disabled);
        json_object_end(json);
    }
    json_array_end(json);
}

void report_table_json(const struct url *url, const struct show_table *table)
{
    struct json json;
    struct buf out;

    begin(&json, &out, url);
    json_name(&json, "table");
    json_object(&json);
    put_entry(&json, &table->entry);
    json_put_str(&json, "owner", table->owner);
    json_put_str(&json, "comment", table->comment);
    put_columns(&json, table);
    put_indexes(&json, table);
    put_references(&json, "foreign_keys", table->foreign_keys, table->foreign_keys_count);
    put_references(&json, "referenced_by", table->referenced_by, table->referenced_by_count);
    put_rules(&json, table);
    json_object_end(&json);
    json_print_end(&json, &out);
}

void report_spellings_json(const struct url_spelling *spellings, size_t count)
{
    struct json json;
    struct buf out;

    begin(&json, &out, NULL);
    json_name(&json, "spellings");
    json_array(&json);
    for (size_t i = 0; i < count; i++) {
        json_object(&json);
        json_put_text(&json, "key", spellings[i].key);
        json_put_str(&json, "text", spellings[i].text);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_print_end(&json, &out);
}
