#include <stdio.h>

#include "base/screen.h"
#include "cli/json_print.h"
#include "cli/report_backup.h"
#include "cli/table.h"

static void put_seconds(struct json *json, int64_t us)
{
    json_name(json, "seconds");
    json_double(json, (double)us / 1e6, 3);
}

/* Lists that are empty where it is no bundle. */
static void put_bundle(struct json *json, const struct manifest *manifest)
{
    const struct bundle *bundle = &manifest->bundle;

    json_name(json, "databases");
    json_array(json);
    for (size_t i = 0; i < bundle->database_count; i++) {
        json_object(json);
        bundle_put_members(json, &bundle->databases[i]);
        json_object_end(json);
    }
    json_array_end(json);
    bundle_put_left_out(json, bundle);
}

/* "1 table, 3 rows" */
static struct str amount(struct arena *arena, int64_t tables, int64_t rows)
{
    return str_printf(arena, "%.*s table%s, %.*s row%s", STR_ARGS(show_count(arena, tables)),
                      tables == 1 ? "" : "s", STR_ARGS(show_count(arena, rows)), rows == 1 ? "" : "s");
}

static void tell_bundle(struct arena *arena, const struct manifest *manifest)
{
    const struct bundle *bundle = &manifest->bundle;

    printf("%zu database%s: %.*s, %.*s in %.*s\n", bundle->database_count,
           bundle->database_count == 1 ? "" : "s",
           STR_ARGS(amount(arena, manifest_tables(manifest), manifest_rows(manifest))),
           STR_ARGS(show_bytes(arena, manifest_bytes(manifest))),
           STR_ARGS(show_seconds(arena, manifest->took_us)));
    for (size_t i = 0; i < bundle->database_count; i++) {
        const struct bundle_database *one = &bundle->databases[i];

        printf("  %.*s: %.*s, %.*s\n", STR_ARGS(screen_text(arena, one->facts.name)),
               STR_ARGS(amount(arena, one->tables, one->rows)), STR_ARGS(show_bytes(arena, one->bytes)));
    }
    for (size_t i = 0; i < bundle->left_out_count; i++)
        printf("  %.*s %.*s: %.*s\n",
               STR_ARGS(str_from(bundle->left_out[i].asked ? "left out" : "NOT BACKED UP")),
               STR_ARGS(screen_text(arena, bundle->left_out[i].name)),
               STR_ARGS(screen_text(arena, bundle->left_out[i].why)));
}

static struct str size_text(struct arena *arena, const struct contents *contents)
{
    return amount(arena, (int64_t)contents->count, contents_rows(contents));
}

void report_backup(const struct backup_report *report)
{
    const struct backup_result *result = report->result;
    const struct manifest *manifest = &result->manifest;
    struct arena *arena = arena_new();

    if (manifest_is_bundle(manifest))
        tell_bundle(arena, manifest);
    else
        printf("%.*s: %.*s, %.*s in %.*s\n", STR_ARGS(screen_text(arena, manifest->database)),
               STR_ARGS(size_text(arena, &manifest->contents)),
               STR_ARGS(show_bytes(arena, manifest_bytes(manifest))),
               STR_ARGS(show_seconds(arena, manifest->took_us)));
    printf("  %.*s\n", STR_ARGS(screen_text(arena, str_from(result->path))));
    if (report->verified)
        printf("  verified: restored into a scratch database, with the same tables and rows%s\n",
               str_is(manifest->engine, "sqlite") ? "" : ", by their sums");
    for (size_t i = 0; i < report->removed_count; i++)
        printf("  removed: %.*s\n", STR_ARGS(screen_text(arena, report->removed[i])));
    arena_free(arena);
}

