/* verify_intern.h: what the files of the comparison of two databases share. */
#ifndef PGRADE_OPS_VERIFY_INTERN_H
#define PGRADE_OPS_VERIFY_INTERN_H

#include "ops/verify.h"
#include "plan/existing.h"
#include "plan/fill.h"

struct verify {
    struct arena *arena;
    const struct verify_options *options;
    struct verify_result *result;
    struct prepare_options prepare; /* of the SQLite side */
    struct existing existing[2];    /* of the PostgreSQL sides */
    struct str schemas[2];
    bool in_transaction;     /* PostgreSQL's sides are read in one, with locks.h */
    struct plan fresh;       /* what the SQLite side would become on an empty target, */
    struct fill fresh_fill;  /* and what of that the PostgreSQL side has */
    const struct plan *plan; /* where the sides are SQLite and PostgreSQL; else NULL */
};

bool verify_is_sqlite(const struct verify *verify, int side);
const char *verify_side_name(int side); /* "source" */

void verify_remark(struct verify *verify, bool differs, const char *what, struct str table, struct str name,
                   struct str text);

/* A table of both, with room for so many columns; what each side is read with is set. */
struct verified_table *verify_add_table(struct verify *verify, struct str source, struct str target,
                                        size_t columns);
/* A column of both, as it is on either side. */
void verify_add_column(struct verified_table *table, const struct plan_column *source,
                       const struct plan_column *target);

/* verify_match.c: which tables and columns belong together. */
bool verify_match(struct verify *verify, struct err *err) MUST_USE;

/* verify_sample.c: chooses the rows that are compared, where the key allows it. */
void verify_sample(struct verify *verify);

/* verify_known.c: says of rows that are missing what is known of them. */
bool verify_explain(struct verify *verify, struct err *err) MUST_USE;

/* verify_structure.c: keys, indexes, defaults, sequences, views. */
bool verify_structure(struct verify *verify, struct err *err) MUST_USE;

/* verify_large.c: which tables may hold values above LARGE_VALUE. */
bool verify_mark_large(struct verify *verify, struct err *err) MUST_USE;

#endif
