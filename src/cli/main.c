/* From words to a command; prints an error once and ends with the status that is the truth. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/screen.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/json_print.h"
#include "cli/saved_plan.h"
#include "cli/secrets.h"
#include "engine/postgres/postgres.h"

/* The longest name that the words begin with: "local start" is two of them. */
static const struct command *find_command(int count, char **words, int *used)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        const char *name = commands[i]->name;
        const char *space = strchr(name, ' ');
        size_t first = space == NULL ? strlen(name) : (size_t)(space - name);

        if (strlen(words[0]) != first || strncmp(words[0], name, first) != 0)
            continue;
        *used = space == NULL ? 1 : 2;
        if (space == NULL || (count > 1 && strcmp(words[1], space + 1) == 0))
            return commands[i];
    }
    return NULL;
}

static bool unknown_command(int count, char **words, struct err *err)
{
    char verbs[256] = "";
    size_t used = 0;

    for (size_t i = 0; commands[i] != NULL; i++)
        if (str_starts_with(str_from(commands[i]->name), words[0]) &&
            commands[i]->name[strlen(words[0])] == ' ' && used < sizeof(verbs))
            used += (size_t)snprintf(verbs + used, sizeof(verbs) - used, "%s%s", used > 0 ? ", " : "",
                                     strchr(commands[i]->name, ' ') + 1);
    if (used == 0) {
        err_set(err, ERR_USAGE, "there is no command %s", words[0]);
        return err_hint(err, "pgrade --help");
    }
    err_set(err, ERR_USAGE, "%s needs one of its verbs%s%s", words[0], count > 1 ? ", which is not " : "",
            count > 1 ? words[1] : "");
    err_detail(err, "they are: %s", verbs);
    return err_hint(err, "pgrade --help says what each does");
}

/* Servers repeat values of rows in their messages, and values may hold what a terminal obeys. */
static void print_error(const struct err *err, bool color)
{
    struct arena *arena = arena_new();

    (void)fprintf(stderr, "%spgrade: %.*s%s\n", color ? "\033[31m" : "",
                  STR_ARGS(screen_text(arena, str_from(err->primary))), color ? "\033[0m" : "");
    if (err->detail[0] != '\0')
        (void)fprintf(stderr, "  why: %.*s\n", STR_ARGS(screen_text(arena, str_from(err->detail))));
    if (err->hint[0] != '\0')
        (void)fprintf(stderr, "  try: %.*s\n", STR_ARGS(screen_text(arena, str_from(err->hint))));
    arena_free(arena);
}

static void print_json_error(const struct err *err)
{
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, err_exit_status(err->code));
    json_put_error(&json, "error", err);
    json_print_end(&json, &out);
}

/* Also where the words could not be understood: whoever reads the document must not find nothing. */
static bool wants_json(int count, char **words)
{
    for (int i = 0; i < count && strcmp(words[i], "--") != 0; i++)
        if (strcmp(words[i], "--json") == 0)
            return true;
    return false;
}

static bool wants_color(const struct invocation *invocation, int stream)
{
    const char *forbidden = getenv("NO_COLOR");

    return (forbidden == NULL || forbidden[0] == '\0') && !option_given(invocation, "no-color") &&
           isatty(stream) == 1;
}

/* Statements of --trace-sql may name rows by their values. */
static void hide_literals(void *context, enum log_level level, const char *line)
{
    bool quoted = false;

    (void)context;
    (void)fprintf(stderr, "%s", level == LOG_WARNING ? "warning: " : "");
    for (const char *at = line; *at != '\0'; at++) {
        quoted = quoted != (*at == '\'');
        if (level != LOG_TRACE || !quoted || *at == '\'')
            (void)fputc(*at, stderr);
    }
    (void)fputc('\n', stderr);
}

static void set_flags(struct invocation *invocation)
{
    invocation->quiet = option_given(invocation, "quiet");
    invocation->hide_values = option_given(invocation, "hide-values");
    invocation->color = wants_color(invocation, STDOUT_FILENO);
    if (invocation->hide_values)
        log_to(hide_literals, NULL);
    log_at(option_given(invocation, "trace-sql") ? LOG_TRACE : invocation->quiet ? LOG_WARNING : LOG_NOTICE);
}

static int run(struct invocation *invocation, int count, char **words, struct err *err)
{
    bool done = options_parse(invocation, count, words, err) && config_apply(invocation, err) &&
                saved_plan_apply(invocation, err);

    invocation->json = option_given(invocation, "json") || (!done && wants_json(count, words));
    set_flags(invocation);
    config_announce(invocation);
    if (done && option_given(invocation, "help")) {
        help_command(invocation->command);
        return 0;
    }
    done = done && invocation->command->run(invocation, err);
    if (done)
        return invocation->status;
    config_blame(invocation, err);
    if (invocation->hide_values)
        err_hide_values(err);
    print_error(err, wants_color(invocation, STDERR_FILENO));
    if (invocation->json && !invocation->reported)
        print_json_error(err);
    return err_exit_status(err->code);
}

/* The result that nobody could read: a run that published is not one that did nothing. */
static int finish_output(const struct invocation *invocation, int status)
{
    struct err err = {.code = ERR_NONE};
    bool lost = fflush(stdout) != 0 || ferror(stdout) != 0;

    if (!lost || (status != 0 && !invocation->published))
        return status;
    err_set(&err, ERR_IO, "the result could not be written to stdout");
    if (invocation->published)
        err_detail(&err, "the upgrade itself was done: the tables are published; only its report is lost");
    print_error(&err, false);
    return err_exit_status(err.code);
}

/* Right behind the command's first word: "pgrade local --help". */
static bool asks_help(int count, char **words)
{
    return count > 2 && (strcmp(words[2], "--help") == 0 || strcmp(words[2], "-h") == 0);
}

/* How it was called, where that was by a path: it may not be on PATH. */
static const char *program_of(int count, char **words)
{
    return count > 0 && strchr(words[0], '/') != NULL ? words[0] : "pgrade";
}

int main(int count, char **given)
{
    struct arena *arena = arena_new();
    char **words = secrets_hide(arena, count, given);
    struct invocation invocation = {.arena = arena, .program = program_of(count, words)};
    struct err err = {.code = ERR_NONE};
    int used = 0;
    int status;

    if (count < 2 || strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0 ||
        strcmp(words[1], "help") == 0) {
        help_all();
        status = count < 2 ? 2 : 0;
    } else if (strcmp(words[1], "--version") == 0) {
        printf("pgrade %s\n", PGRADE_VERSION);
        status = 0;
    } else if (asks_help(count, words) && help_group(words[1])) {
        status = 0;
    } else if ((invocation.command = find_command(count - 1, words + 1, &used)) == NULL) {
        unknown_command(count - 1, words + 1, &err);
        print_error(&err, false);
        if (wants_json(count - 1, words + 1))
            print_json_error(&err);
        status = err_exit_status(err.code);
    } else {
        status = run(&invocation, count - 1 - used, words + 1 + used, &err);
    }
    arena_free(invocation.arena);
    status = finish_output(&invocation, status);
    if (postgres_is_connecting()) {
        (void)fflush(NULL);
        _exit(status);
    }
    return status;
}
