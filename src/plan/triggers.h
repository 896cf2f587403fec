/*
 * triggers.h: what the files that make PL/pgSQL of triggers share.
 *
 * A trigger becomes a function of its own and a trigger that calls it.  Each function returns false with the
 * reason in `failure` where there is no exact form; the trigger is then not carried.
 */
#ifndef PGRADE_PLAN_TRIGGERS_H
#define PGRADE_PLAN_TRIGGERS_H

#include "plan/private.h"
#include "schema/trigger.h"

struct trigger_maker {
    struct maker *maker;
    const struct trigger *trigger;
    const struct plan_table *table;  /* the trigger's own */
    const struct plan_table *target; /* that the statement at hand writes */
    const struct plan_table *bare;   /* whose columns names without a table are; NULL: nothing's */
    const char *refused;             /* why a name that is there may not be used; NULL: none was */
    struct str alias;                /* quoted: of the table that a statement writes */
    struct str flag;                 /* the setting that is on while the trigger works; NULL ptr: none */
    bool alone;                      /* no other trigger of the same timing and event is on the table */
    bool assigns;                    /* columns of the row itself: and these are NEW's */
    bool no_selects;                 /* PostgreSQL takes no subquery here */
    bool fails;                      /* by RAISE(FAIL) */
    bool gives_key;                  /* to a row of a table whose keys are drawn from a sequence */
    struct buf *body;
    struct buf
        *check; /* the same statements for EXPLAIN, with rows of the table in the place of NEW and OLD */
    struct err *failure;
};

/* trigger_steps.c: one statement of the body, appended to `body` and `check`. */
bool trigger_step(struct trigger_maker *at, const struct trigger_step *step) MUST_USE;
/* RETURN, with the flag taken down before; `row` is NEW, OLD or NULL. */
void trigger_return(struct trigger_maker *at, const char *indent, const char *row);
/* FROM items under the names new and old, after `word`; nothing where the event has no such rows. */
void trigger_put_rows(const struct trigger_maker *at, const char *word, struct buf *out);

/* trigger_expr.c */
bool trigger_expr(struct trigger_maker *at, const struct expr *expr, enum translate_want want,
                  const struct pg_type *type, struct buf *out) MUST_USE;
struct str trigger_alias(struct arena *arena, struct str sql); /* quoted */
/* Place of the column in the table, the names of the rowid included; -1: there is none. */
int trigger_column(const struct plan_table *table, struct str name);
bool trigger_is_row(const struct expr *expr, const char *row); /* NEW.x, OLD.x */

/* trigger_raise.c: a SELECT, which does nothing but RAISE(). */
bool trigger_select(struct trigger_maker *at, const struct select *select) MUST_USE;

/* trigger_reach.c */
struct trigger_reach {
    bool itself;     /* its statements fire it again, which SQLite does not do */
    bool own_table;  /* its statements write its own table */
    const char *why; /* why its statements have no safe order; NULL: they have */
};
struct trigger_reach trigger_reach(const struct maker *maker, const struct trigger *trigger);
/* The condition holds for no other row than that of NEW (or OLD, where `old` allows it): the whole key is
 * compared with it.  `exactly`: and nothing else is asked. */
bool trigger_is_pinned(const struct plan_table *table, const struct expr *where, bool old, bool exactly);

/* trigger_order.c */
bool trigger_is_alone(const struct maker *maker, const struct trigger *trigger); /* of its timing and event */
/* It has to fire after PostgreSQL's own triggers have changed the rows that refer to its table's. */
bool trigger_follows_keys(const struct maker *maker, const struct trigger *trigger);
/* It has to fire before PostgreSQL's own triggers look at foreign keys. */
bool trigger_precedes_keys(const struct maker *maker, const struct trigger *trigger);
/* It writes rows that refer to the one at hand, which is not there yet. */
bool trigger_refers_too_early(const struct maker *maker, const struct trigger *trigger);
/* Says where several triggers come in another order than in SQLite. */
void trigger_note_order(struct maker *maker, const struct trigger *trigger);

#endif
