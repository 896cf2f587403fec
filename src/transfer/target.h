/*
 * target.h: the target database around a fresh upgrade: may we, is it empty, where do the tables wait, how do
 * they become visible.
 *
 * Everything is made in a schema of its own, which no application looks at; publishing moves an explicit list
 * of objects into place in one transaction.  Until then the target is as it was for its users, and giving up
 * means dropping that schema.  A session lock keeps a second pgrade away.  What a killed run left behind is
 * recognised by nobody holding that lock: the next one goes on with it (journal.h, ops/resume.h) or drops it.
 */
#ifndef PGRADE_TRANSFER_TARGET_H
#define PGRADE_TRANSFER_TARGET_H

#include "engine/engine.h"
#include "plan/plan.h"

struct commit;
struct quarantine;
struct journal;

/* What a run found out on the way, and planned anew with. */
struct journal_decision {
    struct str kind;
    struct str table; /* of the source; empty: none */
    struct str column;
    struct str value;
    struct str reason; /* without values of rows */
};

/* A comment on the table in which a run keeps its journal: journal.h. */
#define JOURNAL_MARK "how far a run of pgrade has come"

/* Something that holds for a whole run. */
struct journal_fact {
    const char *name;
    struct str value;
};

struct target {
    struct engine *control;
    struct str schema;      /* published into */
    struct str load_schema; /* made in */
    struct str database;
    struct str user;
    struct str owner;         /* of what is published; empty: `user` */
    struct str citext_schema; /* where the extension is or is to be; empty: not looked for */
    bool makes_citext;        /* it is not there before */
    bool needs_collation;     /* makes one, whose name must be free */
    struct str version;       /* "15.4" */
    bool collate_c;           /* text does not compare by bytes here */
    struct str collation;
    bool locked;
    bool loading; /* the load schema is ours and exists */
    bool schema_exists;
    bool may_create_schema;
    bool may_create;                  /* in the schema that is published into */
    bool occupied_by_others;          /* nothing of what target_check_empty() refused is pgrade's own */
    bool record_schema_exists;        /* pgrade */
    bool record_exists;               /* pgrade_record.published */
    bool record_narrow;               /* made by a version that kept neither rows nor parts */
    bool record_runless;              /* made by one that did not keep `run` */
    bool record_is_ours;              /* may be altered */
    struct str run;                   /* the source and what becomes of it, hashed; empty: not known */
    struct str published_at;          /* when all that is in the schema was, by the same run; else empty */
    struct str journal;               /* the table in the load schema, once its name is chosen */
    const struct journal_fact *facts; /* what is written there of the run */
    size_t fact_count;
    const int *sessions; /* server processes that belong to it, beside `control` */
    size_t session_count;
    struct journal_decision *decisions; /* what it has found out so far */
    size_t decision_count;
    size_t decision_capacity;
    bool discard_changes; /* what was done to the earlier tables may be lost */
    /* With replace: what an earlier run published and is still there; dropped in the publish transaction. */
    struct str *earlier; /* "table", "type" ... and qualified names, two by two */
    size_t earlier_count;
    size_t earlier_capacity;
};

/*
 * Settings of every session that takes part in a load.  The server looks whether we are there.  Commits do
 * not wait for the disk: nothing counts before it is published, and the commit that publishes waits, for all
 * that was written to the log before it.
 */
bool target_session(struct engine *session, struct err *err) MUST_USE;

/* Looks.  *refusal: why nothing can be written at all; then nothing else is known. */
bool target_look(struct arena *arena, struct engine *control, struct str schema, struct str load_schema,
                 struct target *target, struct err *refusal, struct err *err) MUST_USE;

/* Looks, and takes the lock: ERR_REFUSED where nothing can be written at all.  Changes nothing. */
bool target_examine(struct arena *arena, struct engine *control, struct str schema, struct str load_schema,
                    struct target *target, struct err *err) MUST_USE;

/* ERR_PERMISSION: tables may not be made here. */
bool target_check_rights(struct target *target, struct err *err) MUST_USE;

/* ERR_REFUSED with the list when something is in the way.  With `replace`, what pgrade itself published is
 * not. */
bool target_check_empty(struct arena *arena, struct target *target, bool replace, struct err *err) MUST_USE;

/* already.c: whether all of the objects that are there, so many, were published by a run like this one:
 * target->published_at. */
