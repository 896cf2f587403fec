/*
 * selection.h: which tables the user wants.
 *
 * Patterns as a shell has them: * is any text, ? any character (a byte), everything else itself, without
 * regard to the case of ASCII letters.  With --include only the tables that one of them names are carried,
 * and of these not the ones that an --exclude names.
 */
#ifndef PGRADE_PLAN_SELECTION_H
#define PGRADE_PLAN_SELECTION_H

#include "base/str.h"

struct selection {
    const struct str *includes;
    size_t include_count;
    const struct str *excludes;
    size_t exclude_count;
};

bool selection_matches(struct str pattern, struct str name);

/* Why the table is left out; NULL ptr: it is carried. */
struct str selection_excludes(struct arena *arena, const struct selection *selection, struct str table);

#endif
