/* The verbs of `pgrade env` but for run. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/random.h"
#include "base/screen.h"
#include "cli/commands.h"
#include "cli/env.h"
#include "cli/secret_input.h"

enum {
    RANDOM_LETTERS = 43 /* of 62 kinds: 256 bits */
};

const char *env_path(const struct invocation *invocation)
{
    const char *path = option_value(invocation, "file");

    return path != NULL ? path : ".env";
}

/* What is to be set. */
struct wish {
    const char *key;
    struct str value;
    bool typed; /* on the command line */
};

static bool check_sources(const struct invocation *invocation, bool typed, struct err *err)
{
    int count = (typed ? 1 : 0) + (option_given(invocation, "from-file") ? 1 : 0) +
                (option_given(invocation, "generate") ? 1 : 0);

    return count <= 1 || err_set(err, ERR_USAGE, "KEY=VALUE, --from-file and --generate: give one of them");
}

static bool generate(struct arena *arena, struct wish *wish, struct err *err)
{
    const char *letters;

    if (!random_letters(arena, RANDOM_LETTERS, &letters, err))
        return false;
    wish->value = str_from(letters);
    return true;
}

static bool read_wish(struct invocation *invocation, struct wish *wish, struct err *err)
{
    struct arena *arena = invocation->arena;
    struct str word = str_from(invocation->arguments[0]);
    ptrdiff_t sign = str_find(word, '=');
    struct secret_source source = {.path = option_value(invocation, "from-file")};

    wish->typed = sign >= 0;
    wish->key = str_cstr(arena, str_slice(word, 0, sign < 0 ? word.len : (size_t)sign));
    if (!check_sources(invocation, wish->typed, err) || !env_check_key(wish->key, err))
        return false;
    if (wish->typed) {
        wish->value = str_slice(word, (size_t)sign + 1, word.len);
        return true;
    }
    if (option_given(invocation, "generate"))
        return generate(arena, wish, err);
    source.what = arena_printf(arena, "the value of %s", wish->key);
    if (secret_input(arena, &source, &wish->value, err))
        return true;
    return err->code == ERR_USAGE && err_hint(err, "an empty value is written %s=", wish->key);
}

static void warn_typed(const struct wish *wish)
{
    if (wish->typed && wish->value.len > 0)
        log_message(
            LOG_WARNING,
            "a value on the command line can be seen by others while the shell starts the program, and "
            "stays in the shell's history; `pgrade env set %s` asks for it",
            wish->key);
}

static void warn_url(struct arena *arena, const struct wish *wish)
{
    struct err err = {.code = ERR_NONE};
    struct url url;

    if (strcmp(wish->key, "DATABASE_URL") != 0 && strcmp(wish->key, "DB_URI") != 0)
        return;
    if (!url_parse(arena, wish->value, &url, &err))
        log_message(LOG_WARNING, "%s names no database: %s", wish->key, err.primary);
}

static void warn_readers(struct arena *arena, const struct env_file *file, const char *key)
{
    const struct dotenv_entry *entry = env_holding(file, key);
    struct dotenv_oddity *oddities;
    size_t count;

    if (entry == NULL)
        return;
    oddities = dotenv_oddities(arena, file->text, entry, &count);
    for (size_t i = 0; i < count; i++)
        log_message(oddities[i].reader == DOTENV_PYTHON || oddities[i].reader == DOTENV_SYSTEMD ? LOG_WARNING
                                                                                                : LOG_NOTICE,
                    "%s reads another value of %s: it %s", dotenv_reader_name(oddities[i].reader), key,
                    oddities[i].what);
}

static bool look_at_git(struct invocation *invocation, struct env_git *git, struct err *err)
{
    const char *path = env_path(invocation);
    const struct option *option = option_find(invocation->command, str_from("gitignore"));

    if (option != NULL && option_given(invocation, "gitignore")) {
        if (!env_git_ignore(invocation->arena, path, git, err))
            return false;
        if (git->state == ENV_GIT_EXPOSED)
            log_message(LOG_WARNING, "%s has the line now, and a later one takes it back", ".gitignore");
    } else if (!env_git_look(invocation->arena, path, git, err)) {
        return false;
    }
    env_warn_git(path, git);
    return true;
}

static bool run_set(struct invocation *invocation, struct err *err)
{
    struct arena *arena = invocation->arena;
    const char *path = env_path(invocation);
    struct env_file before;
    struct env_file after;
    struct env_git git;
    struct wish wish;
    struct str old;

    if (!env_file_read(arena, path, &before, err) || !read_wish(invocation, &wish, err))
        return false;
    warn_typed(&wish);
    warn_url(arena, &wish);
    if (!env_file_set(path, wish.key, wish.value, option_given(invocation, "keep-old"), err) ||
        !env_file_read(arena, path, &after, err) || !look_at_git(invocation, &git, err))
        return false;
    warn_readers(arena, &after, wish.key);
    old = dotenv_get(&before.dotenv, wish.key);
    env_report_set(invocation,
                   &(struct env_setting){.path = path,
                                         .key = wish.key,
                                         .created = !before.exists,
                                         .added = old.ptr == NULL,
                                         .changed = old.ptr == NULL || !str_equal(old, wish.value),
                                         .git = git.state});
    return true;
}

