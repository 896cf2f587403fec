#include "ops/bundle_intern.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "ops/client_programs.h"
#include "ops/database_empty.h"
#include "ops/pooler.h"

struct making {
    struct arena *arena;
    const struct bundle_options *options;
    struct instance instance;
    struct manifest *manifest;
};

size_t bundle_missing(const struct bundle *bundle)
{
    size_t count = 0;

    for (size_t i = 0; i < bundle->left_out_count; i++)
        count += bundle->left_out[i].asked ? 0 : 1;
    return count;
}

const struct bundle_database *bundle_find(const struct bundle *bundle, struct str name)
{
    for (size_t i = 0; i < bundle->database_count; i++)
        if (str_equal(bundle->databases[i].facts.name, name))
            return &bundle->databases[i];
    return NULL;
}

struct str bundle_name(struct arena *arena, const struct url *url)
{
    struct str host = url->hosts.count > 0 ? url->hosts.items[0].name : (struct str){NULL, 0};

    if (host.len == 0 || host.ptr[0] == '/')
        host = str_from("local");
    return str_printf(arena, "all-%.*s", STR_ARGS(host));
}

static void leave_out(struct arena *arena, struct bundle *bundle, struct str name, struct str why, bool asked)
{
    ARENA_PUSH(arena, bundle->left_out, bundle->left_out_count, bundle->left_out_capacity) =
        (struct left_out){name, why, asked};
}

static bool is_excluded(const struct bundle_options *options, struct str name)
{
    for (size_t i = 0; i < options->exclude_count; i++)
        if (str_equal(options->exclude[i], name))
            return true;
    return false;
}

/* Every server has it, for connections that are about no database; most often nobody keeps anything there. */
static bool holds_nothing(struct arena *arena, const struct backup_options *options, struct str name)
{
    struct engine_options open = {.interrupted = options->interrupted, .application_name = "pgrade backup"};
    struct url url = url_of_database(options->url, name);
    struct err ignored = {.code = ERR_NONE};
    struct engine *engine = NULL;
    struct str object = {NULL, 0};
    bool empty = str_is(name, "postgres") && engine_open(&url, &open, &engine, &ignored) &&
                 database_find_object(arena, engine, &object, &ignored) && object.ptr == NULL;

    engine_close(engine);
    return empty;
}

static bool is_taken(const struct bundle *bundle, struct str folder)
{
    for (size_t i = 0; i < bundle->database_count; i++)
        if (str_equal_nocase(bundle->databases[i].folder, folder))
            return true;
    return false;
}

static struct str folder_of(struct arena *arena, const struct bundle *bundle, struct str name)
{
    struct str safe = backup_safe_name(arena, name);
    struct str folder = str_printf(arena, BUNDLE_DATA "/%.*s", STR_ARGS(safe));

    for (int i = 2; is_taken(bundle, folder); i++)
        folder = str_printf(arena, BUNDLE_DATA "/%.*s-%d", STR_ARGS(safe), i);
    return folder;
}

bool bundle_choose(struct arena *arena, const struct bundle_options *options, const struct instance *instance,
                   struct bundle *bundle, struct err *err)
{
    for (size_t i = 0; i < instance->database_count; i++) {
        const struct database_facts *facts = &instance->databases[i];
        const char *keeper = instance_keeper(facts->name);

        if (is_excluded(options, facts->name))
            leave_out(arena, bundle, facts->name, str_from("excluded"), true);
        else if (keeper != NULL)
            leave_out(arena, bundle, facts->name, str_printf(arena, "it is %s's own", keeper), true);
        else if (facts->why_not.ptr != NULL)
            leave_out(arena, bundle, facts->name, facts->why_not, false);
        else if (holds_nothing(arena, &options->backup, facts->name))
            leave_out(arena, bundle, facts->name, str_from("it holds nothing"), true);
        else
            ARENA_PUSH(arena, bundle->databases, bundle->database_count, bundle->database_capacity) =
                (struct bundle_database){.facts = *facts, .folder = folder_of(arena, bundle, facts->name)};
    }
    for (size_t i = 0; i < options->exclude_count; i++)
        if (instance_database(instance, options->exclude[i]) == NULL)
            log_message(LOG_WARNING, "there is no database %.*s to exclude", STR_ARGS(options->exclude[i]));
    bundle->roles = instance->roles;
    bundle->role_count = instance->role_count;
    if (bundle->database_count > 0)
        return true;
    err_set(err, ERR_REFUSED, "there is no database that could be backed up");
    return bundle->left_out_count == 0 ? false
                                       : err_detail(err, "%.*s: %.*s", STR_ARGS(bundle->left_out[0].name),
                                                    STR_ARGS(bundle->left_out[0].why));
}

bool bundle_is_refusal(const struct err *err)
{
    return err->code == ERR_PERMISSION || strcmp(err->sqlstate, "42501") == 0 ||
           strstr(err->detail, "permission denied for ") != NULL;
}

bool bundle_dump(struct arena *arena, const struct backup_options *options, const char *path,
                 struct bundle_database *database, struct manifest *made, struct err *err)
{
    struct url url = url_of_database(options->url, database->facts.name);
    struct backup_options one = *options;
    struct backup_place place = {.path = fs_join(arena, path, database->folder.ptr)};
    int64_t began = clock_monotonic_us();

