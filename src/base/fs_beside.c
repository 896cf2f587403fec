/* Files under way beside the one whose place they take, and what is left of them when who wrote was killed.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs_private.h"

enum {
    NAME_KEPT = 200,   /* of the name, so that the longer one is no longer than a name may be */
    RANDOM_LETTERS = 6 /* mkstemp's */
};

char *fs_beside(struct arena *arena, const char *path, const char *mark)
{
    return arena_printf(arena, "%s/.%.*s.pgrade-%s-XXXXXX", fs_directory_of(arena, path), NAME_KEPT,
                        fs_name_of(path), mark);
}

/* SQLite's own files of one. */
static bool is_ending(struct str text)
{
    return text.len == 0 || str_is(text, "-journal") || str_is(text, "-wal") || str_is(text, "-shm");
}

static bool is_left(struct str name, struct str pattern)
{
    struct str fixed = str_slice(pattern, 0, pattern.len - RANDOM_LETTERS);

    if (name.len < pattern.len || !str_equal(str_slice(name, 0, fixed.len), fixed))
        return false;
    for (size_t i = fixed.len; i < pattern.len; i++)
        if (!ascii_is_alpha(name.ptr[i]) && !ascii_is_digit(name.ptr[i]))
            return false;
    return is_ending(str_slice(name, pattern.len, name.len));
}

void fs_remove_beside(const char *path, const char *mark)
{
    struct arena *arena = arena_new();
    const char *pattern = fs_name_of(fs_beside(arena, path, mark));
    DIR *directory = opendir(fs_directory_of(arena, path));
    struct dirent *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        struct stat status;

        if (is_left(str_from(entry->d_name), str_from(pattern)) &&
            fstatat(dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(status.st_mode))
            (void)unlinkat(dirfd(directory), entry->d_name, 0);
    }
    if (directory != NULL)
        (void)closedir(directory);
    arena_free(arena);
}
