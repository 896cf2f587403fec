#include <string.h>

#include "cli/command.h"

const struct option common_options[] = {
    {"json", 0, NULL, "print the result as JSON on stdout (docs/json.md)"},
    {"quiet", 'q', NULL, "no messages but warnings and errors"},
    {"yes", 'y', NULL, "answer yes to every question"},
    {"no-color", 0, NULL, "no colours (also: NO_COLOR in the environment)"},
    {"hide-values", 0, NULL, "no row contents in any output"},
    {"trace-sql", 0, NULL, "every statement and its time on stderr"},
    {"help", 'h', NULL, "show this and exit"},
    {NULL, 0, NULL, NULL},
};

static const struct option *find(const struct option *options, struct str name, char letter)
{
    for (; options->name != NULL; options++)
        if ((name.len > 0 && str_is(name, options->name)) || (letter != 0 && letter == options->letter))
            return options;
    return NULL;
}

static const struct option *known(const struct command *command, struct str name, char letter)
{
    const struct option *option = find(command->options, name, letter);

    return option != NULL ? option : find(common_options, name, letter);
}

const struct option *option_find(const struct command *command, struct str name)
{
    return name.len == 0 ? NULL : known(command, name, 0);
}

static bool wrong(const struct invocation *invocation, struct err *err)
{
    return err_hint(err, "pgrade %s --help", invocation->command->name);
}

static bool check_value(const struct invocation *invocation, const struct option *option, const char *value,
                        struct err *err)
{
    if (option->argument == NULL && value != NULL)
        err_set(err, ERR_USAGE, "the option --%s takes no value", option->name);
    else if (option->argument != NULL && (value == NULL ? option->argument[0] != '[' : value[0] == '\0'))
        err_set(err, ERR_USAGE, "the option --%s needs a value: --%s %s", option->name, option->name,
                option->argument);
    else
        return true;
    return wrong(invocation, err);
}

/* Standard input and output are no files here: pgrade prints its report there, and reads files twice. */
static bool is_dash(const struct option *option, const char *value)
{
    return value != NULL && strcmp(value, "-") == 0 && option->argument != NULL &&
           strstr(option->argument, "FILE") != NULL && strcmp(option->name, "not-carried") != 0;
}

bool option_check_file(const struct option *option, const char *value, struct err *err)
{
    if (!is_dash(option, value))
        return true;
    err_set(err, ERR_USAGE, "--%s -: a dash is not the name of a file", option->name);
    err_detail(err, "standard output has the report, and nothing is read from standard input");
    return err_hint(err, "give it a name; a file that is called so is ./-");
}

/* --name, --name=value, --name value, -n: *used tells how many words were taken. */
static bool take_option(struct invocation *invocation, int left, char **words, int *used, struct err *err)
{
    struct str word = str_from(words[0]);
    ptrdiff_t equals = str_find(word, '=');
    bool is_long = str_starts_with(word, "--");
    struct str name =
        is_long ? str_slice(word, 2, equals < 0 ? word.len : (size_t)equals) : (struct str){NULL, 0};
    const struct option *option = known(invocation->command, name, is_long ? 0 : word.ptr[1]);
    const char *value = is_long && equals >= 0 ? word.ptr + equals + 1 : NULL;

    *used = 1;
    if (option == NULL || (!is_long && word.len != 2)) {
        err_set(err, ERR_USAGE, "unknown option %s", words[0]);
        return wrong(invocation, err);
    }
    if (option->argument != NULL && option->argument[0] != '[' && value == NULL && left > 1) {
        value = words[1];
        *used = 2;
    }
    if (!check_value(invocation, option, value, err) || !option_check_file(option, value, err))
        return false;
    ARENA_PUSH(invocation->arena, invocation->given, invocation->given_count, invocation->given_capacity) =
        (struct given){option, value, NULL, NULL};
    return true;
}

/* An argument behind an option whose value stands behind '=' only. */
struct loose {
    const struct option *option; /* NULL: there is none */
    const char *word;
};

static bool may_be_value(const struct loose *loose)
{
    struct str word = str_from(loose->word);
    int64_t number;

    if (loose->option == NULL)
        return false;
    if (strcmp(loose->option->argument, "[SECONDS]") == 0)
        return str_to_int64(word, &number);
    return strstr(loose->word, "://") == NULL && str_find(word, '@') < 0; /* nothing that holds a password */
}

