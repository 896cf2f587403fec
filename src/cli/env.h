/* env.h: what the verbs of `pgrade env` share, and what they print. */
#ifndef PGRADE_CLI_ENV_H
#define PGRADE_CLI_ENV_H

#include "cli/command.h"
#include "ops/env_file.h"
#include "ops/env_git.h"
#include "url/dotenv_readers.h"
#include "url/url.h"

const char *env_path(const struct invocation *invocation);

/* ERR_USAGE for what can be no name; it is not repeated where a value may have been typed in its place. */
bool env_check_key(const char *key, struct err *err) MUST_USE;

/* The entry whose value holds: the last of that name; NULL: there is none. */
const struct dotenv_entry *env_holding(const struct env_file *file, const char *key);

/* Says loudly what git would do with the file; nothing where that is nothing. */
void env_warn_git(const char *path, const struct env_git *git);

struct env_setting {
    const char *path;
    const char *key;
    bool created; /* the file */
    bool added;   /* the variable */
    bool changed; /* its value */
    enum env_git_state git;
};

void env_report_set(const struct invocation *invocation, const struct env_setting *setting);
void env_report_value(const char *path, const char *key, struct str value);
void env_report_unset(const char *path, const char *key, bool found);
void env_report_list(const struct invocation *invocation, const struct env_file *file,
                     const struct env_git *git, bool values);

#endif
