#include "cli/report_move.h"

#include <stdio.h>

#include "base/json.h"
#include "base/screen.h"
#include "cli/table.h"
#include "cli/wrap.h"

static void put_side(struct buf *out, struct arena *arena, const char *name, const struct url *url,
                     const struct instance *instance)
{
    buf_printf(out, "%s  %.*s, PostgreSQL %.*s\n", name,
               STR_ARGS(screen_text(arena, url_redacted(arena, url))), STR_ARGS(instance->server));
}

static struct str bytes_of(struct arena *arena, const struct moved_database *database)
{
    int64_t bytes = database->dump.facts.bytes;

    return bytes < 0 ? str_from("?") : show_bytes(arena, bytes);
}

static void put_databases(const struct invocation *invocation, struct arena *arena,
                          const struct move_result *result, struct buf *out)
{
    static const enum table_align align[] = {ALIGN_LEFT,  ALIGN_LEFT,  ALIGN_LEFT, ALIGN_RIGHT,
                                             ALIGN_RIGHT, ALIGN_RIGHT, ALIGN_LEFT};
    static const char *const heading[] = {"database", "on NEW", "owner", "size", "tables", "rows", "state"};
    struct text_table table = {.arena = arena,
                               .columns = ARRAY_LENGTH(align),
                               .align = align,
                               .maximum = wrap_width() == 0 ? 0 : 20};

    for (size_t i = 0; i < ARRAY_LENGTH(heading); i++)
        text_table_cellf(&table, "%s", heading[i]);
    for (size_t i = 0; i < result->database_count; i++) {
        const struct moved_database *one = &result->databases[i];
        bool dumped = one->step >= MOVE_DUMPED;

        text_table_cell(&table, screen_text(arena, one->dump.facts.name));
        text_table_cell(&table, screen_text(arena, one->target));
        text_table_cell(&table, screen_text(arena, one->owner.ptr != NULL ? one->owner : result->new.user));
        text_table_cell(&table, bytes_of(arena, one));
        text_table_cell(&table, dumped ? show_count(arena, one->dump.tables) : str_from(""));
        text_table_cell(&table, dumped ? show_count(arena, one->dump.rows) : str_from(""));
        text_table_cellf(&table, "%s", move_step_name(one->step));
    }
    buf_byte(out, '\n');
    text_table_write(&table, invocation->color, out);
    buf_byte(out, '\n');
}

static void put_line(struct buf *out, const char *head, struct str text)
{
    size_t start = out->len;

    buf_printf(out, "%s%.*s\n", head, STR_ARGS(text));
    wrap_lines(out, start, wrap_width());
}

static void put_left_out(struct buf *out, struct arena *arena, const struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->left_out_count; i++)
        if (bundle->left_out[i].asked)
            put_line(out, "not moved: ",
                     screen_text(arena, str_printf(arena, "%.*s, %.*s", STR_ARGS(bundle->left_out[i].name),
                                                   STR_ARGS(bundle->left_out[i].why))));
}

static void put_remarks(struct buf *out, struct arena *arena, const struct move_result *result)
{
    for (size_t i = 0; i < result->remark_count; i++) {
        const struct move_remark *remark = &result->remarks[i];

        put_line(out, remark->stops ? "stops: " : "note: ", screen_text(arena, remark->text));
        if (remark->hint.ptr != NULL)
            put_line(out, "  try: ", screen_text(arena, remark->hint));
        if (remark->accept != NULL)
            put_line(out, "  or: ", str_printf(arena, "--accept %s", remark->accept));
    }
}

static void put_aftermath(struct buf *out, struct arena *arena, const struct move_result *result)
{
    for (size_t i = 0; i < result->database_count; i++) {
        const struct moved_database *one = &result->databases[i];

        for (size_t j = 0; j < one->refused_count; j++)
            put_line(out, "refused by NEW: ",
                     screen_text(arena, str_printf(arena, "%.*s, %.*s", STR_ARGS(one->target),
                                                   STR_ARGS(one->refused[j]))));
        for (size_t j = 0; j < one->written_count; j++)
            put_line(out, "written on OLD since: ",
                     screen_text(arena, str_printf(arena, "%.*s, %.*s", STR_ARGS(one->dump.facts.name),
                                                   STR_ARGS(one->written[j]))));
    }
}

static void put_end(struct buf *out, struct arena *arena, const struct move_options *options,
                    const struct move_result *result)
{
    if (options->env_file != NULL && result->env_count == 0 && (result->done || options->dry_run))
        put_line(out, "",
                 screen_text(
                     arena, str_printf(arena, "%s: no variable names a database of OLD", options->env_file)));
    for (size_t i = 0; i < result->env_count && (result->done || options->dry_run); i++)
        put_line(out, "",
                 screen_text(
                     arena, str_printf(arena, "%s: %.*s %s", options->env_file, STR_ARGS(result->env_keys[i]),
                                       result->done ? "names NEW now; the old one is a comment before it"
                                                    : "would name NEW")));
    if (result->path != NULL)
        put_line(out, "bundle: ", screen_text(arena, str_from(result->path)));
    if (result->next_count > 0)
        buf_text(out, "\nnext:\n");
    for (size_t i = 0; i < result->next_count; i++)
        put_line(out, "  - ", screen_text(arena, result->next[i]));
}

void report_move(const struct invocation *invocation, const struct move_options *options,
                 const struct move_result *result)
{
    struct arena *arena = arena_new();
    struct buf out;

    buf_init(&out, SIZE_MAX / 2);
    put_side(&out, arena, "OLD", options->old, &result->old);
    put_side(&out, arena, "NEW", options->new, &result->new);
    put_databases(invocation, arena, result, &out);
    put_left_out(&out, arena, &result->bundle);
    put_remarks(&out, arena, result);
    put_aftermath(&out, arena, result);
    put_end(&out, arena, options, result);
    (void)fwrite(out.ptr, 1, out.len, stdout);
    (void)fflush(stdout);
    buf_free(&out);
    arena_free(arena);
}
