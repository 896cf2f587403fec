/*
 * restore.h: a backup brought back, and compared with what it says of itself.
 *
 * PostgreSQL: by pg_restore (psql for SQL text) in one transaction, so that a restore that fails or is
 * interrupted leaves the target as it was.  SQLite: into a new file that gets its name when it is complete,
 * or page by page in one transaction into a file that is there.
 *
 * Dumps that pg_dump made without pgrade are taken too: its archives (custom, directory, tar) and SQL text.
 * They say nothing of their rows, so there is nothing to compare.
 *
 * Of a bundle one database is restored as any backup is; or all, each into the database of its name, which is
 * made where it is not there.  Each is a transaction of its own: what was restored before another failed
 * stays, and the same again goes on behind it (restore_found.h).
 *
 * With several jobs pg_restore cannot work in one transaction.  Then a schema `pgrade_restoring` stands in
 * the target until it is done, by which the next restore knows that what it finds is not whole.
 */
#ifndef PGRADE_OPS_RESTORE_H
#define PGRADE_OPS_RESTORE_H

#include <signal.h>

#include "ops/manifest.h"
#include "ops/stage.h"
#include "url/url.h"

enum restore_kind {
    RESTORE_BACKUP,  /* with a manifest */
    RESTORE_BUNDLE,  /* with a manifest over several backups */
    RESTORE_ARCHIVE, /* of pg_dump: custom, directory, tar */
    RESTORE_SQL
};

struct restore_options {
    const char *from;
    const struct url *target;
    bool clean;          /* what is in the way is dropped first; else the target has to be empty */
    struct str database; /* of a bundle this one alone; NULL ptr: all, each into the database of its name */
    int jobs;            /* PostgreSQL archives: so many connections, and not one transaction; 0: one */
    struct str mark;     /* with jobs: said of the target until it is whole; NULL ptr: nothing */
    const char *owner;   /* PostgreSQL: the role to which everything will belong; NULL: who connects */
    bool trace;
    const volatile sig_atomic_t *interrupted;
    struct stage *stage; /* may be NULL */
};

/* What became of a database of a bundle. */
struct restored_database {
    struct str name;
    bool made;    /* it was not there */
    bool earlier; /* it was there already, as its manifest says */
    int64_t tables;
    int64_t rows;
    struct str *refused; /* settings and the like that the server did not take */
    size_t refused_count;
};

struct restore_result {
    enum restore_kind kind;
    const char *from;                    /* the backup itself, where that lies in a bundle */
    struct restored_database *databases; /* of RESTORE_BUNDLE, in the order of its manifest */
    size_t database_count;
    struct manifest manifest; /* of RESTORE_BACKUP */
    struct contents found;    /* in the target, afterwards */
    struct str *differences;
    size_t difference_count;
    int64_t took_us;
};

/* Reads what lies there, and nothing of the target: the manifest, and that all files are as they were
 * written. */
bool restore_look(struct arena *arena, const struct restore_options *options, struct restore_result *result,
                  struct err *err) MUST_USE;

/* It is done, and the server did not take something that was said of a database. */
bool restore_has_shortfalls(const struct restore_result *result);

/* Whether a restore by several connections was interrupted in the database: what it has is not whole. */
struct engine;
bool restore_is_unfinished(struct arena *arena, struct engine *engine, bool *unfinished,
                           struct err *err) MUST_USE;

/* After restore_look().  ERR_DIFFERENT: it was restored, and is not what the manifest says. */
bool restore_run(struct arena *arena, const struct restore_options *options, struct restore_result *result,
                 struct err *err) MUST_USE;

#endif
