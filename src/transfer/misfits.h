/* misfits.h: how workers fill the list of misfits that load.h defines. */
#ifndef PGRADE_TRANSFER_MISFITS_H
#define PGRADE_TRANSFER_MISFITS_H

#include "transfer/load.h"

void misfits_init(struct misfits *misfits, struct arena *arena, const struct plan *plan);
void misfits_free(struct misfits *misfits);

/* Copies what it keeps.  `value` NULL: the misfit is the row as a whole. */
void misfits_add(struct misfits *misfits, struct misfit misfit, const struct value *value,
                 const char *reason);

#endif
