#include "ops/env_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/fs.h"

enum {
    FILE_MAXIMUM = 1024 * 1024,
    FILE_MODE = 0600,
    LOCK_WAIT_MS = 10000
};

/* What becomes of the text; false: the err is set. */
typedef bool edit(struct buf *out, const struct env_file *file, void *context, struct err *err);

bool env_file_read(struct arena *arena, const char *path, struct env_file *file, struct err *err)
{
    struct fs_info info;

    *file = (struct env_file){.path = path};
    if (!fs_check_own_secret(path, "secrets", err) || !fs_stat(path, &info, err))
        return false;
    file->exists = info.kind != FS_MISSING;
    if (file->exists && !fs_read(arena, path, FILE_MAXIMUM, &file->text, err))
        return false;
    return dotenv_parse_known(arena, file->text, path, &file->dotenv, err);
}

static bool write_file(const struct env_file *file, struct str text, struct err *err)
{
    struct fs_info info;

    if (!fs_stat(file->path, &info, err))
        return false;
    return fs_write(file->path, info.kind == FS_MISSING ? FILE_MODE : info.mode, text, err);
}

static bool edit_locked(struct arena *arena, const char *path, edit *change, void *context, struct err *err)
{
    struct env_file file;
    struct buf out;
    bool done;

    if (!env_file_read(arena, path, &file, err))
        return false;
    buf_init(&out, FILE_MAXIMUM);
    done = change(&out, &file, context, err) &&
           (str_equal(buf_view(&out), file.text) || write_file(&file, buf_view(&out), err));
    buf_free(&out);
    return done;
}

/* The directory is what is locked: the file is another one after each change. */
static bool edit_file(const char *path, edit *change, void *context, struct err *err)
{
    struct arena *arena = arena_new();
    char *real = realpath(path, NULL);
    const char *directory = fs_directory_of(arena, real != NULL ? real : path);
    struct fs_lock lock;
    bool done = false;

    if (!fs_is_directory(directory))
        err_set(err, ERR_FAILED, "there is no directory %s for %s", directory, path);
    else if (fs_lock_directory(directory, LOCK_WAIT_MS, &lock, err)) {
        fs_remove_beside(real != NULL ? real : path, FS_NEW); /* secrets that no .gitignore knows */
        done = edit_locked(arena, path, change, context, err);
        fs_unlock(&lock);
    }
    free(real);
    arena_free(arena);
    return done;
}

struct setting {
    const char *key;
    struct str value;
    bool keep_old;
};

static bool put_setting(struct buf *out, const struct env_file *file, void *context, struct err *err)
{
    const struct setting *setting = context;
    struct str old = dotenv_get(&file->dotenv, setting->key);
    struct buf kept;
    bool done;

    if (old.ptr != NULL && str_equal(old, setting->value)) {
        buf_str(out, file->text);
        return true;
    }
    if (!setting->keep_old)
        return dotenv_set(out, file->text, file->path, setting->key, setting->value, err);
    buf_init(&kept, FILE_MAXIMUM);
    done = dotenv_comment(&kept, file->text, file->path, setting->key, err) &&
           dotenv_set(out, buf_view(&kept), file->path, setting->key, setting->value, err);
    buf_free(&kept);
    return done;
}

bool env_file_set(const char *path, const char *key, struct str value, bool keep_old_as_comment,
                  struct err *err)
{
    struct setting setting = {key, value, keep_old_as_comment};

    return edit_file(path, put_setting, &setting, err);
}

struct removal {
    const char *key;
    bool found;
};

static bool put_removal(struct buf *out, const struct env_file *file, void *context, struct err *err)
{
    struct removal *removal = context;

    removal->found = dotenv_get(&file->dotenv, removal->key).ptr != NULL;
    return dotenv_unset(out, file->text, file->path, removal->key, err);
}

bool env_file_unset(const char *path, const char *key, bool *found, struct err *err)
{
    struct removal removal = {.key = key};
    bool done = edit_file(path, put_removal, &removal, err);

    if (done && found != NULL)
        *found = removal.found;
    return done;
}
