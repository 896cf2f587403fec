/*
 * check.h: the doctor: looks at a database step by step, and says of each thing that is wrong what it is, why
 * it matters and how it is mended.
 *
 * The checks are tables, from which --list, --explain, the choice of --only and --skip, and docs/check.md
 * come.  A check that cannot be made is skipped with its reason, never good.  Nothing is written.
 */
#ifndef PGRADE_OPS_CHECK_H
#define PGRADE_OPS_CHECK_H

#include "core/core.h"

enum check_state {
    CHECK_OK,
    CHECK_SKIPPED,
    CHECK_ADVICE, /* works, and would be better otherwise */
    CHECK_PROBLEM
};

struct check_request;
struct check_run;

struct check_entry {
    const char *name;
    const char *looks; /* what is looked at */
    const char *why;   /* why it matters */
    const char *mend;  /* how it is mended, in general */
    bool stops;        /* nothing behind it can be looked at while it is a problem */
    bool alone;        /* needs no connection: made whatever failed */
    bool fixable;      /* what mends it is a statement that --fix may run */
    /* Either a call, or a statement with the rows (state, what, mend): `ok` gives what was seen, `skipped` a
     * reason, `advice` and `problem` are findings.  No row: all is well. */
    void (*run)(struct check_run *run);
    const char *sql;
    bool generates;    /* the rows of `sql` are statements that give such rows */
    bool keeps_path;   /* names are found as the application finds them; else search_path is empty */
    bool keeps_limits; /* the role's statement_timeout holds; else it is lifted */
    /* NULL: it is made always; else where this holds, and where it is named. */
    bool (*wanted)(const struct check_request *request);
    int since; /* the server's version that has what is asked for: 150000; 0: any */
};

struct check_group {
    const char *name;
    enum url_kind kind;
    const struct check_entry *checks; /* ended by one without a name */
};

/* In the order in which they are made; ended by one without a name. */
extern const struct check_group check_groups[];

/* NULL: there is none. */
const struct check_entry *check_find(struct str name, const struct check_group **group);
const char *check_state_name(enum check_state state); /* "ok", "skipped", "advice", "problem" */

struct check_finding {
    enum check_state state;
    struct str what;
    struct str mend; /* the command or statement; a NULL ptr: see the check's own words */
};

struct check_result {
    const struct check_entry *check;
    const struct check_group *group;
    enum check_state state;
    bool behind;     /* skipped, since an earlier step failed */
    struct str note; /* good: what was seen; skipped, or in part: why; a NULL ptr: nothing to say */
    struct check_finding *findings;
    size_t count;
    size_t capacity;
};

struct check_request {
    struct arena *arena;
    struct str text; /* as typed */
    const struct core_options *options;
    const struct str *only; /* names of checks and groups */
    size_t only_count;
    const struct str *skip;
    size_t skip_count;
    const char *env_file; /* NULL: .env */
    long process;         /* whose environment is compared; 0: none */
    const char *unit;     /* the name of a systemd unit, or the path of its file; NULL: none */
    const char *app;      /* the application's folder; NULL: the unit's, or where we are */
    const char *venv;     /* its virtual environment of Python; NULL: it is looked for */
    const char *backups;  /* the folder of backups; NULL: "backups" */
    bool production;      /* all that an application needs before it goes to work */
    const char *expires;  /* "2026-12-31", the last day of the server; NULL: not known */
    long idle_seconds;    /* how long a connection is left alone, to see whether it is cut; 0: it is not */
    long long_seconds;    /* a transaction is long from then on */
    long slow_ms;         /* a statement is slow from then on, on average */
    long settle_days;     /* statistics are young before */
};

struct check_report {
    struct url url;
    bool parsed;
    bool stopped; /* at a step without which no later one can be made */
    struct check_result *results;
    size_t count;
    size_t capacity;
};

/* False: a name of a check that is none, or interrupted.  What is wrong with the database is in the report.
 */
bool check_make(const struct check_request *request, struct check_report *report, struct err *err) MUST_USE;

/* The list of --production: what a line of it stands for, by the names of checks; none: all that no other
 * line has. */
struct check_item {
    const char *title;
    const char *checks[8];
};

extern const struct check_item check_items[]; /* ended by one without a title */
bool check_belongs(const struct check_item *item, const struct check_entry *check);
/* The worst of its checks; where none was made it is skipped. */
enum check_state check_item_state(const struct check_item *item, const struct check_report *report);

/* "2026-12-31" as days since 1970; false: it is no day. */
bool check_day(const char *text, int64_t *day) MUST_USE;

/* Runs what mends the findings that it may, one statement after the other; `done` is told of each, `failed`
 * NULL where it went well. */
typedef void check_fixed(void *context, struct str sql, const struct err *failed);
size_t check_count_fixes(const struct check_report *report);
bool check_fix(const struct check_request *request, const struct check_report *report, check_fixed *done,
               void *context, struct err *err) MUST_USE;

/* Until the database lets the user in, or `seconds` have passed, by the monotonic clock; what cannot mend
 * itself, such as a wrong password, ends it at once.  *waited_us: how long it took. */
bool check_wait(const struct url *url, const struct core_options *options, long seconds, int64_t *waited_us,
                struct err *err) MUST_USE;

#endif
