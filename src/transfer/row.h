/*
 * row.h: one row of the source, encoded for COPY; and what becomes of the values that do not fit.
 *
 * A worker has an encoder of its own for the chunk at hand.
 */
#ifndef PGRADE_TRANSFER_ROW_H
#define PGRADE_TRANSFER_ROW_H

#include "transfer/encode.h"
#include "transfer/load.h"

struct row_event;

/* A large value, which is sent from where the source has it: its length is in `out`, its bytes belong there,
 * before the byte at `at`. */
struct row_span {
    size_t at;
    struct str bytes;
};

struct row_encoder {
    struct load *load;
    size_t place; /* of the table in the plan */
    const struct plan_table *table;
    const struct misfit_policies *policies; /* NULL: every misfit stops */
    struct encode_column *encoders;
    const int *columns; /* of each loaded column: its place in the table */
    size_t width;
    size_t rowid; /* the cell that holds the rowid: a loaded column, or one more behind them */
    bool size_matters;
    /* Of the row at hand. */
    const struct value *cells; /* as the source has them */
    struct value *meant;       /* as they are meant to arrive; filled once one differs */
    bool changed;
    struct buf *rooms; /* by column: what a repaired value is made of */
    struct row_event *events;
    size_t event_count;
    struct row_span *spans; /* in the order of the columns */
    size_t span_count;
};

enum row_fate {
    ROW_ARRIVES,
    ROW_SET_ASIDE,
    ROW_STOPS
};

void row_encoder_init(struct row_encoder *encoder, struct arena *arena, struct load *load, size_t place);
void row_encoder_free(struct row_encoder *encoder);

/* Appends the row to `out` when it arrives, but for the bytes of `spans`, which are the source's until its
 * next row; else `out` is as it was, and the misfits are in the load's list, the row in its sink.  False
 * when the sink fails, or memory is out. */
bool row_encode(struct row_encoder *encoder, const struct value *cells, struct buf *out, enum row_fate *fate,
                struct err *err) MUST_USE;

/* The row at hand as it is meant to arrive, valid until the next. */
static inline const struct value *row_meant(const struct row_encoder *encoder)
{
    return encoder->changed ? encoder->meant : encoder->cells;
}

#endif
