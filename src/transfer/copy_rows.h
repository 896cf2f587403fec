/*
 * copy_rows.h: the rows that COPY ... TO STDOUT (FORMAT binary) gives, field by field.
 *
 * The format: PostgreSQL's documentation of COPY, "Binary Format".
 */
#ifndef PGRADE_TRANSFER_COPY_ROWS_H
#define PGRADE_TRANSFER_COPY_ROWS_H

#include "engine/engine.h"

/* Sees all bytes as they come, before anybody else makes something of them. */
typedef bool copy_witness(void *context, struct str bytes, struct err *err);

struct copy_rows {
    struct engine *engine;
    copy_witness *witness; /* NULL: none */
    void *witness_context;
    struct str *fields; /* of the current row, valid until the next; a NULL has no ptr */
    size_t width;
    bool begun;
};

bool copy_rows_begin(struct copy_rows *rows, struct arena *arena, struct engine *engine, struct str sql,
                     size_t width, struct err *err) MUST_USE;

/* *found is false after the last row.  After a failure, or to leave early, the COPY has to be canceled. */
bool copy_rows_next(struct copy_rows *rows, bool *found, struct err *err) MUST_USE;

#endif
