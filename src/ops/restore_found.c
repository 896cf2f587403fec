#include "ops/restore_found.h"

#include <time.h>

#include "base/clock.h"
#include "ops/database_empty.h"
#include "ops/interrupt.h"
#include "ops/restore_intern.h"

enum {
    ENDS_WITHIN_US = 60 * 1000 * 1000 /* a restore whose client is gone: the server notices when it writes */
};

static bool read_mark(struct arena *arena, struct engine *engine, struct str *text, struct err *err)
{
    struct value value;

    if (!engine_value(engine, arena,
                      (struct str)STR("SELECT pg_catalog.obj_description(pg_catalog.to_regnamespace("
                                      "'" RESTORE_MARK "'), 'pg_namespace')"),
                      NULL, 0, &value, err))
        return false;
    *text = value.kind == VALUE_NULL ? (struct str){NULL, 0} : value.bytes;
    return true;
}

bool restore_find(struct arena *arena, struct engine *engine, const struct manifest *manifest,
                  const volatile sig_atomic_t *interrupted, enum restore_found *found, struct str *what,
                  struct err *err)
{
    struct contents contents;
    bool half = false;
    struct str *lines;
    size_t count;

    *found = RESTORE_FOUND_NOTHING;
    if (!restore_is_unfinished(arena, engine, &half, err) ||
        !(half ? read_mark(arena, engine, what, err) : database_find_object(arena, engine, what, err)))
        return false;
    if (half)
        *found = RESTORE_FOUND_HALF;
    if (half || what->ptr == NULL)
        return true;
    if (!engine_exec(engine, (struct str)STR("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), err) ||
        !contents_read(arena, engine, interrupted, &contents, err) ||
        !engine_exec(engine, (struct str)STR("COMMIT"), err))
        return false;
    lines = contents_differences(arena, &manifest->contents, &contents, &count);
    *found = count == 0 ? RESTORE_FOUND_SAME : RESTORE_FOUND_OTHER;
    if (count > 0)
        *what = str_printf(arena, "it has %.*s; beside the dump: %.*s", STR_ARGS(*what), STR_ARGS(lines[0]));
    return true;
}

bool restore_wait(struct arena *arena, struct engine *engine, struct str database,
                  const volatile sig_atomic_t *interrupted, struct err *err)
{
    static const char sql[] = "SELECT count(*)::bigint FROM pg_catalog.pg_stat_activity WHERE datname = $1"
                              " AND application_name IN ('pg_restore', 'pgrade restore', 'pgrade move')"
                              " AND pid <> pg_catalog.pg_backend_pid()";
    const struct timespec pause = {.tv_nsec = 100 * 1000 * 1000};
    int64_t until = clock_monotonic_us() + ENDS_WITHIN_US;
    struct value value;

    do {
        if (!engine_value(engine, arena, str_from(sql), &database, 1, &value, err))
            return false;
        if (value.integer == 0)
            return true;
        (void)nanosleep(&pause, NULL);
    } while (clock_monotonic_us() < until && !was_interrupted(interrupted));
    err_set(err, ERR_REFUSED, "a restore into %.*s is still under way on the server", STR_ARGS(database));
    return err_hint(err, "pgrade show URL tells who is connected; try again when it has ended");
}
