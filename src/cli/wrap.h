/* wrap.h: prose of a report, in lines that fit the terminal. */
#ifndef PGRADE_CLI_WRAP_H
#define PGRADE_CLI_WRAP_H

#include <stddef.h>

#include "base/buf.h"

/* $COLUMNS, or the width of the terminal that stdout is, 80 where it does not tell; 0 where stdout is none:
 * lines stay whole for programs. */
size_t wrap_width(void);

/* Breaks the lines behind `start` at spaces, so that each has at most `width` characters where its words
 * allow; what goes on is indented.  Lines that begin with four spaces are statements, to be copied whole. */
void wrap_lines(struct buf *out, size_t start, size_t width);

#endif
