/* retry_file.h: the CSV file with the rows that come back, read into a temporary table; for retry.c alone. */
#ifndef PGRADE_OPS_RETRY_FILE_H
#define PGRADE_OPS_RETRY_FILE_H

#include "engine/engine.h"

struct retry_file {
    size_t *lines; /* where each row begins, from 1; by its place */
    size_t count;
    size_t capacity;
};

/* Into the table pgrade_retry, which it makes; ON COMMIT DROP.  Its column `place` counts the rows from 1,
 * `text` is the row's JSON as it stands there, "row" the same as jsonb.  ERR_USAGE: it is no such file, or a
 * row stands in it twice. */
bool retry_file_read(struct arena *arena, struct engine *target, const char *path, struct retry_file *file,
                     struct err *err) MUST_USE;

/* The line in which the row of that place begins. */
size_t retry_file_line(const struct retry_file *file, int64_t place);

#endif
