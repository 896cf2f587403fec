/*
 * env_git.h: would git carry a file with secrets away?
 *
 * Asks git itself, so that every .gitignore, .git/info/exclude and the user's own file count.  Nothing of the
 * repository's settings is run.
 */
#ifndef PGRADE_OPS_ENV_GIT_H
#define PGRADE_OPS_ENV_GIT_H

#include "base/arena.h"
#include "base/err.h"

enum env_git_state {
    ENV_GIT_OUTSIDE, /* the file lies in no work tree */
    ENV_GIT_IGNORED,
    ENV_GIT_EXPOSED, /* the next `git add` of all takes it */
    ENV_GIT_TRACKED, /* it is in the repository already */
    ENV_GIT_UNKNOWN  /* there is a work tree, and git could not be asked */
};

struct env_git {
    enum env_git_state state;
    const char *root; /* of the work tree; NULL: none */
    const char *name; /* the file's path below it */
    const char *why;  /* ENV_GIT_UNKNOWN */
};

const char *env_git_name(enum env_git_state state);

/* The file need not exist. */
bool env_git_look(struct arena *arena, const char *path, struct env_git *git, struct err *err) MUST_USE;

/* Adds the file to the .gitignore of the work tree, and looks again. */
bool env_git_ignore(struct arena *arena, const char *path, struct env_git *git, struct err *err) MUST_USE;

#endif
