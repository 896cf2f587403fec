/*
 * A PostgreSQL database by pg_dump.
 *
 * Rows are counted in the very snapshot that pg_dump reads (pg_export_snapshot()), so that the manifest says
 * what is in the dump however much is written meanwhile.  Counting comes first and keeps its locks: neither
 * TRUNCATE nor ALTER TABLE can come between.  Whoever waits for such a lock makes pg_dump wait behind it, and
 * we wait for pg_dump: no server sees that circle, so pg_dump's waiting has an end.
 */
#include "ops/backup_intern.h"
#include "ops/client_programs.h"
#include "ops/pooler.h"

static const char lock_wait[] = "--lock-wait-timeout=30s";

static bool ask_text(struct arena *arena, struct engine *engine, const char *sql, struct str *text,
                     struct err *err)
{
    struct value value;

    if (!engine_value(engine, arena, str_from(sql), NULL, 0, &value, err))
        return false;
    *text = value.bytes;
    return true;
}

static bool find_program(struct arena *arena, struct engine *engine, struct manifest *manifest,
                         struct client_program *program, struct err *err)
{
    struct str major;
    int64_t number;

    if (!ask_text(arena, engine, "SELECT split_part(current_setting('server_version'), ' ', 1)",
                  &manifest->server, err) ||
        !ask_text(arena, engine, "SELECT (current_setting('server_version_num')::int / 10000)::text", &major,
                  err))
        return false;
    if (!str_to_int64(major, &number))
        return err_set(err, ERR_DATABASE, "the server does not tell its version");
    if (!client_program_find(arena, "pg_dump", (int)number,
                             arena_printf(arena, "the server is PostgreSQL %.*s", STR_ARGS(manifest->server)),
                             program, err))
        return false;
    manifest->program = str_from(program->version);
    return true;
}

static bool dump(struct arena *arena, const struct backup_options *options, const struct backup_place *place,
                 const struct client_program *program, struct str snapshot, struct err *err)
{
    const char *argv[16] = {program->path, "--no-acl", "--no-owner", "--no-password", lock_wait};
    struct client_access access;
    struct proc_result result;
    int count = 5;

    if (!client_access(arena, options->url, &access, err))
        return false;
    argv[count++] = arena_printf(arena, "--snapshot=%.*s", STR_ARGS(snapshot));
    argv[count++] = options->jobs > 0 ? "--format=directory" : "--format=custom";
    if (options->jobs > 0)
        argv[count++] = arena_printf(arena, "--jobs=%d", options->jobs);
    argv[count++] = arena_printf(arena, "--file=%s", fs_join(arena, place->path, "dump"));
    argv[count++] = arena_printf(arena, "--dbname=%s", access.conninfo);
    argv[count] = NULL;
    if (proc_check(arena,
                   &(struct proc_options){.argv = argv,
                                          .environment = access.environment,
                                          .output = PROC_DISCARD,
                                          .interrupted = options->interrupted,
                                          .ends_with_us = true},
                   &result, err))
        return true;
    if (str_contains_nocase(result.errors, "lock timeout"))
        err_hint(err, "somebody is changing a table; try again when that is done");
    return err_hint(err, "no backup was made");
}

bool backup_postgres(struct arena *arena, const struct backup_options *options,
                     const struct backup_place *place, struct manifest *manifest, struct err *err)
{
    struct engine_options open = {
        .trace = options->trace, .interrupted = options->interrupted, .application_name = "pgrade backup"};
    struct client_program program;
    struct engine *engine = NULL;
    struct str snapshot;
    bool done;

    manifest->engine = str_from("postgres");
    manifest->format = str_from(options->jobs > 0 ? "directory" : "custom");
    manifest->data = str_from("dump");
    done = pooler_refuse(options->url, "pg_dump", options->interrupted, err) &&
           engine_open(options->url, &open, &engine, err) &&
           find_program(arena, engine, manifest, &program, err) &&
           ask_text(arena, engine, "SELECT current_database()::text", &manifest->database, err) &&
           engine_exec(engine, (struct str)STR("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), err) &&
           ask_text(arena, engine, "SELECT pg_export_snapshot()", &snapshot, err) &&
           (stage_set(options->stage, "counting the rows of", manifest->database, NULL),
            contents_read(arena, engine, options->interrupted, &manifest->contents, err)) &&
           (stage_set(options->stage, "dumping", manifest->database, place->path),
            dump(arena, options, place, &program, snapshot, err));
    engine_close(engine);
    return done;
}
