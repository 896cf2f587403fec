/*
 * fs.h: files and directories.
 *
 * Paths are C strings.  Errors are ERR_IO with the system's words as detail, unless a call says otherwise.
 * Everything here is for small files (settings, passwords, plans); a database is never read this way: a
 * process that opens and closes a SQLite file by itself drops the locks that SQLite holds on it.
 */
#ifndef PGRADE_BASE_FS_H
#define PGRADE_BASE_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attributes.h"
#include "base/err.h"
#include "base/str.h"

enum fs_kind {
    FS_MISSING,
    FS_FILE,
    FS_DIRECTORY,
    FS_OTHER
};

struct fs_info {
    enum fs_kind kind;
    mode_t mode; /* permission bits only */
    uid_t owner;
    gid_t group;
    int64_t size;        /* bytes */
    int64_t modified_us; /* microseconds since 1970-01-01 00:00 UTC */
};

/* Links are followed.  A path that does not exist is no error: its kind is FS_MISSING. */
bool fs_stat(const char *path, struct fs_info *info, struct err *err) MUST_USE;

/* False also when the path cannot be looked at. */
bool fs_exists(const char *path);
bool fs_is_directory(const char *path);

/* What the symbolic link says, whether that exists or not; NULL: the path is none. */
const char *fs_link_target(struct arena *arena, const char *path);

/* The whole file, at most `maximum` bytes (more is an error), followed by a NUL that is not counted. */
bool fs_read(struct arena *arena, const char *path, size_t maximum, struct str *content,
             struct err *err) MUST_USE;

/* At most `maximum` bytes from byte `offset` on: the end of a log, of whatever length. */
bool fs_read_from(struct arena *arena, const char *path, int64_t offset, size_t maximum, struct str *content,
                  struct err *err) MUST_USE;

/*
 * Writes the whole file at once: readers see the old content or the new one, also after a power cut.  The
 * file gets exactly this mode.  A symbolic link stays and the file that it names is written; when root
 * rewrites somebody's file, it stays theirs.
 */
bool fs_write(const char *path, mode_t mode, struct str content, struct err *err) MUST_USE;

/*
 * A name for mkstemp beside the file, on the same file system: `.NAME.pgrade-MARK-XXXXXX`.  FS_NEW is the
 * mark of fs_write().  fs_remove_beside() removes what writers that were killed left of such; only who knows
 * that nobody writes the file now may ask for that.
 */
#define FS_NEW "new"
char *fs_beside(struct arena *arena, const char *path, const char *mark) RETURNS_NONNULL;
void fs_remove_beside(const char *path, const char *mark);

/*
 * Refuses (ERR_REFUSED, with the command that mends it) a file that group or others may read or write;
 * `holds` is "a password".  A file that is not there, or no file, is fine.
 */
bool fs_check_secret(const char *path, const char *holds, struct err *err) MUST_USE;
bool fs_is_shared(const char *path); /* whether it would */

/* The same, and refuses also what is no ordinary file, a file of another user (root may use everybody's), and
 * a symbolic link that somebody else made or that leads nowhere. */
bool fs_check_own_secret(const char *path, const char *holds, struct err *err) MUST_USE;

/* Makes the directory and those above it that are missing, each with exactly this mode. */
bool fs_make_directory(const char *path, mode_t mode, struct err *err) MUST_USE;

/*
 * Removes the file or the tree `name`, a relative path below the directory `below`.  No symbolic link is
 * followed on the way or inside, no other file system is entered, `..` is refused.  A missing one is fine.
 */
bool fs_remove_tree(const char *below, const char *name, struct err *err) MUST_USE;

const char *fs_join(struct arena *arena, const char *directory, const char *name) RETURNS_NONNULL;
const char *fs_directory_of(struct arena *arena, const char *path) RETURNS_NONNULL; /* "." when it has none */
const char *fs_name_of(const char *path) RETURNS_NONNULL; /* what follows the last slash */

/* The path from the root, without links, `.` and `..`; the last part, or several, need not exist yet. */
bool fs_absolute(struct arena *arena, const char *path, const char **absolute, struct err *err) MUST_USE;

/*
 * Where pgrade keeps its own data: $XDG_DATA_HOME/pgrade, or ~/.local/share/pgrade; for root /var/lib/pgrade,
 * because servers run as an unprivileged user, who cannot enter root's home.
 */
const char *fs_data_directory(struct arena *arena) RETURNS_NONNULL;

/* The program's path, found on $PATH unless the name holds a slash; NULL when there is none that may be run.
 */
const char *fs_find_program(struct arena *arena, const char *name);

/* A lock between processes.  It ends with fs_unlock() or with the process; children do not inherit it. */
struct fs_lock {
    int descriptor;
};

/* Waits at most `wait_ms`; ERR_REFUSED when somebody else holds it still.  The file is made and stays. */
bool fs_lock(const char *path, int wait_ms, struct fs_lock *lock, struct err *err) MUST_USE;
/* The same of a directory that is there; nothing is made in it. */
bool fs_lock_directory(const char *path, int wait_ms, struct fs_lock *lock, struct err *err) MUST_USE;
void fs_unlock(struct fs_lock *lock); /* may be called again */

#endif
