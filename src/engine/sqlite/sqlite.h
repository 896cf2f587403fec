/*
 * sqlite.h: the engine that reads SQLite files.  The only room that includes <sqlite3.h>.
 *
 * A file is opened read-only and never created; `.db` and `-wal` stay as they are, byte for byte (SQLite may
 * leave a
 * `-shm` beside a file in WAL mode).  Raw reads of the file happen before sqlite3_open() only: a descriptor
 * that this process opens and closes by itself would drop the POSIX locks that SQLite holds on the file.
 */
#ifndef PGRADE_ENGINE_SQLITE_H
#define PGRADE_ENGINE_SQLITE_H

#include "engine/engine.h"

bool sqlite_open(const struct url *url, const struct engine_options *options, struct engine **engine,
                 struct err *err) MUST_USE;

/* Says what is wrong with the file, if anything, before any connection to it is opened in this process. */
bool sqlite_check(struct arena *arena, const struct url *url, struct err *err) MUST_USE;

/*
 * Several connections that read one and the same state.
 *
 * Each reader holds a read transaction.  That all began between the same two commits is proven by a further
 * connection, the witness, whose PRAGMA data_version did not change meanwhile; else all begin again, and
 * where a writer never pauses one of them reads alone.  The same number tells at the end whether the file was
 * written since.
 */
struct snapshot {
    struct engine *witness;
    struct engine **readers;
    size_t reader_count; /* 1 where others never agreed */
    int64_t version;
    bool wal; /* writers go on meanwhile; in the other journal modes they wait */
    /* The file's path when reading it will leave a -wal and a -shm beside it that were not there; else NULL.
     */
    const char *leaves;
};

/* Opens up to `count` readers (at least 1) and the witness; the handles belong to the snapshot. */
bool snapshot_open(struct arena *arena, const struct url *url, const struct engine_options *options,
                   size_t count, struct snapshot *snapshot, struct err *err) MUST_USE;

/* Whether another connection has committed since. */
bool snapshot_changed(struct snapshot *snapshot, bool *changed, struct err *err) MUST_USE;
void snapshot_close(struct snapshot *snapshot);

#endif