static bool missing(const struct env_file *file, const char *key, struct err *err)
{
    if (!file->exists)
        err_set(err, ERR_FAILED, "there is no file %s", file->path);
    else
        err_set(err, ERR_FAILED, "%s has no %s", file->path, key);
    return err_hint(err, "pgrade env list shows the names; pgrade env set %s makes it", key);
}

static bool run_get(struct invocation *invocation, struct err *err)
{
    const char *key = invocation->arguments[0];
    struct env_file file;
    struct str value;

    if (invocation->hide_values) {
        err_set(err, ERR_USAGE, "--hide-values leaves nothing of a value to show");
        return err_hint(err, "pgrade env list");
    }
    if (!env_check_key(key, err) || !env_file_read(invocation->arena, env_path(invocation), &file, err))
        return false;
    value = dotenv_get(&file.dotenv, key);
    if (value.ptr == NULL)
        return missing(&file, key, err);
    if (invocation->json)
        env_report_value(file.path, key, value);
    else if (isatty(STDOUT_FILENO) == 1)
        printf("%.*s\n", STR_ARGS(screen_text(invocation->arena, value)));
    else
        printf("%.*s\n", STR_ARGS(value));
    return true;
}

static bool run_unset(struct invocation *invocation, struct err *err)
{
    const char *path = env_path(invocation);
    const char *key = invocation->arguments[0];
    bool found = false;

    if (!env_check_key(key, err) || (fs_exists(path) && !env_file_unset(path, key, &found, err)))
        return false;
    log_message(LOG_NOTICE, found ? "%s is no longer in %s" : "%s was not in %s", key, path);
    if (invocation->json)
        env_report_unset(path, key, found);
    return true;
}

static bool run_list(struct invocation *invocation, struct err *err)
{
    struct env_file file;
    struct env_git git;

    if (!env_file_read(invocation->arena, env_path(invocation), &file, err))
        return false;
    if (!file.exists) {
        err_set(err, ERR_FAILED, "there is no file %s", file.path);
        return err_hint(err, "pgrade env set KEY makes it; --file names another one");
    }
    if (!look_at_git(invocation, &git, err))
        return false;
    env_report_list(invocation, &file, &git,
                    option_given(invocation, "show-values") && !invocation->hide_values);
    return true;
}

#define FILE_OPTION                                                                                          \
    {                                                                                                        \
        "file", 0, "FILE", "the env file (.env)"                                                             \
    }

static const struct option set_options[] = {
    FILE_OPTION,
    {"from-file", 0, "PATH", "the value is what this file holds; -: standard input"},
    {"generate", 0, NULL, "the value is random: 43 letters and digits"},
    {"keep-old", 0, NULL, "keep the old value before it, as a comment"},
    {"gitignore", 0, NULL, "add the file to .gitignore where git would take it"},
    {NULL, 0, NULL, NULL},
};

static const struct option file_options[] = {
    FILE_OPTION,
    {NULL, 0, NULL, NULL},
};

static const struct option list_options[] = {
    FILE_OPTION,
    {"show-values", 0, NULL, "show the values too"},
    {NULL, 0, NULL, NULL},
};

#define ENV_COMMAND(verb, words, least, does, more, list)                                                    \
    const struct command command_env_##verb = {.name = "env " #verb,                                         \
                                               .group = "deploy",                                            \
                                               .arguments = words,                                           \
                                               .arguments_least = least,                                     \
                                               .arguments_most = least,                                      \
                                               .summary = does,                                              \
                                               .description = more,                                          \
                                               .options = list,                                              \
                                               .run = run_##verb}

ENV_COMMAND(
    set, "KEY[=VALUE]", 1, "Give a variable of an env file a value",
    "The value is asked for without echo, or read from standard input where that is no terminal. A file "
    "that is not there is made, for its owner alone (0600); everything else in it stays as it is.",
    set_options);
ENV_COMMAND(get, "KEY", 1, "Print the value of one variable", "", file_options);
ENV_COMMAND(unset, "KEY", 1, "Remove a variable", "", file_options);
ENV_COMMAND(list, "", 0, "List the variables; values are hidden",
            "URLs of databases are shown without their passwords. Says who would read a line otherwise: "
            "python-dotenv, systemd, docker, a shell.",
            list_options);
