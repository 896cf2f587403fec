/* reset_intern.h: what the files behind reset.h share. */
#ifndef PGRADE_OPS_RESET_INTERN_H
#define PGRADE_OPS_RESET_INTERN_H

#include "engine/engine.h"
#include "ops/instance.h"
#include "ops/provision_intern.h"
#include "ops/reset.h"

#define RESET_UNFINISHED "pgrade_reset_unfinished" /* a table: emptying was begun, and is not done */

struct reset_job {
    struct arena *arena;
    const struct reset_options *options;
    struct reset_result *result;
    struct engine *inside;          /* a connection to the database itself; NULL while it is renamed */
    struct engine *beside;          /* one to another database, by who may make some; NULL: there is none */
    struct provision_server server; /* by which `beside` was opened */
    struct provision_admin admin;   /* its role */
    const struct database_facts *facts; /* of the old one; for RESET_ANEW */
    struct str next;                    /* the name under which the new one is made */
    struct str last;                    /* the name under which the old one goes */
};

/* Statements that are SQL in the catalog's words: each row of the first column is run in `engine`. */
bool reset_run_rows(struct reset_job *job, struct engine *from, struct engine *to, struct str sql,
                    struct err *err) MUST_USE;
/* A list of texts: the first column. */
bool reset_list(struct arena *arena, struct engine *engine, struct str sql, struct str **items, size_t *count,
                struct err *err) MUST_USE;
/* After a failure, which is told already: always false. */
bool reset_roll_back(struct engine *engine);
void reset_remains(struct reset_job *job, const char *format, ...) PRINTF_LIKE(2, 3);

/* reset_facts.c */
bool reset_look_postgres(struct reset_job *job, struct err *err) MUST_USE;

/* reset_anew.c, reset_like.c */
bool reset_anew(struct reset_job *job, struct err *err) MUST_USE;
bool reset_make_inside_like(struct reset_job *job, struct engine *made, struct err *err) MUST_USE;
bool reset_make_like(struct reset_job *job, struct err *err) MUST_USE;

/* reset_defaults.c */
bool reset_make_defaults(struct reset_job *job, struct engine *made, struct err *err) MUST_USE;
/* Why the role could not make them again; a NULL ptr: it could. */
bool reset_find_defaults(struct reset_job *job, struct str *why, struct err *err) MUST_USE;

/* reset_inside.c */
bool reset_inside(struct reset_job *job, struct err *err) MUST_USE;

/* reset_file.c */
bool reset_look_file(struct arena *arena, const struct reset_options *options, struct reset_result *result,
                     struct err *err) MUST_USE;
bool reset_file(const struct reset_options *options, struct err *err) MUST_USE;

#endif
