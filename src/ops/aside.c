#include "ops/aside.h"

#include "base/fs.h"
#include "ops/policy.h"
#include "transfer/quarantine.h"
#include "transfer/target.h"

static struct str source_text(struct arena *arena, const struct upgrade_options *options)
{
    return target_text_of_path(arena, options->source->path);
}

static const char *source_name(struct arena *arena, const struct upgrade_options *options)
{
    return fs_name_of(str_cstr(arena, source_text(arena, options)));
}

bool aside_open(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                struct err *err)
{
    struct quarantine *quarantine = &result->quarantine;

    return !policies_set_aside(options) ||
           (quarantine_open(arena, source_text(arena, options), options->quarantine_file, quarantine, err) &&
            (options->resume || quarantine_check_name(quarantine, err)));
}

bool aside_settle(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                  struct engine *control, struct err *err)
{
    struct quarantine_search search = {.path = options->quarantine_file, .name = source_name(arena, options)};
    struct quarantine_left left;

    if (result->quarantine.path == NULL)
        return true;
    if (!quarantine_settle(arena, control, &search, &left, err))
        return false;
    quarantine_know_target(arena, &result->quarantine, left.target);
    return true;
}

bool aside_of_published(struct arena *arena, const struct upgrade_options *options,
                        struct upgrade_result *result, struct engine *control, struct err *err)
{
    static const struct str question =
        STR("SELECT run_id, count(*) FROM pgrade_record.quarantine WHERE target_schema = $1 GROUP BY run_id"
            " ORDER BY max(quarantined_at) DESC LIMIT 1");
    struct rows *rows;
    int64_t known;
    bool found = false;
    bool done;

    if (result->quarantine.path == NULL)
        return true;
    if (!engine_int(control,
                    (struct str)STR("SELECT (to_regclass('pgrade_record.quarantine') IS NOT NULL)::int"),
                    &known, err))
        return false;
    if (known == 0)
        return true;
    if (!engine_query(control, question, &result->target.schema, 1, &rows, err))
        return false;
    done = rows_next(rows, &found, err);
    if (done && found) {
        result->aside_rows = rows->cells[1].integer;
        result->quarantine_file =
            quarantine_find(arena, options->quarantine_file, source_name(arena, options),
                            str_dup(arena, rows->cells[0].bytes));
    }
    rows_close(rows);
    return done;
}
