/* `backup --list`. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/screen.h"
#include "cli/json_print.h"
#include "cli/report_backup.h"
#include "cli/table.h"
#include "cli/wrap.h"

enum {
    MOMENT = 16, /* characters of "2026-03-01 02:00" */
    WIDE = 100,  /* columns of a terminal where the moment is told beside the name, which has it too */
    COLUMNS = 6,
    SPACES = 2,
    TABLES = 6,
    SIZE = 7,
    LEAST_NAME = 24
};

static void cell(struct text_table *table, struct str text)
{
    text_table_cell(table, screen_text(table->arena, text));
}

static void put_state(struct text_table *table, const struct listed_backup *one)
{
    size_t databases = one->manifest.bundle.database_count;

    if (databases == 0)
        text_table_cellf(table, one->whole ? "whole" : "DAMAGED");
    else
        text_table_cellf(table, "%s, %zu database%s", one->whole ? "whole" : "DAMAGED", databases,
                         databases == 1 ? "" : "s");
}

static void put_row(struct text_table *table, bool wide, const struct listed_backup *one)
{
    const struct manifest *manifest = &one->manifest;
    bool known = manifest->began_us >= 0;

    cell(table, one->name);
    if (wide)
        cell(table,
             known ? str_slice(clock_text(table->arena, manifest->began_us), 0, MOMENT) : str_from("?"));
    if (known) {
        text_table_cellf(table, "%" PRId64, manifest_tables(manifest));
        cell(table, show_count(table->arena, manifest_rows(manifest)));
        cell(table, show_bytes(table->arena, manifest_bytes(manifest)));
    }
    for (int i = 0; !known && i < 3; i++)
        text_table_cellf(table, "?");
    put_state(table, one);
}

static size_t state_width(const struct listed_backup *one)
{
    static const char longest[] = "DAMAGED, 12 databases";

    return one->manifest.bundle.database_count > 0 ? sizeof(longest) - 1 : sizeof("DAMAGED") - 1;
}

/* All that the others leave: whoever restores one has to be able to copy its name. */
static size_t name_maximum(struct arena *arena, const struct backup_list *list, size_t width)
{
    size_t others = (COLUMNS - 2) * SPACES + TABLES + SIZE + (width < WIDE ? 0 : MOMENT + SPACES);
    size_t rows = sizeof("rows") - 1;
    size_t state = 0;

    for (size_t i = 0; i < list->count; i++) {
        size_t of_rows = show_count(arena, manifest_rows(&list->items[i].manifest)).len;

        rows = of_rows > rows ? of_rows : rows;
        state = state_width(&list->items[i]) > state ? state_width(&list->items[i]) : state;
    }
    others += rows + state;
    if (width == 0)
        return 0;
    return width > others + LEAST_NAME ? width - others : LEAST_NAME;
}

static void put_table(const struct invocation *invocation, struct arena *arena,
                      const struct backup_list *list)
{
    static const enum table_align align[] = {ALIGN_LEFT,  ALIGN_LEFT,  ALIGN_RIGHT,
                                             ALIGN_RIGHT, ALIGN_RIGHT, ALIGN_LEFT};
    static const char *const heading[] = {"backup", "begun (UTC)", "tables", "rows", "size", "state"};
    bool wide = wrap_width() == 0 || wrap_width() >= WIDE;
    struct text_table table = {.arena = arena,
                               .columns = wide ? COLUMNS : COLUMNS - 1,
                               .align = wide ? align : align + 1, /* both begin on the left */
                               .maximum = name_maximum(arena, list, wrap_width())};
    struct buf out;

    for (size_t i = 0; i < COLUMNS; i++)
        if (wide || i != 1)
            text_table_cellf(&table, "%s", heading[i]);
    for (size_t i = 0; i < list->count; i++)
        put_row(&table, wide, &list->items[i]);
    buf_init(&out, SIZE_MAX / 2);
    text_table_write(&table, invocation->color, &out);
    (void)fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}

void report_backups(const struct invocation *invocation, const char *directory,
                    const struct backup_list *list)
{
    struct arena *arena = arena_new();

    if (list->count > 0)
        put_table(invocation, arena, list);
    else
        printf("no backup in %.*s\n", STR_ARGS(screen_text(arena, str_from(directory))));
    for (size_t i = 0; i < list->count; i++)
        if (!list->items[i].whole)
            printf("\n%.*s:\n  %.*s\n", STR_ARGS(screen_text(arena, list->items[i].name)),
                   STR_ARGS(screen_text(arena, list->items[i].why)));
    for (size_t i = 0; i < list->partial_count; i++)
        printf("\n%.*s:\n  %s\n", STR_ARGS(screen_text(arena, list->partial[i])),
               str_ends_with(list->partial[i], BACKUP_MOVING)
                   ? "a move that is under way, or was interrupted: the same pgrade move goes on with it"
                   : "is being made, or was interrupted; it is no backup");
    arena_free(arena);
}

static void put_one(struct json *json, struct arena *arena, const struct listed_backup *one)
{
    const struct manifest *manifest = &one->manifest;
    bool known = manifest->began_us >= 0;

    json_object(json);
    json_put_str(json, "name", one->name);
    json_put_bool(json, "whole", one->whole);
    json_put_str(json, "why", one->why);
    json_put_str(json, "began", known ? clock_text(arena, manifest->began_us) : (struct str){NULL, 0});
    json_put_str(json, "source", manifest->source);
    json_put_str(json, "engine", manifest->engine);
    json_put_str(json, "database", manifest->database);
    json_put_int(json, "databases", (int64_t)manifest->bundle.database_count);
    json_put_str(json, "server", manifest->server);
    json_put_int(json, "tables", manifest_tables(manifest));
    json_put_int(json, "rows", manifest_rows(manifest));
    json_put_int(json, "bytes", manifest_bytes(manifest));
    json_object_end(json);
}

void report_backups_json(const char *directory, const struct backup_list *list, int status)
{
    struct arena *arena = arena_new();
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, status);
    json_put_text(&json, "directory", directory);
    json_name(&json, "backups");
    json_array(&json);
    for (size_t i = 0; i < list->count; i++)
        put_one(&json, arena, &list->items[i]);
    json_array_end(&json);
    json_name(&json, "partial");
    json_array(&json);
    for (size_t i = 0; i < list->partial_count; i++)
        json_str(&json, list->partial[i]);
    json_array_end(&json);
    json_print_end(&json, &out);
    arena_free(arena);
}
