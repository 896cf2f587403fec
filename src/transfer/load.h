/*
 * load.h: from rows of the source to COPY on the target.
 *
 * A chunk is one table or a range of rowids of it.  Loading a chunk reads its rows with the worker's own
 * reader, checks and encodes every value, and sends them on the worker's own connection, one COPY in one
 * transaction a chunk, with the record of it. Memory stays flat: what is held is one batch of encoded rows,
 * or one row where that is larger.
 *
 * Misfits: from the first one on nothing more is sent by any worker, since nothing will be published; the
 * rest is only read and checked, so that all misfits are listed.  Without a target (`plan`) a load is this
 * check alone.  Where a policy says what becomes of a misfit, that is done on the way and nothing stops.
 */
#ifndef PGRADE_TRANSFER_LOAD_H
#define PGRADE_TRANSFER_LOAD_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "engine/engine.h"
#include "plan/plan.h"
#include "transfer/repair.h"

/* What is to be done with misfits. */
enum misfit_policy {
    MISFIT_STOP,
    MISFIT_WIDEN,      /* the plan is changed, and all loaded again */
    MISFIT_QUARANTINE, /* the whole row is set aside */
    MISFIT_NULL,       /* where the column allows it */
    MISFIT_REPAIR      /* see repair.h */
};

/* By place in the plan.  What a policy cannot do stops as MISFIT_STOP does. */
struct misfit_policies {
    enum misfit_policy *rows;     /* by table: of whole rows */
    enum misfit_policy **columns; /* [table][column] */
    enum repair_encoding encoding;
    /* By table, set by a load whose row the server found too wide: then every row that may be is a misfit. */
    atomic_bool *strict_width;
};

/* What became of a misfit. */
enum misfit_outcome {
    OUTCOME_STOPS, /* nothing is published */
    OUTCOME_NULL,
    OUTCOME_REPAIRED,
    OUTCOME_QUARANTINED
};

/* One value that the planned type cannot hold. */
struct misfit {
    size_t table; /* place in the plan */
    int column;   /* place in the table's columns; -1: the whole row */
    bool has_rowid;
    int64_t rowid;
    enum misfit_outcome outcome;
    struct str value; /* shortened, printable */
    struct str reason;
    struct str became; /* OUTCOME_REPAIRED: likewise; else empty */
};

/* How many values of one column became something else in one way, or rows of a table were set aside. */
struct misfit_change {
    size_t table;
    int column; /* -1: rows, OUTCOME_QUARANTINED */
    enum misfit_outcome outcome;
    const char *what; /* OUTCOME_REPAIRED: "NUL characters removed" */
    int64_t count;
};

enum {
    MISFITS_KEPT = 100000 /* in memory; beyond it only the counts go on */
};

/* Shared by the workers. */
struct misfits {
    pthread_mutex_t lock;
    struct arena *arena;
    struct misfit *items;
    size_t count;
    size_t capacity;
    int64_t total;       /* that stop, as all counts here but those of `changes` */
    int64_t **by_column; /* [table][column]: how many */
    int64_t **nulls;     /* ... of them are NULLs where none may be */
    struct misfit_change *changes;
    size_t change_count;
    size_t change_capacity;
};

/* Looks at every row that is loaded, beside the encoder, as it is meant to arrive: the verifier's digest of
 * the source. */
struct row_observer {
    bool (*row)(void *context, size_t worker, size_t table, const struct value *cells, struct err *err);
    void *context;
};

/* A row that is set aside, as the source has it. */
struct set_aside {
    size_t table;              /* place in the plan */
    const struct value *cells; /* of the loaded columns */
    size_t width;
    const struct value *rowid; /* VALUE_NULL: the table has none */
    struct str column;         /* of the source: the first that does not fit; empty: the whole row */
    struct str reason;
    bool picked; /* by the load's picker */
};

/* Takes rows that are set aside, from any worker. */
struct row_sink {
    bool (*row)(void *context, const struct set_aside *row, struct err *err);
    void *context;
};

/* Picks further rows that are set aside, of those that would arrive.  Not for a load with a target. */
struct row_picker {
    /* `*column` and `*reason` as in set_aside, when the row is picked. */
    bool (*picks)(void *context, size_t table, const struct value *meant, struct str *column,
                  struct str *reason);
    void *context;
    struct misfits
        *counted; /* of the load: changes of rows that are picked do not count there; may be NULL */
};

struct load_range {
    bool bounded;
    int64_t first; /* rowids, inclusive */
    int64_t last;
    bool loaded; /* by an interrupted run: only read again, for what the policies made of it; its bytes are
                    counted */
};

/* A chunk whose rows have all been sent. */
struct load_counts {
    int64_t rows;  /* read */
    int64_t aside; /* of them: not sent */
    int64_t bytes;
};

/* Puts the statements that record a chunk, which are sent in the transaction of its COPY. */
struct load_recorder {
    void (*put)(void *context, size_t worker, size_t table, const struct load_range *range,
                const struct load_counts *counts, struct buf *sql);
    void *context;
};

struct load_progress {
    atomic_int_fast64_t rows;        /* read and encoded */
    atomic_int_fast64_t quarantined; /* of them */
    atomic_int_fast64_t bytes;       /* of COPY data */
};

struct load {
    const struct plan *plan;
    const struct misfit_policies *policies; /* NULL: every misfit stops */
    struct row_observer observer;           /* row may be NULL */
    struct row_sink sink;                   /* row may be NULL when no policy is MISFIT_QUARANTINE */
    struct row_picker picker;               /* picks may be NULL */
    struct load_recorder recorder;          /* put may be NULL */
    bool observe_always;                    /* also where there is no target */
    bool joined;                            /* all in the transaction that the target is in */
    bool frozen; /* where its tables were truncated, so that rows may be frozen as they come */
    struct misfits misfits;
    struct load_progress *tables; /* one for each table of the plan */
    atomic_bool checking_only;    /* set by the first misfit, or at the start where there is no target */
    atomic_bool stop;             /* set by whoever interrupts */
    const volatile sig_atomic_t *interrupted; /* by a signal, where nobody sets `stop`; may be NULL */
};

void load_init(struct load *load, struct arena *arena, const struct plan *plan);
void load_free(struct load *load);

/* `target` may be NULL: check only. */
bool load_chunk(struct load *load, size_t worker, struct engine *reader, struct engine *target, size_t table,
                const struct load_range *range, struct err *err) MUST_USE;

/* How a table is best loaded. */
struct load_shape {
    int64_t bytes;             /* about how much it holds */
    struct load_range *ranges; /* chunks, each for any worker */
    size_t count;
};

/* Looks at the first rows of a large table.  Small tables, and those of short rows, stay whole: two sessions
 * that write short rows into one table mostly wait for each other, and one that writes them in order leaves
 * an order that makes the index cheaper and later reads by key too.  Others are cut into at most `most`
 * ranges of rowids of equal width. */
bool load_shape(struct arena *arena, struct engine *reader, const struct plan_table *table, size_t most,
                struct load_shape *shape, struct err *err) MUST_USE;

#endif
