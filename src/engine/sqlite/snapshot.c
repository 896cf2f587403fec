/* Several connections that read one and the same state; see sqlite.h for how that is proven. */
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/sqlite/held.h"

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
    if (snapshot->copy.directory == NULL && snapshot->held == NULL)
        snapshot->taken_us = clock_wall_us();
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

/* stat() and no more: closing a descriptor of the file would drop the locks that SQLite holds on it. */
static struct file_identity identify(const char *path, const char *suffix)
{
    struct file_identity identity = {.there = false};
    struct stat status;
    char name[PATH_MAX];

    if (snprintf(name, sizeof(name), "%s%s", path, suffix) < (int)sizeof(name) && stat(name, &status) == 0)
        identity = (struct file_identity){.device = status.st_dev, .inode = status.st_ino, .there = true};
    return identity;
}

static bool is_same(const struct file_identity *a, const struct file_identity *b)
{
    return a->there == b->there && (!a->there || (a->device == b->device && a->inode == b->inode));
}

const char *snapshot_replaced(const struct snapshot *snapshot)
{
    struct file_identity file = identify(snapshot->path, "");
    struct file_identity log = identify(snapshot->path, "-wal");

    if (!is_same(&snapshot->file, &file))
        return file.there ? "another file was put in its place" : "it was deleted or renamed";
    /* SQLite itself neither removes nor replaces a -wal that a reader has open. */
    if (snapshot->log.there && !is_same(&snapshot->log, &log))
        return log.there ? "another file was put in the place of its -wal"
                         : "its -wal was deleted or renamed";
    return NULL;
}

/* Between the first look and the last reader's first read the path named one file: so they read that one. */
static bool remember_files(struct snapshot *snapshot, struct err *err)
{
    const char *replaced;

    if (snapshot->wal)
        snapshot->log = identify(snapshot->path, "-wal");
    replaced = snapshot_replaced(snapshot);
    if (replaced == NULL)
        return true;
    err_set(err, ERR_SOURCE_CHANGED, "%s was replaced while it was opened", snapshot->path);
    err_detail(err, "%s", replaced);
    return err_hint(err, "run the same command again");
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

/* Witness and readers. */
static bool open_all(struct arena *arena, const struct url *url, const struct engine_options *options,
                     size_t count, struct snapshot *snapshot, struct err *err)
{
    struct engine_options later = *options;
    struct value mode;

    later.opened_before = true;
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
    return true;
}

static void close_all(struct snapshot *snapshot)
{
    while (snapshot->reader_count > 0)
        engine_close(snapshot->readers[--snapshot->reader_count]);
    engine_close(snapshot->witness);
    snapshot->witness = NULL;
}

/* What the readers read never changes: they see one state, and need no locks. */
static bool open_unchanging(const char *path, const char *vfs, const struct engine_options *options,
                            size_t count, struct snapshot *snapshot, struct err *err)
{
    struct url url = {.kind = URL_SQLITE, .path = str_from(path), .immutable = true};
    struct engine_options engine = *options;

    engine.opened_before = true;
    engine.named = snapshot->path;
    engine.vfs = vfs;
    for (size_t i = 0; i < count; i++) {
        if (!engine_open(&url, &engine, &snapshot->readers[i], err))
            return false;
        snapshot->reader_count++;
    }
    return begin_all(snapshot, err);
}

/* *taken: false when it has to be read otherwise, or what is wrong with it is to be found out. */
static bool take_held(const struct engine_options *options, size_t count, struct snapshot *snapshot,
                      bool *taken, struct err *err)
{
    int64_t now = clock_wall_us();

    if (!sqlite_examine(snapshot->path, err))
        return false;
    snapshot->held = held_take(snapshot->path, options, &snapshot->file);
    *taken = snapshot->held != NULL;
    if (!*taken)
        return true;
    snapshot->taken_us = now;
    return open_unchanging(snapshot->path, snapshot->held->vfs_name, options, count, snapshot, err) &&
           remember_files(snapshot, err);
}

/* *taken: false when the file turned out to be in WAL mode. */
static bool take_copy(struct arena *arena, const struct engine_options *options, size_t count,
                      struct snapshot *snapshot, bool *taken, struct err *err)
{
    struct copy_place place;
    bool done;

    *taken = false;
    if (!sqlite_copy(arena, snapshot, options, &place, err))
        return false;
    if (place.path == NULL)
        return true;
    *taken = true;
    done = open_unchanging(place.path, NULL, options, count, snapshot, err);
    copy_place_forget(&place);
    if (done)
        sqlite_tell_copy(&snapshot->copy, "the source is read from a copy");
    return done && remember_files(snapshot, err);
}

static bool take_in_place(struct arena *arena, const struct url *url, const struct engine_options *options,
                          size_t count, struct snapshot *snapshot, struct err *err)
{
    snapshot->file = identify(snapshot->path, "");
    return open_all(arena, url, options, count, snapshot, err);
}

/* Between the two looks at it the file may go from one mode to the other. */
bool snapshot_open(struct arena *arena, const struct url *url, const struct engine_options *options,
                   size_t count, struct snapshot *snapshot, struct err *err)
{
    bool stays = url->immutable || options->in_place || options->opened_before;

    *snapshot = (struct snapshot){.readers = ARENA_ARRAY(arena, struct engine *, count),
                                  .path = str_cstr(arena, url->path),
                                  .leaves = will_leave(arena, url)};
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        bool taken = false;

        if (!stays && !take_held(options, count, snapshot, &taken, err))
            return false;
        if (!stays && !taken && !take_copy(arena, options, count, snapshot, &taken, err))
            return false;
        if (taken)
            return true;
        if (!take_in_place(arena, url, options, count, snapshot, err))
            return false;
        if (stays || snapshot->wal)
            return begin_same(snapshot, err) && remember_files(snapshot, err);
        close_all(snapshot);
    }
    return err_set(err, ERR_SOURCE_LOCKED, "%s: its journal mode changes all the time", snapshot->path);
}

int64_t snapshot_stall_ms(const struct source_copy *copy)
{
    return (copy->stall_us + 999) / 1000;
}

void snapshot_look(struct snapshot *snapshot)
{
    if (snapshot->held != NULL)
        snapshot->copy = held_copied(snapshot->held);
}

bool snapshot_changed(struct snapshot *snapshot, bool *changed, struct err *err)
{
    int64_t now;

    snapshot_look(snapshot);
    if (snapshot->witness == NULL) {
        *changed = sqlite_copy_is_old(snapshot);
        return true;
    }
    if (!data_version(snapshot, &now, err))
        return false;
    *changed = now != snapshot->version;
    return true;
}

void snapshot_close(struct snapshot *snapshot)
{
    close_all(snapshot);
    held_free(snapshot->held);
    if (snapshot->wal && snapshot->leaves != NULL && snapshot_replaced(snapshot) == NULL)
        sqlite_tidy(snapshot->leaves);
    *snapshot = (struct snapshot){.witness = NULL};
}
