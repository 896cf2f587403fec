/*
 * stage.h: what a long piece of work is doing just now, for whoever watches from another thread.
 *
 * The worker sets it, a meter reads it.  NULL is allowed where nobody watches.
 */
#ifndef PGRADE_OPS_STAGE_H
#define PGRADE_OPS_STAGE_H

#include <limits.h>
#include <pthread.h>

#include "base/str.h"

enum {
    STAGE_NAME = 256
};

struct stage {
    pthread_mutex_t lock;
    const char *doing;     /* "dumping"; NULL: nothing yet */
    char name[STAGE_NAME]; /* the database's */
    char grows[PATH_MAX];  /* the file or directory that is written; empty: none */
    size_t done;           /* databases */
    size_t all;            /* 0: it is about one */
};

void stage_init(struct stage *stage);
void stage_end(struct stage *stage);

/* `doing` lives on; `grows` may be NULL. */
void stage_set(struct stage *stage, const char *doing, struct str name, const char *grows);
void stage_count(struct stage *stage, size_t done, size_t all);

/* In words: "dumping app: 2 of 5 databases, 12.3 MB"; NULL ptr: nothing is done yet. */
struct str stage_text(struct arena *arena, struct stage *stage);

#endif
