/* A copy of a source in rollback mode: one consistent state, while writers wait for as long as copying takes.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/sqlite/private.h"

/* What one attempt has in its hands. */
struct copying {
    struct arena *arena;
    struct snapshot *snapshot;
    const struct engine_options *options;
    struct copy_place *place;
    const char *real; /* the path without links: SQLite finds a file's journal beside it */
    int source;
    bool wal;
};

static bool fail(struct err *err, const char *what, const char *path)
{
    int number = errno;

    err_set(err, number == EACCES ? ERR_PERMISSION : ERR_IO, "%s: cannot %s", path, what);
    err_detail(err, "%s", strerror(number));
    if (number == EACCES)
        err_hint(err, "run pgrade as the user who owns the file, or give read permission");
    return false;
}

static bool open_source(struct copying *it, struct err *err)
{
    char *real = realpath(it->snapshot->path, NULL);
    struct stat status;

    it->real = it->snapshot->path;
    if (real != NULL)
        it->real = arena_copy(it->arena, real, strlen(real));
    free(real);
    it->source = open(it->real, O_RDONLY | O_CLOEXEC);
    if (it->source < 0 || fstat(it->source, &status) != 0)
        return fail(err, "be opened", it->snapshot->path);
    it->snapshot->file =
        (struct file_identity){.device = status.st_dev, .inode = status.st_ino, .there = true};
    return true;
}

/* SQLite reads by a -wal that is there, whatever the header says. */
static bool has_wal(struct copying *it)
{
    unsigned char header[SQLITE_HEADER_SIZE];
    ssize_t got = pread(it->source, header, sizeof(header), 0);

    return (got == (ssize_t)sizeof(header) && sqlite_header_is_wal(header)) ||
           access(arena_printf(it->arena, "%s-wal", it->real), F_OK) == 0;
}

/*
 * A journal without a writer is a crashed one's.  With one it is not needed, since the file changes only when
 * the last reader has gone; and copying it too would do no harm: rolled back, it gives what is there.
 */
static bool copy_journal(struct copying *it, struct err *err)
{
    const char *from = arena_printf(it->arena, "%s-journal", it->real);
    const char *to = arena_printf(it->arena, "%s-journal", it->place->path);
    int64_t bytes = 0;
    int copy = -1;
    int journal = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool done = true;

    if (journal < 0)
        return errno == ENOENT || errno == ENAMETOOLONG || /* SQLite could not have made one either */
               fail(err, "read its journal", it->snapshot->path);
    if (sqlite_journal_is_hot(journal) && !sqlite_is_reserved(it->source)) {
        copy = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        done = (copy >= 0 || fail(err, "copy its journal", it->snapshot->path)) &&
               copy_file(journal, from, copy, false, it->options->interrupted, &bytes, err);
        it->snapshot->copy.recovered = done;
        it->snapshot->copy.bytes += bytes;
    }
    if (copy >= 0)
        (void)close(copy);
    (void)close(journal);
    return done;
}

bool sqlite_read_state(int file, unsigned char *state)
{
    const size_t size = sizeof((struct source_copy){.bytes = 0}.state);

    memset(state, 0, size);
    return pread(file, state, size, 24) >= 0; /* an empty file has none */
}

void sqlite_tell_copy(const struct source_copy *copy, const char *what)
{
    char size[32];

    sqlite_tell_size(size, sizeof(size), copy->bytes);
    log_message(LOG_NOTICE, "%s (%s in %s); writers waited %lld ms at most%s", what, size, copy->directory,
                (long long)snapshot_stall_ms(copy),
                copy->recovered ? "; what a crashed program left half-written was taken back in it" : "");
}

/* With the lock held. */
static bool copy_all(struct copying *it, struct err *err)
{
    struct source_copy *copy = &it->snapshot->copy;

    it->wal = has_wal(it);
    if (it->wal)
        return true;
    if (!copy_file(it->source, it->snapshot->path, it->place->file, it->place->shares,
                   it->options->interrupted, &copy->bytes, err) ||
        !copy_journal(it, err))
        return false;
    return sqlite_read_state(it->source, copy->state) || fail(err, "be read", it->snapshot->path);
}

static bool copy_under_lock(struct copying *it, struct err *err)
{
    int wait_ms = it->options->busy_ms > 0 ? it->options->busy_ms : SQLITE_BUSY_MS;
    enum lock_outcome outcome = sqlite_lock_shared(it->source, wait_ms, it->options->interrupted);
    int64_t since = clock_monotonic_us();
    bool done;

    it->snapshot->taken_us = clock_wall_us();
    if (outcome != LOCK_TAKEN)
        return sqlite_lock_error(it->snapshot->path, outcome, err);
    done = copy_all(it, err);
    sqlite_unlock(it->source);
    it->snapshot->copy.stall_us = clock_monotonic_us() - since;
    return done;
}

/* Rolls the journal back in the copy, which nobody else knows. */
static bool recover(const struct copying *it, struct err *err)
{
    struct sqlite sqlite = {.connection = NULL};
    int code;

    if (!it->snapshot->copy.recovered)
        return true;
    sqlite.path = arena_copy(it->arena, it->snapshot->path, strlen(it->snapshot->path));
    code = sqlite3_open_v2(it->place->path, &sqlite.connection, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(sqlite.connection, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        sqlite_error(&sqlite, code, (struct str)STR("rolling its journal back in a copy"), err);
    (void)sqlite3_close(sqlite.connection);
    return code == SQLITE_OK;
}

static bool take(struct copying *it, struct err *err)
{
    if (!open_source(it, err))
        return false;
    it->wal = has_wal(it);
    if (it->wal)
        return true;
    if (!copy_place_open(it->arena, it->options->work_directory, it->place, err))
        return false;
    it->snapshot->copy.directory = fs_directory_of(it->arena, it->place->directory);
    return copy_place_make_room(it->place, it->source, it->snapshot->path, err) &&
           copy_place_begin(it->place, it->source, it->snapshot->path, it->options->interrupted, err) &&
           copy_under_lock(it, err) && (it->wal || recover(it, err));
}

bool sqlite_copy(struct arena *arena, struct snapshot *snapshot, const struct engine_options *options,
                 struct copy_place *place, struct err *err)
{
    struct copying it = {
        .arena = arena, .snapshot = snapshot, .options = options, .place = place, .source = -1};
    bool done;

    *place = (struct copy_place){.file = -1};
    snapshot->copy = (struct source_copy){.directory = NULL};
    done = sqlite_examine(snapshot->path, err) && take(&it, err);
    if (it.source >= 0)
        (void)close(it.source);
    if (!done || it.wal) {
        copy_place_forget(place);
        snapshot->copy = (struct source_copy){.directory = NULL};
    }
    return done;
}

bool sqlite_copy_is_old(const struct snapshot *snapshot)
{
    unsigned char now[sizeof(snapshot->copy.state)];
    int file = open(snapshot->path, O_RDONLY | O_CLOEXEC);
    bool same =
        file >= 0 && sqlite_read_state(file, now) && memcmp(now, snapshot->copy.state, sizeof(now)) == 0;

    if (file >= 0)
        (void)close(file);
    return !same;
}
