/*
 * verify.h: two databases compared value by value, without anything being written.
 *
 * Any pair of engines.  Tables and columns belong together by name, as fill mode matches them (plan/fill.h).
 * Where one side is SQLite and the other PostgreSQL, the types of PostgreSQL's columns say what SQLite's
 * values mean, by the rules of docs/values.md; of two PostgreSQL databases the values are compared, of two
 * SQLite files storage classes and bytes.
 */
#ifndef PGRADE_OPS_VERIFY_H
#define PGRADE_OPS_VERIFY_H

#include <signal.h>

#include "ops/upgrade.h"
#include "verify/differences.h"

struct verify_options {
    const struct url *sides[2]; /* source, target */
    struct str source_schema;   /* of a PostgreSQL source; empty: the target's */
    struct plan_options plan;
    int64_t sample; /* compare one row of so many, of the tables where that can be chosen; 0, 1: all */
    bool trace;
    const char *work_directory; /* as in struct engine_options */
    bool in_place;              /* likewise */
    bool check_source;
    const struct fingerprints *planned;
    const volatile sig_atomic_t *interrupted;
    void (*progress)(void *context, const struct upgrade_progress *progress);
    void *progress_context;
};

/* A table of both sides. */
struct verified_table {
    struct str names[2];
    struct reading sides[2];
    struct plan_table shapes[2];
    size_t *key; /* places in the shapes */
    size_t key_count;
    int64_t counted[2]; /* by statements of their own, all rows */
    int64_t sample;     /* 1: all rows were compared; else one of so many */
    struct digest digests[2];
    int64_t us[2];
    bool counts_equal; /* ... and each is as many as were read */
    bool equal;
    struct digest_difference difference;
    struct differences found; /* where it is not equal */
};

/* What is different beside rows: a table that is missing, a key, a default. */
struct verify_remark {
    bool differs;     /* else it is worth a word and no difference */
    const char *what; /* "table", "column", "primary key" ... */
    struct str table; /* NULL ptr: none */
    struct str name;
    struct str text;
};

struct verify_result {
    struct prepared prepared[2]; /* of sides that are SQLite */
    struct engine *engines[2];
    struct verified_table *tables;
    size_t table_count;
    struct verify_remark *remarks;
    size_t remark_count;
    size_t remark_capacity;
    bool compared; /* every table was, as far as it is in the list */
    bool equal;
    int64_t total_us;
};

/* True where both were compared, whatever came out: see result->equal.  verify_close() in any case. */
bool verify_run(struct arena *arena, const struct verify_options *options, struct verify_result *result,
                struct err *err) MUST_USE;
void verify_close(struct verify_result *result);

/* How the table was compared. */
struct comparison verified_comparison(const struct verified_table *table);

#endif
