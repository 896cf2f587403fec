/*
 * seed.h: rows that an application needs to begin with, from files, twice with the same result.
 *
 * All files are one transaction, in their order.  CSV and JSON files hold the rows of one table; a row whose
 * key is there already is brought to what the file says.  SQL files are run statement by statement.
 */
#ifndef PGRADE_OPS_SEED_H
#define PGRADE_OPS_SEED_H

#include <signal.h>

#include "core/core.h"

enum seed_kind {
    SEED_SQL,
    SEED_CSV,
    SEED_JSON
};

struct seed_file {
    const char *path;
    enum seed_kind kind;
    struct str table; /* by the file's name; NULL ptr: an SQL file */

    /* what became of it */
    struct str key;     /* by which rows are known again: "id"; NULL ptr: none was needed */
    int64_t statements; /* of an SQL file */
    int64_t rows;       /* of the file; of an SQL file those that its statements changed */
    int64_t inserted;
    int64_t updated;
    int64_t unchanged;
};

struct seed_emptied {
    struct str table;
    int64_t rows;
};

struct seed_sequence {
    struct str column; /* table.column */
    int64_t last;      /* the greatest number that is there */
};

struct seed_options {
    const struct str *keys; /* "table=column,column" */
    size_t key_count;
    bool fresh;   /* the tables of the files are emptied first */
    bool dry_run; /* everything is done, and rolled back */
    bool hide_values;
    const volatile sig_atomic_t *interrupted; /* NULL: never */
};

struct seed {
    struct seed_file *files;
    size_t file_count;
    size_t file_capacity;
    struct seed_emptied *emptied;
    size_t emptied_count;
    size_t emptied_capacity;
    struct seed_sequence *sequences; /* that were set */
    size_t sequence_count;
    size_t sequence_capacity;
    const char **passed_over; /* files of a directory that are of no kind */
    size_t passed_count;
    size_t passed_capacity;
};

/* Adds a file, or the files of a directory by their names. */
bool seed_add(struct arena *arena, const char *path, struct seed *seed, struct err *err) MUST_USE;

/* Within the transaction that is open; after a failure it has been rolled back. */
bool seed_run(struct arena *arena, struct pgrade_database *db, const struct seed_options *options,
              struct seed *seed, struct err *err) MUST_USE;

#endif
