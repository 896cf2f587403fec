/*
 * fill.h: rows into tables that the application's own migrations have made.
 *
 * One connection, one transaction: until its COMMIT nobody sees anything, and a connection that breaks takes
 * it all back.  Within it foreign keys are dropped and made again from their own definitions, since checking
 * them row by row is slow and their order may be cyclic; so are indexes of large tables that only make them
 * faster.  Triggers of users are disabled and given back the state that they were in.  Keys, uniques and
 * checks stay and are held by the server as the rows come.  At the end the catalog must be, word for word,
 * what it was.
 */
#ifndef PGRADE_TRANSFER_FILL_H
#define PGRADE_TRANSFER_FILL_H

#include "engine/engine.h"
#include "plan/plan.h"
#include "transfer/finish.h"

/* A foreign key of a table that is not filled to one that is. */
struct outside_key {
    struct str table; /* as SQL names it */
    struct str name;
    struct str refers; /* the condition that a row of it, c, refers to one */
    struct str owner;
    struct str user;
    struct str drop;
    struct str add;
    bool owned;
    bool readable;
    bool has_rows; /* that refer */
    bool dropped;  /* until all is filled */
};

/* A foreign key of the target, with the statements that a plan has of one. */
struct fill_key {
    struct plan_object object; /* table, parent: plan.table_count where they are not filled */
    struct str table;          /* as SQL names it */
    bool outside;              /* of a table that is not filled */
    bool unchecked;            /* NOT VALID: the server looks at none of the rows as it is given back */
};

struct fill_keys {
    struct fill_key *items;
    size_t count;
    size_t capacity;
};

/* A column and a sequence that numbers it. */
struct numbering {
    struct str sequence; /* as SQL names it */
    struct str relation;
    struct str table;
    struct str column;
    struct str quoted;
    bool number;
    bool cycle;
    bool owned;
    int64_t least;
    int64_t most;
    int64_t step;
    int64_t start;
};

struct commit;

struct filling {
    struct arena *arena;
    struct engine *control;
    const struct plan *plan;
    struct str names;  /* of the tables, as a JSON array */
    struct str large;  /* of those whose indexes are better built anew */
    bool *partitioned; /* by place in the plan */
    bool held_rows;    /* some table did */
    bool truncated;    /* the tables, so that rows may be frozen as they come */
    struct fill_keys keys;
    struct str parts; /* names of foreign keys in partitions, as JSON */
    struct numbering *numberings;
    size_t numbering_count;
    struct outside_key *outside;
    size_t outside_count;
    struct str catalog; /* as it was */
    struct buf redo;    /* what gives back the triggers' states and the foreign keys */
};

/* Begins: locks the tables, looks that they hold no rows but those that may go (`replace`: all may), and
 * takes keys and triggers out of the way.  ERR_REFUSED with the list of tables that hold rows.  fill_end() in
 * any case. */
bool fill_begin(struct filling *filling, struct arena *arena, struct engine *control, const struct plan *plan,
                bool replace, struct err *err) MUST_USE;

/* Sequences, keys, triggers; then compares the catalog.  ERR_DECISION: rows contradict a foreign key. */
bool fill_finish(struct filling *filling, struct err *err) MUST_USE;

/* `rows`: how many each table got, by place in the plan.  See commit_transaction(). */
bool fill_commit(struct filling *filling, const int64_t *rows, struct commit *commit,
                 struct err *err) MUST_USE;

void fill_end(struct filling *filling);

/* The names of the plan's tables as a JSON array; of those alone with `least` rows and more. */
struct str fill_table_names(struct arena *arena, const struct plan *plan, int64_t least);

/* fill_keys.c.  `rows_schema`: where the rows of the filled tables lie. */
bool fill_keys_read(struct arena *arena, struct engine *control, const struct plan *plan,
                    struct str rows_schema, struct fill_keys *keys, struct err *err) MUST_USE;

/* fill_probes.c: temporary tables for the rows, with no constraints; and everything but foreign keys that the
 * target's tables hold against rows, as objects with a probe_sql. */
bool fill_probes_tables(struct arena *arena, struct engine *control, const struct plan *plan,
                        struct err *err) MUST_USE;
bool fill_probes_read(struct arena *arena, struct engine *control, const struct plan *plan,
                      struct str rows_schema, struct plan_object **probes, size_t *count,
                      struct err *err) MUST_USE;

/* fill_catalog.c: all that migrations can make in the database, one object a line, in a fixed order. */
bool fill_catalog(struct arena *arena, struct engine *control, struct str *catalog, struct err *err) MUST_USE;

/* The first line that one has and the other has not; NULL ptr: they are equal. */
struct str fill_catalog_difference(struct str before, struct str after);

#endif
