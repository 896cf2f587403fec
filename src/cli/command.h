/*
 * command.h: one command = one file = one table entry.
 *
 * Help, usage errors and the list of commands are made from these tables; `tests/cli` holds man pages against
 * them.
 */
#ifndef PGRADE_CLI_COMMAND_H
#define PGRADE_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct option {
    const char *name;     /* without the dashes */
    char letter;          /* 0: none */
    const char *argument; /* "NAME"; "[NAME]": may be left out, and stands behind = only; NULL: a flag */
    const char *help;     /* one line */
};

struct given {
    const struct option *option;
    const char *value;  /* NULL: a flag */
    const char *where;  /* file:line, or a saved plan; NULL: the command line */
    const char *reason; /* a saved plan's; NULL: none */
};

struct invocation;
struct fingerprints;

struct command {
    const char *name;      /* "upgrade", "local start" */
    const char *group;     /* heading in pgrade --help */
    const char *arguments; /* "SOURCE [TARGET]" */
    int arguments_least;
    int arguments_most;
    const char *summary;          /* one line */
    const char *description;      /* paragraphs for --help */
    const struct option *options; /* ended by one without a name */
    bool options_first;           /* all that follows the first argument is an argument, options too */
    bool (*run)(struct invocation *invocation, struct err *err);
};

/* What was typed, understood. */
struct invocation {
    struct arena *arena;
    const char *program; /* what to type to call it again */
    const struct command *command;
    const char **arguments;
    int argument_count;
    struct given *given;
    size_t given_count;
    size_t given_capacity;
    const char *config_path;            /* the settings file that was read; NULL: none */
    size_t config_count;                /* how many of its settings are for this command */
    const struct fingerprints *planned; /* the source of the saved plan; NULL: there is none */
    int status; /* of a run that succeeded: 0, or 6 for done with accepted shortfalls */
    bool json;
    bool quiet;
    bool color; /* stdout is a terminal and nobody forbade it */
    bool hide_values;
    bool reported;  /* a JSON document with the error in it was printed already */
    bool published; /* tables became visible: whatever fails afterwards must not hide that */
};

extern const struct command *const commands[]; /* ended by NULL */
extern const struct option common_options[];

/* Understands the words behind the command's name. */
bool options_parse(struct invocation *invocation, int count, char **words, struct err *err) MUST_USE;

/* The option of that name, of the command or of all; NULL: there is none. */
const struct option *option_find(const struct command *command, struct str name);

/* ERR_USAGE for `-` where a file is meant. */
bool option_check_file(const struct option *option, const char *value, struct err *err) MUST_USE;

bool option_given(const struct invocation *invocation, const char *name);
/* The value of the last one; NULL: not given. */
const char *option_value(const struct invocation *invocation, const char *name);
/* All values of an option that may be repeated; a comma separates several in one. */
struct str *option_values(const struct invocation *invocation, const char *name, size_t *count);
/* A whole number within bounds; `otherwise` when not given. */
bool option_number(const struct invocation *invocation, const char *name, long least, long most,
                   long otherwise, long *value, struct err *err) MUST_USE;

/* What all commands that begin with that word do: "local".  False: there is none. */
bool help_group(const char *word);
void help_command(const struct command *command);
void help_all(void);

#endif
