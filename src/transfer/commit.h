/*
 * commit.h: COMMIT, and what became of it when the connection broke meanwhile.
 *
 * A client that loses its connection after it sent COMMIT and before it was answered knows nothing: the
 * server may have done it, or not.  So the transaction's number is asked before, and the server is asked for
 * it afterwards, on a new connection.  Numbers can be given twice: by another server that took over without
 * the last transactions of this one (then its timeline is another), or by one that crashed before it wrote
 * the number down.  So a row that this transaction wrote has to be there too.
 */
#ifndef PGRADE_TRANSFER_COMMIT_H
#define PGRADE_TRANSFER_COMMIT_H

#include "engine/engine.h"
#include "plan/plan.h"

enum {
    COMMIT_TIMELINE_ROOM = 16,
    COMMIT_NUMBER_ROOM = 24
};

struct commit {
    const struct url *url;         /* where to ask again */
    struct engine_options options; /* of that connection */
    /* A question whose one parameter is the xmin of the rows that this transaction wrote, as text; its answer
     * is a boolean.  Empty: it wrote none. */
    struct str proof;
    char timeline[COMMIT_TIMELINE_ROOM]; /* of the server; "": it does not tell */
    char number[COMMIT_NUMBER_ROOM];     /* of the transaction */
    struct engine *again;                /* the connection that asked; NULL: it was not needed */
    bool unknown;                        /* nobody could tell; `failure` is the error then */
    struct err failure;
};

/* Before BEGIN. */
void commit_prepare(struct commit *commit, struct engine *control);

/* The proof that rows are there: of the tables for which `rows` (by place in the plan) is not 0. */
struct str commit_rows_proof(struct arena *arena, const struct plan *plan, const int64_t *rows);

/* COMMIT, which waits for the disk.  False: it was not done (ERR_CONNECT where the connection was lost, and
 * the server could be asked); ERR_UNCERTAIN: nobody knows.  True: it was done, even if the connection is
 * gone: then `again` is one that stands. */
bool commit_transaction(struct commit *commit, struct engine *control, struct err *err) MUST_USE;

/* Closes what was opened. */
void commit_end(struct commit *commit);

#endif
