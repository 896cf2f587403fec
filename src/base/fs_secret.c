/* Files that hold secrets are for their owner alone. */
#include <errno.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs_private.h"
#include "base/screen.h"

enum {
    OF_OTHERS = 077 /* what group and others may do */
};

bool fs_is_shared(const char *path)
{
    struct err ignored = {.code = ERR_NONE};
    struct fs_info info;

    return fs_stat(path, &info, &ignored) && info.kind == FS_FILE && (info.mode & OF_OTHERS) != 0;
}

bool fs_check_secret(const char *path, const char *holds, struct err *err)
{
    struct arena *arena;
    struct fs_info info;

    if (!fs_stat(path, &info, err))
        return false;
    if (info.kind != FS_FILE || (info.mode & OF_OTHERS) == 0)
        return true;
    arena = arena_new();
    err_set(err, ERR_REFUSED, "%s holds %s, and others may read or write it", path, holds);
    err_detail(err, "its mode is %04o; 0600 is for its owner alone", (unsigned int)info.mode);
    err_hint(err, "chmod 600 %s", screen_shell_word(arena, str_from(path)));
    arena_free(arena);
    return false;
}

static const char *user_name(struct arena *arena, uid_t uid)
{
    struct passwd found;
    struct passwd *user = NULL;
    char *text = arena_alloc(arena, 16384);

    if (getpwuid_r(uid, &found, text, 16384, &user) == 0 && user != NULL)
        return user->pw_name;
    return arena_printf(arena, "user %u", (unsigned int)uid);
}

/* Who makes a link decides where it leads: to a file of root's, when root follows it. */
static bool check_link(const char *path, const struct stat *link, const struct stat *file, struct err *err)
{
    struct arena *arena;

    if (!S_ISLNK(link->st_mode) || link->st_uid == 0 ||
        link->st_uid == (geteuid() == 0 ? file->st_uid : geteuid()))
        return true;
    arena = arena_new();
    err_set(err, ERR_REFUSED, "%s is a symbolic link that %s made", path, user_name(arena, link->st_uid));
    err_hint(err, "name the file that it leads to, if that is the one you mean");
    arena_free(arena);
    return false;
}

static bool check_owner(const char *path, const char *holds, const struct stat *file, struct err *err)
{
    struct arena *arena;
    const char *owner;

    if (geteuid() == 0 || file->st_uid == geteuid())
        return true;
    arena = arena_new();
    owner = user_name(arena, file->st_uid);
    err_set(err, ERR_REFUSED, "%s holds %s, and belongs to %s", path, holds, owner);
    err_detail(err, "you are %s; whoever owns a file says who reads it", user_name(arena, geteuid()));
    err_hint(err, "run this as %s, or let root give the file to you (chown)", owner);
    arena_free(arena);
    return false;
}

bool fs_check_own_secret(const char *path, const char *holds, struct err *err)
{
    struct stat link;
    struct stat file;

    if (lstat(path, &link) != 0)
        return errno == ENOENT || errno == ENOTDIR ? true : fs_fail(err, "look at", path);
    if (stat(path, &file) != 0) {
        if (S_ISLNK(link.st_mode) && errno == ENOENT)
            return err_set(err, ERR_REFUSED, "%s is a symbolic link that leads nowhere", path);
        return fs_fail(err, "look at", path);
    }
    if (!S_ISREG(file.st_mode))
        return err_set(err, ERR_REFUSED, "%s is %s", path,
                       S_ISDIR(file.st_mode) ? "a directory, and no file" : "no ordinary file");
    return check_link(path, &link, &file, err) && check_owner(path, holds, &file, err) &&
           fs_check_secret(path, holds, err);
}
