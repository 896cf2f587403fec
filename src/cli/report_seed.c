#include "cli/report_seed.h"

#include <stdio.h>

#include "base/log.h"
#include "base/screen.h"
#include "cli/json_print.h"
#include "cli/table.h"

static void put(struct buf *out)
{
    (void)fwrite(out->ptr, 1, out->len, stdout);
    buf_free(out);
}

static void count_cell(struct text_table *table, bool known, int64_t count)
{
    text_table_cell(table, known ? show_count(table->arena, count) : str_from(""));
}

static void put_files(const struct invocation *invocation, const struct seed *seed, struct arena *arena,
                      struct buf *out)
{
    static const char *const heads[] = {"file",     "table",   "known by", "rows",
                                        "inserted", "updated", "unchanged"};
    static const enum table_align align[] = {ALIGN_LEFT,  ALIGN_LEFT,  ALIGN_LEFT, ALIGN_RIGHT,
                                             ALIGN_RIGHT, ALIGN_RIGHT, ALIGN_RIGHT};
    struct text_table table = {.arena = arena, .columns = ARRAY_LENGTH(align), .align = align};

    for (size_t i = 0; i < table.columns; i++)
        text_table_cellf(&table, "%s", heads[i]);
    for (size_t i = 0; i < seed->file_count; i++) {
        const struct seed_file *file = &seed->files[i];
        bool rows = file->kind != SEED_SQL;

        text_table_cell(&table, screen_text(arena, str_from(file->path)));
        text_table_cell(&table, screen_text(arena, file->table));
        if (rows)
            text_table_cell(&table, screen_text(arena, file->key));
        else
            text_table_cellf(&table, "%lld statement%s", (long long)file->statements,
                             file->statements == 1 ? "" : "s");
        count_cell(&table, true, file->rows);
        count_cell(&table, rows, file->inserted);
        count_cell(&table, rows, file->updated);
        count_cell(&table, rows, file->unchanged);
    }
    text_table_write(&table, invocation->color, out);
}

static void put_admin(const struct seed_report *told, struct arena *arena, struct buf *out)
{
    const struct admin *admin = told->admin;

    buf_printf(out, "%s %.*s in %.*s: the password is hashed as %s%s%s\n",
               admin->created ? (told->options->dry_run ? "would make" : "made")
                              : (told->options->dry_run ? "would update" : "updated"),
               STR_ARGS(screen_text(arena, told->user)), STR_ARGS(screen_text(arena, admin->table)),
               admin->hash, admin->framework == NULL ? "" : ", for ",
               admin->framework == NULL ? "" : admin->framework);
    if (!admin->marked)
        log_message(LOG_WARNING,
                    "no column of %.*s says that this is an administrator: --admin-columns admin=COLUMN, or "
                    "--admin-set COLUMN=VALUE, names one",
                    STR_ARGS(admin->table));
    if (told->password.ptr != NULL)
        buf_printf(out, "password: %.*s\n", STR_ARGS(told->password));
}

void report_seed(const struct invocation *invocation, const struct seed_report *told)
{
    const struct seed *seed = told->seed;
    struct arena *arena = arena_new();
    struct buf out;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < seed->passed_count; i++)
        log_message(LOG_NOTICE, "passed over: %s", seed->passed_over[i]);
    for (size_t i = 0; i < seed->emptied_count; i++)
        buf_printf(&out, "emptied %.*s: %.*s rows\n", STR_ARGS(screen_text(arena, seed->emptied[i].table)),
                   STR_ARGS(show_count(arena, seed->emptied[i].rows)));
    if (seed->file_count > 0)
        put_files(invocation, seed, arena, &out);
    for (size_t i = 0; i < seed->sequence_count; i++)
        buf_printf(&out, "the next number of %.*s follows %.*s\n",
                   STR_ARGS(screen_text(arena, seed->sequences[i].column)),
                   STR_ARGS(show_count(arena, seed->sequences[i].last)));
    if (told->admin != NULL)
        put_admin(told, arena, &out);
    if (told->options->dry_run)
        buf_text(&out, "nothing was changed: --dry-run\n");
    put(&out);
    arena_free(arena);
}

static const char *kind_name(enum seed_kind kind)
{
    return kind == SEED_SQL ? "sql" : kind == SEED_CSV ? "csv" : "json";
}

static void json_put_file(struct json *json, const struct seed_file *file)
{
    json_object(json);
    json_put_text(json, "file", file->path);
    json_put_text(json, "kind", kind_name(file->kind));
    json_put_str(json, "table", file->table);
    json_put_str(json, "key", file->key);
    json_put_int(json, "statements", file->statements);
    json_put_int(json, "rows", file->rows);
    json_put_int(json, "inserted", file->inserted);
    json_put_int(json, "updated", file->updated);
    json_put_int(json, "unchanged", file->unchanged);
    json_object_end(json);
}

static void json_put_lists(struct json *json, const struct seed *seed)
{
    json_name(json, "files");
    json_array(json);
    for (size_t i = 0; i < seed->file_count; i++)
        json_put_file(json, &seed->files[i]);
    json_array_end(json);
    json_name(json, "emptied");
    json_array(json);
    for (size_t i = 0; i < seed->emptied_count; i++) {
        json_object(json);
        json_put_str(json, "table", seed->emptied[i].table);
        json_put_int(json, "rows", seed->emptied[i].rows);
        json_object_end(json);
    }
    json_array_end(json);
    json_name(json, "sequences");
    json_array(json);
    for (size_t i = 0; i < seed->sequence_count; i++) {
        json_object(json);
        json_put_str(json, "column", seed->sequences[i].column);
        json_put_int(json, "last", seed->sequences[i].last);
        json_object_end(json);
    }
    json_array_end(json);
    json_name(json, "passed_over");
    json_array(json);
    for (size_t i = 0; i < seed->passed_count; i++)
        json_text(json, seed->passed_over[i]);
    json_array_end(json);
}

static void json_put_admin(struct json *json, const struct seed_report *told)
{
    json_name(json, "admin");
    if (told->admin == NULL) {
        json_null(json);
        return;
    }
    json_object(json);
    json_put_str(json, "table", told->admin->table);
    json_put_str(json, "user", told->user);
    json_put_str(json, "email", told->email);
    json_put_str(json, "framework", str_from(told->admin->framework));
    json_put_text(json, "hash", told->admin->hash);
    json_put_bool(json, "created", told->admin->created);
    json_put_bool(json, "marked", told->admin->marked);
    json_put_str(json, "password", told->password);
    json_object_end(json);
}

void report_seed_json(const struct seed_report *told)
{
    struct arena *arena = arena_new();
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, PGRADE_DONE);
    json_put_str(&json, "database", url_redacted(arena, told->url));
    json_put_bool(&json, "dry_run", told->options->dry_run);
    json_put_lists(&json, told->seed);
    json_put_admin(&json, told);
    json_print_end(&json, &out);
    arena_free(arena);
}
