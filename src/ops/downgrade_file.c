/* The file that a downgrade makes: beside its place, and there at once. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "ops/downgrade_intern.h"
#include "ops/open_files.h"

static bool system_error(struct err *err, const char *what, const char *path)
{
    int number = errno;

    err_set(err, number == EACCES || number == EPERM || number == EROFS ? ERR_PERMISSION : ERR_IO,
            "%s: cannot %s it", path, what);
    err_detail(err, "%s", strerror(number));
    return err_hint(err, number == ENOSPC ? "free some room on its disk, or name another folder"
                                          : "check the path and whether its folder may be written");
}

/* SQLite takes a -wal or a -journal beside a file for that file's own, whoever left it. */
static bool check_neighbours(struct arena *arena, const char *path, bool there, struct err *err)
{
    static const char *const suffixes[] = {"-wal", "-journal"};

    for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
        const char *name = arena_printf(arena, "%s%s", path, suffixes[i]);
        struct fs_info info;

        if (!fs_stat(name, &info, err))
            return false;
        if (info.kind == FS_MISSING || info.size == 0)
            continue;
        err_set(err, ERR_REFUSED, "%s is there: SQLite would read it into the new file", name);
        err_detail(err, "%s",
                   there ? "a program has the file open, or ended without closing it"
                         : "the file that it belonged to is not there any more");
        return err_hint(err, "%s",
                        there ? "stop the application, start and stop it once, then try again"
                              : "move it away, or name another file");
    }
    return true;
}

/* A program goes on with the file that it opened, whatever takes its name: what it writes would be lost. */
static bool check_holders(struct arena *arena, const char *path, struct err *err)
{
    const char *holder = open_files_holder(arena, path);

    if (holder == NULL)
        return true;
    err_set(err, ERR_REFUSED, "%s is open in %s", path, holder);
    err_detail(err, "it would go on with the old file, and what it writes would be lost");
    return err_hint(err, "stop it, then run the same command again");
}

static bool check_place(struct arena *arena, const char *path, bool replace, struct err *err)
{
    struct fs_info info;

    if (!fs_stat(path, &info, err))
        return false;
    if (info.kind != FS_MISSING && info.kind != FS_FILE)
        return err_set(err, ERR_REFUSED, "%s is there, and no file", path);
    if (info.kind == FS_MISSING && fs_link_target(arena, path) != NULL) {
        err_set(err, ERR_REFUSED, "%s is a link to a file that is not there", path);
        return err_hint(err, "name the file itself, or remove the link");
    }
    if (info.kind == FS_FILE && !replace) {
        err_set(err, ERR_REFUSED, "%s exists already", path);
        return err_hint(err, "name another file; --replace puts the new one in its place when it is proven");
    }
    return check_neighbours(arena, path, info.kind == FS_FILE, err) && check_holders(arena, path, err);
}

bool made_file_begin(struct arena *arena, const char *path, bool replace, struct made_file *file,
                     struct err *err)
{
    char *name;
    int descriptor;

    *file = (struct made_file){.path = path, .made = "", .replace = replace};
    /* The file that a link names is replaced, not the link. */
    if (fs_link_target(arena, path) != NULL && !fs_absolute(arena, path, &file->path, err))
        return false;
    if (!check_place(arena, file->path, replace, err))
        return false;
    name = arena_printf(arena, "%s/.%s.pgrade-XXXXXX", fs_directory_of(arena, file->path),
                        fs_name_of(file->path));
    descriptor = mkostemp(name, O_CLOEXEC);
    if (descriptor < 0)
        return system_error(err, "make a file beside", path);
    (void)close(descriptor);
    file->made = name;
    return true;
}

static bool sync_folder(struct arena *arena, const char *path, struct err *err)
{
    int descriptor = open(fs_directory_of(arena, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = descriptor >= 0 && (fsync(descriptor) == 0 || errno == EINVAL);

    if (!done)
        system_error(err, "write out the folder of", path);
    if (descriptor >= 0)
        (void)close(descriptor);
    return done;
}

/* As the file that it replaces, or as the old one; where nothing tells, as a program would make it. */
static bool set_mode(const struct made_file *file, const char *model, int descriptor)
{
    struct stat status;
    mode_t mask = umask(0);

    (void)umask(mask);
    if (stat(file->path, &status) != 0 && (model == NULL || stat(model, &status) != 0))
        return fchmod(descriptor, 0666 & ~mask) == 0;
    /* Only root may give it away, and only root has to. */
    if (geteuid() == 0 && fchown(descriptor, status.st_uid, status.st_gid) != 0)
        return false;
    return fchmod(descriptor, status.st_mode & 0777) == 0;
}

static bool write_out(const struct made_file *file, const char *model, struct err *err)
{
    int descriptor = open(file->made, O_RDWR | O_CLOEXEC);
    bool done = descriptor >= 0 && set_mode(file, model, descriptor) && fsync(descriptor) == 0;

    if (!done)
        system_error(err, "write out", file->made);
    if (descriptor >= 0 && close(descriptor) != 0 && done)
        done = system_error(err, "write out", file->made);
    return done;
}

/* Never over a file that came meanwhile, unless that is wanted. */
static bool give_name(const struct made_file *file, struct err *err)
{
    if (file->replace)
        return rename(file->made, file->path) == 0 || system_error(err, "rename", file->made);
    if (renameat2(AT_FDCWD, file->made, AT_FDCWD, file->path, RENAME_NOREPLACE) == 0)
        return true;
    if (errno == EINVAL && link(file->made, file->path) == 0) {
        (void)unlink(file->made);
        return true;
    }
    if (errno != EEXIST)
        return system_error(err, "rename a file to", file->path);
    err_set(err, ERR_REFUSED, "%s came while its rows were read", file->path);
    return err_hint(err, "look whose it is; name another file, or --replace it");
}

bool made_file_publish(struct arena *arena, struct made_file *file, const char *model, struct err *err)
{
    struct fs_info info;

    if (!fs_stat(file->path, &info, err) || !check_neighbours(arena, file->path, info.kind == FS_FILE, err) ||
        !check_holders(arena, file->path, err) || !write_out(file, model, err) || !give_name(file, err))
        return false;
    file->made = "";
    return sync_folder(arena, file->path, err);
}

const char *made_file_give_up(struct arena *arena, struct made_file *file)
{
    static const char *const suffixes[] = {"-wal", "-shm", "-journal", ""};
    const char *left = NULL;

    if (file->made == NULL || file->made[0] == '\0')
        return NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
        const char *name = arena_printf(arena, "%s%s", file->made, suffixes[i]);

        if (unlink(name) != 0 && errno != ENOENT)
            left = name;
    }
    file->made = "";
    return left;
}
