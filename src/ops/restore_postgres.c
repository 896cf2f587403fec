#include "base/buf.h"
#include "ops/client_programs.h"
#include "ops/database_empty.h"
#include "ops/pooler.h"
#include "ops/restore_intern.h"
#include "ops/sql_text.h"

struct job {
    const struct restore_options *options;
    struct restore_result *result;
    const char *data;
    struct client_program program;
    struct client_access access;
    bool sql;
};

static bool check_empty(struct arena *arena, struct engine *engine, struct err *err)
{
    struct str name;

    if (!database_find_object(arena, engine, &name, err))
        return false;
    if (name.ptr == NULL)
        return true;
    err_set(err, ERR_REFUSED, "the target is not empty: it has %.*s", STR_ARGS(name));
    err_detail(err, "nothing was restored");
    return err_hint(err, "restore into a new database, or replace what the backup holds too: --clean");
}

bool restore_is_unfinished(struct arena *arena, struct engine *engine, bool *has, struct err *err)
{
    struct value value;

    if (!engine_value(engine, arena,
                      (struct str)STR("SELECT pg_catalog.to_regnamespace('" RESTORE_MARK "')::text"), NULL, 0,
                      &value, err))
        return false;
    *has = value.kind != VALUE_NULL;
    return true;
}

static bool check_mark(struct arena *arena, struct engine *engine, struct err *err)
{
    bool has;

    if (!restore_is_unfinished(arena, engine, &has, err))
        return false;
    if (!has)
        return true;
    err_set(err, ERR_REFUSED,
            "a restore by several connections was interrupted in the target: what it has is "
            "not whole");
    err_detail(err,
               "the schema " RESTORE_MARK " stands there until such a restore is done; nothing was restored");
    return err_hint(err, "drop the database and create it again, or restore with --clean");
}

static bool set_mark(struct arena *arena, struct engine *engine, struct str text, struct err *err)
{
    return engine_exec(engine,
                       text.ptr == NULL ? (struct str)STR("CREATE SCHEMA " RESTORE_MARK)
                                        : sql_text(arena,
                                                   "BEGIN; CREATE SCHEMA " RESTORE_MARK
                                                   "; COMMENT ON SCHEMA " RESTORE_MARK " IS %L; COMMIT",
                                                   text),
                       err);
}

static bool remove_mark(struct engine *engine, struct err *err)
{
    return engine_exec(engine, (struct str)STR("DROP SCHEMA IF EXISTS " RESTORE_MARK), err);
}

static bool server_major(struct arena *arena, struct engine *engine, int64_t *major, struct err *err)
{
    static const char sql[] = "SELECT (current_setting('server_version_num')::int / 10000)::text";
    struct value value;

    return engine_value(engine, arena, str_from(sql), NULL, 0, &value, err) &&
           (str_to_int64(value.bytes, major) ||
            err_set(err, ERR_DATABASE, "the server does not tell its version"));
}

/* The version of pg_dump that wrote it, or of the target, whichever is newer. */
static bool find_program(struct arena *arena, struct engine *engine, struct job *job, struct err *err)
{
    struct str written = job->result->manifest.program;
    size_t length = 0;
    int64_t dumped = 0;
    int64_t major;

    while (length < written.len && ascii_is_digit(written.ptr[length]))
        length++;
    if (!server_major(arena, engine, &major, err))
        return false;
    if (str_to_int64(str_slice(written, 0, length), &dumped) && dumped > major)
        return client_program_find(
            arena, "pg_restore", (int)dumped,
            arena_printf(arena, "the backup was made by pg_dump %.*s", STR_ARGS(written)), &job->program,
            err);
    return client_program_find(arena, job->sql ? "psql" : "pg_restore", (int)major,
                               arena_printf(arena, "the target is PostgreSQL %d", (int)major), &job->program,
                               err);
}

static bool prepare(struct arena *arena, struct engine *engine, struct job *job, struct err *err)
{
    const struct restore_options *options = job->options;

    if (!find_program(arena, engine, job, err) || !client_access(arena, options->target, &job->access, err))
        return false;
    if (options->jobs > 0 && (options->clean || job->sql))
        return err_set(err, ERR_USAGE, "--jobs is for archives, into an empty database: %s",
                       options->clean ? "--clean needs one transaction" : "this is SQL text");
    if (job->sql && (stage_set(options->stage, "reading", str_from(job->data), NULL),
                     !restore_text_check(job->data, options->interrupted, err)))
        return false;
    if (!options->clean)
        return check_mark(arena, engine, err) && check_empty(arena, engine, err);
    if (!job->sql)
        return true;
    err_set(err, ERR_USAGE, "--clean is for backups and archives: %s is SQL text", job->data);
    return err_hint(err,
                    "it drops what it was made to drop (pg_dump --clean); restore into an empty database");
}

