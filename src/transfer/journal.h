/*
 * journal.h: how far a run has come, kept on the target, so that another can go on with it.
 *
 * It is a table in the load schema, beside the tables that it tells of: made with them in one transaction,
 * dropped with them, and gone when they are published, by a role that needs no further right.  It is known by
 * its comment, since its name gives way to names of the source.  What the catalog knows (tables, indexes,
 * constraints) is asked of the catalog, which cannot differ from itself; the journal holds the rest: what was
 * loaded, with the digest of the source, in the transaction of its COPY; what the run was started with; what
 * it decided on the way; which sessions it has.  Never a row of data, and no password.
 */
#ifndef PGRADE_TRANSFER_JOURNAL_H
#define PGRADE_TRANSFER_JOURNAL_H

#include "transfer/load.h"
#include "transfer/target.h"

/* One COPY that was committed. */
struct journal_piece {
    struct str table; /* on the target */
    struct load_range range;
    int64_t rows;  /* read */
    int64_t aside; /* of them: not sent */
    int64_t bytes;
    bool altered;      /* a policy changed values of the table, or set rows aside */
    struct str digest; /* of the source, in whatever form the writer gave it; empty: none */
};

struct journal {
    bool stage;      /* there is a load schema of pgrade's */
    struct str name; /* of the journal; NULL ptr: there is none, or it may not be read */
    struct str run;
    struct str began;
    bool tables_made; /* all of them */
    struct journal_fact *facts;
    size_t fact_count;
    size_t fact_capacity;
    struct journal_piece *pieces;
    size_t piece_count;
    size_t piece_capacity;
    struct journal_decision *decisions;
    size_t decision_count;
    size_t decision_capacity;
    struct str *thinned; /* tables that have lost rows since */
    size_t thinned_count;
    size_t thinned_capacity;
};

/* ERR_REFUSED: the load schema is somebody else's. */
bool journal_read(struct arena *arena, struct engine *control, const struct target *target,
                  struct journal *journal, struct err *err) MUST_USE;

/* Empty: it is not there. */
struct str journal_fact_of(const struct journal *journal, const char *name);

/* A name that nothing in the plan has. */
struct str journal_choose_name(struct arena *arena, const struct plan *plan);

/* Statements, each with its semicolon.  journal_put_table() makes the table and writes what the target's
 * fields say of the run: its facts, its decisions and its sessions. */
void journal_put_table(struct buf *sql, const struct target *target);
void journal_put_tables_made(struct buf *sql, const struct target *target);
void journal_put_piece(struct buf *sql, const struct target *target, const struct journal_piece *piece);
/* Another run goes on with it. */
void journal_put_taken(struct buf *sql, const struct target *target);
/* Rows of the table were taken out: what was said of it holds no longer. */
void journal_put_thinned(struct buf *sql, const struct target *target, struct str table);
/* It was made anew, and is empty. */
void journal_put_emptied(struct buf *sql, const struct target *target, struct str table);

#endif
