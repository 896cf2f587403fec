#include "ops/mode.h"

#include "plan/fill.h"
#include "transfer/existing.h"
#include "transfer/fill.h"
#include "transfer/quarantine.h"

/* A schema on the role's own search path, not $1 or $2, that has tables of all the names of $3, of which
 * there are $4. */
static const char elsewhere_sql[] =
    "SELECT n.nspname FROM pg_settings g CROSS JOIN LATERAL unnest(string_to_array(g.reset_val, ',')) WITH "
    "ORDINALITY"
    " AS p(name, place) JOIN pg_namespace n ON n.nspname = CASE btrim(p.name, ' \"') WHEN '$user' THEN "
    "current_user"
    "  ELSE btrim(p.name, ' \"') END WHERE g.name = 'search_path' AND n.nspname <> $1 AND n.nspname <> $2"
    " AND (SELECT count(DISTINCT lower(c.relname)) FROM pg_class c"
    "  WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p') AND lower(c.relname) IN"
    "   (SELECT lower(j.name) FROM jsonb_array_elements_text($3::jsonb) j(name))) >= $4::bigint ORDER BY "
    "p.place";

/* Who named no schema and whose application made its tables in another one does not want empty ones in
 * public, where the application may never look. */
static bool check_elsewhere(struct arena *arena, const struct upgrade_options *options,
                            struct engine *control, const struct upgrade_result *result, struct err *err)
{
    const struct plan *plan = &result->prepared.plan;
    const struct target *target = &result->target;
    struct str params[] = {target->schema, target->load_schema, fill_table_names(arena, plan, -1),
                           str_printf(arena, "%zu", plan->table_count)};
    struct str schema = {NULL, 0};
    struct rows *rows;
    bool found = false;
    bool done;

    if (options->plan.target_schema.len > 0 || options->mode != MODE_AUTO || options->replace ||
        plan->table_count == 0)
        return true;
    if (!engine_query(control, str_from(elsewhere_sql), params, ARRAY_LENGTH(params), &rows, err))
        return false;
    done = rows_next(rows, &found, err);
    if (done && found)
        schema = str_dup(arena, rows->cells[0].bytes);
    rows_close(rows);
    if (!done || schema.ptr == NULL)
        return done;
    err_set(err, ERR_REFUSED, "schema %.*s has tables of all the source's names, and %.*s has none of them",
            STR_ARGS(schema), STR_ARGS(target->schema));
    err_detail(err, "if the application made them there, the rows belong there; nothing was written");
    return err_hint(err, "--schema %.*s fills them; --schema %.*s says that pgrade is to make its own",
                    STR_ARGS(schema), STR_ARGS(target->schema));
}

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
            return unrecorded.code == ERR_NONE && check_elsewhere(arena, options, control, result, err) &&
                   target_check_rights(target, err);
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
