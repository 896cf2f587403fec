/*
 * upgrade.h: the whole job: plan, load, finish, verify, guard, publish.
 *
 * The conductor: it decides what runs beside what and in which order, and keeps the account that the report
 * prints. The source is only read.  Whatever fails before publishing, the target is as it was.
 */
#ifndef PGRADE_OPS_UPGRADE_H
#define PGRADE_OPS_UPGRADE_H

#include <signal.h>

#include "ops/prepare.h"
#include "transfer/commit.h"
#include "transfer/finish.h"
#include "transfer/load.h"
#include "transfer/quarantine.h"
#include "transfer/target.h"
#include "verify/differences.h"

enum orphan_policy {
    ORPHANS_STOP,
    ORPHANS_NOT_VALID, /* the rows come, the key is NOT VALID */
    ORPHANS_QUARANTINE /* the rows are set aside, and so are their children */
};

/* Who makes the target's tables: pgrade, or the application's own migrations. */
enum upgrade_mode {
    MODE_AUTO, /* fill where the target has tables of the source's names, that pgrade did not make */
    MODE_FRESH,
    MODE_FILL
};

/* --misfit POLICY, TABLE=POLICY, TABLE.COLUMN=POLICY: the most exact one wins, of equal ones the last. */
struct misfit_rule {
    struct str table;  /* NULL ptr: every table */
    struct str column; /* NULL ptr: every column */
    enum misfit_policy policy;
};

/* What the meter shows. */
struct upgrade_progress {
    const char *phase; /* "loading", "building indexes", ... */
    int64_t rows;
    double done; /* the share of the load, its indexes and the comparison; 0: not known */
    int64_t bytes;
    size_t tables_done;
    size_t tables;
};

struct upgrade_options {
    const struct url *source;
    const struct url *target;
    struct str owner; /* of what is published; empty: the role that connects */
    enum upgrade_mode mode;
    size_t workers;   /* 0: 2 */
    int view_seconds; /* that one side may take for the rows of one view */
    bool replace;
    bool discard_changes; /* that were made to what --replace drops */
    bool snapshot;        /* the state at the start is wanted, even if the source is written meanwhile */
    bool no_verify;
    bool resume; /* an interrupted run is expected: says so where there is none */
    bool trace;
    bool check_source;          /* as in struct prepare_options */
    const char *work_directory; /* likewise */
    bool in_place;              /* likewise */
    bool accept_all;
    const struct str *accept; /* classes ("view") and names ("posts.title_check", "v_posts") */
    size_t accept_count;
    enum orphan_policy orphans;
    const struct misfit_rule *misfit_rules;
    size_t misfit_rule_count;
    enum repair_encoding repair_encoding;
    const char *quarantine_file; /* NULL: pgrade names it */
    struct plan_options plan;
    const struct fingerprints *planned;       /* as in struct prepare_options */
    const volatile sig_atomic_t *interrupted; /* set by a signal handler; may be NULL */
    void (*progress)(void *context, const struct upgrade_progress *progress); /* may be NULL */
    void *progress_context;
};

struct table_outcome {
    int64_t source_rows;   /* counted by a statement of its own */
    struct str counted_by; /* the index that was counted, while the load reads the table; NULL ptr: none */
    int64_t excluded_rows; /* by --where, counted likewise */
    int64_t loaded_rows;
    int64_t quarantined_rows;
    int64_t bytes; /* of COPY data */
    bool verified;
    bool equal;
    struct digest source; /* columns NULL: none was taken */
    struct digest target;
    struct digest_difference difference;
    struct differences found;            /* the rows that differ, where `comparison` is not NULL */
    const struct comparison *comparison; /* by which they were found */
    int64_t work_us; /* spent on it: loading, indexes, reading back, constraints; summed over workers */
};

enum view_proof {
    VIEW_NOT_COMPARED,
    VIEW_EQUAL,  /* the same rows */
    VIEW_NEARLY, /* the same rows: doubles to 12 digits, lists in any order */
    VIEW_UNEQUAL /* so it is not carried */
};

struct view_outcome {
    enum view_proof proof;
    int64_t rows;
    struct str why;      /* why not, or what differs */
    struct str bare_why; /* without values of rows; NULL ptr: it has none */
};

enum upgrade_step {
    STEP_PLAN,
    STEP_LOAD, /* indexes and verification run beside it, table by table */
    STEP_CONSTRAINTS,
    STEP_VIEWS,
    STEP_STRUCTURE, /* comparing what was made with what was planned */
    STEP_PUBLISH,
    STEP_COUNT
};

struct fill; /* plan/fill.h */

/* What was taken over from a run that was interrupted. */
struct resumed {
    bool taken;
    struct str began; /* "2026-11-21 17:40:12 UTC" */
    size_t tables;    /* of which at least a part was loaded */
    int64_t rows;
    size_t objects; /* indexes, keys and constraints */
};

/* structure.h: how many of a kind were planned, and compared. */
struct structure_count {
    const char *what; /* "index" */
    size_t count;
};

struct structure {
    bool compared;
    struct structure_count *counts;
    size_t count_count;
    size_t count_capacity;
    struct verify_remark *remarks; /* verify.h; of table names as on the target */
    size_t remark_count;
};

struct orphan_set;
struct refusal; /* refusals.h */

struct upgrade_result {
    struct prepared prepared;
    struct load load;
    struct arena *load_arena; /* the load's own: its workers fill the list of misfits beside other work */
    struct misfit_policies policies;
    struct quarantine quarantine; /* path NULL: no rows can be set aside */
    const char *quarantine_file;  /* that was written; NULL: none */
    struct refusal *refusals;     /* objects that the server refused, not settled yet */
    size_t refusal_count;
    size_t refusal_capacity;
    struct orphan_set *orphans; /* by table; NULL: none were looked for */
    struct target target;
    struct table_outcome *tables; /* by place in the plan */
    struct view_outcome *views;   /* by place in the plan; NULL: none was made yet */
    struct structure structure;   /* where it fills tables, nothing was made and nothing is compared */
    struct contradiction *contradictions;
    size_t contradiction_count;
    size_t contradiction_capacity;
    struct type_override *widened; /* by --misfit widen */
    size_t widened_count;
    size_t widened_capacity;
    size_t not_accepted; /* objects that are not carried and not accepted */
    struct resumed resumed;
    bool already;                  /* published, by a run that --resume asks for; nothing was done */
    int64_t aside_rows;            /* `already`: that are still set aside */
    bool filled;                   /* the tables are the application's own */
    bool chosen;                   /* `filled` says so; else nobody looked at the target */
    const struct fill *comparison; /* of the source with them; NULL: none was made */
    struct err refusal;            /* plan: why upgrade would refuse the target; ERR_NONE: it would not */
    bool loaded;                   /* load and misfits are meaningful */
    bool published;
    struct commit commit; /* what became of the one that publishes */
    bool verified;
    bool snapshot_stale; /* the source was written meanwhile, which --snapshot allowed */
    int64_t step_us[STEP_COUNT];
    int64_t total_us;
};

/* The result is filled as far as the run came, on failure too; upgrade_close() in any case. */
bool upgrade_run(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                 struct err *err) MUST_USE;
void upgrade_close(struct upgrade_result *result);

/* Whether the user accepted that this object is not carried. */
bool upgrade_accepts(const struct upgrade_options *options, const struct not_carried *object);

#endif
