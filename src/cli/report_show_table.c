/* One table, for people. */
#include <inttypes.h>
#include <stdio.h>

#include "base/screen.h"
#include "cli/report_show.h"
#include "cli/table.h"
#include "cli/wrap.h"

struct page {
    const struct invocation *invocation;
    struct arena *arena;
    size_t width; /* 0: no terminal, lines stay whole */
    struct buf out;
};

static struct str shown(struct page *page, struct str text)
{
    return screen_text(page->arena, text);
}

static void heading(struct page *page, const char *text)
{
    bool color = page->invocation->color;

    buf_printf(&page->out, "\n%s%s%s\n", color ? "\033[1m" : "", text, color ? "\033[0m" : "");
}

static void put_head(struct page *page, const struct show_table *table)
{
    const struct show_entry *entry = &table->entry;
    size_t start = page->out.len;

    if (entry->schema.ptr != NULL)
        buf_printf(&page->out, "%.*s.", STR_ARGS(shown(page, entry->schema)));
    buf_printf(&page->out, "%.*s: %.*s", STR_ARGS(shown(page, entry->name)), STR_ARGS(entry->kind));
    if (entry->rows >= 0)
        buf_printf(&page->out, ", %s%.*s row%s", entry->rows_exact ? "" : "about ",
                   STR_ARGS(show_count(page->arena, entry->rows)), entry->rows == 1 ? "" : "s");
    if (entry->bytes >= 0)
        buf_printf(&page->out, ", %.*s", STR_ARGS(show_bytes(page->arena, entry->bytes)));
    if (entry->index_bytes > 0)
        buf_printf(&page->out, " and %.*s of indexes", STR_ARGS(show_bytes(page->arena, entry->index_bytes)));
    if (table->owner.len > 0)
        buf_printf(&page->out, ", owner %.*s", STR_ARGS(shown(page, table->owner)));
    buf_byte(&page->out, '\n');
    if (table->comment.len > 0)
        buf_printf(&page->out, "%.*s\n", STR_ARGS(shown(page, table->comment)));
    wrap_lines(&page->out, start, page->width);
}

static struct str rule_of(struct page *page, const struct show_table *table, const struct show_column *column)
{
    bool several = false;

    for (size_t i = 0; i < table->columns_count; i++)
        several = several || table->columns[i].key_position > 1;
    if (column->key_position > 0 && several)
        return str_printf(page->arena, "primary key %" PRId64, column->key_position);
    if (column->key_position > 0)
        return str_from("primary key");
    return str_from(column->not_null ? "not null" : "");
}

static struct str value_of(struct page *page, const struct show_column *column)
{
    if (column->identity)
        return str_from("identity");
    if (column->generated.ptr != NULL)
        return str_printf(page->arena, "= %.*s", STR_ARGS(column->generated));
    return column->default_value;
}

static void put_columns(struct page *page, const struct show_table *table)
{
    static const enum table_align align[] = {ALIGN_LEFT, ALIGN_LEFT, ALIGN_LEFT, ALIGN_LEFT};
    struct text_table text = {.arena = page->arena,
                              .columns = ARRAY_LENGTH(align),
                              .align = align,
                              .indent = 2,
                              .width = page->width};

    heading(page, "Columns");
    text_table_cellf(&text, "column");
    text_table_cellf(&text, "type");
    text_table_cellf(&text, "null");
    text_table_cellf(&text, "default");
    for (size_t i = 0; i < table->columns_count; i++) {
        const struct show_column *column = &table->columns[i];

        text_table_cell(&text, shown(page, column->name));
        text_table_cell(&text, shown(page, column->type));
        text_table_cell(&text, rule_of(page, table, column));
        text_table_cell(&text, shown(page, value_of(page, column)));
    }
    text_table_write(&text, false, &page->out);
}

