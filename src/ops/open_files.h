/* open_files.h: who has a file open.  Of other users' processes only root sees that. */
#ifndef PGRADE_OPS_OPEN_FILES_H
#define PGRADE_OPS_OPEN_FILES_H

#include "base/arena.h"
#include "base/str.h"

/* "the process 123 (gunicorn)", of one that is not this one; NULL: none is known. */
const char *open_files_holder(struct arena *arena, const char *path) MUST_USE;

#endif
