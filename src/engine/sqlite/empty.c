/*
 * An empty file in the place of another.
 *
 * A program that has the old file open would go on writing into what has no name any more, and one that opens
 * the new file would find the journal of the old one beside it.  So the kernel is asked whether anybody has
 * it open; it is taken out of WAL mode, which SQLite only does for the last connection, and removes -wal and
 * -shm; and while EXCLUSIVE is held on it, the new one gets its name.
 */
#include "engine/sqlite/empty.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/screen.h"
#include "engine/sqlite/private.h"

/* Of the new file while it is made. */
static const char MARK[] = "empty";

/* What of the old file the new one has too, as the PRAGMAs tell it. */
struct kind {
    int64_t page_size;
    int64_t auto_vacuum;
    int64_t application;
    struct str encoding;
    struct str journal;
};

static bool fail(struct err *err, const char *doing, const char *path)
{
    int number = errno;

    err_set(err, number == EACCES || number == EPERM ? ERR_PERMISSION : ERR_IO, "cannot %s %s", doing, path);
    return err_detail(err, "%s", strerror(number));
}

static bool in_use(const char *path, struct err *err)
{
    struct arena *arena = arena_new();

    err_set(err, ERR_REFUSED, "%s is in use: another program has it open", path);
    err_detail(err, "it would go on with a file that has no name any more; nothing was changed");
    err_hint(err, "stop the application; `fuser %s` names its processes",
             screen_shell_word(arena, str_from(path)));
    arena_free(arena);
    return false;
}

/* A lease to write is given to nobody while another has the file open; who may not have one is not told. */
static bool is_open_elsewhere(const char *path)
{
    int file = open(path, O_RDWR | O_CLOEXEC);
    bool used;

    if (file < 0)
        return false;
    used = fcntl(file, F_SETLEASE, F_WRLCK) != 0 && (errno == EAGAIN || errno == EBUSY);
    (void)fcntl(file, F_SETLEASE, F_UNLCK);
    (void)close(file);
    return used;
}

bool sqlite_check_unused(const char *path, struct err *err)
{
    return !is_open_elsewhere(path) || in_use(path, err);
}

static struct sqlite *open_file(const char *path, struct err *err)
{
    struct sqlite *sqlite = sqlite_new(path);
    int code;

