/* abandon.h: every trace of a run that was interrupted, taken off the target. */
#ifndef PGRADE_OPS_ABANDON_H
#define PGRADE_OPS_ABANDON_H

#include "transfer/target.h"
#include "url/url.h"

struct abandon_options {
    const struct url *target;
    const char *quarantine_file; /* that the run was given; NULL: none */
    bool trace;
};

struct abandoned {
    bool found;        /* there was something */
    bool schema_found; /* and it was more than a file */
    struct str began;  /* empty: not known */
    struct str schema;
    struct str database;
    int64_t tables;   /* pgrade's own journal not counted */
    int64_t sessions; /* that were ended */
    struct str file;  /* with rows that it had set aside; empty: there was none */
};

/* ERR_REFUSED: the run is alive, or may be. */
bool abandon_run(struct arena *arena, const struct abandon_options *options, struct abandoned *abandoned,
                 struct err *err) MUST_USE;

#endif
