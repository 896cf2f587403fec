/*
 * env_file.h: a file of environment variables that is its owner's alone.
 *
 * The format is that of url/dotenv.h.  A file that others may read or write, one of another user, and a
 * symbolic link of somebody else are refused (ERR_REFUSED, with the command that mends it), before anything
 * of it is read.
 *
 * Writing: a new file has mode 0600 from its first moment; one that is there keeps its mode, its owner and
 * every byte but the value.  Readers see the old file or the new one, also after a power cut.  Two that write
 * at once wait for each other.  No error shows a value.
 */
#ifndef PGRADE_OPS_ENV_FILE_H
#define PGRADE_OPS_ENV_FILE_H

#include "base/err.h"
#include "url/dotenv.h"

struct env_file {
    const char *path;
    bool exists;
    struct str text;
    struct dotenv dotenv;
};

/* A file that is not there is empty. */
bool env_file_read(struct arena *arena, const char *path, struct env_file *file, struct err *err) MUST_USE;

/*
 * Gives the key this value, in its place, or in a new line at the end; a file that is not there is made, its
 * directory is not.  With keep_old_as_comment the lines with the old value stay before it, as comments.
 * Nothing is written where the key has that value already.
 */
bool env_file_set(const char *path, const char *key, struct str value, bool keep_old_as_comment,
                  struct err *err) MUST_USE;

/* Removes the key, all lines of it; *found (may be NULL) tells whether there were any. */
bool env_file_unset(const char *path, const char *key, bool *found, struct err *err) MUST_USE;

#endif
