/*
 * secret_input.h: a secret from where nobody else looks.
 *
 * From a file, from the terminal without echo, or from standard input where that is no terminal; never from
 * the command line, which everybody reads.  One line end at the end does not belong to it.
 */
#ifndef PGRADE_CLI_SECRET_INPUT_H
#define PGRADE_CLI_SECRET_INPUT_H

#include "cli/command.h"

struct secret_source {
    const char *what; /* "the value of KEY" */
    const char *path; /* a file; "-": standard input; NULL: the terminal, or standard input */
    bool twice;       /* the terminal asks twice, and both have to be the same */
    bool own;         /* a file that others may read is refused */
};

/* An empty one is refused (ERR_USAGE). */
bool secret_input(struct arena *arena, const struct secret_source *source, struct str *secret,
                  struct err *err) MUST_USE;

#endif
