#include "ops/mode.h"

#include "plan/fill.h"
#include "transfer/existing.h"
#include "transfer/quarantine.h"

static bool choose(struct arena *arena, const struct upgrade_options *options, struct engine *control,
                   struct upgrade_result *result, struct existing *existing, struct err *err)
{
    struct target *target = &result->target;
    struct err occupied = {.code = ERR_NONE};
    struct err unrecorded = {.code = ERR_NONE};

    /* Says what is pgrade's own; that it cannot be kept matters only to a run that makes tables. */
    if (!target_examine_record(target, &unrecorded))
        target->record_exists = false;
    if (options->mode != MODE_FILL) {
        if (target_check_empty(arena, target, options->replace, err)) {
            if (unrecorded.code != ERR_NONE)
                *err = unrecorded;
            result->chosen = true;
            return unrecorded.code == ERR_NONE && target_check_rights(target, err);
        }
        if (options->mode == MODE_FRESH || err->code != ERR_REFUSED || !target->occupied_by_others)
            return false;
        occupied = *err;
        err_clear(err);
    }
    if (!existing_read(arena, control, target->schema, existing, err))
        return false;
    result->filled = fill_count_matches(&result->prepared.plan, existing) > 0;
    if (result->filled)
        return result->chosen = true;
    if (options->mode != MODE_FILL) {
        *err = occupied;
        return false;
    }
    err_set(err, ERR_REFUSED, "schema %.*s of the database %.*s has none of the source's tables",
            STR_ARGS(target->schema), STR_ARGS(target->database));
    return err_hint(err,
                    "run the application's migrations on it first, or let pgrade make the tables: --mode "
                    "fresh");
}

/* Rows can be set aside only where their tables are, or may be made; and publishing takes out what an earlier
 * run set aside, so that nobody else's tables may have these names. */
static bool check_quarantine(const struct upgrade_result *result, struct engine *control, struct err *err)
{
    struct err found = {.code = ERR_NONE};
    bool wanted = result->quarantine.path != NULL;

    if (quarantine_examine(control, &found) || (!wanted && (result->filled || found.code == ERR_PERMISSION)))
        return true;
    *err = found;
    return false;
}

bool mode_choose(struct arena *arena, const struct upgrade_options *options, struct engine *control,
                 struct upgrade_result *result, struct existing *existing, struct err *err)
{
    return choose(arena, options, control, result, existing, err) && check_quarantine(result, control, err);
}