    if (sqlite == NULL) {
        err_set(err, ERR_OUT_OF_MEMORY, "no memory for a connection");
        return NULL;
    }
    code = sqlite3_open_v2(path, &sqlite->connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        return sqlite;
    (void)sqlite_error(sqlite, code, (struct str)STR("open"), err);
    engine_close(&sqlite->engine);
    return NULL;
}

static bool read_kind(struct arena *arena, struct sqlite *file, struct kind *kind, struct err *err)
{
    struct engine *engine = &file->engine;
    struct value encoding;
    struct value journal;

    if (!engine_int(engine, (struct str)STR("PRAGMA page_size"), &kind->page_size, err) ||
        !engine_int(engine, (struct str)STR("PRAGMA auto_vacuum"), &kind->auto_vacuum, err) ||
        !engine_int(engine, (struct str)STR("PRAGMA application_id"), &kind->application, err) ||
        !engine_value(engine, arena, (struct str)STR("PRAGMA encoding"), NULL, 0, &encoding, err) ||
        !engine_value(engine, arena, (struct str)STR("PRAGMA journal_mode"), NULL, 0, &journal, err))
        return false;
    kind->encoding = encoding.bytes;
    kind->journal = journal.bytes;
    return true;
}

/* A header is only written with something to write. */
static bool fill_empty(struct sqlite *made, const struct kind *kind, struct err *err)
{
    bool wal = str_is(kind->journal, "wal");

    return engine_execf(&made->engine, err,
                        "PRAGMA page_size = %lld; PRAGMA encoding = '%.*s'; PRAGMA auto_vacuum = %lld;"
                        "CREATE TABLE t (c); DROP TABLE t; PRAGMA application_id = %lld; VACUUM;%s",
                        (long long)kind->page_size, STR_ARGS(kind->encoding), (long long)kind->auto_vacuum,
                        (long long)kind->application, wal ? "PRAGMA journal_mode = WAL" : "");
}

static bool flush(const char *path, struct err *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool done = (file >= 0 && fsync(file) == 0) || fail(err, "write to disk", path);

    if (file >= 0)
        (void)close(file);
    return done;
}

/* Root keeps the file its owner's. */
static bool make_empty(const char *path, char *made, const struct kind *kind, struct err *err)
{
    struct sqlite *sqlite;
    struct stat status;
    bool done;
    int file;

    if (stat(path, &status) != 0)
        return fail(err, "look at", path);
    file = mkstemp(made);
    if (file < 0)
        return fail(err, "make a file beside", path);
    done = fchown(file, status.st_uid, status.st_gid) == 0 || geteuid() != 0;
    done = (done && fchmod(file, status.st_mode & 07777) == 0) || fail(err, "set the mode of", made);
    (void)close(file);
    sqlite = done ? open_file(made, err) : NULL;
    if (sqlite == NULL)
        return false;
    done = fill_empty(sqlite, kind, err);
    engine_close(&sqlite->engine);
    return done && flush(made, err);
}

/* Busy is another's transaction, or, of a file in WAL mode, another's connection. */
static bool lock_old(struct sqlite *old, const struct kind *kind, const char *path, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    struct arena *arena = arena_new();
    struct value mode = {.kind = VALUE_NULL};
    bool wal = str_is(kind->journal, "wal");
    bool done = (!wal || (engine_value(&old->engine, arena, (struct str)STR("PRAGMA journal_mode = DELETE"),
                                       NULL, 0, &mode, &failure) &&
                          str_is(mode.bytes, "delete"))) &&
                engine_exec(&old->engine, (struct str)STR("BEGIN EXCLUSIVE"), &failure);

    arena_free(arena);
    if (done)
        return true;
    if (failure.code != ERR_NONE && failure.code != ERR_SOURCE_LOCKED &&
        !str_contains_nocase(str_from(failure.detail), "locked")) {
        *err = failure;
        return false;
    }
    return in_use(path, err);
}

static bool put(struct sqlite *old, const struct kind *kind, const char *path, char *made, struct err *err)
{
    struct err ignored = {.code = ERR_NONE};

    if (!lock_old(old, kind, path, err))
        return false;
    if (rename(made, path) == 0)
        return true;
    (void)fail(err, "give its name to the new file for", path);
    if (engine_exec(&old->engine, (struct str)STR("ROLLBACK"), &ignored) && str_is(kind->journal, "wal") &&
        engine_exec(&old->engine, (struct str)STR("PRAGMA journal_mode = WAL"), &ignored))
        return false;
    return false;
}

static bool put_at(struct arena *arena, const char *path, struct err *err)
{
    char *made = fs_beside(arena, path, MARK);
    struct sqlite *old = open_file(path, err);
    struct kind kind = {.page_size = 0};
    bool done;

    if (old == NULL)
        return false;
    (void)sqlite3_busy_timeout(old->connection, 0);
    fs_remove_beside(path, MARK);
    done = read_kind(arena, old, &kind, err) && make_empty(path, made, &kind, err) &&
           put(old, &kind, path, made, err);
    engine_close(&old->engine);
    if (!done)
        (void)unlink(made);
    return done && flush(fs_directory_of(arena, path), err);
}

bool sqlite_put_empty(const char *path, struct err *err)
{
    struct arena *arena = arena_new();
    char *real = realpath(path, NULL);
    bool done =
        real != NULL ? sqlite_check_unused(real, err) && put_at(arena, real, err) : fail(err, "find", path);

    free(real);
    arena_free(arena);
    return done;
}
