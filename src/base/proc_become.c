#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/proc.h"

static char **copy_list(struct arena *arena, const char *const *list)
{
    size_t count = 0;
    char **copy;

    while (list[count] != NULL)
        count++;
    copy = ARENA_ARRAY(arena, char *, count + 1);
    for (size_t i = 0; i < count; i++)
        copy[i] = arena_copy(arena, list[i], strlen(list[i]));
    return copy;
}

int proc_become(const char *const *argv, const char *const *environment)
{
    struct arena *arena = arena_new();
    char **before = environ;
    char **words = copy_list(arena, argv);
    int failed;

    /* execvp() looks for the program on the PATH of this variable. */
    environ = copy_list(arena, environment);
    (void)execvp(words[0], words);
    failed = errno;
    environ = before;
    arena_free(arena);
    return failed;
}
