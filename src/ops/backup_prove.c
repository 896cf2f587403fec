#include "ops/backup_prove.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "ops/database_create.h"
#include "ops/restore.h"

#define SCRATCH "pgrade_scratch_"

enum {
    MICRO = 1000 * 1000
};

/* Not in use, and begun more than a day ago, by the seconds in its name. */
static const char left_sql[] =
    "SELECT d.datname::text FROM pg_catalog.pg_database d WHERE d.datname ~ '^" SCRATCH "[0-9]+_[0-9]+$'"
    " AND pg_catalog.pg_has_role(d.datdba, 'USAGE')"
    " AND substring(d.datname from '" SCRATCH "([0-9]+)')::numeric"
    " < extract(epoch FROM pg_catalog.now() - interval '1 day')"
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)";

/* One at a time: a further row would be read while the first is dropped. */
static void drop_left(struct arena *arena, struct engine *engine)
{
    struct err ignored = {.code = ERR_NONE};
    struct value name = {.kind = VALUE_NULL};

    while (engine_value(engine, arena, str_from(left_sql), NULL, 0, &name, &ignored) &&
           name.kind == VALUE_TEXT && database_drop(engine, name.bytes, &ignored))
        log_message(LOG_WARNING,
                    "an earlier proof was interrupted; the database that it left was dropped: %.*s",
                    STR_ARGS(name.bytes));
}

/* The scratch database sorts and encodes as the one that was kept: constraints and indexes may depend on it.
 */
static bool create(struct arena *arena, struct engine *engine, struct str name, struct err *err)
{
    struct database_wish wish = {.name = name};
    struct err failure = {.code = ERR_NONE};
    struct instance instance;
    struct value kept;

    if (!engine_value(engine, arena, (struct str)STR("SELECT pg_catalog.current_database()::text"), NULL, 0,
                      &kept, err) ||
        !instance_read_database(arena, engine, kept.bytes, &instance, err))
        return false;
    wish.facts = &instance.databases[0];
    wish.major = instance.major;
    if (database_create(arena, engine, &wish, &failure))
        return true;
    if (strcmp(failure.sqlstate, "42501") != 0) {
        *err = failure;
        return err_prefix(err, "the backup was made, and could not be proven");
    }
    err_set(err, ERR_PERMISSION,
            "the backup was made, and could not be proven: this role may not create a database");
    err_detail(err, "%s", failure.detail);
    return err_hint(err,
                    "ALTER ROLE ... CREATEDB, or restore it where you may: pgrade restore BACKUP TARGET");
}

static bool restore(struct arena *arena, const struct backup_options *options,
                    const struct backup_result *result, const struct url *target, struct err *err)
{
    struct restore_options restore = {
        .from = result->path, .target = target, .trace = options->trace, .interrupted = options->interrupted};
    struct restore_result restored;

    return (restore_look(arena, &restore, &restored, err) && restore_run(arena, &restore, &restored, err)) ||
           err_prefix(err, "the backup was made, and its proof failed");
}

static bool prove_postgres(struct arena *arena, const struct backup_options *options,
                           const struct backup_result *result, struct err *err)
{
    struct engine_options open = {
        .trace = options->trace, .interrupted = options->interrupted, .application_name = "pgrade backup"};
    struct str name = str_printf(arena, SCRATCH "%" PRId64 "_%d", clock_wall_us() / MICRO, (int)getpid());
    struct err failure = {.code = ERR_NONE};
    struct url target = *options->url;
    struct engine *engine = NULL;
    bool done;

    target.database = name;
    if (!engine_open(options->url, &open, &engine, err))
        return false;
    drop_left(arena, engine);
    done = create(arena, engine, name, err);
    if (done) {
        stage_set(options->stage, "restoring on trial", name, NULL);
        done = restore(arena, options, result, &target, err);
        if (!database_drop(engine, name, &failure))
            log_message(LOG_WARNING, "the scratch database %.*s could not be dropped: %s", STR_ARGS(name),
                        failure.detail);
    }
    engine_close(engine);
    return done;
}

static bool prove_sqlite(struct arena *arena, const struct backup_options *options,
                         const struct backup_result *result, struct err *err)
{
    const char *path =
        arena_printf(arena, "%s/.scratch-%d.db", fs_directory_of(arena, result->path), (int)getpid());
    struct url target = {.kind = URL_SQLITE, .path = str_from(path)};
    bool done = restore(arena, options, result, &target, err);

    (void)unlink(path);
    (void)unlink(arena_printf(arena, "%s-shm", path)); /* of a file in WAL mode, by reading it */
    (void)unlink(arena_printf(arena, "%s-wal", path));
    return done;
}

/* One database after the other, so that one scratch database at most takes place. */
static bool prove_bundle(struct arena *arena, const struct backup_options *options,
                         const struct backup_result *result, struct err *err)
{
    const struct bundle *bundle = &result->manifest.bundle;

    for (size_t i = 0; i < bundle->database_count; i++) {
        const struct bundle_database *database = &bundle->databases[i];
        struct url url = url_of_database(options->url, database->facts.name);
        struct backup_options of_one = *options;
        struct backup_result one = {.path = fs_join(arena, result->path, database->folder.ptr)};

        of_one.url = &url;
        stage_count(options->stage, i, bundle->database_count);
        if (!prove_postgres(arena, &of_one, &one, err))
            return err_prefix(err, "database %.*s", STR_ARGS(database->facts.name));
    }
    return true;
}

bool backup_prove(struct arena *arena, const struct backup_options *options,
                  const struct backup_result *result, struct err *err)
{
    if (manifest_is_bundle(&result->manifest))
        return prove_bundle(arena, options, result, err);
    return options->url->kind == URL_SQLITE ? prove_sqlite(arena, options, result, err)
                                            : prove_postgres(arena, options, result, err);
}
