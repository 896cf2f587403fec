/* Help, made from the tables. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

static void print_options(const struct option *options)
{
    for (; options->name != NULL; options++) {
        char left[64];

        (void)snprintf(left, sizeof(left), "--%s%s%s", options->name, options->argument == NULL ? "" : " ",
                       options->argument == NULL ? "" : options->argument);
        printf("  %c%c%c %-26s %s\n", options->letter == 0 ? ' ' : '-',
               options->letter == 0 ? ' ' : options->letter, options->letter == 0 ? ' ' : ',', left,
               options->help);
    }
}

void help_command(const struct command *command)
{
    printf("usage: pgrade %s%s%s [options]\n\n%s.\n", command->name, command->arguments[0] == '\0' ? "" : " ",
           command->arguments, command->summary);
    if (command->description[0] != '\0')
        printf("\n%s\n", command->description);
    if (command->options->name != NULL) {
        printf("\noptions:\n");
        print_options(command->options);
    }
    printf("\noptions of every command:\n");
    print_options(common_options);
}

bool help_group(const char *word)
{
    size_t length = strlen(word);
    bool found = false;

    for (size_t i = 0; commands[i] != NULL; i++) {
        if (strncmp(commands[i]->name, word, length) != 0 || commands[i]->name[length] != ' ')
            continue;
        if (!found)
            printf("usage: pgrade %s VERB [options]\n\n", word);
        found = true;
        printf("  %-28s %s\n", commands[i]->name, commands[i]->summary);
    }
    if (found)
        printf("\npgrade %s VERB --help tells more.\n", word);
    return found;
}

void help_all(void)
{
    const char *group = "";

    printf("usage: pgrade COMMAND [ARGUMENTS] [options]\n\n"
           "Moves an application from SQLite to PostgreSQL, verified value by value.\n");
    for (size_t i = 0; commands[i] != NULL; i++) {
        char left[64];

        if (strcmp(group, commands[i]->group) != 0)
            printf("\n%s\n", commands[i]->group);
        group = commands[i]->group;
        (void)snprintf(left, sizeof(left), "%s %s", commands[i]->name, commands[i]->arguments);
        printf("  %-28s %s\n", left, commands[i]->summary);
    }
    printf("\npgrade COMMAND --help tells more; pgrade --version prints the version.\n"
           "\nexit status: 0 done and verified, 1 failed, 2 wrong usage, 3 a decision is needed,\n"
           "4 refused, 5 a database cannot be reached or used, 6 done with accepted shortfalls\n");
}
