/* mention.h: whether what an option names is in the source. */
#ifndef PGRADE_OPS_MENTION_H
#define PGRADE_OPS_MENTION_H

#include "base/err.h"
#include "schema/model.h"

/* ERR_USAGE when there is no such table or column: a misspelt name must not be passed over in silence.  Names
 * are compared as SQLite compares them; `column` with a NULL ptr: the table alone is meant. */
bool mention_check(const struct schema *schema, const char *option, struct str table, struct str column,
                   struct err *err) MUST_USE;

/* The same for lists that name one table many times in a row: *last is the table that was found before, NULL
 * at first. */
bool mention_check_from(const struct schema *schema, const struct table **last, const char *option,
                        struct str table, struct str column, struct err *err) MUST_USE;

#endif
