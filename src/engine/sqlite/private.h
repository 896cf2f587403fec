/* private.h: what the files of this room share. */
#ifndef PGRADE_ENGINE_SQLITE_PRIVATE_H
#define PGRADE_ENGINE_SQLITE_PRIVATE_H

#include <sqlite3.h>

#include "base/buf.h"
#include "base/fs.h"
#include "engine/sqlite/sqlite.h"

struct sqlite_session;

struct sqlite {
    struct engine engine;
    sqlite3 *connection;
    char *path;                     /* for messages: of the source, where a copy of it is read */
    bool utf16;                     /* the file keeps its texts so */
    struct sqlite_session *session; /* its user's own; NULL: pgrade's */
};

enum {
    SQLITE_BUSY_MS = 5000,   /* how long a lock is waited for */
    SQLITE_HEADER_SIZE = 100 /* "Database File Format", section 1.3 */
};

enum lock_outcome {
    LOCK_TAKEN,
    LOCK_BUSY,
    LOCK_IMPOSSIBLE /* errno says why: the file system keeps none */
};

/* SQLite's SHARED lock on an open file: nobody changes the file until sqlite_unlock(). */
enum lock_outcome sqlite_lock_shared(int file, int wait_ms, const volatile sig_atomic_t *interrupted);
void sqlite_unlock(int file);
/* Whether somebody is in the middle of a transaction that writes. */
bool sqlite_is_reserved(int file);

/* ERR_SOURCE_LOCKED, or that locks are not to be had. */
bool sqlite_lock_error(const char *path, enum lock_outcome outcome, struct err *err);

/* The header says that readers of the file need its -wal. */
bool sqlite_header_is_wal(const unsigned char *header);
/* Whether a journal begins in a way that SQLite would roll it back. */
bool sqlite_journal_is_hot(int journal);

/*
 * Copies of a size that may be a database's: `copy_place` is where to, `room` what it takes at most.
 */
struct copy_place {
    const char *directory; /* that was made for it; NULL: none */
    const char *path;
    int file;    /* -1: none */
    bool shares; /* blocks with the source: a copy takes neither time nor room */
};

bool copy_place_open(struct arena *arena, const char *work_directory, struct copy_place *place,
                     struct err *err) MUST_USE;
/* Before the lock: sees that there is room. */
bool copy_place_make_room(struct copy_place *place, int source, const char *path, struct err *err) MUST_USE;
/* Before the lock: does beforehand what can be done. */
bool copy_place_begin(struct copy_place *place, int source, const char *path,
                      const volatile sig_atomic_t *interrupted, struct err *err) MUST_USE;
/* The whole file, as it is, over a copy of how it was; with the lock held, or to be repeated with it. */
bool copy_file(int from, const char *path, int to, bool shares, const volatile sig_atomic_t *interrupted,
               int64_t *bytes, struct err *err) MUST_USE;
/* "24 kB", "1.5 MB". */
void sqlite_tell_size(char *text, size_t size, int64_t bytes);
/* Removes the names; what is open can still be read. */
void copy_place_forget(struct copy_place *place);

/*
 * Copies the file and opens nothing; the place's path is what is to be read.  A path of NULL: the file is in
 * WAL mode, which is read where it is.  snapshot->copy and snapshot->file are filled.
 */
bool sqlite_copy(struct arena *arena, struct snapshot *snapshot, const struct engine_options *options,
                 struct copy_place *place, struct err *err) MUST_USE;
/* What SQLite tells by whether a file was written: 16 bytes of its header. */
bool sqlite_read_state(int file, unsigned char *state);
/* Says what happened, where the copy lies and how long writers waited for it. */
void sqlite_tell_copy(const struct source_copy *copy, const char *what);
/* Whether the source was committed to since. */
bool sqlite_copy_is_old(const struct snapshot *snapshot);
/* A connection that is not open yet; NULL: no memory.  engine_close() frees it. */
struct sqlite *sqlite_new(const char *path);

/* The statement behind rows of this engine. */
sqlite3_stmt *sqlite_rows_statement(struct rows *rows);

/* The header and size of the file, looked at before SQLite opens it: five kinds of trouble, five messages. */
bool sqlite_examine(const char *path, struct err *err) MUST_USE;

/* The part of it that opens nothing: whether there is such a file, and whether it is one. */
bool sqlite_examine_kind(const char *path, struct err *err) MUST_USE;

/* sqlite_open() where options->session is not NULL. */
bool sqlite_session_open(const struct url *url, const struct engine_options *options, struct engine **engine,
                         struct err *err) MUST_USE;
void sqlite_session_end(struct sqlite *sqlite);

/*
 * A read-only connection makes an empty -wal and a -shm beside a file in WAL mode, and may not remove them.
 * SQLite removes them when the last connection that may write is closed and there is nothing to check point:
 * so this opens such a connection, reads, and closes it.  With a program connected to the file SQLite leaves
 * all as it is; with a -wal that is not empty, which is somebody's, nothing is done.
 */
void sqlite_tidy(const char *path);

/* For sqlite3_open_v2() with SQLITE_OPEN_URI; the parameters begin with '?', or are "". */
void sqlite_put_uri(struct buf *uri, const char *path, const char *parameters);

/* `immutable` makes SQLite ignore a -wal, so it is refused when there is one. */
bool sqlite_check_immutable(const char *path, struct err *err) MUST_USE;

bool sqlite_read_encoding(struct sqlite *sqlite, struct err *err) MUST_USE;

const struct engine_ops *sqlite_ops(void);

/* How to go on with a damaged file, as a command line. */
void sqlite_hint_recover(const char *path, struct err *err);

/* Sets the error from SQLite's own. */
bool sqlite_error(struct sqlite *sqlite, int code, struct str sql, struct err *err);

bool sqlite_exec(struct engine *engine, struct str sql, struct err *err);
bool sqlite_query(struct engine *engine, struct str sql, const struct str *params, size_t param_count,
                  struct rows **rows, struct err *err);
bool sqlite_rows_next(struct rows *rows, bool *found, struct err *err);
void sqlite_rows_close(struct rows *rows);
bool sqlite_read_schema(struct engine *engine, struct arena *arena, struct schema *schema, struct err *err);

#endif
