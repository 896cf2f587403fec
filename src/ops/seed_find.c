/* Which files there are, and of which table each is. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "ops/seed_intern.h"

static const struct {
    const char *ending;
    enum seed_kind kind;
} endings[] = {{".sql", SEED_SQL}, {".csv", SEED_CSV}, {".json", SEED_JSON}};

static bool kind_of(const char *name, enum seed_kind *kind, size_t *stem)
{
    struct str whole = str_from(name);

    for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
        size_t length = strlen(endings[i].ending);

        if (whole.len > length &&
            str_is_nocase(str_slice(whole, whole.len - length, whole.len), endings[i].ending)) {
            *kind = endings[i].kind;
            *stem = whole.len - length;
            return true;
        }
    }
    return false;
}

/* 010_users.csv and 10-users.csv are of users; a name of nothing but digits is kept. */
static struct str table_of(struct str stem)
{
    size_t digits = 0;
    size_t marks;

    while (digits < stem.len && ascii_is_digit(stem.ptr[digits]))
        digits++;
    marks = digits;
    while (digits > 0 && marks < stem.len && strchr("_-. ", stem.ptr[marks]) != NULL)
        marks++;
    return marks == digits || marks == stem.len ? stem : str_slice(stem, marks, stem.len);
}

static bool add_file(struct arena *arena, const char *path, struct seed *seed)
{
    const char *name = fs_name_of(path);
    struct seed_file file = {.path = arena_printf(arena, "%s", path)};
    size_t stem;

    if (!kind_of(name, &file.kind, &stem))
        return false;
    if (file.kind != SEED_SQL)
        file.table = str_dup(arena, table_of(str_slice(str_from(name), 0, stem)));
    ARENA_PUSH(arena, seed->files, seed->file_count, seed->file_capacity) = file;
    return true;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool add_directory(struct arena *arena, const char *path, struct seed *seed, struct err *err)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_visible, by_bytes);
    size_t before = seed->file_count;

    if (count < 0)
        return err_set(err, ERR_IO, "the directory %s cannot be read", path);
    for (int i = 0; i < count; i++) {
        const char *file = fs_join(arena, path, entries[i]->d_name);

        if (fs_is_directory(file) || !add_file(arena, file, seed))
            ARENA_PUSH(arena, seed->passed_over, seed->passed_count, seed->passed_capacity) = file;
        free(entries[i]);
    }
    free(entries);
    if (seed->file_count > before)
        return true;
    err_set(err, ERR_USAGE, "the directory %s holds no seed files", path);
    return err_hint(err, "seed files are called NAME.sql, TABLE.csv or TABLE.json: 010_users.csv");
}

bool seed_add(struct arena *arena, const char *path, struct seed *seed, struct err *err)
{
    struct fs_info info;

    if (!fs_stat(path, &info, err))
        return false;
    if (info.kind == FS_DIRECTORY)
        return add_directory(arena, path, seed, err);
    if (info.kind == FS_MISSING) {
        err_set(err, ERR_USAGE, "there is no %s", path);
        return err_hint(err, "seed files lie in db/seeds, or are named behind the database");
    }
    if (add_file(arena, path, seed))
        return true;
    err_set(err, ERR_USAGE, "%s is no seed file", path);
    return err_hint(err, "its name has to end in .sql, .csv or .json");
}
