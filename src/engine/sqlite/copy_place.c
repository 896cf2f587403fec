/* Where a copy of the source is made, and its bytes. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/flag.h"
#include "engine/sqlite/private.h"

enum {
    BLOCK = 1024 * 1024
};

static bool fail(struct err *err, const char *what, const char *path)
{
    int number = errno;

    err_set(err, ERR_IO, "cannot %s %s", what, path);
    return err_detail(err, "%s", strerror(number));
}

static bool try_directory(struct arena *arena, const char *directory, struct copy_place *place)
{
    char *name = arena_printf(arena, "%s/pgrade-XXXXXX", directory);

    if (mkdtemp(name) == NULL)
        return false;
    place->directory = name;
    return true;
}

/* /var/tmp before /tmp, which is memory on many systems. */
static bool make_directory(struct arena *arena, const char *chosen, struct copy_place *place, struct err *err)
{
    static const char *const usual[] = {"/var/tmp", "/tmp"};
    const char *variable = getenv("TMPDIR");

    if (chosen == NULL && variable != NULL && variable[0] != '\0')
        chosen = variable;
    if (chosen != NULL && try_directory(arena, chosen, place))
        return true;
    for (size_t i = 0; chosen == NULL && i < ARRAY_LENGTH(usual); i++)
        if (try_directory(arena, usual[i], place))
            return true;
    fail(err, "make a copy of the source in", chosen != NULL ? chosen : usual[0]);
    return err_hint(err,
                    "--work-dir DIRECTORY names another place; or stop the application and add --in-place");
}

bool copy_place_open(struct arena *arena, const char *work_directory, struct copy_place *place,
                     struct err *err)
{
    *place = (struct copy_place){.file = -1};
    if (!make_directory(arena, work_directory, place, err))
        return false;
    place->path = arena_printf(arena, "%s/source.db", place->directory);
    place->file = open(place->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (place->file >= 0)
        return true;
    fail(err, "make a copy of the source in", place->directory);
    copy_place_forget(place);
    return false;
}

void copy_place_forget(struct copy_place *place)
{
    static const char *const suffixes[] = {"", "-journal"};
    char name[4096];

    if (place->file >= 0)
        (void)close(place->file);
    for (size_t i = 0; place->directory != NULL && i < ARRAY_LENGTH(suffixes); i++)
        if (snprintf(name, sizeof(name), "%s%s", place->path, suffixes[i]) < (int)sizeof(name))
            (void)unlink(name);
    if (place->directory != NULL)
        (void)rmdir(place->directory);
    *place = (struct copy_place){.file = -1};
}

void sqlite_tell_size(char *text, size_t size, int64_t bytes)
{
    if (bytes < 1000 * 1000)
        (void)snprintf(text, size, "%lld kB", (long long)(bytes + 999) / 1000);
    else
        (void)snprintf(text, size, "%.1f MB", (double)bytes / 1e6);
}

static bool no_room(const struct copy_place *place, int64_t wanted, int64_t free_bytes, struct err *err)
{
    char needed[32];
    char there[32];

    sqlite_tell_size(needed, sizeof(needed), wanted);
    sqlite_tell_size(there, sizeof(there), free_bytes);
    err_set(err, ERR_IO, "no room for a copy of the source in %s", place->directory);
    err_detail(
        err, "it needs %s, and %s are free; without a copy, writers of the file would wait until it is read",
        needed, there);
    return err_hint(err,
                    "--work-dir DIRECTORY names another place; or stop the application and add --in-place");
}

static bool write_block(int to, const char *block, size_t size, off_t place)
{
    while (size > 0) {
        ssize_t put = pwrite(to, block, size, place);

        if (put < 0 && errno != EINTR)
            return false;
        put = put < 0 ? 0 : put;
        block += put;
        size -= (size_t)put;
        place += put;
    }
    return true;
}

static bool is_there(int to, const char *block, size_t size, off_t place, char *scratch)
{
    return pread(to, scratch, size, place) == (ssize_t)size && memcmp(block, scratch, size) == 0;
}

struct block_pair {
    char source[BLOCK];
    char copy[BLOCK];
};

static bool copy_bytes(int from, const char *path, int to, struct block_pair *blocks,
                       const volatile sig_atomic_t *interrupted, int64_t *bytes, struct err *err)
{
    for (*bytes = 0;;) {
        ssize_t got = pread(from, blocks->source, BLOCK, (off_t)*bytes);

        if (flag_is_set(interrupted))
            return err_set(err, ERR_CANCELED, "interrupted");
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(err, "read", path);
        if (got == 0)
            return ftruncate(to, (off_t)*bytes) == 0 || fail(err, "write a copy of", path);
        if (!is_there(to, blocks->source, (size_t)got, (off_t)*bytes, blocks->copy) &&
            !write_block(to, blocks->source, (size_t)got, (off_t)*bytes))
            return fail(err, "write a copy of", path);
        *bytes += got;
    }
}

bool copy_file(int from, const char *path, int to, bool shares, const volatile sig_atomic_t *interrupted,
               int64_t *bytes, struct err *err)
{
    struct block_pair *blocks;
    struct stat status;
    bool done;

    if (shares && ioctl(to, FICLONE, from) == 0 && fstat(to, &status) == 0) {
        *bytes = status.st_size;
        return true;
    }
    blocks = malloc(sizeof(*blocks));
    if (blocks == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory to copy %s", path);
    done = copy_bytes(from, path, to, blocks, interrupted, bytes, err);
    free(blocks);
    return done;
}

bool copy_place_make_room(struct copy_place *place, int source, const char *path, struct err *err)
{
    struct statvfs room;
    struct stat status;

    place->shares = ioctl(place->file, FICLONE, source) == 0;
    if (place->shares)
        return true;
    if (fstat(source, &status) != 0)
        return fail(err, "look at", path);
    if (fstatvfs(place->file, &room) == 0 && (int64_t)room.f_bavail * (int64_t)room.f_frsize < status.st_size)
        return no_room(place, status.st_size, (int64_t)room.f_bavail * (int64_t)room.f_frsize, err);
    /* Blocks that are there already need not be found while writers wait. */
    if (status.st_size > 0 && fallocate(place->file, FALLOC_FL_KEEP_SIZE, 0, status.st_size) != 0 &&
        (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
        return no_room(place, status.st_size, 0, err);
    return true;
}

/* Where both fit into memory, copying begins before the lock: with it, only what was written meanwhile has to
 * be.  Reading and comparing takes a fifth of the time of writing. */
bool copy_place_begin(struct copy_place *place, int source, const char *path,
                      const volatile sig_atomic_t *interrupted, struct err *err)
{
    int64_t memory = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    struct stat status;
    int64_t bytes;

    return place->shares || fstat(source, &status) != 0 || status.st_size > memory / 4 ||
           copy_file(source, path, place->file, false, interrupted, &bytes, err);
}
