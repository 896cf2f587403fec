/*
 * binary_json.h: SQLite's binary JSON, as text.
 *
 * The form: SQLite's documentation, "The SQLite JSONB Format".  No payload can reach beyond its element, but
 * digits and escapes are taken as they are, so the text that comes out is still to be checked (json_check.h).
 */
#ifndef PGRADE_TRANSFER_BINARY_JSON_H
#define PGRADE_TRANSFER_BINARY_JSON_H

#include "base/buf.h"

/* Appends the text that json() gives.  NULL, or the reason why the blob is none; `out` then holds a part of
 * it. out->failed tells that there was no room. */
const char *binary_json_write(struct str blob, struct buf *out);

#endif