static bool run(struct arena *arena, const struct job *job, const char *const *argv, struct str input,
                struct proc_result *result, struct err *err)
{
    return proc_check(arena,
                      &(struct proc_options){.argv = argv,
                                             .environment = job->access.environment,
                                             .input = input,
                                             .maximum = BUF_TEXT_MAXIMUM,
                                             .interrupted = job->options->interrupted,
                                             .ends_with_us = true},
                      result, err);
}

/*
 * The archive's list without the comments of extensions: only who installed an extension may comment on it,
 * which on a managed server nobody is, and one line of no weight would undo the whole restore.
 */
static bool read_list(struct arena *arena, const struct job *job, struct str *list, struct err *err)
{
    const char *argv[] = {job->program.path, "--list", job->data, NULL};
    struct proc_result result;
    struct buf out;
    struct str rest;

    if (!run(arena, job, argv, (struct str){NULL, 0}, &result, err))
        return false;
    buf_init(&out, BUF_TEXT_MAXIMUM);
    for (rest = result.output; rest.len > 0;) {
        ptrdiff_t end = str_find(rest, '\n');
        size_t length = end < 0 ? rest.len : (size_t)end + 1;
        struct str line = str_slice(rest, 0, length);

        if (!str_contains_nocase(line, " COMMENT - EXTENSION "))
            buf_str(&out, line);
        rest = str_slice(rest, length, rest.len);
    }
    *list = buf_to_str(arena, &out);
    buf_free(&out);
    return true;
}

static bool restore_archive(struct arena *arena, const struct job *job, struct err *err)
{
    const struct restore_options *options = job->options;
    const char *argv[16] = {job->program.path, "--no-acl",      "--no-owner",
                            "--exit-on-error", "--no-password", "--use-list=/dev/stdin"};
    struct proc_result result;
    struct str list;
    int count = 6;

    if (!read_list(arena, job, &list, err))
        return false;
    argv[count++] =
        options->jobs > 0 ? arena_printf(arena, "--jobs=%d", options->jobs) : "--single-transaction";
    if (options->clean) {
        argv[count++] = "--clean";
        argv[count++] = "--if-exists";
    }
    if (options->owner != NULL)
        argv[count++] = arena_printf(arena, "--role=%s", options->owner);
    argv[count++] = arena_printf(arena, "--dbname=%s", job->access.conninfo);
    argv[count++] = job->data;
    argv[count] = NULL;
    return run(arena, job, argv, list, &result, err);
}

static bool restore_sql(struct arena *arena, const struct job *job, struct err *err)
{
    const char *argv[] = {job->program.path,
                          "--no-psqlrc",
                          "--quiet",
                          "--no-password",
                          "--single-transaction",
                          "--set=ON_ERROR_STOP=1",
                          "--output=/dev/null",
                          arena_printf(arena, "--dbname=%s", job->access.conninfo),
                          arena_printf(arena, "--file=%s", job->data),
                          NULL};
    struct proc_result result;

    if (job->options->owner != NULL)
        return err_set(err, ERR_USAGE, "--owner is for backups and archives: SQL text names its own owners");
    return run(arena, job, argv, (struct str){NULL, 0}, &result, err);
}

static bool look_again(struct arena *arena, struct engine *engine, const struct job *job, struct err *err)
{
    return engine_exec(engine, (struct str)STR("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), err) &&
           contents_read(arena, engine, job->options->interrupted, &job->result->found, err) &&
           engine_exec(engine, (struct str)STR("COMMIT; ANALYZE"), err);
}

static bool restore(struct arena *arena, struct engine *engine, struct job *job, struct err *err)
{
    bool several = job->options->jobs > 0;

    if (!prepare(arena, engine, job, err) || (several && !set_mark(arena, engine, job->options->mark, err)))
        return false;
    stage_set(job->options->stage, "restoring", job->options->target->database, NULL);
    if (!(job->sql ? restore_sql(arena, job, err) : restore_archive(arena, job, err)))
        return err_hint(err, several
                                 ? "what was restored until then stays in the target: drop the database, or "
                                   "restore with --clean"
                                 : "the target is as it was: all of it was one transaction");
    stage_set(job->options->stage, "comparing", job->options->target->database, NULL);
    return look_again(arena, engine, job, err) &&
           (!(several || job->options->clean) || remove_mark(engine, err));
}

bool restore_postgres(struct arena *arena, const struct restore_options *options, const char *data,
                      struct restore_result *result, struct err *err)
{
    struct job job = {.options = options, .result = result, .data = data, .sql = result->kind == RESTORE_SQL};
    struct engine_options open = {
        .trace = options->trace, .interrupted = options->interrupted, .application_name = "pgrade restore"};
    struct engine *engine = NULL;
    bool done =
        pooler_refuse(options->target, job.sql ? "the dump" : "pg_restore", options->interrupted, err) &&
        engine_open(options->target, &open, &engine, err) && restore(arena, engine, &job, err);

    engine_close(engine);
    return done;
}
