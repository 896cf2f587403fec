#include <stdio.h>

#include "base/json.h"
#include "base/screen.h"
#include "cli/report_backup.h"
#include "cli/table.h"

static void put_texts(struct json *json, const char *name, const struct str *texts, size_t count)
{
    json_name(json, name);
    json_array(json);
    for (size_t i = 0; i < count; i++)
        json_str(json, texts[i]);
    json_array_end(json);
}

static void put_seconds(struct json *json, int64_t us)
{
    json_name(json, "seconds");
    json_double(json, (double)us / 1e6, 3);
}

static struct str size_text(struct arena *arena, const struct contents *contents)
{
    return str_printf(arena, "%zu table%s, %.*s rows", contents->count, contents->count == 1 ? "" : "s",
                      STR_ARGS(show_count(arena, contents_rows(contents))));
}

void report_backup(const struct backup_report *report)
{
    const struct backup_result *result = report->result;
    const struct manifest *manifest = &result->manifest;
    struct arena *arena = arena_new();

    printf("%.*s: %.*s, %.*s in %.*s\n  %.*s\n", STR_ARGS(screen_text(arena, manifest->database)),
           STR_ARGS(size_text(arena, &manifest->contents)),
           STR_ARGS(show_bytes(arena, manifest_bytes(manifest))),
           STR_ARGS(show_seconds(arena, manifest->took_us)),
           STR_ARGS(screen_text(arena, str_from(result->path))));
    if (report->verified)
        printf("  verified: restored into a scratch database, with the same tables, rows and sums\n");
    for (size_t i = 0; i < report->removed_count; i++)
        printf("  removed: %.*s\n", STR_ARGS(screen_text(arena, report->removed[i])));
    arena_free(arena);
}

void report_backup_json(const struct backup_report *report)
{
    const struct backup_result *result = report->result;
    const struct manifest *manifest = &result->manifest;
    struct json json;
    struct buf out;

    buf_init(&out, SIZE_MAX / 2);
    json_begin(&json, &out);
    json_object(&json);
    json_put_int(&json, "status", 0);
    json_put_text(&json, "path", result->path);
    json_put_str(&json, "source", manifest->source);
    json_put_str(&json, "engine", manifest->engine);
    json_put_str(&json, "database", manifest->database);
    json_put_str(&json, "server", manifest->server);
    json_put_str(&json, "program", manifest->program);
    json_put_str(&json, "format", manifest->format);
    json_put_int(&json, "bytes", manifest_bytes(manifest));
    json_put_int(&json, "rows", contents_rows(&manifest->contents));
    put_seconds(&json, manifest->took_us);
    contents_put(&json, &manifest->contents);
    json_put_bool(&json, "verified", report->verified);
    put_texts(&json, "leftovers", result->leftovers, result->leftover_count);
    put_texts(&json, "removed", report->removed, report->removed_count);
    json_object_end(&json);
    (void)fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}

void report_restore(const struct restore_options *options, const struct restore_result *result)
{
    struct arena *arena = arena_new();

    printf("%.*s: %.*s in %.*s\n", STR_ARGS(screen_text(arena, url_redacted(arena, options->target))),
           STR_ARGS(size_text(arena, &result->found)), STR_ARGS(show_seconds(arena, result->took_us)));
    if (result->kind != RESTORE_BACKUP)
        printf("  restored from a dump without a manifest: there was nothing to compare with\n");
    else if (result->difference_count == 0)
        printf("  all tables of the backup are there, with its rows\n");
    for (size_t i = 0; i < result->difference_count; i++)
        printf("  %.*s\n", STR_ARGS(screen_text(arena, result->differences[i])));
    arena_free(arena);
}

void report_restore_json(const struct restore_options *options, const struct restore_result *result,
                         const struct err *err, int status)
{
    static const char *const kinds[] = {
        [RESTORE_BACKUP] = "backup", [RESTORE_ARCHIVE] = "archive", [RESTORE_SQL] = "sql"};
    struct arena *arena = arena_new();
    struct json json;
    struct buf out;

    buf_init(&out, SIZE_MAX / 2);
    json_begin(&json, &out);
    json_object(&json);
    json_put_int(&json, "status", status);
    json_put_text(&json, "from", options->from);
    json_put_text(&json, "kind", kinds[result->kind]);
    json_put_str(&json, "target", url_redacted(arena, options->target));
    json_put_bool(&json, "compared", result->kind == RESTORE_BACKUP);
    json_put_int(&json, "rows", contents_rows(&result->found));
    put_seconds(&json, result->took_us);
    contents_put(&json, &result->found);
    put_texts(&json, "differences", result->differences, result->difference_count);
    json_put_error(&json, "error", err);
    json_object_end(&json);
    (void)fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
    arena_free(arena);
}
