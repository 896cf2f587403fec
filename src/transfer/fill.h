/*
 * fill.h: rows into tables that the application's own migrations have made.
 *
 * One connection, one transaction: until its COMMIT nobody sees anything, and a connection that breaks takes
 * it all back.  Within it foreign keys are dropped and made again from their own definitions, since checking
 * them row by row is slow and their order may be cyclic; so are indexes of large tables that only make them
 * faster.  Triggers of users are disabled and given back the state that they were in.  Keys, uniques and
 * checks stay and are held by the server as the rows come.  At the end the catalog must be, word for word,
 * what it was.
 */
#ifndef PGRADE_TRANSFER_FILL_H
#define PGRADE_TRANSFER_FILL_H

#include "engine/engine.h"
#include "plan/plan.h"

struct filling {
    struct arena *arena;
    struct engine *control;
    const struct plan *plan;
    struct str names;   /* of the tables, as a JSON array */
    struct str large;   /* of those whose indexes are better built anew */
    bool truncated;     /* the tables; else their rows were deleted */
    struct str catalog; /* as it was */
    struct buf redo;    /* what gives back the triggers' states and the foreign keys */
};

/* Begins: locks the tables, looks that they hold no rows but those that may go (`replace`: all may), and
 * takes keys and triggers out of the way.  ERR_REFUSED with the list of tables that hold rows.  fill_end() in
 * any case. */
bool fill_begin(struct filling *filling, struct arena *arena, struct engine *control, const struct plan *plan,
                bool replace, struct err *err) MUST_USE;

/* Sequences, keys, triggers; then compares the catalog.  ERR_DECISION: rows contradict a foreign key. */
bool fill_finish(struct filling *filling, struct err *err) MUST_USE;

bool fill_commit(struct filling *filling, struct err *err) MUST_USE;

void fill_end(struct filling *filling);

/* fill_catalog.c: all that migrations can make in the database, one object a line, in a fixed order. */
bool fill_catalog(struct arena *arena, struct engine *control, struct str *catalog, struct err *err) MUST_USE;

/* The first line that one has and the other has not; NULL ptr: they are equal. */
struct str fill_catalog_difference(struct str before, struct str after);

#endif