/* Where the server is an option's, people give its URL as one argument more. */
static bool refuse_rest(const struct invocation *invocation, const struct loose *loose, struct err *err)
{
    const struct command *command = invocation->command;
    struct str last = str_from(invocation->arguments[invocation->argument_count - 1]);

    err_set(err, ERR_USAGE, "too many arguments: pgrade %s takes %s", command->name,
            command->arguments[0] == '\0' ? "none" : command->arguments);
    if (may_be_value(loose))
        return err_hint(err, "if %s is the value of --%s, write --%s=%s", loose->word, loose->option->name,
                        loose->option->name, loose->word);
    if (option_find(command, (struct str)STR("server")) != NULL && str_starts_with(last, "postgres"))
        return err_hint(err, "pgrade %s %s --server URL", command->name, command->arguments);
    return wrong(invocation, err);
}

static bool check_count(const struct invocation *invocation, const struct loose *loose, struct err *err)
{
    const struct command *command = invocation->command;

    if (option_given(invocation, "help"))
        return true;
    if (invocation->argument_count < command->arguments_least)
        err_set(err, ERR_USAGE, "pgrade %s needs %s", command->name, command->arguments);
    else if (invocation->argument_count > command->arguments_most)
        return refuse_rest(invocation, loose, err);
    else
        return true;
    return wrong(invocation, err);
}

/* The last option, where it has no value and may have one. */
static const struct option *without_value(const struct invocation *invocation)
{
    const struct given *given = &invocation->given[invocation->given_count - 1];

    return given->value == NULL && given->option->argument != NULL ? given->option : NULL;
}

bool options_parse(struct invocation *invocation, int count, char **words, struct err *err)
{
    bool only_arguments = false;
    const struct option *before = NULL;
    struct loose loose = {.option = NULL};
    int used;

    invocation->arguments = ARENA_ARRAY(invocation->arena, const char *, (size_t)count + 1);
    for (int i = 0; i < count; i += used) {
        used = 1;
        if (!only_arguments && strcmp(words[i], "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && words[i][0] == '-' && words[i][1] != '\0') {
            if (!take_option(invocation, count - i, words + i, &used, err))
                return false;
            before = without_value(invocation);
        } else {
            if (before != NULL)
                loose = (struct loose){before, words[i]};
            before = NULL;
            invocation->arguments[invocation->argument_count++] = words[i];
            only_arguments = only_arguments || invocation->command->options_first;
        }
    }
    return check_count(invocation, &loose, err);
}

const char *option_value(const struct invocation *invocation, const char *name)
{
    for (size_t i = invocation->given_count; i-- > 0;)
        if (strcmp(invocation->given[i].option->name, name) == 0)
            return invocation->given[i].value;
    return NULL;
}

bool option_given(const struct invocation *invocation, const char *name)
{
    for (size_t i = 0; i < invocation->given_count; i++)
        if (strcmp(invocation->given[i].option->name, name) == 0)
            return true;
    return false;
}

/* Where the first of several values ends: at a comma that stands in no quoted name. */
static size_t first_value(struct str text)
{
    bool quoted = false;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            quoted = !quoted;
        else if (text.ptr[i] == ',' && !(quoted && str_find(str_slice(text, i, text.len), '"') >= 0))
            return i;
    }
    return text.len;
}

struct str *option_values(const struct invocation *invocation, const char *name, size_t *count)
{
    struct str *values = NULL;
    size_t capacity = 0;

    *count = 0;
    for (size_t i = 0; i < invocation->given_count; i++) {
        struct str rest = str_from(invocation->given[i].value);

        if (strcmp(invocation->given[i].option->name, name) != 0)
            continue;
        while (rest.len > 0) {
            size_t end = first_value(rest);

            ARENA_PUSH(invocation->arena, values, *count, capacity) = str_trim(str_slice(rest, 0, end));
            rest = str_slice(rest, end + 1, rest.len);
        }
    }
    return values;
}

bool option_number(const struct invocation *invocation, const char *name, long least, long most,
                   long otherwise, long *value, struct err *err)
{
    const char *text = option_value(invocation, name);
    int64_t number;

    *value = otherwise;
    if (text == NULL)
        return true;
    if (!str_to_int64(str_from(text), &number) || number < least || number > most) {
        err_set(err, ERR_USAGE, "--%s %s: not a whole number from %ld to %ld", name, text, least, most);
        return wrong(invocation, err);
    }
    *value = (long)number;
    return true;
}
