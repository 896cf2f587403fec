/*
 * trigger.h: what a trigger of SQLite does, as a tree.
 *
 * Grammar: SQLite's documentation, "CREATE TRIGGER" (lang_createtrigger), and trigger_cmd in its parse.y.
 * Names are as written and not resolved; the tree lives in the arena of the parser that made it.
 */
#ifndef PGRADE_SCHEMA_TRIGGER_H
#define PGRADE_SCHEMA_TRIGGER_H

#include "schema/select.h"

enum trigger_timing {
    TRIGGER_BEFORE, /* also where nothing is written */
    TRIGGER_AFTER,
    TRIGGER_INSTEAD_OF
};

enum trigger_event {
    TRIGGER_INSERT,
    TRIGGER_UPDATE,
    TRIGGER_DELETE
};

enum step_kind {
    STEP_INSERT,
    STEP_UPDATE,
    STEP_DELETE,
    STEP_SELECT
};

/* OR ROLLBACK ...; REPLACE INTO is INSERT OR REPLACE. */
enum on_conflict {
    CONFLICT_ABORT, /* also where nothing is written */
    CONFLICT_ROLLBACK,
    CONFLICT_FAIL,
    CONFLICT_IGNORE,
    CONFLICT_REPLACE
};

/* SET column = value; of SET (a, b) = row `column` is the first and `several` is set. */
struct assignment {
    struct name column;
    bool several;
    struct expr *value;
};

/* One statement between BEGIN and END. */
struct trigger_step {
    enum step_kind kind;
    enum on_conflict conflict;
    struct name table;
    struct name *columns; /* INSERT: those written; NULL: all */
    size_t column_count;
    struct assignment *assignments; /* UPDATE */
    size_t assignment_count;
    struct from_item *from; /* UPDATE ... FROM */
    size_t from_count;
    struct expr *where;    /* UPDATE, DELETE */
    struct select *select; /* SELECT; INSERT: where its rows come from, VALUES too */
    bool upsert;           /* ON CONFLICT: not read further */
    struct str sql;
};

struct trigger_body {
    enum trigger_timing timing;
    enum trigger_event event;
    struct name *columns; /* UPDATE OF; NULL: all */
    size_t column_count;
    struct expr *when;
    struct trigger_step *steps;
    size_t step_count;
};

#endif
