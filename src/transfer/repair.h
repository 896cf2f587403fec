/*
 * repair.h: --misfit repair: what a value that does not fit was obviously meant to be.
 *
 * The repairs are those of docs/values.md, section "Repairs", and no others; what is ambiguous stays a
 * misfit.
 */
#ifndef PGRADE_TRANSFER_REPAIR_H
#define PGRADE_TRANSFER_REPAIR_H

#include "base/buf.h"
#include "engine/value.h"
#include "plan/plan.h"

/* How text that is no UTF-8 is read. */
enum repair_encoding {
    REPAIR_NONE, /* it is not: it stays a misfit */
    REPAIR_LATIN1,
    REPAIR_CP1252
};

/* False: there is no repair.  `*repaired` points into `room`, which is emptied first, or into the value;
 * `*what` is a text for people.  Whether the result fits is for the caller to see. */
bool repair_value(const struct plan_column *column, enum repair_encoding encoding, const struct value *value,
                  struct buf *room, struct value *repaired, const char **what);

#endif
