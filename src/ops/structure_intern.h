/* structure_intern.h: what the files that compare an upgrade's structure share. */
#ifndef PGRADE_OPS_STRUCTURE_INTERN_H
#define PGRADE_OPS_STRUCTURE_INTERN_H

#include "ops/structure.h"
#include "ops/verify_facts.h"

/* An expression as the plan has it: the server is asked how it writes the same one. */
struct reference {
    size_t fact;      /* place among the planned ones */
    size_t table;     /* place in the plan */
    struct str key;   /* under which its copy is found: its name among the copies */
    struct str sql;   /* what makes the copy, on a table of the same columns */
    const char *what; /* of the fact */
};

struct structure_run {
    struct arena *arena;
    struct upgrade_result *result;
    const struct plan *plan;
    struct engine *control;
    struct facts planned;
    struct facts there;
    struct reference *references; /* of planned facts whose detail only the server can write */
    size_t reference_count;
    size_t reference_capacity;
};

/* structure_plan.c */
void structure_facts_of_plan(struct structure_run *run);
/* The table that stands for plan table number `place` while expressions are compared, quoted. */
struct str structure_copy_name(struct arena *arena, size_t place);
void structure_put_copy(struct structure_run *run, size_t place, struct buf *sql);

/* structure_catalog.c: of the load schema; `copies`: of the tables that stand for others. */
bool structure_facts_of_catalog(struct structure_run *run, bool copies, struct facts *facts,
                                struct err *err) MUST_USE;

/* structure_reference.c: sets the details of planned facts that are not yet those of the server's. */
bool structure_settle(struct structure_run *run, struct err *err) MUST_USE;

#endif
