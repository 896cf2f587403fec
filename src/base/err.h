/*
 * err.h: how a failure is told.
 *
 * A call that can fail returns bool and takes `struct err *` last.  On failure it fills the err and returns
 * false; on success the err is untouched.  The first error wins: setting one that is set changes nothing.
 * err_set() returns false, so `return err_set(...)` is the idiom.  The library never prints and never exits:
 * `main` prints the err once and ends with err_exit_status().
 *
 * An error has four parts, each one line: `primary` says what failed and where (table, rowid, column,
 * file:line), `detail` why, in the server's words too, `hint` what to try.  `sqlstate` is the server's code,
 * where there is one.
 */
#ifndef PGRADE_BASE_ERR_H
#define PGRADE_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

#include "base/attributes.h"
#include "pgrade.h"

/* Every code, with its exit status and what it stands for.  The statuses are documented for users: see
 * docs/exit.md. */
#define ERR_CODES(X)                                                                                         \
    X(ERR_NONE, PGRADE_DONE, "no error")                                                                     \
    X(ERR_FAILED, PGRADE_FAILED, "failed")                                                                   \
    X(ERR_OUT_OF_MEMORY, PGRADE_FAILED, "out of memory")                                                     \
    X(ERR_IO, PGRADE_FAILED, "reading or writing a file failed")                                             \
    X(ERR_DATABASE, PGRADE_FAILED, "a statement failed in the database")                                     \
    X(ERR_SYNTAX, PGRADE_FAILED, "a text could not be parsed")                                               \
    X(ERR_CANCELED, PGRADE_FAILED, "interrupted by the user")                                                \
    X(ERR_SOURCE_CORRUPT, PGRADE_FAILED, "the source file is damaged")                                       \
    X(ERR_USAGE, PGRADE_USAGE, "wrong usage")                                                                \
    X(ERR_URL, PGRADE_USAGE, "a database URL or path could not be understood")                               \
    X(ERR_DECISION, PGRADE_DECISION, "a decision is needed")                                                 \
    X(ERR_REFUSED, PGRADE_REFUSED, "refused")                                                                \
    X(ERR_SOURCE_CHANGED, PGRADE_REFUSED, "the source was written meanwhile")                                \
    X(ERR_CONNECT, PGRADE_UNREACHABLE, "a database cannot be reached")                                       \
    X(ERR_PERMISSION, PGRADE_UNREACHABLE, "a database may not be used")                                      \
    X(ERR_SOURCE_MISSING, PGRADE_UNREACHABLE, "the source file does not exist")                              \
    X(ERR_SOURCE_KIND, PGRADE_UNREACHABLE, "the source is not a SQLite database")                            \
    X(ERR_SOURCE_LOCKED, PGRADE_UNREACHABLE, "the source is locked")                                         \
    X(ERR_DIFFERENT, PGRADE_FAILED, "what arrived is not what was sent")                                     \
    X(ERR_UNCERTAIN, PGRADE_FAILED, "the connection was lost during COMMIT, and nobody can tell")            \
    X(ERR_SHORTFALL, PGRADE_SHORTFALL, "done, with accepted shortfalls")

enum err_code {
#define X(code, status, text) code,
    ERR_CODES(X)
#undef X
};

struct err {
    enum err_code code; /* ERR_NONE: nothing failed */
    char sqlstate[6];   /* "" where no server spoke */
    char primary[1024];
    char detail[2048];
    char hint[1024];
};

/* Sets the code and the primary message, unless an error is set already.  Always false. */
bool err_set(struct err *err, enum err_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* Add to the error that was just set; the first text of each part wins.  Always false. */
bool err_detail(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);
bool err_hint(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);
void err_sqlstate(struct err *err, const char *sqlstate);

/* Puts "context: " before the primary message. */
bool err_prefix(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Takes the server's words about data (SQLSTATE classes 22 and 23), which may repeat values of rows, out of
 * the detail. */
void err_hide_values(struct err *err);

void err_clear(struct err *err);
int err_exit_status(enum err_code code);
const char *err_code_name(enum err_code code); /* "ERR_REFUSED" */

#endif
