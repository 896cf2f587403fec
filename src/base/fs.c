#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

static bool fail(struct err *err, const char *doing, const char *path)
{
    int why = errno;

    err_set(err, ERR_IO, "cannot %s %s", doing, path);
    return err_detail(err, "%s", strerror(why));
}

static void close_quietly(int descriptor)
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
        return errno == ENOENT || errno == ENOTDIR ? true : fail(err, "look at", path);
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
        return fail(err, "open", path);
    buf_init(&buf, maximum);
    done = read_all(descriptor, &buf);
    close_quietly(descriptor);
    if (!done && errno == EFBIG)
        err_set(err, ERR_IO, "%s is larger than the %zu bytes expected at most", path, maximum);
    else if (!done)
        fail(err, "read", path);
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
        return fail(err, "open", path);
    while (got > 0 && length < maximum) {
        got = pread(descriptor, bytes + length, maximum - length, (off_t)offset + (off_t)length);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            length += (size_t)got;
    }
    close_quietly(descriptor);
    if (got < 0)
        return fail(err, "read", path);
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
    close_quietly(descriptor);
}

static bool write_beside(const char *path, char *temporary, mode_t mode, struct str content, struct err *err)
{
    struct stat old;
    bool replaces = stat(path, &old) == 0;
    int descriptor = mkostemp(temporary, O_CLOEXEC);
    bool done;

    if (descriptor < 0)
        return fail(err, "write a new file beside", path);
    done = fill(descriptor, mode, replaces ? &old : NULL, content);
    close_quietly(descriptor);
    if (done && rename(temporary, path) == 0)
        return true;
    fail(err, "write", path);
    (void)unlink(temporary);
    return false;
}

bool fs_write(const char *path, mode_t mode, struct str content, struct err *err)
{
    struct arena *scratch = arena_new();
    char *real = realpath(path, NULL);
    const char *target = real != NULL ? real : path;
    const char *directory = fs_directory_of(scratch, target);
    char *temporary = arena_printf(scratch, "%s/.%.200s.XXXXXX", directory, fs_name_of(target));
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
        return chmod(path, mode) == 0 ? true : fail(err, "set the mode of", path);
    if (errno != EEXIST)
        return fail(err, "make the directory", path);
    if (!fs_is_directory(path)) {
        errno = ENOTDIR;
        return fail(err, "make the directory", path);
    }
    return true;
}

