#include "ops/backup_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/flag.h"
#include "ops/backup_intern.h"

static void look_at_one(struct arena *arena, const char *path, const char *name, bool sums,
                        const volatile sig_atomic_t *interrupted, struct backup_list *list)
{
    struct listed_backup one = {
        .name = str_dup(arena, str_from(name)), .path = path, .manifest = {.began_us = -1}};
    struct err err = {.code = ERR_NONE};

    one.whole = manifest_read(arena, path, &one.manifest, &err) &&
                (sums ? manifest_check_files(path, &one.manifest, interrupted, &err)
                      : manifest_check_sizes(path, &one.manifest, &err));
    if (!one.whole)
        one.why = str_dup(arena, str_from(err.primary));
    ARENA_PUSH(arena, list->items, list->count, list->capacity) = one;
}

static void look_at(struct arena *arena, const char *directory, const char *name, bool sums,
                    const volatile sig_atomic_t *interrupted, struct backup_list *list)
{
    const char *path = fs_join(arena, directory, name);

    if (!fs_is_directory(path))
        return;
    if (backup_is_partial(str_from(name)) || (name[0] == '.' && str_ends_with(str_from(name), BACKUP_MOVING)))
        ARENA_PUSH(arena, list->partial, list->partial_count, list->partial_capacity) =
            str_dup(arena, str_from(name));
    else if (name[0] != '.' && fs_exists(fs_join(arena, path, MANIFEST_NAME)))
        look_at_one(arena, path, name, sums, interrupted, list);
}

static int by_age(const void *a, const void *b)
{
    const struct listed_backup *left = a;
    const struct listed_backup *right = b;

    if (left->manifest.began_us != right->manifest.began_us)
        return left->manifest.began_us < right->manifest.began_us ? -1 : 1;
    return str_compare(left->name, right->name);
}

bool backup_list(struct arena *arena, const char *directory, bool sums,
                 const volatile sig_atomic_t *interrupted, struct backup_list *list, struct err *err)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, NULL, alphasort);

    *list = (struct backup_list){.items = NULL};
    if (count < 0) {
        err_set(err, ERR_IO, "cannot list %s", directory);
        return err_detail(err, "%s", strerror(errno));
    }
    for (int i = 0; i < count; i++) {
        if (!flag_is_set(interrupted))
            look_at(arena, directory, entries[i]->d_name, sums, interrupted, list);
        free(entries[i]);
    }
    free((void *)entries);
    if (list->count > 1)
        qsort(list->items, list->count, sizeof(*list->items), by_age);
    return !flag_is_set(interrupted) || err_set(err, ERR_CANCELED, "interrupted");
}
