#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs_private.h"

bool fs_fail(struct err *err, const char *doing, const char *path)
{
    int why = errno;

    err_set(err, ERR_IO, "cannot %s %s", doing, path);
    return err_detail(err, "%s", strerror(why));
}

void fs_close(int descriptor)
{
    int saved = errno;

    if (descriptor >= 0)
        (void)close(descriptor);
    errno = saved;
}

static enum fs_kind kind_of(mode_t mode)
{
    return S_ISREG(mode) ? FS_FILE : S_ISDIR(mode) ? FS_DIRECTORY : FS_OTHER;
}

bool fs_stat(const char *path, struct fs_info *info, struct err *err)
{
    struct stat st;

    *info = (struct fs_info){.kind = FS_MISSING};
    if (stat(path, &st) != 0)
        return errno == ENOENT || errno == ENOTDIR ? true : fs_fail(err, "look at", path);
    *info = (struct fs_info){.kind = kind_of(st.st_mode),
                             .mode = st.st_mode & 07777,
                             .owner = st.st_uid,
                             .group = st.st_gid,
                             .size = st.st_size,
                             .modified_us = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000};
    return true;
}

bool fs_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

bool fs_is_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const char *fs_link_target(struct arena *arena, const char *path)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof(target));

    return length < 0 ? NULL : arena_copy(arena, target, (size_t)length);
}

/* False with errno set; EFBIG when the buf's maximum is passed. */
static bool read_all(int descriptor, struct buf *content)
{
    char block[16 * 1024];

    for (;;) {
        ssize_t got = read(descriptor, block, sizeof(block));

        if (got == 0)
            return true;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        buf_put(content, block, (size_t)got);
        if (content->failed) {
            errno = EFBIG;
            return false;
        }
    }
}

bool fs_read(struct arena *arena, const char *path, size_t maximum, struct str *content, struct err *err)
{
    struct buf buf;
    /* Without O_NONBLOCK, opening a FIFO by mistake would wait for a writer for ever. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool done;

    if (descriptor < 0)
        return fs_fail(err, "open", path);
    buf_init(&buf, maximum);
    done = read_all(descriptor, &buf);
    fs_close(descriptor);
    if (!done && errno == EFBIG)
        err_set(err, ERR_IO, "%s is larger than the %zu bytes expected at most", path, maximum);
    else if (!done)
        fs_fail(err, "read", path);
    else
        *content = buf_to_str(arena, &buf);
    buf_free(&buf);
    return done;
}

bool fs_read_from(struct arena *arena, const char *path, int64_t offset, size_t maximum, struct str *content,
                  struct err *err)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char *bytes = arena_alloc(arena, maximum + 1);
    size_t length = 0;
    ssize_t got = 1;

    if (descriptor < 0)
        return fs_fail(err, "open", path);
    while (got > 0 && length < maximum) {
        got = pread(descriptor, bytes + length, maximum - length, (off_t)offset + (off_t)length);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            length += (size_t)got;
    }
    fs_close(descriptor);
    if (got < 0)
        return fs_fail(err, "read", path);
    bytes[length] = '\0';
    *content = (struct str){bytes, length};
    return true;
}

static bool write_all(int descriptor, struct str content)
{
    while (content.len > 0) {
        ssize_t put = write(descriptor, content.ptr, content.len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        content = str_slice(content, (size_t)put, content.len);
    }
    return true;
}

static bool fill(int descriptor, mode_t mode, const struct stat *old, struct str content)
{
    /* The owner first: changing it clears bits of the mode. */
    if (old != NULL && geteuid() == 0 && fchown(descriptor, old->st_uid, old->st_gid) != 0)
        return false;
    return fchmod(descriptor, mode) == 0 && write_all(descriptor, content) && fsync(descriptor) == 0;
}

/* A rename is on the disk when its directory is.  Some file systems cannot sync a directory: no failure. */
static void sync_directory(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (descriptor >= 0)
        (void)fsync(descriptor);
    fs_close(descriptor);
}

static bool write_beside(const char *path, char *temporary, mode_t mode, struct str content, struct err *err)
{
    struct stat old;
    bool replaces = stat(path, &old) == 0;
    int descriptor = mkostemp(temporary, O_CLOEXEC);
    bool done;

    if (descriptor < 0)
        return fs_fail(err, "write a new file beside", path);
    done = fill(descriptor, mode, replaces ? &old : NULL, content);
    fs_close(descriptor);
    if (done && rename(temporary, path) == 0)
        return true;
    fs_fail(err, "write", path);
    (void)unlink(temporary);
    return false;
}

bool fs_write(const char *path, mode_t mode, struct str content, struct err *err)
{
    struct arena *scratch = arena_new();
    char *real = realpath(path, NULL);
    const char *target = real != NULL ? real : path;
    const char *directory = fs_directory_of(scratch, target);
    char *temporary = fs_beside(scratch, target, FS_NEW);
    bool done = write_beside(target, temporary, mode, content, err);

    if (done)
        sync_directory(directory);
    free(real);
    arena_free(scratch);
    return done;
}

static bool make_one(const char *path, mode_t mode, struct err *err)
{
    if (mkdir(path, mode) == 0)
        return chmod(path, mode) == 0 ? true : fs_fail(err, "set the mode of", path);
    if (errno != EEXIST)
        return fs_fail(err, "make the directory", path);
    if (!fs_is_directory(path)) {
        errno = ENOTDIR;
        return fs_fail(err, "make the directory", path);
    }
    return true;
}

bool fs_make_directory(const char *path, mode_t mode, struct err *err)
{
    char part[PATH_MAX];
    size_t length = strlen(path);

    if (length == 0 || length >= sizeof(part)) {
        errno = length == 0 ? ENOENT : ENAMETOOLONG;
        return fs_fail(err, "make the directory", path);
    }
    memcpy(part, path, length + 1);
    for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (!fs_is_directory(part) && !make_one(part, mode, err))
            return false;
        *slash = '/';
    }
    return make_one(part, mode, err);
}
