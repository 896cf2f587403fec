#include "base/clock.h"
#include "ops/backup_intern.h"

/* The database's name; of a file its own. */
static struct str what_is_kept(const struct url *url)
{
    if (url->kind == URL_SQLITE)
        return str_from(fs_name_of(url->path.ptr));
    if (url->database.ptr != NULL)
        return url->database;
    return url->user.ptr != NULL ? url->user : str_from("postgres");
}

/* From the root: app.db of another folder is another database, and its backups are not this one's to remove.
 */
static bool find_file(struct arena *arena, struct url *source, struct err *err)
{
    const char *path;

    if (source->kind != URL_SQLITE)
        return true;
    if (!fs_absolute(arena, source->path.ptr, &path, err))
        return false;
    source->path = str_from(path);
    return true;
}

static bool fill(struct arena *arena, const struct backup_options *options, struct backup_place *place,
                 struct backup_result *result, struct err *err)
{
    struct manifest *manifest = &result->manifest;
    int64_t began = clock_monotonic_us();
    bool done = options->url->kind == URL_SQLITE ? backup_sqlite(arena, options, place, manifest, err)
                                                 : backup_postgres(arena, options, place, manifest, err);

    if (!done ||
        !manifest_add_files(arena, place->path, manifest->data.ptr, options->interrupted, manifest, err))
        return false;
    manifest->took_us = clock_monotonic_us() - began;
    return manifest_write(place->path, manifest, err) &&
           backup_place_publish(arena, place, &result->path, err);
}

bool backup_run(struct arena *arena, const struct backup_options *options, struct backup_result *result,
                struct err *err)
{
    struct str what = what_is_kept(options->url);
    struct url source = *options->url;
    struct backup_place place;
    bool done;

    if (!find_file(arena, &source, err))
        return false;
    *result = (struct backup_result){.manifest = {.pgrade = str_from(PGRADE_VERSION),
                                                  .source = url_redacted(arena, &source),
                                                  .database = what,
                                                  .began_us = clock_wall_us()}};
    done = backup_place_open(arena, options, what, result->manifest.began_us, &place, result, err) &&
           fill(arena, options, &place, result, err);
    backup_place_close(&place);
    return done;
}
