/*
 * names.h: names on PostgreSQL.
 *
 * The rule is PostgreSQL's own, applied to the DDL as written: a name in quotes keeps its case, one without
 * folds to lower case (ASCII), names are cut at 63 bytes between characters; so the application's own SQL
 * finds them.  The user may ask for another rule.  Composed names follow makeObjectName() of PostgreSQL
 * (src/backend/commands/indexcmds.c): the longer part is shortened first.
 */
#ifndef PGRADE_PLAN_NAMES_H
#define PGRADE_PLAN_NAMES_H

#include "base/str.h"
#include "schema/model.h"

/* A set of names that share a namespace. */
struct names {
    struct arena *arena;
    struct str *slots;
    size_t capacity;
    size_t count;
};

void names_init(struct names *names, struct arena *arena);

/* The wanted name if it is free, else one with a suffix that depends on the name alone; it is taken then. */
struct str names_take(struct names *names, struct str wanted);
bool names_has(const struct names *names, struct str name);

enum names_mode {
    NAMES_AS_WRITTEN, /* PostgreSQL's rule, applied to the DDL */
    NAMES_PRESERVE,   /* the exact spelling */
    NAMES_LOWER,      /* ASCII letters in lower case */
    NAMES_SNAKE       /* PostTags, postTags, "Post Tags", post-tags: post_tags; HTMLPage: html_page */
};

/* By that rule; neither cut nor checked against others. */
struct str names_fold(struct arena *arena, enum names_mode mode, struct name name);

/* makeObjectName(): first[_second][_label] in at most 63 bytes. */
struct str names_compose(struct arena *arena, struct str first, struct str second, const char *label);

#endif
