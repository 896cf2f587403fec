#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ops/backup_intern.h"

enum {
    LOCK_MS = 10 * 1000,
    PUBLISH_MS = 600 * 1000, /* hours of dumping are not lost to somebody who removes what is large */
    STAMP = 17,              /* bytes of "-20260301T020000Z" */
    NAME_MAXIMUM = 100,      /* bytes of a database's name in that of its backup */
    SAME_SECOND = 1000,
    MICRO = 1000 * 1000
};

static const char lock_name[] = "lock";
static const char directory_lock[] = ".lock";

static bool fail(struct err *err, const char *doing, const char *path)
{
    int number = errno;

    err_set(err, ERR_IO, "cannot %s %s", doing, path);
    return err_detail(err, "%s", strerror(number));
}

struct str backup_safe_name(struct arena *arena, struct str what)
{
    struct str name = str_dup(arena, str_slice(what, 0, NAME_MAXIMUM));
    char *bytes = arena_copy(arena, name.ptr, name.len);

    for (size_t i = 0; i < name.len; i++) {
        char c = bytes[i];

        if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '_' && (i == 0 || (c != '-' && c != '.')))
            bytes[i] = '_';
    }
    return name.len == 0 ? str_from("database") : (struct str){bytes, name.len};
}

const char *backup_name_at(struct arena *arena, struct str what, int64_t began_us)
{
    time_t seconds = (time_t)(began_us / MICRO);
    struct tm parts;
    char text[32] = "";

    if (gmtime_r(&seconds, &parts) != NULL)
        (void)strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &parts);
    return arena_printf(arena, "%.*s-%s", STR_ARGS(backup_safe_name(arena, what)), text);
}

static bool is_stamp(struct str text)
{
    static const char form[] = "-00000000T000000Z";

    for (size_t i = 0; i < STAMP; i++)
        if (form[i] == '0' ? !ascii_is_digit(text.ptr[i]) : text.ptr[i] != form[i])
            return false;
    return true;
}

bool backup_is_partial(struct str name)
{
    size_t end = name.len - str_from(BACKUP_PARTIAL).len;
    size_t number = 0;

    if (!str_starts_with(name, ".") || !str_ends_with(name, BACKUP_PARTIAL))
        return false;
    while (number < end && ascii_is_digit(name.ptr[end - number - 1]))
        number++;
    if (number > 0 && number < end && name.ptr[end - number - 1] == '-')
        end -= number + 1;
    return end > STAMP + 1 && is_stamp(str_slice(name, end - STAMP, end));
}

/* A partial one that nobody holds the lock of was interrupted. */
static bool sweep_one(struct arena *arena, const char *directory, const char *name,
                      struct backup_result *result, struct err *err)
{
    const char *path = fs_join(arena, directory, name);
    struct fs_lock lock = {.descriptor = -1};
    struct err held = {.code = ERR_NONE};

    if (!fs_is_directory(path))
        return true;
    if (!fs_lock(fs_join(arena, path, lock_name), 0, &lock, &held))
        return held.code == ERR_REFUSED || err_set(err, held.code, "%s", held.primary);
    fs_unlock(&lock);
    ARENA_PUSH(arena, result->leftovers, result->leftover_count, result->leftover_capacity) =
        str_dup(arena, str_from(name));
    return fs_remove_tree(directory, name, err);
}

static bool sweep(struct arena *arena, const char *directory, struct backup_result *result, struct err *err)
{
    struct dirent **entries;
    bool done = true;
    int count = scandir(directory, &entries, NULL, alphasort);

    if (count < 0)
        return fail(err, "list", directory);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;

        if (backup_is_partial(str_from(name)))
            done = done && sweep_one(arena, directory, name, result, err);
        free(entries[i]);
    }
    free((void *)entries);
    return done;
}

/* The first name that is free, of what there is and of what is being made. */
static bool make(struct arena *arena, const char *base, struct backup_place *place, struct err *err)
{
    for (int i = 1; i < SAME_SECOND; i++) {
        place->name = i == 1 ? base : arena_printf(arena, "%s-%d", base, i);
        place->partial = arena_printf(arena, ".%s" BACKUP_PARTIAL, place->name);
        place->path = fs_join(arena, place->directory, place->partial);
        if (fs_exists(fs_join(arena, place->directory, place->name)))
            continue;
        if (mkdir(place->path, 0700) == 0)
            return fs_lock(fs_join(arena, place->path, lock_name), 0, &place->lock, err);
        if (errno != EEXIST)
            return fail(err, "make the directory", place->path);
    }
    return err_set(err, ERR_FAILED, "%s: no name for a backup is free", place->directory);
}

bool backup_place_open(struct arena *arena, const struct backup_options *options, struct str what,
                       int64_t began_us, struct backup_place *place, struct backup_result *result,
                       struct err *err)
{
    struct fs_lock lock = {.descriptor = -1};
    bool done;

    *place = (struct backup_place){.lock = {.descriptor = -1}};
    if (!fs_make_directory(options->directory, 0700, err) ||
        !fs_absolute(arena, options->directory, &place->directory, err) ||
        !fs_lock(fs_join(arena, place->directory, directory_lock), LOCK_MS, &lock, err))
        return false;
    done = sweep(arena, place->directory, result, err) &&
           make(arena, backup_name_at(arena, what, began_us), place, err);
    fs_unlock(&lock);
    return done;
}

static bool flush(const char *path, struct err *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool done = file >= 0 && fsync(file) == 0;

    if (!done)
        (void)fail(err, "write to disk", path);
    if (file >= 0)
        (void)close(file);
    return done;
}

bool backup_flush_tree(struct arena *arena, const char *path, struct err *err)
{
    struct dirent **entries;
    bool done = true;
    int count;

    if (!fs_is_directory(path))
        return flush(path, err);
    count = scandir(path, &entries, NULL, alphasort);
    if (count < 0)
        return fail(err, "list", path);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;

        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            done = done && backup_flush_tree(arena, fs_join(arena, path, name), err);
        free(entries[i]);
    }
    free((void *)entries);
    return done && flush(path, err);
}

/* Without its lock and not yet named it would be taken for an interrupted one: whoever looks for those holds
 * the lock of the directory, and so do we. */
static bool give_name(struct arena *arena, struct backup_place *place, const char *path, struct err *err)
{
    const char *lock = fs_join(arena, place->path, lock_name);

    if (unlink(lock) != 0)
        return fail(err, "remove", lock);
    if (!flush(place->path, err))
        return false;
    if (renameat2(AT_FDCWD, place->path, AT_FDCWD, path, RENAME_NOREPLACE) != 0 &&
        (errno != EINVAL || rename(place->path, path) != 0))
        return fail(err, "give its name to", place->path);
    place->partial = NULL;
    return flush(place->directory, err);
}

bool backup_place_publish(struct arena *arena, struct backup_place *place, const char **path, struct err *err)
{
    struct fs_lock lock = {.descriptor = -1};
    bool done;

    *path = fs_join(arena, place->directory, place->name);
    if (!backup_flush_tree(arena, place->path, err) ||
        !fs_lock(fs_join(arena, place->directory, directory_lock), PUBLISH_MS, &lock, err))
        return false;
    done = give_name(arena, place, *path, err);
    fs_unlock(&lock);
    return done;
}

void backup_place_close(struct backup_place *place)
{
    struct err ignored = {.code = ERR_NONE};

    if (place->partial != NULL && place->lock.descriptor >= 0)
        (void)!fs_remove_tree(place->directory, place->partial, &ignored);
    fs_unlock(&place->lock);
}
