/* Paths: joined, taken apart, resolved, and where programs and our own data are. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs_private.h"

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
        return fs_fail(err, "resolve", path);
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
