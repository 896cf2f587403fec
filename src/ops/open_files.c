#include "ops/open_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_open(const char *process, const struct stat *wanted)
{
    DIR *folder = opendir(process);
    const struct dirent *entry;
    bool found = false;

    if (folder == NULL)
        return false;
    while (!found && (entry = readdir(folder)) != NULL) {
        struct stat status;

        found = entry->d_name[0] != '.' && fstatat(dirfd(folder), entry->d_name, &status, 0) == 0 &&
                status.st_dev == wanted->st_dev && status.st_ino == wanted->st_ino;
    }
    (void)closedir(folder);
    return found;
}

/* As the kernel calls it; it may hold any byte. */
static const char *name_of(struct arena *arena, long number)
{
    char *name = arena_alloc(arena, 64);
    FILE *file = fopen(arena_printf(arena, "/proc/%ld/comm", number), "re");
    size_t length = file == NULL ? 0 : fread(name, 1, 63, file);

    if (file != NULL)
        (void)fclose(file);
    for (size_t i = 0; i < length; i++)
        if (name[i] < ' ' || name[i] == 127)
            name[i] = '\0';
    name[length] = '\0';
    return name[0] == '\0' ? "?" : name;
}

const char *open_files_holder(struct arena *arena, const char *path)
{
    struct stat wanted;
    const struct dirent *entry;
    const char *holder = NULL;
    DIR *processes;

    if (stat(path, &wanted) != 0)
        return NULL;
    processes = opendir("/proc");
    if (processes == NULL)
        return NULL;
    while (holder == NULL && (entry = readdir(processes)) != NULL) {
        long number = strtol(entry->d_name, NULL, 10);

        if (number > 0 && number != (long)getpid() &&
            has_open(arena_printf(arena, "/proc/%ld/fd", number), &wanted))
            holder = arena_printf(arena, "the process %ld (%s)", number, name_of(arena, number));
    }
    (void)closedir(processes);
    return holder;
}
