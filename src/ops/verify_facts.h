/*
 * verify_facts.h: what a database has beside rows, as facts that two databases can share.
 *
 * Between SQLite and PostgreSQL a fact says what holds, not how it is written: which columns a key or an
 * index has, where a foreign key leads.  Between two PostgreSQL databases it is the whole definition.
 */
#ifndef PGRADE_OPS_VERIFY_FACTS_H
#define PGRADE_OPS_VERIFY_FACTS_H

#include "ops/verify_intern.h"

/* Behind a column whose collation PostgreSQL has not: an expression may stand for it there. */
#define FACT_PERHAPS '\001'

struct fact {
    const char *what;  /* "primary key", "index" ... */
    struct str table;  /* as the PostgreSQL side names it; empty: none */
    struct str name;   /* columns: "a, b"; an expression is "*"; see FACT_PERHAPS */
    struct str detail; /* must be the same too; empty: nothing more */
    bool used;         /* an expression that stands for one of the other side already */
};

struct facts {
    struct fact *items;
    size_t count;
    size_t capacity;
    /* facts_index(): those of a table are a few among many. */
    size_t *heads;
    size_t *next;
    size_t head_count; /* a power of two */
};

/* Once all are added: facts_first() begins the places of a table's facts, `next` goes on, and one that is not
 * below `count` ends them; others may lie between. */
void facts_index(struct arena *arena, struct facts *facts);
size_t facts_first(const struct facts *facts, struct str table);

/* verify_structure.c: remarks on what facts[0] has and facts[1], which is indexed, has not. */
void facts_compare(struct verify *verify, const struct facts *facts);

void facts_add(struct arena *arena, struct facts *facts, const char *what, struct str table, struct str name,
               struct str detail);

/* verify_facts_plan.c: of the SQLite side, in the names of the other one. */
void verify_facts_of_plan(const struct verify *verify, struct facts *facts);

/* verify_facts_catalog.c: of a PostgreSQL side; `whole`: definitions. */
bool facts_of_catalog(const struct verify *verify, int side, bool whole, struct facts *facts,
                      struct err *err) MUST_USE;

/* verify_sequences.c: names sequences that would give a number that is there already; with a `plan`, also
 * those that would give one which the source gave before. */
bool facts_check_sequences(struct verify *verify, int side, const struct plan *plan,
                           struct err *err) MUST_USE;

#endif
