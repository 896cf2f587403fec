/*
 * screen.h: texts of others on a terminal.
 *
 * Widths are columns of a terminal: wide characters (East Asian, emoji) take two, combining ones none.
 */
#ifndef PGRADE_BASE_SCREEN_H
#define PGRADE_BASE_SCREEN_H

#include "base/buf.h"

size_t screen_width(struct str text);

/* The longest prefix that takes at most `columns`. */
struct str screen_clip(struct str text, size_t columns);

/* Puts the text so that it can do nothing to a terminal but be read: control characters, line ends, marks
 * that change the direction of writing and bytes that are no UTF-8 become escapes (\n, \x1b, \u202e).  A
 * backslash stays itself. */
void screen_put(struct buf *out, struct str text);
struct str screen_text(struct arena *arena, struct str text);

/* For a line that is to be pasted into a shell: the text in single quotes, as one word that runs nothing. */
const char *screen_shell_word(struct arena *arena, struct str text);

#endif
