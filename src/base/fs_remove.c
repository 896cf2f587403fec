/* Removing a tree, without following a link or entering another file system. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs_private.h"

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
        return fs_fail(err, "remove", name);
    }
    descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    directory = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    if (directory == NULL) {
        fs_fail(err, "open", name);
        fs_close(descriptor);
        return false;
    }
    done = remove_entries(directory, device, depth, err);
    (void)closedir(directory);
    if (done && unlinkat(parent, name, AT_REMOVEDIR) != 0)
        return fs_fail(err, "remove", name);
    return done;
}

static bool remove_at(int parent, const char *name, dev_t device, int depth, struct err *err)
{
    struct stat st;

    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? true : fs_fail(err, "look at", name);
    if (!S_ISDIR(st.st_mode))
        return unlinkat(parent, name, 0) == 0 || errno == ENOENT ? true : fs_fail(err, "remove", name);
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
            return errno == ENOENT ? true : fs_fail(err, "open", part);
        fs_close(*parent);
        *parent = next;
    }
    if (fstat(*parent, &st) != 0)
        return fs_fail(err, "look at", name);
    return remove_at(*parent, part, st.st_dev, 0, err);
}

bool fs_remove_tree(const char *below, const char *name, struct err *err)
{
    int parent = open(below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done;

    if (parent < 0)
        return errno == ENOENT ? true : fs_fail(err, "open", below);
    done = remove_below(&parent, name, err);
    fs_close(parent);
    return done;
}
