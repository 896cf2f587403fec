#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "ops/backup_intern.h"
#include "ops/backup_list.h"

enum {
    KEEP_MOST = 100000,
    MICRO = 1000 * 1000,
    DAY_SECONDS = 24 * 60 * 60,
    WEEK_DAYS = 7,
    EPOCH_WEEKDAY = 3, /* 1970-01-01 was the fourth day of a week that began on Monday */
    YEAR_MONTHS = 12
};

static bool wrong(struct str text, struct err *err)
{
    err_set(err, ERR_USAGE, "--keep %.*s: neither a number nor daily=N,weekly=N,monthly=N", STR_ARGS(text));
    return err_hint(err, "--keep 7 keeps the last seven; at least one is always kept");
}

static bool read_number(struct str text, int *number)
{
    int64_t value;

    if (!str_to_int64(text, &value) || value < 1 || value > KEEP_MOST)
        return false;
    *number = (int)value;
    return true;
}

static bool read_part(struct str part, struct backup_keep *keep)
{
    ptrdiff_t equals = str_find(part, '=');
    struct str name = str_slice(part, 0, equals < 0 ? 0 : (size_t)equals);
    struct str value = str_slice(part, (size_t)(equals + 1), part.len);

    if (equals < 0)
        return read_number(part, &keep->last);
    if (str_is(name, "last"))
        return read_number(value, &keep->last);
    if (str_is(name, "daily"))
        return read_number(value, &keep->daily);
    if (str_is(name, "weekly"))
        return read_number(value, &keep->weekly);
    return str_is(name, "monthly") && read_number(value, &keep->monthly);
}

bool backup_keep_parse(struct str text, struct backup_keep *keep, struct err *err)
{
    struct str rest = text;

    *keep = (struct backup_keep){.last = 0};
    while (rest.len > 0) {
        ptrdiff_t comma = str_find(rest, ',');
        size_t end = comma < 0 ? rest.len : (size_t)comma;

        if (!read_part(str_trim(str_slice(rest, 0, end)), keep))
            return wrong(text, err);
        rest = str_slice(rest, end + 1, rest.len);
    }
    return true;
}

/* A number for the span in which the moment lies, the same for all moments in it. */
typedef int64_t span_of(int64_t us);

static int64_t day_of(int64_t us)
{
    return us / MICRO / DAY_SECONDS;
}

static int64_t week_of(int64_t us)
{
    return (day_of(us) + EPOCH_WEEKDAY) / WEEK_DAYS;
}

static int64_t month_of(int64_t us)
{
    time_t seconds = (time_t)(us / MICRO);
    struct tm parts = {.tm_year = 0};

    (void)gmtime_r(&seconds, &parts);
    return (int64_t)parts.tm_year * YEAR_MONTHS + parts.tm_mon;
}

/* From the newest on: the first backup seen in a span is the newest of it. */
static void keep_of_each(span_of *span, int wanted, const int64_t *began_us, size_t count, bool *kept)
{
    int64_t last = -1;

    for (size_t i = count; i-- > 0 && wanted > 0;) {
        int64_t now = span(began_us[i]);

        if (now == last)
            continue;
        kept[i] = true;
        last = now;
        wanted--;
    }
}

void backup_keep_choose(const struct backup_keep *keep, const int64_t *began_us, size_t count, bool *kept)
{
    bool all = keep->last == 0 && keep->daily == 0 && keep->weekly == 0 && keep->monthly == 0;

    for (size_t i = 0; i < count; i++)
        kept[i] = all || i + 1 == count || count - i <= (size_t)keep->last;
    keep_of_each(day_of, keep->daily, began_us, count, kept);
    keep_of_each(week_of, keep->weekly, began_us, count, kept);
    keep_of_each(month_of, keep->monthly, began_us, count, kept);
}

/* Whole, and of the same database. */
static size_t select_same(struct backup_list *list, const struct manifest *manifest)
{
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct listed_backup *one = &list->items[i];

        if (one->whole && str_equal(one->manifest.source, manifest->source) &&
            str_equal(one->manifest.database, manifest->database) &&
            manifest_is_bundle(&one->manifest) == manifest_is_bundle(manifest))
            list->items[count++] = *one;
    }
    return count;
}

/* Under the name of an unfinished one first: half of a backup must not look like one. */
static bool remove_backup(struct arena *arena, const char *directory, const struct listed_backup *one,
                          struct err *err)
{
    const char *partial = arena_printf(arena, ".%.*s" BACKUP_PARTIAL, STR_ARGS(one->name));

    if (!backup_is_partial(str_from(partial))) /* its owner named it: the next backup would not know it */
        partial = arena_printf(arena, ".%s" BACKUP_PARTIAL,
                               backup_name_at(arena, one->name, one->manifest.began_us));

    if (rename(one->path, fs_join(arena, directory, partial)) != 0) {
        if (errno == ENOENT) /* somebody else removed it */
            return true;
        err_set(err, ERR_IO, "cannot remove %s", one->path);
        return err_detail(err, "%s", strerror(errno));
    }
    return fs_remove_tree(directory, partial, err);
}

/* Its sizes are right, or it would not be here; whether its bytes are too is seen before it goes. */
static bool is_damaged(const struct listed_backup *one)
{
    struct err failure = {.code = ERR_NONE};

    if (manifest_check_files(one->path, &one->manifest, NULL, &failure))
        return false;
    log_message(LOG_WARNING, "an older backup is damaged and stays, for you to look at: %s", one->path);
    return true;
}

bool backup_rotate(struct arena *arena, const struct backup_result *made, const struct backup_keep *keep,
                   struct str **removed, size_t *removed_count, struct err *err)
{
    const char *directory = fs_directory_of(arena, made->path);
    struct backup_list list;
    int64_t *began;
    size_t capacity = 0;
    size_t count;
    bool *kept;

    *removed = NULL;
    *removed_count = 0;
    if (!backup_list(arena, directory, false, NULL, &list, err))
        return false;
    count = select_same(&list, &made->manifest);
    began = ARENA_ARRAY(arena, int64_t, count + 1);
    kept = ARENA_ARRAY(arena, bool, count + 1);
    for (size_t i = 0; i < count; i++)
        began[i] = list.items[i].manifest.began_us;
    backup_keep_choose(keep, began, count, kept);
    for (size_t i = 0; i < count; i++) {
        if (kept[i] || strcmp(list.items[i].path, made->path) == 0 || is_damaged(&list.items[i]))
            continue;
        if (!remove_backup(arena, directory, &list.items[i], err))
            return false;
        ARENA_PUSH(arena, *removed, *removed_count, capacity) = list.items[i].name;
    }
    return true;
}
