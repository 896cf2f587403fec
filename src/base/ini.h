/*
 * ini.h: reads INI text, the plainest file that people can edit.
 *
 *     # a comment, on a line of its own; also with ;
 *     [section]
 *     key = value
 *     "odd = key" = "a value that keeps its blanks "
 *
 * A value goes on to the end of its line: nothing behind it is a comment, and nothing in it is replaced.  A
 * value that is one text in double quotes loses them (two for one within); a key keeps its quotes, inside of
 * which an equals sign is an ordinary character.  Lines end with LF or CRLF; a byte order mark is passed
 * over.
 */
#ifndef PGRADE_BASE_INI_H
#define PGRADE_BASE_INI_H

#include "base/err.h"
#include "base/str.h"

struct ini_entry {
    struct str section;
    struct str key;
    struct str value;
    int line; /* from 1 */
};

/* `name` is the file's, for errors: ERR_USAGE with "name:line: " before it.  A key that comes twice in its
 * section, compared without case, is an error.  Entries point into the text or the arena. */
bool ini_parse(struct arena *arena, const char *name, struct str text, struct ini_entry **entries,
               size_t *count, struct err *err) MUST_USE;

#endif
