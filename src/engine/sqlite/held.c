#include "engine/sqlite/held.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum {
    LOOK_US = 5000 /* between two looks for a writer */
};

/* The kernel knows whether a file is open to write: it gives nobody a lease to read it then.  A program that
 * opens it in the moment of the lease waits for that moment, and we are told by a signal that is ignored. */
static bool is_open_to_write(int file)
{
    bool quiet = fcntl(file, F_SETSIG, SIGURG) == 0 && fcntl(file, F_SETLEASE, F_RDLCK) == 0;

    if (quiet)
        (void)fcntl(file, F_SETLEASE, F_UNLCK);
    (void)fcntl(file, F_SETSIG, 0);
    return !quiet;
}

static bool has_other_file(const char *path, const char *suffix)
{
    char name[PATH_MAX];

    return snprintf(name, sizeof(name), "%s%s", path, suffix) >= (int)sizeof(name) || access(name, F_OK) == 0;
}

/* Of a file with a journal or a -wal somebody else has to think. */
static bool is_plain(int file, const char *path)
{
    unsigned char header[SQLITE_HEADER_SIZE];

    return pread(file, header, sizeof(header), 0) == (ssize_t)sizeof(header) &&
           !sqlite_header_is_wal(header) && !has_other_file(path, "-wal") &&
           !has_other_file(path, "-journal");
}

static bool lock_source(struct held *held, const struct engine_options *options,
                        struct file_identity *identity)
{
    char real[PATH_MAX];
    struct stat status;

    if (realpath(held->path, real) == NULL)
        return false;
    held->source = open(real, O_RDONLY | O_CLOEXEC);
    if (held->source < 0 || fstat(held->source, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    *identity = (struct file_identity){.device = status.st_dev, .inode = status.st_ino, .there = true};
    return !is_open_to_write(held->source) &&
           sqlite_lock_shared(held->source, 0, options->interrupted) == LOCK_TAKEN &&
           is_plain(held->source, real) && !sqlite_is_reserved(held->source) &&
           sqlite_read_state(held->source, held->copied.state);
}

static bool copy_source(struct held *held, struct copy_place *place, struct err *err)
{
    return copy_place_open(held->arena, held->work_directory, place, err) &&
           copy_place_make_room(place, held->source, held->path, err) &&
           copy_file(held->source, held->path, place->file, place->shares, held->interrupted,
                     &held->copied.bytes, err);
}

/* From here on readers read the copy; those in the middle of a page have finished it. */
static void go_over(struct held *held, int copy)
{
    pthread_rwlock_wrlock(&held->switching);
    held->copy = copy;
    pthread_rwlock_unlock(&held->switching);
    sqlite_unlock(held->source);
}

static void make_way(struct held *held)
{
    int64_t since = clock_monotonic_us() - LOOK_US;
    struct copy_place place = {.file = -1};
    struct err err = {.code = ERR_NONE};
    int copy = -1;

    if (copy_source(held, &place, &err)) {
        copy = fcntl(place.file, F_DUPFD_CLOEXEC, 0);
        held->copied.directory = fs_directory_of(held->arena, place.directory);
    }
    copy_place_forget(&place);
    if (copy < 0) {
        held->copied.directory = NULL;
        log_message(LOG_WARNING, "a program waits to write %s until it is read: %s", held->path,
                    err.code != ERR_NONE ? err.primary : "it cannot be copied");
        return;
    }
    go_over(held, copy);
    held->copied.stall_us = clock_monotonic_us() - since;
    sqlite_tell_copy(&held->copied, "a program writes the source, which is read from a copy now");
}

static void *watch(void *context)
{
    struct held *held = context;

    pthread_mutex_lock(&held->lock);
    while (!held->ended && !sqlite_is_reserved(held->source))
        clock_wait(&held->wake, &held->lock, LOOK_US);
    if (!held->ended)
        make_way(held);
    pthread_mutex_unlock(&held->lock);
    return NULL;
}

static void close_files(struct held *held)
{
    if (held->source >= 0)
        (void)close(held->source);
    if (held->copy >= 0)
        (void)close(held->copy);
    arena_free(held->arena);
    free(held);
}

static bool start(struct held *held)
{
    pthread_rwlockattr_t kind;

    if (!held_vfs_make(held))
        return false;
    /* Readers that never pause would keep the switch out. */
    (void)pthread_rwlockattr_init(&kind);
    (void)pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    (void)pthread_rwlock_init(&held->switching, &kind);
    (void)pthread_rwlockattr_destroy(&kind);
    (void)pthread_mutex_init(&held->lock, NULL);
    clock_condition_init(&held->wake);
    if (pthread_create(&held->watcher, NULL, watch, held) == 0)
        return true;
    held_vfs_end(held);
    return false;
}

struct held *held_take(const char *path, const struct engine_options *options, struct file_identity *identity)
{
    struct held *held = calloc(1, sizeof(*held));

    if (held == NULL)
        return NULL;
    held->source = -1;
    held->copy = -1;
    held->arena = arena_new();
    held->path = arena_printf(held->arena, "%s", path);
    held->work_directory = options->work_directory;
    held->interrupted = options->interrupted;
    if (lock_source(held, options, identity) && start(held))
        return held;
    close_files(held);
    return NULL;
}

struct source_copy held_copied(struct held *held)
{
    struct source_copy copied;

    pthread_mutex_lock(&held->lock);
    copied = held->copied;
    pthread_mutex_unlock(&held->lock);
    return copied;
}

void held_free(struct held *held)
{
    if (held == NULL)
        return;
    pthread_mutex_lock(&held->lock);
    held->ended = true;
    pthread_cond_signal(&held->wake);
    pthread_mutex_unlock(&held->lock);
    (void)pthread_join(held->watcher, NULL);
    held_vfs_end(held);
    (void)pthread_cond_destroy(&held->wake);
    (void)pthread_mutex_destroy(&held->lock);
    (void)pthread_rwlock_destroy(&held->switching);
    close_files(held);
}
