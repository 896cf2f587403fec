/* empty.h: an empty SQLite file in the place of another. */
#ifndef PGRADE_ENGINE_SQLITE_EMPTY_H
#define PGRADE_ENGINE_SQLITE_EMPTY_H

#include <stdbool.h>

#include "base/err.h"

/* ERR_REFUSED where another program has the file open, as far as the system tells.  Changes nothing. */
bool sqlite_check_unused(const char *path, struct err *err) MUST_USE;

/*
 * Puts an empty database with the same page size, encoding, vacuum mode, journal mode and application id in
 * its place, of the same owner and mode; readers find the old file or the new one.  ERR_REFUSED where another
 * program is in it.  The journals of the old one go with it.  A symbolic link stays.
 */
bool sqlite_put_empty(const char *path, struct err *err) MUST_USE;

#endif
