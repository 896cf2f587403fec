/*
 * place.h: how options name a table or a column of the source: T, T.C, and with odd characters "T"."C".
 */
#ifndef PGRADE_CLI_PLACE_H
#define PGRADE_CLI_PLACE_H

#include "base/str.h"

struct place {
    struct str table;
    struct str column; /* NULL ptr: the table is meant */
    struct str value;  /* what stands behind the equals sign */
};

/* Reads T=VALUE or T.C=VALUE.  A part in double quotes may hold dots and equals signs, and two quotes for
 * one; without quotes the table ends at the first dot.  False: it is not of that form, or a part is empty. */
bool place_read(struct arena *arena, struct str text, struct place *place) MUST_USE;

#endif
