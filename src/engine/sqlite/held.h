/*
 * held.h: a file in rollback mode that nobody has open to write, read where it is.
 *
 * SHARED is held on it, and a thread looks whether a program begins to write after all.  Then the file is
 * copied, the readers go on with the copy without noticing (a VFS of SQLite's stands between), and the lock
 * is given up: the writer waits for as long as copying takes.  A file that nobody writes is never copied.
 */
#ifndef PGRADE_ENGINE_SQLITE_HELD_H
#define PGRADE_ENGINE_SQLITE_HELD_H

#include <pthread.h>

#include "engine/sqlite/private.h"

struct held {
    int source; /* SHARED is held on it as long as nothing was copied */
    int copy;   /* -1: none was needed; written with `switching` held */
    pthread_rwlock_t switching;
    sqlite3_vfs vfs;
    char vfs_name[40];
    struct arena *arena; /* the thread's */
    const char *path;    /* for messages */
    const char *work_directory;
    const volatile sig_atomic_t *interrupted;
    pthread_t watcher;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    bool ended;
    struct source_copy copied; /* as in the snapshot */
};

/* NULL where that cannot be: the file is in WAL mode, has a journal, is open to write somewhere, or whether
 * it is cannot be told.  *identity is which file it is.  Belongs to the caller: held_free(). */
struct held *held_take(const char *path, const struct engine_options *options,
                       struct file_identity *identity);

/* What has been copied by now. */
struct source_copy held_copied(struct held *held);

/* When all readers are closed; NULL is allowed. */
void held_free(struct held *held);

/* held_vfs.c: makes held->vfs, by which connections read the file.  vfs_name is what sqlite3_open_v2() wants.
 */
bool held_vfs_make(struct held *held);
void held_vfs_end(struct held *held);

#endif
