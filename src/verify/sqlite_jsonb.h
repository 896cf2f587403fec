/* sqlite_jsonb.h: SQLite's binary JSON, as text.  The format: SQLite's documentation, "The JSONB Format". */
#ifndef PGRADE_VERIFY_SQLITE_JSONB_H
#define PGRADE_VERIFY_SQLITE_JSONB_H

#include "base/buf.h"

/* Empties `out` and writes the text that SQLite's json() gives for the blob.  What the blob says of its
 * strings and numbers is taken as it stands: json_normal_check() the result.  False: it is no such blob. */
bool sqlite_jsonb_text(struct str blob, struct buf *out);

#endif
