/*
 * sqlite.h: the engine that reads SQLite files.  The only room that includes <sqlite3.h>.
 *
 * A source is opened read-only and never created (a session, session.h, may write); `.db` and `-wal` stay as
 * they are, byte for byte (SQLite may leave a `-shm` beside a file in WAL mode).  A descriptor that this
 * process opens and closes by itself drops the POSIX locks that SQLite holds on the file: so raw reads happen
 * before sqlite3_open(), or of a file that no connection of this process has open.
 */
#ifndef PGRADE_ENGINE_SQLITE_H
#define PGRADE_ENGINE_SQLITE_H

#include <signal.h>
#include <sys/types.h>

#include "engine/engine.h"

bool sqlite_open(const struct url *url, const struct engine_options *options, struct engine **engine,
                 struct err *err) MUST_USE;

/* 34001 for 3.40.1. */
int sqlite_version(void);

/* Says what is wrong with the file, if anything, before any connection to it is opened in this process. */
bool sqlite_check(struct arena *arena, const struct url *url, struct err *err) MUST_USE;

/* Which file a path names; device and inode, since a file put in its place has the same name. */
struct file_identity {
    dev_t device;
    ino_t inode;
    bool there;
};

/*
 * A file in rollback mode shuts writers out while it is read, so where it is in use what is read is a copy,
 * taken while SHARED is held for as long as copying takes.  A journal that a crashed writer left is copied
 * with it and rolled back in the copy: the source is for its application to mend.  Where nobody has it open
 * to write, the copy is only made when somebody begins to (held.h).
 */
struct source_copy {
    const char *directory; /* where it was made; NULL: the file is read where it is */
    int64_t bytes;
    int64_t stall_us;        /* that writers were kept waiting at most */
    bool recovered;          /* with a journal that was rolled back */
    unsigned char state[16]; /* what SQLite tells by whether a file was written */
};

/*
 * Several connections that read one and the same state.
 *
 * Each reader holds a read transaction.  That all began between the same two commits is proven by a further
 * connection, the witness, whose PRAGMA data_version did not change meanwhile; else all begin again, and
 * where a writer never pauses one of them reads alone.  The same number tells at the end whether the file was
 * written since.
 */
struct snapshot {
    struct engine *witness; /* NULL: a copy is read, or a file that is held */
    struct held *held;      /* the file, read where it is until somebody writes it; NULL: it is not so read */
    struct source_copy copy;
    const char *path;
    struct file_identity file; /* what the path names */
    struct file_identity log;  /* its -wal, in WAL mode */
    struct engine **readers;
    size_t reader_count; /* 1 where others never agreed */
    int64_t version;
    int64_t taken_us; /* when: what was committed before is in it */
    bool wal;         /* writers go on meanwhile; in the other journal modes they wait */
    /* The file's path when reading it will leave a -wal and a -shm beside it that were not there; else NULL.
     */
    const char *leaves;
};

/* Opens up to `count` readers (at least 1) and the witness; the handles belong to the snapshot.  A copy is
 * said in a message, with the time that writers waited; its name is gone as soon as it is open. */
bool snapshot_open(struct arena *arena, const struct url *url, const struct engine_options *options,
                   size_t count, struct snapshot *snapshot, struct err *err) MUST_USE;

/* How long a writer may have waited, in whole milliseconds, rounded up. */
int64_t snapshot_stall_ms(const struct source_copy *copy);

/* Takes up what became of a file that is held: snapshot->copy tells it as of now. */
void snapshot_look(struct snapshot *snapshot);

/* Whether another connection has committed since. */
bool snapshot_changed(struct snapshot *snapshot, bool *changed, struct err *err) MUST_USE;

/* What the path, or its -wal, no longer is: "it was deleted", "another file was put in its place" ...  NULL:
 * both are those that the readers have open.  Readers go on with the files that they opened, whatever
 * happens to the names. */
const char *snapshot_replaced(const struct snapshot *snapshot);

void snapshot_close(struct snapshot *snapshot);

/*
 * The state that the file and its -wal are in, as a text that is another after every commit; NULL ptr: it
 * cannot be told.  `engine` is one that has the file open, NULL where nobody in this process has.  A snapshot
 * is of the state that the file had before and has after it was opened, where these are the same.
 */
struct str sqlite_state(struct arena *arena, const char *path, struct engine *engine);

/* Looks at every page of the file for damage, by PRAGMA quick_check; values that only contradict their
 * declaration are none. */
bool sqlite_check_whole(struct engine *engine, struct err *err) MUST_USE;

/*
 * To an error of a damaged file that came up while the table was read: adds which of its rows cannot be read,
 * found by reading it from both ends.  Other errors stay as they are, and so does this one where the damage
 * is elsewhere, or the table has no rowids.
 */
void sqlite_tell_damage(struct engine *reader, const struct table *table,
                        const volatile sig_atomic_t *interrupted, struct err *err);

/* Whether "x" in a statement is the string 'x' where no column has that name, as it is for the application
 * that made a view.  pgrade's own statements mean names: false at first. */
void sqlite_take_strings(struct engine *engine, bool taken);

#endif
