/*
 * sql_line.h: lines typed at a terminal, with editing and a history.
 *
 * The history is kept in `history` in pgrade's own folder of data, which only its user may read.  What may
 * hold a password is not kept.
 */
#ifndef PGRADE_CLI_SQL_LINE_H
#define PGRADE_CLI_SQL_LINE_H

#include <signal.h>

#include "base/err.h"
#include "base/str.h"

enum line_outcome {
    LINE_READ,
    LINE_INTERRUPTED, /* by Ctrl-C: what was typed is gone */
    LINE_END          /* Ctrl-D, or the terminal is closed */
};

struct sql_line;

/* NULL: the terminal cannot be used. */
struct sql_line *sql_line_new(const volatile sig_atomic_t *interrupted);
void sql_line_free(struct sql_line *line);

/* The line without its end, valid until the next call. */
enum line_outcome sql_line_read(struct sql_line *line, const char *prompt, struct str *text);

void sql_line_remember(struct sql_line *line, struct str statement);

#endif
