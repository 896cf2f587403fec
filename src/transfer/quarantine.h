/*
 * quarantine.h: rows that are set aside.
 *
 * They are written as they come into a CSV file that only its owner may read, which has the form of the table
 * pgrade_record.quarantine: publishing copies it there, in the one transaction.  Until that is committed it
 * has another name, so that a file with the right name always holds rows that are in the target too; a run
 * that fails takes it away again, and of one that was killed the next does, or gives it its name where the
 * rows are in the target.  docs/quarantine.md says what is in it.
 *
 * Threads: quarantine_row() may be called by all workers.
 */
#ifndef PGRADE_TRANSFER_QUARANTINE_H
#define PGRADE_TRANSFER_QUARANTINE_H

#include "transfer/load.h"

struct target;

enum {
    QUARANTINE_ID_ROOM = 17
};

struct quarantine {
    pthread_mutex_t lock;
    const struct plan *plan;
    const char *path;                /* of the file, once published */
    const char *part;                /* until then */
    bool is_chosen;                  /* the name, by the user */
    struct str source;               /* path of the source, as text */
    char run_id[QUARANTINE_ID_ROOM]; /* hex digits */
    int descriptor;                  /* -1: no row yet */
    struct buf out;
    int64_t rows;
    bool kept; /* the file stays */
};

/* `path` NULL: in the working directory, named after the source and the run.  `target` tells it from others.
 */
bool quarantine_open(struct arena *arena, struct str source, const char *path, struct quarantine *quarantine,
                     struct err *err) MUST_USE;

/* ERR_REFUSED when there is a file of its name.  quarantine_begin() looks too. */
bool quarantine_check_name(const struct quarantine *quarantine, struct err *err) MUST_USE;

/* quarantine_examine.c: whether the target can keep rows that are set aside.  ERR_REFUSED: somebody else's
 * tables have the names of pgrade's; ERR_PERMISSION. */
bool quarantine_examine(struct engine *control, struct err *err) MUST_USE;

/* Forgets all rows, for a load that begins anew, of this plan. */
bool quarantine_begin(struct quarantine *quarantine, const struct plan *plan, struct err *err) MUST_USE;

/* The function of a row_sink; `context` is the quarantine.  A row whose text passes 200 MB cannot be set
 * aside: ERR_DECISION. */
bool quarantine_row(void *context, const struct set_aside *row, struct err *err) MUST_USE;

/* A number that tells rows apart, with their storage classes. */
uint64_t quarantine_hash(const struct set_aside *row);

/* Inside the publishing transaction: takes out what an earlier run left of the tables that are replaced,
 * and copies the rows into pgrade_record.quarantine. */
bool quarantine_publish(struct quarantine *quarantine, const struct target *target, struct err *err) MUST_USE;

/* The same beside what earlier runs left.  The schema pgrade_record has to be there. */
bool quarantine_add(struct quarantine *quarantine, struct engine *control, struct err *err) MUST_USE;

/* After COMMIT: gives the file its name, and says which it has now; NULL: there is none. */
const char *quarantine_name(struct quarantine *quarantine);

/* The file goes, unless it was named.  May be called again. */
void quarantine_close(struct quarantine *quarantine);

/* What runs with this target left. */
struct quarantine_search {
    const char *path; /* of the file, where the user chose it; else NULL */
    const char *name; /* of the source, without directories; NULL: any */
};

struct quarantine_left {
    struct str target;   /* what files of runs with it are known by */
    const char *named;   /* it has its name now: its rows are in the target; NULL: none */
    const char *removed; /* its rows were not; NULL: none */
};

/* quarantine_left.c: looks for the file of a run that was killed, with the target's lock held, and names it
 * or takes it away. */
bool quarantine_settle(struct arena *arena, struct engine *control, const struct quarantine_search *search,
                       struct quarantine_left *left, struct err *err) MUST_USE;

/* Before the first row: so that it can be told whose file it is. */
void quarantine_know_target(struct arena *arena, struct quarantine *quarantine, struct str target);

/* The file of that run; NULL: it is not there. */
const char *quarantine_find(struct arena *arena, const char *path, const char *name, struct str run);

/* Removes the file (its `part`) of a run that was killed; false: it is not there, or somebody else's. */
bool quarantine_remove(const char *part);

#endif
