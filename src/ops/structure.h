/*
 * structure.h: what the server has after the load, held against what was planned.
 *
 * Rows are compared by verify; this is about all the rest: tables, columns, NOT NULL, defaults, identities,
 * keys, indexes, foreign keys, CHECKs, views, and where sequences stand.  The server's catalog is asked as a
 * whole, by a few queries however many tables there are.  A skipped statement, one that was another when it
 * reached the server, and what something on the server did to the tables are found alike.
 */
#ifndef PGRADE_OPS_STRUCTURE_H
#define PGRADE_OPS_STRUCTURE_H

#include "ops/upgrade.h"

/* Before publishing, once all is made.  ERR_DIFFERENT: result->structure.remarks name what differs. */
bool structure_check(struct arena *arena, const struct upgrade_options *options,
                     struct upgrade_result *result, struct engine *control, struct err *err) MUST_USE;

#endif
