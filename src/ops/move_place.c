/* The folder of a move: a bundle that is not complete. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "ops/bundle_intern.h"
#include "ops/move_intern.h"

enum {
    LOCK_MS = 10 * 1000
};

static const char lock_name[] = "lock";

static bool fail(struct err *err, const char *doing, const char *path)
{
    int number = errno;

    err_set(err, ERR_IO, "cannot %s %s", doing, path);
    return err_detail(err, "%s", strerror(number));
}

static bool open_directory(struct move *move, struct fs_lock *lock, struct err *err)
{
    return fs_make_directory(move->options->directory, 0700, err) &&
           fs_absolute(move->arena, move->options->directory, &move->directory, err) &&
           fs_lock(fs_join(move->arena, move->directory, ".lock"), LOCK_MS, lock, err);
}

static bool hold(struct move *move, struct err *err)
{
    struct err held = {.code = ERR_NONE};

    if (fs_lock(fs_join(move->arena, move->path, lock_name), 0, &move->lock, &held))
        return true;
    if (held.code != ERR_REFUSED) {
        *err = held;
        return false;
    }
    err_set(err, ERR_REFUSED, "another pgrade is moving these databases just now");
    return err_detail(err, "it works in %s", move->path);
}

/* What lies there is restored as this user: nobody else may have put it there. */
static bool is_ours(const char *path)
{
    struct err ignored = {.code = ERR_NONE};
    struct fs_info info;

    return fs_stat(path, &info, &ignored) && info.kind == FS_DIRECTORY && info.owner == geteuid() &&
           (info.mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* A journal that cannot be read is of no move that could go on, and is left for its owner to look at. */
static bool look_at(struct move *move, const char *name, struct err *err)
{
    const char *path = fs_join(move->arena, move->directory, name);
    struct err ignored = {.code = ERR_NONE};
    bool same = false;

    if (name[0] != '.' || !str_ends_with(str_from(name), BACKUP_MOVING) || !is_ours(path) ||
        !move_journal_read(move, fs_join(move->arena, path, MOVE_JOURNAL), &same, &ignored) || !same)
        return true;
    move->partial = str_cstr(move->arena, str_from(name));
    move->path = path;
    return hold(move, err);
}

/* Nothing is made where there is nothing: a look leaves no directory. */
bool move_place_find(struct move *move, struct err *err)
{
    struct dirent **entries;
    bool done = true;
    int count;

    if (!fs_is_directory(move->options->directory))
        return true;
    if (!fs_absolute(move->arena, move->options->directory, &move->directory, err))
        return false;
    count = scandir(move->directory, &entries, NULL, alphasort);
    if (count < 0)
        return fail(err, "list", move->directory);
    for (int i = 0; i < count; i++) {
        if (done && move->partial == NULL)
            done = look_at(move, entries[i]->d_name, err);
        free(entries[i]);
    }
    free((void *)entries);
    return done;
}

bool move_place_make(struct move *move, struct err *err)
{
    struct fs_lock lock = {.descriptor = -1};
    struct str base;
    bool done = false;

    if (!open_directory(move, &lock, err))
        return false;
    move->began_us = clock_wall_us();
    base =
        str_from(backup_name_at(move->arena, bundle_name(move->arena, move->options->old), move->began_us));
    for (int i = 1; i < 1000 && !done && err->code == ERR_NONE; i++) {
        struct str name = i == 1 ? base : str_printf(move->arena, "%.*s-%d", STR_ARGS(base), i);

        move->partial = arena_printf(move->arena, ".%.*s" BACKUP_MOVING, STR_ARGS(name));
        move->path = fs_join(move->arena, move->directory, move->partial);
        if (fs_exists(fs_join(move->arena, move->directory, name.ptr)))
            continue;
        if (mkdir(move->path, 0700) == 0)
            done = hold(move, err) &&
                   fs_make_directory(fs_join(move->arena, move->path, BUNDLE_DATA), 0700, err) &&
                   move_journal_write(move, err);
        else if (errno != EEXIST)
            (void)fail(err, "make the directory", move->path);
    }
    fs_unlock(&lock);
    return done || err_set(err, ERR_FAILED, "%s: no name for a bundle is free", move->directory);
}

bool move_place_complete(struct move *move, struct err *err)
{
    struct move_result *result = move->result;
    struct manifest manifest = {.pgrade = str_from(PGRADE_VERSION),
                                .engine = str_from("postgres"),
                                .source = move->old_text,
                                .database = str_from("*"),
                                .server = result->old.server,
                                .program = result->program,
                                .format = str_from("bundle"),
                                .data = str_from(BUNDLE_DATA),
                                .began_us = move->began_us,
                                .took_us = clock_wall_us() - move->began_us,
                                .bundle = result->bundle};

    manifest.bundle.database_count = 0;
    manifest.bundle.databases = NULL;
    manifest.bundle.database_capacity = 0;
    for (size_t i = 0; i < result->database_count; i++) {
        struct manifest one;

        if (!move_manifest(move, &result->databases[i], &one, err) ||
            !manifest_add_backup(move->arena, move->path, result->databases[i].dump.folder.ptr, &one,
                                 &manifest, err))
            return false;
        ARENA_PUSH(move->arena, manifest.bundle.databases, manifest.bundle.database_count,
                   manifest.bundle.database_capacity) = result->databases[i].dump;
    }
    return manifest_write(move->path, &manifest, err);
}

bool move_place_publish(struct move *move, struct err *err)
{
    size_t length = strlen(move->partial) - 1 - strlen(BACKUP_MOVING);
    struct str name = str_slice(str_from(move->partial), 1, 1 + length);
    const char *path = fs_join(move->arena, move->directory, str_cstr(move->arena, name));

    if (!backup_flush_tree(move->arena, move->path, err))
        return false;
    if (renameat2(AT_FDCWD, move->path, AT_FDCWD, path, RENAME_NOREPLACE) != 0 &&
        (errno != EINVAL || rename(move->path, path) != 0))
        return fail(err, "give its name to", move->path);
    (void)unlink(fs_join(move->arena, path, lock_name));
    move->path = path;
    move->partial = NULL;
    return true;
}

bool move_place_remove(struct move *move, struct err *err)
{
    bool done = fs_remove_tree(move->directory, move->partial, err);

    move->partial = NULL;
    return done;
}
