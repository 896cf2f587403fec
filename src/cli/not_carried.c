#include "cli/not_carried.h"

#include <string.h>

#include "base/fs.h"
#include "base/log.h"
#include "schema/ident.h"

enum {
    FILE_MODE = 0600, /* a statement may hold values: in a CHECK, a DEFAULT, a view */
    MARK_MAXIMUM = 256
};

/* The first words of a file that pgrade wrote, and may write again. */
static const char mark[] = "-- not carried by pgrade";

static bool is_ours(const char *path)
{
    struct err ignored = {.code = ERR_NONE};
    struct arena *arena = arena_new();
    struct str head;
    bool ours = fs_read_from(arena, path, 0, MARK_MAXIMUM, &head, &ignored) && str_starts_with(head, mark);

    arena_free(arena);
    return ours;
}

bool not_carried_check(const struct invocation *invocation, struct err *err)
{
    const char *path = option_value(invocation, "not-carried");

    if (path == NULL || strcmp(path, "-") == 0 || !fs_exists(path) || is_ours(path))
        return true;
    err_set(err, ERR_REFUSED, "the file %s exists, and pgrade did not write it", path);
    return err_hint(err, "--not-carried NAME gives the file another name; `-` writes none");
}

/* A whole statement as it is; a part of one (a check, a default) as a comment. */
static void put_object(const struct report *report, const struct not_carried *object, struct buf *out)
{
    struct arena *arena = report->invocation->arena;

    buf_byte(out, '\n');
    comment_put(out,
                str_printf(arena, "%s %.*s%s%.*s: %.*s", object_class_name(object->class),
                           STR_ARGS(object->table), object->table.len > 0 && object->name.len > 0 ? "." : "",
                           STR_ARGS(object->name), STR_ARGS(report_reason(report, object))));
    if (object->sql.len == 0)
        return;
    if (str_starts_with_nocase(object->sql, "CREATE ")) {
        buf_str(out, object->sql);
        buf_text(out, ";\n");
    } else {
        comment_put(out, str_printf(arena, "    %.*s", STR_ARGS(object->sql)));
    }
}

static void put_all(const struct report *report, struct buf *out)
{
    const struct plan *plan = &report->result->prepared.plan;
    struct arena *arena = report->invocation->arena;

    comment_put(out, str_printf(arena, "%s from %.*s: the SQL that it has in SQLite, each with the reason.",
                                mark + 3, STR_ARGS(url_redacted(arena, &report->endpoints->source))));
    for (size_t i = 0; i < plan->not_carried_count; i++)
        put_object(report, &plan->not_carried[i], out);
}

const char *not_carried_write(const struct report *report)
{
    struct arena *arena = report->invocation->arena;
    const char *path = option_value(report->invocation, "not-carried");
    struct err failure = {.code = ERR_NONE};
    struct buf out;

    if (report->result->prepared.plan.not_carried_count == 0 || (path != NULL && strcmp(path, "-") == 0))
        return NULL;
    if (path == NULL)
        path = arena_printf(arena, "%s-not-carried.sql",
                            fs_name_of(str_cstr(arena, report->endpoints->source.path)));
    if (fs_exists(path) && !is_ours(path)) {
        log_message(LOG_WARNING,
                    "what was not carried is not written to a file: %s exists, and is not pgrade's", path);
        return NULL;
    }
    buf_init(&out, BUF_TEXT_MAXIMUM);
    put_all(report, &out);
    if (!fs_write(path, FILE_MODE, buf_view(&out), &failure)) {
        log_message(LOG_WARNING, "what was not carried is not written to a file: %s: %s", failure.primary,
                    failure.detail);
        path = NULL;
    }
    buf_free(&out);
    return path;
}
