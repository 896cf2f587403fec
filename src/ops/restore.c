#include "base/clock.h"
#include "base/fs.h"
#include "ops/restore_intern.h"

enum {
    START = 512 /* bytes of a file that tell what it is */
};

static bool is_cluster_dump(struct str start)
{
    return str_contains_nocase(start, "PostgreSQL database cluster dump");
}

static bool look_at_file(struct arena *arena, const char *path, struct restore_result *result,
                         struct err *err)
{
    struct str start;

    if (!fs_read_from(arena, path, 0, START, &start, err))
        return false;
    result->kind =
        str_starts_with(start, "PGDMP") || str_starts_with(start, "toc.dat") ? RESTORE_ARCHIVE : RESTORE_SQL;
    if (start.len == 0)
        return err_set(err, ERR_FAILED, "%s is empty", path);
    if (str_starts_with(start, "SQLite format 3")) {
        err_set(err, ERR_USAGE, "%s is a SQLite database and no backup", path);
        return err_hint(err, "pgrade upgrade %s TARGET moves it to PostgreSQL", path);
    }
    if (result->kind == RESTORE_SQL && str_find(start, '\0') >= 0)
        return err_set(err, ERR_FAILED, "%s is neither a backup nor a dump of pg_dump", path);
    if (!is_cluster_dump(start))
        return true;
    err_set(err, ERR_REFUSED, "%s is a dump of a whole server, by pg_dumpall", path);
    err_detail(err, "it creates roles and databases by itself, and is for no single target");
    return err_hint(err, "psql -f %s postgres, as a superuser", path);
}

static bool no_such_database(struct arena *arena, const struct restore_options *options,
                             const struct bundle *bundle, struct err *err)
{
    struct str names = {"", 0};

    for (size_t i = 0; i < bundle->database_count; i++)
        names = str_printf(arena, "%.*s%s%.*s", STR_ARGS(names), i > 0 ? ", " : "",
                           STR_ARGS(bundle->databases[i].facts.name));
    err_set(err, ERR_USAGE, "%s has no database %.*s", options->from, STR_ARGS(options->database));
    return err_detail(err, "it has: %.*s", STR_ARGS(names));
}

/* All of a bundle, or one database of it, which is a backup like others. */
static bool choose(struct arena *arena, const struct restore_options *options, struct restore_result *result,
                   struct err *err)
{
    const struct bundle *bundle = &result->manifest.bundle;
    bool is_bundle = manifest_is_bundle(&result->manifest);

    if (options->database.ptr == NULL) {
        result->kind = is_bundle ? RESTORE_BUNDLE : RESTORE_BACKUP;
        return true;
    }
    if (!is_bundle) {
        err_set(err, ERR_USAGE, "%s is a backup of one database: --database is for bundles", options->from);
        return err_hint(err, "the target's name does not have to be the same");
    }
    for (size_t i = 0; i < bundle->database_count; i++)
        if (str_equal(bundle->databases[i].facts.name, options->database)) {
            result->from = fs_join(arena, options->from, bundle->databases[i].folder.ptr);
            return manifest_read(arena, result->from, &result->manifest, err);
        }
    return no_such_database(arena, options, bundle, err);
}

static bool look_at_directory(struct arena *arena, const struct restore_options *options,
                              struct restore_result *result, struct err *err)
{
    if (fs_exists(fs_join(arena, options->from, MANIFEST_NAME))) {
        result->kind = RESTORE_BACKUP;
        return manifest_read(arena, options->from, &result->manifest, err) &&
               choose(arena, options, result, err) &&
               manifest_check_files(result->from, &result->manifest, options->interrupted, err);
    }
    result->kind = RESTORE_ARCHIVE;
    if (fs_exists(fs_join(arena, options->from, "toc.dat")))
        return true;
    err_set(err, ERR_FAILED, "%s is no backup", options->from);
    err_detail(err, "it has neither a %s nor a toc.dat of pg_dump", MANIFEST_NAME);
    return err_hint(err, "pgrade backup --list %s shows which backups are there", options->from);
}

static bool same_engine(const struct restore_options *options, const struct restore_result *result,
                        struct err *err)
{
    bool sqlite = result->kind <= RESTORE_BUNDLE && str_is(result->manifest.engine, "sqlite");

    if (sqlite == (options->target->kind == URL_SQLITE))
        return true;
    err_set(err, ERR_USAGE, "%s is of %s, and the target is %s", options->from,
            sqlite ? "a SQLite file" : "a PostgreSQL database",
            sqlite ? "a PostgreSQL database" : "a SQLite file");
    return err_hint(err, "restore it where it came from; pgrade %s goes from one to the other",
                    sqlite ? "upgrade" : "downgrade");
}

bool restore_look(struct arena *arena, const struct restore_options *options, struct restore_result *result,
                  struct err *err)
{
    bool done;

    *result = (struct restore_result){.kind = RESTORE_SQL, .from = options->from};
    if (!fs_exists(options->from)) {
        err_set(err, ERR_FAILED, "%s does not exist", options->from);
        return err_hint(err, "pgrade backup --list DIR shows which backups are there");
    }
    done = fs_is_directory(options->from) ? look_at_directory(arena, options, result, err)
                                          : look_at_file(arena, options->from, result, err);
    return done && same_engine(options, result, err);
}

bool restore_has_shortfalls(const struct restore_result *result)
{
    for (size_t i = 0; i < result->database_count; i++)
        if (result->databases[i].refused_count > 0)
            return true;
    return false;
}

static bool compare(struct arena *arena, const struct restore_options *options, struct restore_result *result,
                    struct err *err)
{
    if (result->kind != RESTORE_BACKUP)
        return true;
    result->differences =
        contents_compare(arena, &result->manifest.contents, &result->found, &result->difference_count);
    if (result->difference_count == 0)
        return true;
    err_set(err, ERR_DIFFERENT, "%s was restored, and the target is not what its manifest says",
            options->from);
    err_detail(err, "%.*s%s", STR_ARGS(result->differences[0]),
               result->difference_count > 1 ? ", and more" : "");
    return err_hint(err, "was it written meanwhile? else a trigger or a rule of it changed rows: --clean "
                         "restores it again");
}

bool restore_run(struct arena *arena, const struct restore_options *options, struct restore_result *result,
                 struct err *err)
{
    const char *data = result->kind == RESTORE_BACKUP
                           ? fs_join(arena, result->from, result->manifest.data.ptr)
                           : options->from;
    int64_t began = clock_monotonic_us();
    bool done;

    if (result->kind == RESTORE_BUNDLE)
        done = restore_bundle(arena, options, result, err);
    else if (options->target->kind == URL_SQLITE)
        done = restore_sqlite(arena, options, data, result, err);
    else
        done = restore_postgres(arena, options, data, result, err);
    result->took_us = clock_monotonic_us() - began;
    return done && compare(arena, options, result, err);
}