    one.url = &url;
    stage_set(options->stage, "looking at", database->facts.name, NULL);
    *made = (struct manifest){.pgrade = str_from(PGRADE_VERSION),
                              .source = url_redacted(arena, &url),
                              .database = database->facts.name,
                              .began_us = clock_wall_us()};
    if (!fs_make_directory(place.path, 0700, err) || !backup_postgres(arena, &one, &place, made, err) ||
        !manifest_add_files(arena, place.path, made->data.ptr, options->interrupted, made, err))
        return false;
    made->took_us = clock_monotonic_us() - began;
    if (!backup_flush_tree(arena, place.path, err) || !manifest_write(place.path, made, err))
        return false;
    database->tables = manifest_tables(made);
    database->rows = manifest_rows(made);
    database->bytes = manifest_bytes(made);
    return true;
}

/* One that this role may not read is left out, whatever was written of it before that showed. */
static bool dump_or_leave_out(struct making *making, const char *path, struct bundle_database *database,
                              bool *left_out, struct err *err)
{
    struct manifest made;
    struct err failure = {.code = ERR_NONE};

    *left_out = false;
    if (bundle_dump(making->arena, &making->options->backup, path, database, &made, &failure))
        return manifest_add_backup(making->arena, path, database->folder.ptr, &made, making->manifest, err);
    if (!bundle_is_refusal(&failure) || failure.code == ERR_CANCELED) {
        *err = failure;
        return err_prefix(err, "database %.*s", STR_ARGS(database->facts.name));
    }
    *left_out = true;
    leave_out(making->arena, &making->manifest->bundle, database->facts.name,
              str_printf(making->arena, "%s%s%s", failure.primary, failure.detail[0] == '\0' ? "" : ": ",
                         failure.detail),
              false);
    return fs_remove_tree(path, database->folder.ptr, err);
}

static bool dump_all(struct making *making, const char *path, struct err *err)
{
    struct bundle *bundle = &making->manifest->bundle;
    size_t kept = 0;

    for (size_t i = 0; i < bundle->database_count; i++) {
        bool left_out;

        stage_count(making->options->backup.stage, i, bundle->database_count);
        if (!dump_or_leave_out(making, path, &bundle->databases[i], &left_out, err))
            return false;
        if (!left_out)
            bundle->databases[kept++] = bundle->databases[i];
    }
    bundle->database_count = kept;
    if (kept > 0)
        return true;
    err_set(err, ERR_PERMISSION, "no database of this instance could be read");
    return err_detail(err, "%.*s: %.*s", STR_ARGS(bundle->left_out[bundle->left_out_count - 1].name),
                      STR_ARGS(bundle->left_out[bundle->left_out_count - 1].why));
}

/* Before anything is begun: what is there, and whether a program can read it. */
static bool look(struct making *making, struct err *err)
{
    const struct backup_options *options = &making->options->backup;
    struct engine_options open = {
        .trace = options->trace, .interrupted = options->interrupted, .application_name = "pgrade backup"};
    struct client_program program;
    struct engine *engine = NULL;
    bool done = pooler_refuse(options->url, "pg_dump", options->interrupted, err) &&
                engine_open(options->url, &open, &engine, err) &&
                instance_read(making->arena, engine, &making->instance, err);

    engine_close(engine);
    done = done && client_program_find(making->arena, "pg_dump", making->instance.major,
                                       arena_printf(making->arena, "the server is PostgreSQL %.*s",
                                                    STR_ARGS(making->instance.server)),
                                       &program, err);
    if (!done)
        return false;
    making->manifest->server = making->instance.server;
    making->manifest->program = str_from(program.version);
    return bundle_choose(making->arena, making->options, &making->instance, &making->manifest->bundle, err);
}

static bool fill(struct making *making, struct backup_place *place, struct backup_result *result,
                 struct err *err)
{
    int64_t began = clock_monotonic_us();

    if (!fs_make_directory(fs_join(making->arena, place->path, BUNDLE_DATA), 0700, err) ||
        !dump_all(making, place->path, err))
        return false;
    making->manifest->took_us = clock_monotonic_us() - began;
    return manifest_write(place->path, making->manifest, err) &&
           backup_place_publish(making->arena, place, &result->path, err);
}

bool bundle_run(struct arena *arena, const struct bundle_options *options, struct backup_result *result,
                struct err *err)
{
    struct making making = {.arena = arena, .options = options, .manifest = &result->manifest};
    struct backup_place place;
    bool done;

    if (options->backup.url->kind == URL_SQLITE) {
        err_set(err, ERR_USAGE, "--all is for the databases of a PostgreSQL server: a file is one database");
        return err_hint(err, "pgrade backup FILE");
    }
    *result = (struct backup_result){.manifest = {.pgrade = str_from(PGRADE_VERSION),
                                                  .engine = str_from("postgres"),
                                                  .source = url_redacted(arena, options->backup.url),
                                                  .database = str_from("*"),
                                                  .format = str_from("bundle"),
                                                  .data = str_from(BUNDLE_DATA),
                                                  .began_us = clock_wall_us()}};
    if (!look(&making, err))
        return false;
    done = backup_place_open(arena, &options->backup, bundle_name(arena, options->backup.url),
                             result->manifest.began_us, &place, result, err) &&
           fill(&making, &place, result, err);
    backup_place_close(&place);
    return done;
}
