/* Lists: databases, tables, spellings. */
#include <stdio.h>

#include "base/screen.h"
#include "cli/report_show.h"
#include "cli/table.h"
#include "cli/wrap.h"

static void put(struct buf *out)
{
    (void)fwrite(out->ptr, 1, out->len, stdout);
    buf_free(out);
}

static void cell(struct text_table *table, struct str text)
{
    text_table_cell(table, screen_text(table->arena, text));
}

static struct str bytes_or(struct arena *arena, int64_t bytes, const char *otherwise)
{
    return bytes < 0 ? str_from(otherwise) : show_bytes(arena, bytes);
}

void report_databases(const struct invocation *invocation, const struct show_databases *databases)
{
    static const enum table_align align[] = {ALIGN_LEFT, ALIGN_LEFT,  ALIGN_LEFT,
                                             ALIGN_LEFT, ALIGN_RIGHT, ALIGN_RIGHT};
    struct arena *arena = arena_new();
    struct text_table table = {
        .arena = arena, .columns = ARRAY_LENGTH(align), .align = align, .width = wrap_width()};
    struct buf out;

    buf_init(&out, SIZE_MAX / 2);
    text_table_cellf(&table, "database");
    text_table_cellf(&table, "owner");
    text_table_cellf(&table, "encoding");
    text_table_cellf(&table, "collation");
    text_table_cellf(&table, "size");
    text_table_cellf(&table, "connections");
    for (size_t i = 0; i < databases->items_count; i++) {
        const struct show_database *one = &databases->items[i];

        cell(&table, one->name);
        cell(&table, one->owner);
        cell(&table, one->encoding);
        cell(&table, one->collation);
        cell(&table, bytes_or(arena, one->bytes, "no access"));
        cell(&table, one->connections < 0 ? str_from("-") : show_count(arena, one->connections));
    }
    text_table_write(&table, invocation->color, &out);
    put(&out);
    arena_free(arena);
}

static struct str full_name(struct arena *arena, const struct show_entry *entry)
{
    if (entry->schema.ptr == NULL)
        return entry->name;
    return str_printf(arena, "%.*s.%.*s", STR_ARGS(entry->schema), STR_ARGS(entry->name));
}

static struct str rows_text(struct arena *arena, const struct show_entry *entry)
{
    if (entry->rows < 0)
        return str_from(entry->bytes < 0 ? "" : "?");
    return str_printf(arena, "%s%.*s", entry->rows_exact ? "" : "~",
                      STR_ARGS(show_count(arena, entry->rows)));
}

static void put_sum(const struct show_tables *tables, struct arena *arena, struct buf *out)
{
    int64_t rows = 0;
    int64_t bytes = 0;
    bool exact = true;
    bool estimated = false;

    for (size_t i = 0; i < tables->items_count; i++) {
        const struct show_entry *entry = &tables->items[i];

        rows += entry->rows > 0 ? entry->rows : 0;
        bytes += (entry->bytes > 0 ? entry->bytes : 0) + (entry->index_bytes > 0 ? entry->index_bytes : 0);
        exact = exact && (entry->rows < 0 || entry->rows_exact);
        estimated = estimated || (entry->rows >= 0 && !entry->rows_exact);
    }
    buf_printf(out, "\n%zu object%s, %s%.*s row%s", tables->items_count, tables->items_count == 1 ? "" : "s",
               exact ? "" : "about ", STR_ARGS(show_count(arena, rows)), rows == 1 ? "" : "s");
    if (bytes > 0)
        buf_printf(out, ", %.*s with indexes", STR_ARGS(show_bytes(arena, bytes)));
    buf_text(out, estimated ? "\n~ is an estimate; --exact counts\n" : "\n");
}

void report_tables(const struct invocation *invocation, const struct show_tables *tables)
{
    static const enum table_align align[] = {ALIGN_LEFT, ALIGN_LEFT, ALIGN_RIGHT, ALIGN_RIGHT, ALIGN_RIGHT};
    struct arena *arena = arena_new();
    struct text_table table = {
        .arena = arena, .columns = ARRAY_LENGTH(align), .align = align, .width = wrap_width()};
    struct buf out;

    buf_init(&out, SIZE_MAX / 2);
    text_table_cellf(&table, "table");
    text_table_cellf(&table, "kind");
    text_table_cellf(&table, "rows");
    text_table_cellf(&table, "size");
    text_table_cellf(&table, "indexes");
    for (size_t i = 0; i < tables->items_count; i++) {
        const struct show_entry *entry = &tables->items[i];

        cell(&table, full_name(arena, entry));
        cell(&table, entry->kind);
        cell(&table, rows_text(arena, entry));
        cell(&table, bytes_or(arena, entry->bytes, ""));
        cell(&table, bytes_or(arena, entry->index_bytes, ""));
    }
    if (tables->items_count > 0) {
        text_table_write(&table, invocation->color, &out);
        put_sum(tables, arena, &out);
    } else {
        buf_text(&out, "no tables that this user may see\n");
    }
    put(&out);
    arena_free(arena);
}

void report_spellings(const struct invocation *invocation, const struct url_spelling *spellings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        printf("%s%s%s%s\n%.*s\n", i > 0 ? "\n" : "", invocation->color ? "\033[1m" : "", spellings[i].name,
               invocation->color ? "\033[0m" : ":", STR_ARGS(spellings[i].text));
}
