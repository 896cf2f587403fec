/*
 * move.h: all databases of one PostgreSQL server brought to another, verified, and the application's env file
 * told.
 *
 * OLD is read only (but for --read-only-old).  Its databases are dumped into a bundle (bundle.h), one after
 * another, each in a snapshot; made on NEW, or found there empty; restored, each in one transaction; and
 * compared value by value with OLD as it is then.  Nothing is written into the env file before all of them
 * are equal.
 *
 * A journal in the bundle's folder says which step of which database is done.  Until the move is complete the
 * folder is called .NAME.moving, and the same move goes on in it; then it is a bundle like others.
 */
#ifndef PGRADE_OPS_MOVE_H
#define PGRADE_OPS_MOVE_H

#include "ops/bundle.h"

struct move_pair {
    struct str from;
    struct str to;
};

struct move_options {
    const struct url *old;
    const struct url *new;
    const char *directory; /* where bundles are kept */
    int jobs; /* connections for one database, dumping and restoring; 0: one, and one transaction */
    const struct str *exclude;
    size_t exclude_count;
    const struct move_pair *renames; /* databases */
    size_t rename_count;
    const struct move_pair *owners; /* roles; a NULL ptr in `from`: all others */
    size_t owner_count;
    const struct str *accept; /* "left-out", "older" */
    size_t accept_count;
    struct str locale;  /* for databases whose own NEW does not have; NULL ptr: none */
    bool snapshot;      /* what is written on OLD after a database was dumped is not wanted */
    bool read_only_old; /* no transaction of the application may write on OLD from now on */
    bool dry_run;
    bool abandon;         /* instead of moving: an interrupted move of these two ends here */
    const char *env_file; /* NULL: none */
    bool trace;
    const volatile sig_atomic_t *interrupted;
    struct stage *stage; /* may be NULL */
};

enum move_step {
    MOVE_LISTED,
    MOVE_DUMPED,
    MOVE_MAKING, /* CREATE DATABASE was sent, or is about to be */
    MOVE_MADE,
    MOVE_RESTORED,
    MOVE_VERIFIED
};

struct moved_database {
    struct bundle_database dump;
    struct str target; /* its name on NEW */
    struct str owner;  /* there; NULL ptr: who connects */
    bool exists;       /* it was there before */
    enum move_step step;
    bool earlier;        /* the step was reached by an earlier run */
    bool clean;          /* what this move restored there before is to be replaced */
    struct str *written; /* on OLD since it was dumped: tables, one line each */
    size_t written_count;
    struct str *refused; /* settings and the like that NEW did not take */
    size_t refused_count;
};

/* What stands in the way of a move, or should be known before. */
struct move_remark {
    bool stops;
    const char *accept; /* the word by which it no longer stops; NULL: there is none */
    struct str text;
    struct str hint; /* NULL ptr: none */
};

struct move_result {
    struct instance old;
    struct instance new;
    struct str program; /* pg_dump's version */
    struct moved_database *databases;
    size_t database_count;
    struct bundle bundle; /* what is left out, and the names of roles; its databases are those above */
    struct move_remark *remarks;
    size_t remark_count;
    size_t remark_capacity;
    const char *path; /* the bundle's folder; NULL: none was made */
    bool resumed;
    bool read_only;       /* OLD's databases are, now */
    struct str *env_keys; /* of the env file, that have the new URL now; or would get it */
    size_t env_count;
    struct str *next; /* what is to be done by hand, one line each */
    size_t next_count;
    size_t next_capacity;
    bool done;
};

/* ERR_DECISION, ERR_REFUSED: see the remarks.  ERR_SOURCE_CHANGED: all is on NEW, and OLD was written since.
 */
bool move_run(struct arena *arena, const struct move_options *options, struct move_result *result,
              struct err *err) MUST_USE;

/* It is done, and something is not on NEW: a setting that was refused, a database that was left out without
 * being excluded. */
bool move_has_shortfalls(const struct move_result *result);

const char *move_step_name(enum move_step step); /* "dumped" */

#endif
