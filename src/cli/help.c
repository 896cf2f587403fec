/* Help, made from the tables. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/wrap.h"

/* The text from `column` on, in lines of the terminal that go on at `indent`; as it stands where there is no
 * terminal.  An empty line stays one, other ends of lines are spaces. */
static void print_text(const char *text, size_t column, size_t indent)
{
    size_t width = wrap_width();

    while (width > 0 && *text != '\0') {
        size_t spaces = strspn(text, " \n");
        size_t word = strcspn(text + spaces, " \n");
        bool paragraph = spaces > 1 && text[0] == '\n' && text[1] == '\n';

        if (paragraph || (column > indent && column + spaces + word > width)) {
            printf("%s\n%*s", paragraph ? "\n" : "", (int)indent, "");
            column = indent;
        } else {
            printf("%*s", (int)spaces, "");
            column += spaces;
        }
        printf("%.*s", (int)word, text + spaces);
        column += word;
        text += spaces + word;
    }
    printf("%s\n", text);
}

/* A line with a name on the left, which may be longer than its column. */
static void print_entry(const char *left, int column, const char *text)
{
    int used = printf("%-*s ", column, left);

    print_text(text, used < 0 ? 0 : (size_t)used, (size_t)column + 1);
}

static void print_options(const struct option *options)
{
    for (; options->name != NULL; options++) {
        char left[80];

        (void)snprintf(left, sizeof(left), "  %c%c%c --%s%s%s", options->letter == 0 ? ' ' : '-',
                       options->letter == 0 ? ' ' : options->letter, options->letter == 0 ? ' ' : ',',
                       options->name, options->argument == NULL ? "" : " ",
                       options->argument == NULL ? "" : options->argument);
        print_entry(left, 32, options->help);
    }
}

void help_command(const struct command *command)
{
    printf("usage: pgrade %s%s%s [options]\n\n", command->name, command->arguments[0] == '\0' ? "" : " ",
           command->arguments);
    printf("%s.\n", command->summary);
    if (command->description[0] != '\0') {
        printf("\n");
        print_text(command->description, 0, 0);
    }
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
        char left[64];

        if (strncmp(commands[i]->name, word, length) != 0 || commands[i]->name[length] != ' ')
            continue;
        if (!found)
            printf("usage: pgrade %s VERB [options]\n\n", word);
        found = true;
        (void)snprintf(left, sizeof(left), "  %s", commands[i]->name);
        print_entry(left, 30, commands[i]->summary);
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
        (void)snprintf(left, sizeof(left), "  %s %s", commands[i]->name, commands[i]->arguments);
        print_entry(left, 30, commands[i]->summary);
    }
    printf("\npgrade COMMAND --help tells more; pgrade --version prints the version.\n\n");
    print_text("exit status: 0 done and verified, 1 failed, 2 wrong usage, 3 a decision is needed,\n"
               "4 refused, 5 a database cannot be reached or used, 6 done with accepted shortfalls",
               0, 0);
}
