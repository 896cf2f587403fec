/* `pgrade env run`: another program in this process's place, with exactly the environment of a file. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/proc.h"
#include "cli/commands.h"
#include "cli/connect.h"
#include "cli/env.h"

enum {
    STATUS_CANNOT_RUN = 126, /* as a shell has it */
    STATUS_NOT_FOUND = 127
};

extern char **environ;

static const char *const kept[] = {"PATH", "HOME", "LANG", "TERM"};
static const char default_path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct list {
    const char **items;
    size_t count;
    size_t capacity;
};

/* NAME=value in the place of the one of that name. */
static void put_variable(struct arena *arena, struct list *list, const char *variable)
{
    size_t length = (size_t)(strchr(variable, '=') - variable) + 1;

    for (size_t i = 0; i < list->count; i++)
        if (strncmp(list->items[i], variable, length) == 0) {
            list->items[i] = variable;
            return;
        }
    ARENA_PUSH(arena, list->items, list->count, list->capacity) = variable;
}

static void put_ours(struct arena *arena, struct list *list, bool all)
{
    for (char **one = environ; all && *one != NULL; one++)
        if (strchr(*one, '=') != NULL)
            put_variable(arena, list, *one);
    for (size_t i = 0; !all && i < ARRAY_LENGTH(kept); i++) {
        const char *value = getenv(kept[i]);

        if (value != NULL)
            put_variable(arena, list, arena_printf(arena, "%s=%s", kept[i], value));
        else if (i == 0)
            put_variable(arena, list, default_path);
    }
}

/* A file decides what its programs load: LD_PRELOAD, PATH. */
static bool check_owner(struct invocation *invocation, const char *path, struct err *err)
{
    struct fs_info info;

    if (!fs_stat(path, &info, err))
        return false;
    if (geteuid() != 0 || info.owner == 0 || option_given(invocation, "yes"))
        return true;
    err_set(err, ERR_REFUSED, "%s belongs to another user, and would say what root runs", path);
    err_detail(err, "variables such as PATH and LD_PRELOAD decide which code a program loads");
    return err_hint(
        err, "run it as that user (runuser -u NAME -- pgrade env run ...), or --yes to trust the file");
}

static bool read_file(struct invocation *invocation, struct env_file *file, struct err *err)
{
    const char *path = env_path(invocation);

    if (!env_file_read(invocation->arena, path, file, err))
        return false;
    if (!file->exists) {
        err_set(err, ERR_FAILED, "there is no file %s", path);
        return err_hint(err, "pgrade env set KEY makes it; --file names another one");
    }
    if (file->dotenv.unknown_count > 0) {
        err_set(err, ERR_SYNTAX, "%s:%zu: this is no variable", path, file->dotenv.unknown[0]);
        err_detail(err, "a program is started with exactly what the file says, and this line says nothing");
        return err_hint(err, "write KEY=value there, or # before it");
    }
    return check_owner(invocation, path, err);
}

/* What a shell would say, with its status. */
static bool tell_failure(struct invocation *invocation, int why)
{
    const char *program = invocation->arguments[0];

    invocation->status = why == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
    log_message(LOG_WARNING, "%s cannot be started: %s", program,
                why == ENOENT && strchr(program, '/') == NULL ? "it is not on PATH" : strerror(why));
    return true;
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct arena *arena = invocation->arena;
    struct list environment = {.items = NULL};
    struct env_file file;

    if (!read_file(invocation, &file, err))
        return false;
    put_ours(arena, &environment, option_given(invocation, "inherit"));
    for (size_t i = 0; i < file.dotenv.count; i++)
        put_variable(
            arena, &environment,
            arena_printf(arena, "%s=%s", file.dotenv.items[i].key.ptr, file.dotenv.items[i].value.ptr));
    ARENA_PUSH(arena, environment.items, environment.count, environment.capacity) = NULL;
    invocation->arguments[invocation->argument_count] = NULL;
    return tell_failure(invocation, proc_become(invocation->arguments, environment.items));
}

static const struct option options[] = {
    {"file", 0, "FILE", "the env file (.env)"},
    {"inherit", 0, NULL, "on top of the whole environment of the caller"},
    {NULL, 0, NULL, NULL},
};

const struct command command_env_run = {
    .name = "env run",
    .group = "deploy",
    .arguments = "COMMAND [ARG...]",
    .arguments_least = 1,
    .arguments_most = INT_MAX,
    .options_first = true,
    .summary = "Start a program with exactly that environment",
    .description = "The variables of the file, and of the caller's PATH, HOME, LANG and TERM; nothing else. "
                   "Options of pgrade stand before COMMAND. The program takes the place of pgrade: signals "
                   "and exit status are its own; 127: there is none of that name, 126: it cannot be run.",
    .options = options,
    .run = run,
};
