#include "ops/stage.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/fs.h"
#include "base/screen.h"

enum {
    LEVELS = 3 /* of folders that are looked into */
};

void stage_init(struct stage *stage)
{
    memset(stage, 0, sizeof(*stage));
    (void)pthread_mutex_init(&stage->lock, NULL);
}

void stage_end(struct stage *stage)
{
    (void)pthread_mutex_destroy(&stage->lock);
}

void stage_set(struct stage *stage, const char *doing, struct str name, const char *grows)
{
    if (stage == NULL)
        return;
    (void)pthread_mutex_lock(&stage->lock);
    stage->doing = doing;
    (void)snprintf(stage->name, sizeof(stage->name), "%.*s", STR_ARGS(name));
    (void)snprintf(stage->grows, sizeof(stage->grows), "%s", grows == NULL ? "" : grows);
    (void)pthread_mutex_unlock(&stage->lock);
}

void stage_count(struct stage *stage, size_t done, size_t all)
{
    if (stage == NULL)
        return;
    (void)pthread_mutex_lock(&stage->lock);
    stage->done = done;
    stage->all = all;
    (void)pthread_mutex_unlock(&stage->lock);
}

/* What cannot be looked at counts for nothing: it is a number for people. */
static int64_t bytes_at(struct arena *arena, const char *path, int levels)
{
    struct err ignored = {.code = ERR_NONE};
    struct fs_info info;
    const struct dirent *entry;
    int64_t bytes = 0;
    DIR *folder;

    if (!fs_stat(path, &info, &ignored) || info.kind == FS_MISSING)
        return 0;
    if (info.kind != FS_DIRECTORY)
        return info.size;
    folder = levels > 0 ? opendir(path) : NULL;
    while (folder != NULL && (entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.')
            bytes += bytes_at(arena, fs_join(arena, path, entry->d_name), levels - 1);
    if (folder != NULL)
        (void)closedir(folder);
    return bytes;
}

struct str stage_text(struct arena *arena, struct stage *stage)
{
    struct str name;
    struct str text = {NULL, 0};
    const char *grows;

    (void)pthread_mutex_lock(&stage->lock);
    name = screen_text(arena, str_from(stage->name));
    grows = arena_copy(arena, stage->grows, strlen(stage->grows));
    if (stage->doing != NULL)
        text = str_printf(arena, "%s%s%.*s", stage->doing, name.len > 0 ? " " : "", STR_ARGS(name));
    if (stage->doing != NULL && stage->all > 0)
        text = str_printf(arena, "%.*s: %zu of %zu databases", STR_ARGS(text),
                          stage->done + 1 > stage->all ? stage->all : stage->done + 1, stage->all);
    (void)pthread_mutex_unlock(&stage->lock);
    if (text.ptr != NULL && grows[0] != '\0')
        text =
            str_printf(arena, "%.*s, %.1f MB", STR_ARGS(text), (double)bytes_at(arena, grows, LEVELS) / 1e6);
    return text;
}
