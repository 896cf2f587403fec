/*
 * place.h: how options name a table or a column of the source: T, T.C, and with odd characters "T"."C".
 */
#ifndef PGRADE_CLI_PLACE_H
#define PGRADE_CLI_PLACE_H

#include "base/buf.h"
#include "base/str.h"
#include "cli/command.h"

struct place {
    struct str table;
    struct str column; /* NULL ptr: the table is meant */
    struct str value;  /* what stands behind the equals sign */
};

/* Reads T=VALUE or T.C=VALUE.  A part in double quotes may hold dots and equals signs, and two quotes for
 * one; without quotes the table ends at the first dot.  False: it is not of that form, or a part is empty. */
bool place_read(struct arena *arena, struct str text, struct place *place) MUST_USE;

/* The same without the equals sign and the value. */
bool place_read_key(struct arena *arena, struct str text, struct place *place) MUST_USE;

/* Whether both name the same table or column, as SQLite compares names. */
bool place_equal(const struct place *a, const struct place *b);

/* T, or T.C when the column's ptr is not NULL, as place_read() and a key of the settings file read it. */
void place_put(struct buf *out, struct str table, struct str column);

/* Whether the command line has that option (--rename, --where) for the same table and column before already.
 * What stands in a settings file is another matter: the command line replaces it. */
bool place_is_repeated(struct invocation *invocation, size_t which);

#endif