static void put_indexes(struct page *page, const struct show_table *table)
{
    size_t start;

    if (table->indexes_count == 0)
        return;
    heading(page, "Indexes");
    start = page->out.len;
    for (size_t i = 0; i < table->indexes_count; i++) {
        const struct show_index *index = &table->indexes[i];

        buf_printf(&page->out, "  %.*s: %s(%.*s)", STR_ARGS(shown(page, index->name)),
                   index->primary  ? "primary key "
                   : index->unique ? "unique "
                                   : "",
                   STR_ARGS(shown(page, index->columns)));
        if (index->where.len > 0)
            buf_printf(&page->out, " where %.*s", STR_ARGS(shown(page, index->where)));
        if (!str_is(index->method, "btree"))
            buf_printf(&page->out, ", %.*s", STR_ARGS(index->method));
        if (index->bytes >= 0)
            buf_printf(&page->out, ", %.*s", STR_ARGS(show_bytes(page->arena, index->bytes)));
        buf_text(&page->out, index->invalid ? ", INVALID: no query uses it\n" : "\n");
    }
    wrap_lines(&page->out, start, page->width);
}

static void put_checks(struct page *page, const struct show_table *table)
{
    size_t start;

    if (table->checks_count == 0)
        return;
    heading(page, "Checks");
    start = page->out.len;
    for (size_t i = 0; i < table->checks_count; i++)
        buf_printf(&page->out, "  %.*s%s%.*s\n", STR_ARGS(shown(page, table->checks[i].name)),
                   table->checks[i].name.len > 0 ? ": " : "",
                   STR_ARGS(shown(page, table->checks[i].expression)));
    wrap_lines(&page->out, start, page->width);
}

static void put_action(struct page *page, const char *event, struct str action)
{
    if (action.len > 0 && !str_is(action, "NO ACTION"))
        buf_printf(&page->out, " on %s %.*s", event, STR_ARGS(str_lower(page->arena, action)));
}

static void put_reference(struct page *page, const struct show_reference *reference, bool incoming)
{
    if (incoming)
        buf_printf(&page->out, "  %.*s (%.*s)", STR_ARGS(shown(page, reference->table)),
                   STR_ARGS(shown(page, reference->columns)));
    else
        buf_printf(&page->out, "  (%.*s) to %.*s", STR_ARGS(shown(page, reference->columns)),
                   STR_ARGS(shown(page, reference->parent)));
    if (!incoming && reference->parent_columns.len > 0)
        buf_printf(&page->out, " (%.*s)", STR_ARGS(shown(page, reference->parent_columns)));
    put_action(page, "delete", reference->on_delete);
    put_action(page, "update", reference->on_update);
    buf_text(&page->out, reference->not_valid ? ", not valid\n" : "\n");
}

static void put_references(struct page *page, const char *title, const struct show_reference *references,
                           size_t count, bool incoming)
{
    size_t start;

    if (count == 0)
        return;
    heading(page, title);
    start = page->out.len;
    for (size_t i = 0; i < count; i++)
        put_reference(page, &references[i], incoming);
    wrap_lines(&page->out, start, page->width);
}

static void put_triggers(struct page *page, const struct show_table *table)
{
    size_t start;

    if (table->triggers_count == 0)
        return;
    heading(page, "Triggers");
    start = page->out.len;
    for (size_t i = 0; i < table->triggers_count; i++)
        buf_printf(&page->out, "  %.*s%s: %.*s\n", STR_ARGS(shown(page, table->triggers[i].name)),
                   table->triggers[i].disabled ? " (disabled)" : "",
                   STR_ARGS(shown(page, table->triggers[i].definition)));
    wrap_lines(&page->out, start, page->width);
}

void report_table(const struct invocation *invocation, const struct show_table *table)
{
    struct page page = {.invocation = invocation, .arena = arena_new(), .width = wrap_width()};

    buf_init(&page.out, SIZE_MAX / 2);
    put_head(&page, table);
    put_columns(&page, table);
    put_indexes(&page, table);
    put_checks(&page, table);
    put_references(&page, "Refers", table->foreign_keys, table->foreign_keys_count, false);
    put_references(&page, "Referred to by", table->referenced_by, table->referenced_by_count, true);
    put_triggers(&page, table);
    (void)fwrite(page.out.ptr, 1, page.out.len, stdout);
    buf_free(&page.out);
    arena_free(page.arena);
}
