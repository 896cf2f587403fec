/*
 * names.h: names on PostgreSQL.
 *
 * The rule is PostgreSQL's own, applied to the DDL as written: a name in quotes keeps its case, one without
 * folds to lower case (ASCII), names are cut at 63 bytes between characters; so the application's own SQL
 * finds them.  Composed names follow makeObjectName() of PostgreSQL (src/backend/commands/indexcmds.c): the
 * longer part is shortened first.
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

/* By PostgreSQL's rule; not yet checked against others. */
struct str names_as_written(struct arena *arena, struct name name);

/* makeObjectName(): first[_second][_label] in at most 63 bytes. */
struct str names_compose(struct arena *arena, struct str first, struct str second, const char *label);

#endif