void report_backup_json(const struct backup_report *report, int status)
{
    const struct backup_result *result = report->result;
    const struct manifest *manifest = &result->manifest;
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, status);
    json_put_text(&json, "path", result->path);
    json_put_str(&json, "source", manifest->source);
    json_put_str(&json, "engine", manifest->engine);
    json_put_str(&json, "database", manifest->database);
    json_put_str(&json, "server", manifest->server);
    json_put_str(&json, "program", manifest->program);
    json_put_str(&json, "format", manifest->format);
    json_put_int(&json, "bytes", manifest_bytes(manifest));
    json_put_int(&json, "rows", manifest_rows(manifest));
    put_seconds(&json, manifest->took_us);
    contents_put(&json, &manifest->contents);
    put_bundle(&json, manifest);
    json_put_bool(&json, "verified", report->verified);
    json_put_texts(&json, "leftovers", result->leftovers, result->leftover_count);
    json_put_texts(&json, "removed", report->removed, report->removed_count);
    json_print_end(&json, &out);
}

static int64_t rows_of(const struct restore_result *result)
{
    int64_t rows = contents_rows(&result->found);

    for (size_t i = 0; i < result->database_count; i++)
        rows += result->databases[i].rows;
    return rows;
}

static void put_restored(struct json *json, const struct restore_result *result)
{
    json_name(json, "databases");
    json_array(json);
    for (size_t i = 0; i < result->database_count; i++) {
        const struct restored_database *one = &result->databases[i];

        json_object(json);
        json_put_str(json, "name", one->name);
        json_put_bool(json, "made", one->made);
        json_put_bool(json, "earlier", one->earlier);
        json_put_int(json, "tables", one->tables);
        json_put_int(json, "rows", one->rows);
        json_put_texts(json, "refused", one->refused, one->refused_count);
        json_object_end(json);
    }
    json_array_end(json);
}

static void tell_restored(struct arena *arena, const struct restore_result *result)
{
    printf("%zu database%s in %.*s, with the tables and rows of the bundle\n", result->database_count,
           result->database_count == 1 ? "" : "s", STR_ARGS(show_seconds(arena, result->took_us)));
    for (size_t i = 0; i < result->database_count; i++) {
        const struct restored_database *one = &result->databases[i];

        printf("  %.*s: %.*s%s\n", STR_ARGS(screen_text(arena, one->name)),
               STR_ARGS(amount(arena, one->tables, one->rows)),
               one->earlier ? "; was there already, as the bundle has it"
               : one->made  ? "; the database was made"
                            : "");
        for (size_t j = 0; j < one->refused_count; j++)
            printf("    refused by the server: %.*s\n", STR_ARGS(screen_text(arena, one->refused[j])));
    }
}

void report_restore(const struct restore_options *options, const struct restore_result *result)
{
    struct arena *arena = arena_new();

    if (result->kind == RESTORE_BUNDLE)
        tell_restored(arena, result);
    else
        printf("%.*s: %.*s in %.*s\n", STR_ARGS(screen_text(arena, url_redacted(arena, options->target))),
               STR_ARGS(size_text(arena, &result->found)), STR_ARGS(show_seconds(arena, result->took_us)));
    if (result->kind > RESTORE_BUNDLE)
        printf("  restored from a dump without a manifest: there was nothing to compare with\n");
    else if (result->kind == RESTORE_BACKUP && result->difference_count == 0)
        printf("  all tables of the backup are there, with its rows\n");
    for (size_t i = 0; i < result->difference_count; i++)
        printf("  %.*s\n", STR_ARGS(screen_text(arena, result->differences[i])));
    arena_free(arena);
}

void report_restore_json(const struct restore_options *options, const struct restore_result *result,
                         const struct err *err, int status)
{
    static const char *const kinds[] = {[RESTORE_BACKUP] = "backup",
                                        [RESTORE_BUNDLE] = "bundle",
                                        [RESTORE_ARCHIVE] = "archive",
                                        [RESTORE_SQL] = "sql"};
    struct arena *arena = arena_new();
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, status);
    json_put_text(&json, "from", options->from);
    json_put_text(&json, "kind", kinds[result->kind]);
    json_put_str(&json, "target", url_redacted(arena, options->target));
    json_put_bool(&json, "compared", result->kind <= RESTORE_BUNDLE);
    json_put_int(&json, "rows", rows_of(result));
    put_seconds(&json, result->took_us);
    contents_put(&json, &result->found);
    put_restored(&json, result);
    json_put_texts(&json, "differences", result->differences, result->difference_count);
    json_put_error(&json, "error", err);
    json_print_end(&json, &out);
    arena_free(arena);
}
