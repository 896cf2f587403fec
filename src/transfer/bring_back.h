/*
 * bring_back.h: the rows of a PostgreSQL table go into a SQLite file that is a copy of an older one.
 *
 * Each row of the server is compared with the one that it was: a value that is still the same stays as it is
 * in the file, byte for byte, with its row; one that is another is written in the column's own spelling; rows
 * that are new come, and rows that are gone go.  Whether a value is the same is told by encoding the old one
 * as the upgrade does.
 */
#ifndef PGRADE_TRANSFER_BRING_BACK_H
#define PGRADE_TRANSFER_BRING_BACK_H

#include <signal.h>

#include "plan/plan.h"
#include "transfer/copy_rows.h"

/* A value that SQLite cannot hold. */
struct back_misfit {
    size_t table; /* places in the plan */
    size_t column;
    struct str row;    /* its key, for people */
    struct str reason; /* for people */
};

struct back_counts {
    int64_t rows; /* that the server has */
    int64_t same;
    int64_t changed;
    int64_t added;
    int64_t removed;
    int64_t emptied; /* values that are NULL now, and that the column of the server could not hold before */
};

enum {
    BACK_MISFITS_KEPT = 1000
};

struct back {
    struct arena *arena;
    const struct plan *plan;
    bool **as_text; /* by table and column: read as the server's text, since the type is none of ours */
    bool *divided;  /* by table: its rows are those of its partitions */
    struct engine *source; /* PostgreSQL, in its transaction */
    struct engine *old;    /* reads the old file */
    struct engine *file;   /* writes its copy, in a transaction */
    const volatile sig_atomic_t *interrupted;
    copy_witness *witness; /* of the rows as they come */
    struct back_misfit *misfits;
    size_t misfit_count;
    size_t misfit_capacity;
    int64_t misfit_total;
};

/* One table.  Misfits are listed and their rows left out: the caller must not use the file then. */
bool back_table(struct back *back, size_t place, void *witness_context, struct back_counts *counts,
                struct err *err) MUST_USE;

#endif