bool target_look_published(struct arena *arena, struct target *target, size_t objects,
                           struct err *err) MUST_USE;

/* record.c: whether the record of what was published can be kept: ERR_PERMISSION, ERR_REFUSED. */
bool target_examine_record(struct target *target, struct err *err) MUST_USE;
/* What makes the record where it is not there, and takes out what does not exist any more. */
void target_put_record_ddl(struct buf *sql, const struct target *target);
/* With replace: ERR_REFUSED with the list when objects of somebody else depend on what is to be replaced. */
bool target_check_dependents(const struct target *target, struct err *err) MUST_USE;

/* changes.c: with replace: ERR_REFUSED with the list when what is to be replaced is no longer what was
 * published, in the catalog or in its rows; unless discard_changes. */
bool target_check_changes(const struct target *target, struct err *err) MUST_USE;
/* An expression: the parts of the object k (class, oid), as jsonb. */
extern const char target_parts_sql[];
/* The transactions that were under way, as xid[]. */
extern const char target_running_sql[];

/* nocase.c: whether the server has what the plan's columns without case need: ERR_PERMISSION. */
bool target_examine_nocase(struct arena *arena, struct target *target, const struct plan *plan,
                           struct err *err) MUST_USE;
/* What makes it, before the tables; and what makes it stay, in the publish transaction. */
void target_put_nocase(struct buf *sql, const struct target *target, const struct plan *plan);
void target_put_nocase_published(struct buf *sql, const struct target *target, const struct plan *plan);
/* Drops the extension where a load made it and nothing was published. */
bool target_drop_citext(struct target *target, struct err *err) MUST_USE;

/* owner.c: may we publish for that role (empty: for ourselves)?  ERR_REFUSED, ERR_PERMISSION. */
bool target_examine_owner(struct target *target, struct str owner, struct err *err) MUST_USE;
/* Gives it what was published: after the grants, which are ours to make. */
void target_put_owner(struct buf *sql, const struct target *target, const struct plan *plan);

/* sessions.c: ends the server processes that a run left which is not alive: those of its journal, and those
 * of this role that hold something of its load schema.  A server that works for a client which was killed
 * does not notice that at once, and keeps its locks. */
bool target_end_sessions(struct target *target, int64_t *ended, struct err *err) MUST_USE;
/* Keeps a second run away: ERR_REFUSED while one is alive. */
bool target_lock(struct target *target, struct err *err) MUST_USE;

/* drop.c: takes the load schema away, and what else a load made; *tables counts. */
bool target_drop_stage(struct target *target, int64_t *tables, struct err *err) MUST_USE;

/* stage.c: whether a schema with this comment is one that pgrade loads into. */
bool target_is_mark(struct str text);
bool target_refuse_stranger(const struct target *target, struct err *err);
/* Drops what a killed run left, makes the load schema, the journal, the types and the tables. */
bool target_create_tables(struct target *target, const struct plan *plan, struct err *err) MUST_USE;

/* What publishing writes down beside the tables. */
struct publication {
    struct str source;             /* its path */
    const int64_t *rows;           /* by place in the plan */
    struct quarantine *quarantine; /* the rows that were set aside; NULL: none */
    struct commit *commit;
};

/* One transaction: drops what is replaced, moves every object, writes the record and the rows that were set
 * aside, finds the load schema empty. */
bool target_publish(struct target *target, const struct plan *plan, const struct publication *publication,
                    struct err *err) MUST_USE;

/* publish_failure.c: says why the transaction that publishes, which was rolled back, failed: false. */
bool target_explain_publishing(const struct target *target, struct err *failure, struct err *err);

/* The path of a file is whatever bytes the file system takes: in words that are text. */
struct str target_text_of_path(struct arena *arena, struct str path);

/* published.c: one of the objects that publishing moves. */
struct published {
    const char *class;   /* as the record names it: "table" */
    const char *keyword; /* as ALTER names it: "TABLE" */
    struct str name;
    size_t place; /* among those of its class in the plan */
};

/* The types, the tables and the views that were made, one a call; *next begins at 0.  False: no more. */
bool target_next_published(const struct plan *plan, size_t *next, struct published *published);

/* Takes back everything that was not published.  Errors are returned for a message; the lock is given up
 * anyway. */
bool target_abandon(struct target *target, struct err *err);

#endif
