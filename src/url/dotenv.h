/*
 * dotenv.h: `.env` files, read and rewritten.
 *
 * A line is KEY=value or `export KEY=value`, with spaces around '=' allowed; a key has the form
 * [A-Za-z_][A-Za-z0-9_.-]*.  Empty lines and those that begin with '#' mean nothing; of equal keys the last
 * one holds.  LF and CRLF end lines, also within a quoted value (which has LF then); a byte order mark at the
 * start is skipped.
 *
 *   KEY=a b # comment      `a b`: unquoted, up to the line's end or a '#' after white space
 *   KEY='a$b\n'            literal, may go over several lines, cannot hold a '
 *   KEY="a\nb"             \n \r \t \" \\ \$ \` are escapes, any other backslash stands for itself; may go
 * over several lines
 *
 * Nothing is expanded: $NAME and ${NAME} stand for themselves, quoted or not.
 *
 * Errors: ERR_SYNTAX with FILE:LINE.  No error shows any part of a line, since lines hold secrets.
 */
#ifndef PGRADE_URL_DOTENV_H
#define PGRADE_URL_DOTENV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct dotenv_entry {
    struct str key;
    struct str value;
    size_t line; /* counted from 1 */

    /* Where it stands in the text that was parsed: lines and value, [begin, end), and what quotes the value.
     */
    size_t lines_begin, lines_end;
    size_t value_begin, value_end;
    char quote; /* 0: none */
};

struct dotenv {
    struct dotenv_entry *items; /* in the order of the file, overridden ones included */
    size_t count;
    size_t capacity;
    size_t *unknown; /* lines that were passed over */
    size_t unknown_count;
    size_t unknown_capacity;
};

/* `file` is what errors call the text. */
bool dotenv_parse(struct arena *arena, struct str text, const char *file, struct dotenv *dotenv,
                  struct err *err) MUST_USE;

/* As dotenv_parse(), but lines that do not begin with `KEY =` are passed over, as python-dotenv and systemd
 * do. */
bool dotenv_parse_known(struct arena *arena, struct str text, const char *file, struct dotenv *dotenv,
                        struct err *err) MUST_USE;

/* dotenv_parse() of a file.  A file that does not exist gives an empty dotenv. */
bool dotenv_load(struct arena *arena, const char *path, struct dotenv *dotenv, struct err *err) MUST_USE;

/* The value of the key; NULL ptr: not there. */
struct str dotenv_get(const struct dotenv *dotenv, const char *key);

/*
 * Puts into `out` the text with the value of `key` replaced where it holds (the last of equal keys), or with
 * the key added at the end; every other byte is kept.  The value is quoted where necessary, so that reading
 * gives it back and others read the same where their rules allow (dotenv_readers.h).  Fails
 * when a quote is never closed, when the key is none, or when the value holds a NUL byte.
 */
bool dotenv_set(struct buf *out, struct str text, const char *file, const char *key, struct str value,
                struct err *err) MUST_USE;

/* Puts into `out` the text with the lines in which `key` holds copied before them, as comments: the old value
 * of a key that is to be set.  Without such a key, the text as it is. */
bool dotenv_comment(struct buf *out, struct str text, const char *file, const char *key,
                    struct err *err) MUST_USE;

/* Puts into `out` the text without the lines of `key`, all of them. */
bool dotenv_unset(struct buf *out, struct str text, const char *file, const char *key,
                  struct err *err) MUST_USE;

#endif
