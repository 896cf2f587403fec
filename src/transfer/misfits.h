/* misfits.h: how workers fill the list of misfits that load.h defines. */
#ifndef PGRADE_TRANSFER_MISFITS_H
#define PGRADE_TRANSFER_MISFITS_H

#include "transfer/load.h"

void misfits_init(struct misfits *misfits, struct arena *arena, const struct plan *plan);
void misfits_free(struct misfits *misfits);

/* Copies what it keeps.  `value` NULL: the misfit is the row as a whole.  `became` is what it was repaired
 * to, and `what` how; NULL where it was not. */
void misfits_add(struct misfits *misfits, struct misfit misfit, const struct value *value, const char *reason,
                 const struct value *became, const char *what);

/* One change less, which misfits_add() has counted: its row did not arrive. */
void misfits_take_back(struct misfits *misfits, size_t table, int column, enum misfit_outcome outcome,
                       const char *what);

/* A value, shortened and printable. */
struct str misfits_show(struct arena *arena, const struct value *value);

/* So many more rows that are set aside. */
void misfits_add_rows(struct misfits *misfits, size_t table, int64_t rows);

#endif
