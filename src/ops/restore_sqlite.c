#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "engine/sqlite/sqlite.h"
#include "engine/sqlite/write.h"
#include "ops/restore_intern.h"

static bool fail(struct err *err, const char *doing, const char *path)
{
    int number = errno;

    err_set(err, number == EACCES ? ERR_PERMISSION : ERR_IO, "cannot %s %s", doing, path);
    return err_detail(err, "%s", strerror(number));
}

static bool open_backup(const struct restore_options *options, const char *data, struct engine **engine,
                        struct err *err)
{
    struct url url = {.kind = URL_SQLITE, .path = str_from(data), .immutable = true};
    struct engine_options open = {
        .trace = options->trace, .interrupted = options->interrupted, .in_place = true};

    return engine_open(&url, &open, engine, err) && engine_exec(*engine, (struct str)STR("BEGIN"), err);
}

/* A journal without its database belongs to one that is gone, and would be applied to the new file. */
static bool check_leftovers(struct arena *arena, const char *path, struct err *err)
{
    static const char *const ends[] = {"-wal", "-journal"};

    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
        const char *name = arena_printf(arena, "%s%s", path, ends[i]);

        if (fs_exists(name)) {
            err_set(err, ERR_REFUSED, "%s lies there without its database", name);
            err_detail(err, "SQLite would apply it to the file that is restored");
            return err_hint(err, "move it away, after a look at where its database went");
        }
    }
    return true;
}

static bool flush(const char *path, struct err *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool done = file >= 0 && fsync(file) == 0;

    if (!done)
        (void)fail(err, "write to disk", path);
    if (file >= 0)
        (void)close(file);
    return done;
}

/* Beside its place, under another name until it is complete. */
static bool restore_new(struct arena *arena, const struct restore_options *options, struct engine *backup,
                        const char *path, struct err *err)
{
    const char *partial = arena_printf(arena, "%s.partial-XXXXXX", path);
    char *made = arena_copy(arena, partial, strlen(partial));
    int file;
    bool done;

    if (!check_leftovers(arena, path, err))
        return false;
    file = mkstemp(made);
    if (file < 0)
        return fail(err, "make a file beside", path);
    (void)close(file);
    done = sqlite_copy_pages(backup, made, options->interrupted, err) && flush(made, err);
    if (done && renameat2(AT_FDCWD, made, AT_FDCWD, path, RENAME_NOREPLACE) != 0)
        done = fail(err, "give its name to", path);
    if (!done)
        (void)unlink(made);
    return done && flush(fs_directory_of(arena, path), err);
}

static bool restore_over(const struct restore_options *options, struct engine *backup, const char *path,
                         struct err *err)
{
    if (options->clean)
        return sqlite_replace_pages(backup, path, options->interrupted, err) ||
               err_prefix(err, "nothing was restored");
    err_set(err, ERR_REFUSED, "%s exists already", path);
    return err_hint(err, "restore into a file that is not there, or replace its content: --clean");
}

static bool look_again(struct arena *arena, const struct restore_options *options,
                       struct restore_result *result, struct err *err)
{
    struct engine_options open = {
        .trace = options->trace, .interrupted = options->interrupted, .in_place = true};
    struct engine *engine = NULL;
    bool done = engine_open(options->target, &open, &engine, err) &&
                engine_exec(engine, (struct str)STR("BEGIN"), err) && sqlite_check_whole(engine, err) &&
                contents_read(arena, engine, options->interrupted, &result->found, err);

    engine_close(engine);
    return done;
}

bool restore_sqlite(struct arena *arena, const struct restore_options *options, const char *data,
                    struct restore_result *result, struct err *err)
{
    const char *path = options->target->path.ptr;
    struct engine *backup = NULL;
    bool done;

    if (options->owner != NULL)
        return err_set(err, ERR_USAGE, "--owner is for PostgreSQL: a file belongs to who writes it");
    done = open_backup(options, data, &backup, err) &&
           (fs_exists(path) ? restore_over(options, backup, path, err)
                            : restore_new(arena, options, backup, path, err));
    engine_close(backup);
    return done && look_again(arena, options, result, err);
}
