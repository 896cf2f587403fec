/* Files that hold secrets are for their owner alone. */
#include "base/fs_private.h"

enum {
    OF_OTHERS = 077 /* what group and others may do */
};

static void put_shell_word(struct arena *arena, const char *path, const char **word)
{
    struct str rest = str_from(path);
    struct str text = {NULL, 0};

    while (rest.len > 0) {
        bool quote = rest.ptr[0] == '\'';

        text = str_printf(arena, "%.*s%.*s", STR_ARGS(text), quote ? 4 : 1, quote ? "'\\''" : rest.ptr);
        rest = str_slice(rest, 1, rest.len);
    }
    *word = arena_printf(arena, "'%.*s'", STR_ARGS(text));
}

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
    const char *word;

    if (!fs_stat(path, &info, err))
        return false;
    if (info.kind != FS_FILE || (info.mode & OF_OTHERS) == 0)
        return true;
    arena = arena_new();
    put_shell_word(arena, path, &word);
    err_set(err, ERR_REFUSED, "%s holds %s, and others may read or write it", path, holds);
    err_detail(err, "its mode is %04o; 0600 is for its owner alone", (unsigned int)info.mode);
    err_hint(err, "chmod 600 %s", word);
    arena_free(arena);
    return false;
}
