/* downgrade_intern.h: a downgrade under way, for downgrade*.c only. */
#ifndef PGRADE_OPS_DOWNGRADE_INTERN_H
#define PGRADE_OPS_DOWNGRADE_INTERN_H

#include "ops/downgrade.h"

/* downgrade_file.c: the file under its temporary name. */
struct made_file {
    const char *path; /* where it will be */
    const char *made; /* "" once it is gone, or at its place */
    bool replace;
};

/* An index that is made behind the rows. */
struct late_index {
    struct str name;
    struct str table;
    struct str sql;
};

struct downgrade_run {
    struct arena *arena;
    const struct downgrade_options *options;
    struct downgrade_result *result;
    struct prepare_options prepare;
    struct engine *control; /* PostgreSQL, one transaction for all */
    struct engine *file;    /* writes */
    struct made_file made;
    struct made_file model; /* a file without rows, where no old one was given */
    const struct url *like; /* the old file, or that */
    bool **computed; /* by table and column of the plan: by SQLite, and PostgreSQL has the column too */
    struct digester **digesters; /* of the server's rows, by table */
    struct late_index *indexes;
    size_t index_count;
    size_t index_capacity;
};

/* Looks whether a file may be there, and makes an empty one beside it. */
bool made_file_begin(struct arena *arena, const char *path, bool replace, struct made_file *file,
                     struct err *err) MUST_USE;
/* Writes it out, gives it the mode and owner of the file `model` (NULL: what is usual), and its name. */
bool made_file_publish(struct arena *arena, struct made_file *file, const char *model,
                       struct err *err) MUST_USE;
/* Removes it, if it is there still; the path when that fails, else NULL. */
const char *made_file_give_up(struct arena *arena, struct made_file *file);

/* downgrade_plan.c: which table of the server is which of the old file, and what has no counterpart. */
bool downgrade_plan(struct downgrade_run *run, struct err *err) MUST_USE;
void downgrade_not_carried(struct downgrade_run *run, enum object_class class, struct str table,
                           struct str name, struct str reason);
void downgrade_note(struct downgrade_run *run, struct str about, struct str text);
/* ERR_DECISION where something is not carried that was not accepted. */
bool downgrade_accept(struct downgrade_run *run, struct err *err) MUST_USE;

/* downgrade_schema.c: makes the model of the server's catalog; names what SQLite has nothing for. */
bool downgrade_schema(struct downgrade_run *run, struct err *err) MUST_USE;

/* downgrade_index.c: the file's indexes, in the transaction before it has rows, and behind that. */
bool downgrade_indexes_drop(struct downgrade_run *run, struct err *err) MUST_USE;
bool downgrade_indexes_make(struct downgrade_run *run, struct err *err) MUST_USE;

/* downgrade_schema_notes.c: how moments are written, where nothing of the file tells. */
void downgrade_note_moments(struct downgrade_run *run);

/* downgrade_later.c: names what PostgreSQL has and the old file has not, of what has no rows. */
bool downgrade_later(struct downgrade_run *run, struct err *err) MUST_USE;

/* downgrade_sequence.c: what SQLite gives next, by what PostgreSQL would. */
bool downgrade_sequences(struct downgrade_run *run, struct err *err) MUST_USE;

/* downgrade_aside.c: a note for the rows that an upgrade set aside. */
bool downgrade_aside(struct downgrade_run *run, struct err *err) MUST_USE;

/* downgrade_search.c: full-text indexes on rows that changed are built anew. */
void downgrade_search(struct downgrade_run *run);

/* downgrade_computed.c: names columns in which PostgreSQL has other values than SQLite computes.  Once the
 * rows are written, in the server's transaction. */
bool downgrade_computed(struct downgrade_run *run, struct err *err) MUST_USE;

/* downgrade_checks.c: rows that contradict a CHECK, which a reader's PRAGMA integrity_check passes over. */
void downgrade_checks(struct downgrade_run *run, struct engine *reader);

/* downgrade_check.c: the file is read again by connections of its own. */
bool downgrade_open_made(struct downgrade_run *run, struct engine **reader, struct err *err) MUST_USE;
bool downgrade_check(struct downgrade_run *run, struct err *err) MUST_USE;

#endif
