/* Runs what mends, where that is safe. */
#include "ops/check_intern.h"

static bool is_fix(const struct check_result *result, size_t which)
{
    return result->check->fixable && result->findings[which].mend.ptr != NULL;
}

size_t check_count_fixes(const struct check_report *report)
{
    size_t count = 0;

    for (size_t i = 0; i < report->count; i++)
        for (size_t j = 0; j < report->results[i].count; j++)
            count += is_fix(&report->results[i], j) ? 1 : 0;
    return count;
}

static bool fix(struct pgrade_database *db, struct str sql, check_fixed *done, void *context, struct err *err)
{
    struct arena *arena = arena_new();
    struct err failed = {.code = ERR_NONE};
    struct pgrade_error error;
    bool mended = pgrade_run(db, str_cstr(arena, sql), NULL, 0, NULL, &error);

    if (!mended)
        core_failed(&error, &failed);
    done(context, sql, mended ? NULL : &failed);
    arena_free(arena);
    if (mended || (error.kind != PGRADE_KIND_CONNECTION && error.kind != PGRADE_KIND_CANCELED))
        return true;
    *err = failed;
    return false;
}

/* Each by itself: REINDEX CONCURRENTLY cannot be part of a transaction. */
bool check_fix(const struct check_request *request, const struct check_report *report, check_fixed *done,
               void *context, struct err *err)
{
    struct core_options options = *request->options;
    struct pgrade_database *db;
    bool goes_on = true;

    options.public.read_only = false;
    options.public.timeout_ms = 0;
    if (!core_open(&report->url, &options, &db, err))
        return false;
    for (size_t i = 0; i < report->count; i++)
        for (size_t j = 0; goes_on && j < report->results[i].count; j++)
            if (is_fix(&report->results[i], j))
                goes_on = fix(db, report->results[i].findings[j].mend, done, context, err);
    pgrade_close(db);
    return goes_on;
}
