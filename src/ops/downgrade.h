/*
 * downgrade.h: PostgreSQL's rows back into a SQLite file.
 *
 * The file is made beside its place under a temporary name, proven value by value, and renamed; until then
 * nothing that exists is touched.  It begins as a copy of an old file (`like`), whose schema it keeps to the
 * letter, and whose rows it keeps where they are still the same; without one, as a copy of a file without
 * rows whose schema is made of the server's catalog.
 */
#ifndef PGRADE_OPS_DOWNGRADE_H
#define PGRADE_OPS_DOWNGRADE_H

#include "ops/prepare.h"
#include "ops/upgrade.h"
#include "plan/fill.h"
#include "transfer/bring_back.h"
#include "verify/digest.h"

struct downgrade_options {
    const struct url *source;               /* PostgreSQL */
    const struct url *target;               /* the file */
    const struct url *like;                 /* NULL: the schema is made of the server's catalog */
    bool replace;                           /* a file that is there */
    const struct upgrade_options *settings; /* plan, accept, trace */
    const volatile sig_atomic_t *interrupted;
    void (*progress)(void *context, const struct upgrade_progress *progress); /* may be NULL */
    void *progress_context;
};

struct downgrade_table {
    struct back_counts counts;
    int64_t counted; /* by the server, by a statement of its own */
    bool verified;
    bool equal;
    struct digest source;
    struct digest target; /* of the file, read again */
    struct digest_difference difference;
};

struct downgrade_result {
    struct prepared prepared; /* of the old file, planned for the server's tables */
    struct back back;
    struct str version;             /* the server's */
    struct downgrade_table *tables; /* by place in the plan */
    /* What the file has not, or has otherwise: not_carried and notes of the plan. */
    size_t not_accepted;
    const char *left; /* a temporary file that could not be removed; NULL: none */
    bool published;
    int64_t bytes; /* of the file */
    int64_t total_us;
};

bool downgrade_run(struct arena *arena, const struct downgrade_options *options,
                   struct downgrade_result *result, struct err *err) MUST_USE;
void downgrade_close(struct downgrade_result *result);

#endif