bool fs_make_directory(const char *path, mode_t mode, struct err *err)
{
    char part[PATH_MAX];
    size_t length = strlen(path);

    if (length == 0 || length >= sizeof(part)) {
        errno = length == 0 ? ENOENT : ENAMETOOLONG;
        return fail(err, "make the directory", path);
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

enum {
    TREE_DEPTH_MAXIMUM = 128 /* one descriptor is open a level */
};

static bool remove_at(int parent, const char *name, dev_t device, int depth, struct err *err);

/* Removing may make readdir() skip entries, so passes are made until one finds nothing. */
static bool remove_entries(DIR *directory, dev_t device, int depth, struct err *err)
{
    bool found = true;

    while (found) {
        struct dirent *entry;

        found = false;
        rewinddir(directory);
        while ((entry = readdir(directory)) != NULL) {
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                continue;
            found = true;
            if (!remove_at(dirfd(directory), entry->d_name, device, depth + 1, err))
                return false;
        }
    }
    return true;
}

static bool remove_directory(int parent, const char *name, dev_t device, int depth, struct err *err)
{
    int descriptor;
    DIR *directory;
    bool done;

    if (depth > TREE_DEPTH_MAXIMUM) {
        errno = ELOOP;
        return fail(err, "remove", name);
    }
    descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    directory = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    if (directory == NULL) {
        fail(err, "open", name);
        close_quietly(descriptor);
        return false;
    }
    done = remove_entries(directory, device, depth, err);
    (void)closedir(directory);
    if (done && unlinkat(parent, name, AT_REMOVEDIR) != 0)
        return fail(err, "remove", name);
    return done;
}

static bool remove_at(int parent, const char *name, dev_t device, int depth, struct err *err)
{
    struct stat st;

    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? true : fail(err, "look at", name);
    if (!S_ISDIR(st.st_mode))
        return unlinkat(parent, name, 0) == 0 || errno == ENOENT ? true : fail(err, "remove", name);
    if (st.st_dev != device) {
        err_set(err, ERR_REFUSED, "cannot remove %s: another file system is mounted there", name);
        return false;
    }
    return remove_directory(parent, name, device, depth, err);
}

/* Takes the first part of *name, which must be neither empty nor `.` nor `..`. */
static bool take_part(const char **name, char *part, size_t size)
{
    size_t length = strcspn(*name, "/");

    if (length == 0 || length >= size)
        return false;
    memcpy(part, *name, length);
    part[length] = '\0';
    *name += length;
    *name += strspn(*name, "/");
    return strcmp(part, ".") != 0 && strcmp(part, "..") != 0;
}

static bool remove_below(int *parent, const char *name, struct err *err)
{
    const char *rest = name;
    char part[NAME_MAX + 1];
    struct stat st;

    for (;;) {
        int next;

        if (!take_part(&rest, part, sizeof(part)))
            return err_set(err, ERR_REFUSED, "cannot remove '%s': not a path below the directory", name);
        if (*rest == '\0')
            break;
        next = openat(*parent, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0)
            return errno == ENOENT ? true : fail(err, "open", part);
        close_quietly(*parent);
        *parent = next;
    }
    if (fstat(*parent, &st) != 0)
        return fail(err, "look at", name);
    return remove_at(*parent, part, st.st_dev, 0, err);
}

bool fs_remove_tree(const char *below, const char *name, struct err *err)
{
    int parent = open(below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done;

    if (parent < 0)
        return errno == ENOENT ? true : fail(err, "open", below);
    done = remove_below(&parent, name, err);
    close_quietly(parent);
    return done;
}

const char *fs_join(struct arena *arena, const char *directory, const char *name)
{
    size_t length = strlen(directory);
    bool slash = length > 0 && directory[length - 1] == '/';

    return arena_printf(arena, "%s%s%s", directory, slash || length == 0 ? "" : "/", name);
}

const char *fs_name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

const char *fs_directory_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return ".";
    return slash == path ? "/" : arena_copy(arena, path, (size_t)(slash - path));
}

/* The longest part that exists is resolved; the rest is put behind it as it is. */
bool fs_absolute(struct arena *arena, const char *path, const char **absolute, struct err *err)
{
    char *real = realpath(path, NULL);
    const char *name = fs_name_of(path);
    const char *above;

    if (real != NULL) {
        *absolute = arena_copy(arena, real, strlen(real));
        free(real);
        return true;
    }
    if (errno != ENOENT || strcmp(path, ".") == 0 || strcmp(path, "/") == 0 || path[0] == '\0' ||
        strcmp(name, "..") == 0)
        return fail(err, "resolve", path);
    if (!fs_absolute(arena, fs_directory_of(arena, path), &above, err))
        return false;
    *absolute = name[0] == '\0' || strcmp(name, ".") == 0 ? above : fs_join(arena, above, name);
    return true;
}

/* The specification has relative values ignored. */
static const char *absolute_variable(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] == '/' ? value : NULL;
}

static const char *home_directory(struct arena *arena)
{
    const char *home = absolute_variable("HOME");
    struct passwd entry;
    struct passwd *found = NULL;
    char strings[4096];

    if (home != NULL)
        return home;
    if (getpwuid_r(geteuid(), &entry, strings, sizeof(strings), &found) != 0 || found == NULL)
        return "/";
    return arena_copy(arena, found->pw_dir, strlen(found->pw_dir));
}

const char *fs_data_directory(struct arena *arena)
{
    const char *data = absolute_variable("XDG_DATA_HOME");

    if (geteuid() == 0)
        return "/var/lib/pgrade";
    if (data != NULL)
        return fs_join(arena, data, "pgrade");
    return fs_join(arena, home_directory(arena), ".local/share/pgrade");
}

static bool is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

const char *fs_find_program(struct arena *arena, const char *name)
{
    const char *rest = getenv("PATH");

    if (strchr(name, '/') != NULL)
        return is_program(name) ? arena_copy(arena, name, strlen(name)) : NULL;
    if (rest == NULL)
        rest = "/usr/local/bin:/usr/bin:/bin";
    for (;;) {
        size_t length = strcspn(rest, ":");
        /* Relative parts, an empty one among them, are passed over: what runs must not depend on where. */
        const char *path = arena_printf(arena, "%.*s/%s", (int)length, rest, name);

        if (rest[0] == '/' && is_program(path))
            return path;
        if (rest[length] == '\0')
            return NULL;
        rest += length + 1;
    }
}

/* Whoever removed the directory meanwhile (`local destroy`) left us a lock on a file that nobody else sees.
 */
static bool is_still_there(int descriptor, const char *path)
{
    struct stat ours;
    struct stat now;

    return fstat(descriptor, &ours) == 0 && stat(path, &now) == 0 && ours.st_ino == now.st_ino &&
           ours.st_dev == now.st_dev;
}

/* The descriptor; -1 with errno EWOULDBLOCK while another process holds the lock. */
static int try_lock(const char *path)
{
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (descriptor < 0)
        return -1;
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
        if (is_still_there(descriptor, path))
            return descriptor;
        errno = EWOULDBLOCK;
    }
    close_quietly(descriptor);
    return -1;
}

bool fs_lock(const char *path, int wait_ms, struct fs_lock *lock, struct err *err)
{
    const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
    int64_t until = clock_monotonic_us() + (int64_t)wait_ms * 1000;

    for (;;) {
        lock->descriptor = try_lock(path);
        if (lock->descriptor >= 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fail(err, "lock", path);
        if (clock_monotonic_us() >= until)
            return err_set(err, ERR_REFUSED, "%s is locked by another process", path);
        (void)nanosleep(&pause, NULL);
    }
}

void fs_unlock(struct fs_lock *lock)
{
    close_quietly(lock->descriptor);
    lock->descriptor = -1;
}
