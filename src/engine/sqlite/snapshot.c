/* Several connections that read one and the same state; see sqlite.h for how that is proven. */
#include <unistd.h>

#include "engine/sqlite/private.h"

enum {
    ATTEMPTS = 50
};

static bool data_version(struct snapshot *snapshot, int64_t *version, struct err *err)
{
    return engine_int(snapshot->witness, (struct str)STR("PRAGMA data_version"), version, err);
}

/* A transaction takes its snapshot with the first read, not with BEGIN. */
static bool begin_all(struct snapshot *snapshot, struct err *err)
{
    for (size_t i = 0; i < snapshot->reader_count; i++)
        if (!engine_exec(snapshot->readers[i], (struct str)STR("BEGIN; SELECT count(*) FROM sqlite_schema"),
                         err))
            return false;
    return true;
}

static bool end_all(struct snapshot *snapshot, struct err *err)
{
    for (size_t i = 0; i < snapshot->reader_count; i++)
        if (!engine_exec(snapshot->readers[i], (struct str)STR("ROLLBACK"), err))
            return false;
    return true;
}

/* One reader agrees with itself.  The older version is kept: a commit between the two counts as one that came
 * later. */
static bool begin_alone(struct snapshot *snapshot, struct err *err)
{
    while (snapshot->reader_count > 1)
        engine_close(snapshot->readers[--snapshot->reader_count]);
    return data_version(snapshot, &snapshot->version, err) && begin_all(snapshot, err);
}

static bool begin_same(struct snapshot *snapshot, struct err *err)
{
    int64_t before;

    for (int attempt = 0; attempt < ATTEMPTS && snapshot->reader_count > 1; attempt++) {
        if (!data_version(snapshot, &before, err) || !begin_all(snapshot, err) ||
            !data_version(snapshot, &snapshot->version, err))
            return false;
        if (before == snapshot->version)
            return true;
        if (!end_all(snapshot, err))
            return false;
    }
    return begin_alone(snapshot, err);
}

/* Only where neither file was there, and so nobody was connected, is anything of ours left to remove. */
static const char *will_leave(struct arena *arena, const struct url *url)
{
    const char *path = str_cstr(arena, url->path);

    if (url->immutable || access(arena_printf(arena, "%s-wal", path), F_OK) == 0 ||
        access(arena_printf(arena, "%s-shm", path), F_OK) == 0)
        return NULL;
    return path;
}

bool snapshot_open(struct arena *arena, const struct url *url, const struct engine_options *options,
                   size_t count, struct snapshot *snapshot, struct err *err)
{
    struct engine_options later = *options;
    struct value mode;

    later.opened_before = true;
    *snapshot = (struct snapshot){.readers = ARENA_ARRAY(arena, struct engine *, count),
                                  .leaves = will_leave(arena, url)};
    if (!engine_open(url, options, &snapshot->witness, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!engine_open(url, &later, &snapshot->readers[i], err))
            return false;
        snapshot->reader_count++;
    }
    if (!engine_value(snapshot->witness, arena, (struct str)STR("PRAGMA journal_mode"), NULL, 0, &mode, err))
        return false;
    snapshot->wal = str_is_nocase(mode.bytes, "wal");
    return begin_same(snapshot, err);
}

bool snapshot_changed(struct snapshot *snapshot, bool *changed, struct err *err)
{
    int64_t now;

    if (!data_version(snapshot, &now, err))
        return false;
    *changed = now != snapshot->version;
    return true;
}

void snapshot_close(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->reader_count; i++)
        engine_close(snapshot->readers[i]);
    engine_close(snapshot->witness);
    if (snapshot->wal && snapshot->leaves != NULL)
        sqlite_tidy(snapshot->leaves);
    *snapshot = (struct snapshot){.witness = NULL};
}
