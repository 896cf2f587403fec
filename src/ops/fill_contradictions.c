/*
 * Rows of the source that the target's own constraints refuse, all of them named.
 *
 * The server tells of the first one, and the transaction is over.  Then the rows are loaded once more, into
 * temporary tables without constraints, which are asked for every row that contradicts one.
 */
#include <string.h>

#include "base/log.h"
#include "ops/fill_intern.h"
#include "ops/interrupt.h"
#include "ops/policy.h"
#include "ops/work.h"

static void keep(struct arena *arena, struct upgrade_result *result, const struct contradiction *found)
{
    if (found->rows > 0)
        ARENA_PUSH(arena, result->contradictions, result->contradiction_count,
                   result->contradiction_capacity) = *found;
}

static bool decide(const struct upgrade_result *result, struct err *err)
{
    int64_t rows = 0;
    bool orphans = false;

    for (size_t i = 0; i < result->contradiction_count; i++) {
        rows += result->contradictions[i].rows;
        orphans = orphans || result->contradictions[i].object->class == OBJECT_FOREIGN_KEY;
    }
    if (rows == 0)
        return true;
    err_set(err, ERR_DECISION, "%lld row%s contradict%s %zu constraint%s of the target", (long long)rows,
            rows == 1 ? "" : "s", rows == 1 ? "s" : "", result->contradiction_count,
            result->contradiction_count == 1 ? "" : "s");
    err_detail(err, "they are named above; nothing was written");
    return err_hint(err, orphans
                             ? "mend them in the source (PRAGMA foreign_key_check finds rows without a "
                               "parent); --orphans quarantine sets these aside"
                             : "mend them in the source, or loosen the constraint with a migration of the "
                               "application");
}

/* NOT VALID: as it is given back nobody looks at the rows. */
static bool check_unchecked(const struct fill_context *it, const struct fill_keys *keys, struct err *err)
{
    for (size_t i = 0; i < keys->count; i++) {
        struct contradiction found;

        if (!keys->items[i].unchecked || keys->items[i].outside)
            continue;
        if (!finish_list_rows(it->arena, it->control, &keys->items[i].object, &found, err))
            return false;
        keep(it->arena, it->result, &found);
    }
    return decide(it->result, err);
}

static bool refuse_dangling(const struct fill_key *key, const struct contradiction *found, struct err *err)
{
    err_set(err, ERR_REFUSED, "%lld row%s of %.*s, which is not filled, would refer to rows that are gone",
            (long long)found->rows, found->rows == 1 ? "" : "s", STR_ARGS(key->table));
    err_detail(err, "foreign key %.*s: %.*s%s; nothing was written", STR_ARGS(key->object.name),
               STR_ARGS(found->shown[0]), found->shown_count > 1 ? ", ..." : "");
    return err_hint(err, "the source has no such rows: delete its own first, or fill it as well");
}

static bool is_taken_away(const struct filling *filling, const struct fill_key *key)
{
    for (size_t i = 0; i < filling->outside_count; i++)
        if (filling->outside[i].dropped && str_equal(filling->outside[i].table, key->table) &&
            str_equal(filling->outside[i].name, key->object.name))
            return true;
    return false;
}

static bool check_outside(const struct fill_context *it, const struct filling *filling, struct err *err)
{
    for (size_t i = 0; i < filling->keys.count; i++) {
        const struct fill_key *key = &filling->keys.items[i];
        struct contradiction found;

        if (!key->outside || !is_taken_away(filling, key))
            continue;
        if (!finish_list_rows(it->arena, it->control, &key->object, &found, err))
            return false;
        if (found.rows > 0)
            return refuse_dangling(key, &found, err);
    }
    return true;
}

bool fill_check_keys(const struct fill_context *it, const struct filling *filling, struct err *err)
{
    return check_unchecked(it, &filling->keys, err) && check_outside(it, filling, err);
}

/* What one of them cannot be asked (a function of the application that fails, a table that may not be read)
 * is no reason to keep silent about the others. */
static void ask(const struct fill_context *it, const struct plan_object *object)
{
    struct err ignored = {.code = ERR_NONE};
    struct contradiction found;

    if (finish_list_rows(it->arena, it->control, object, &found, &ignored))
        keep(it->arena, it->result, &found);
    else
        log_message(LOG_WARNING, "the rows could not be asked about %s %.*s: it may refuse some too",
                    object_class_name(object->class), STR_ARGS(object->name));
}

static bool ask_all(const struct fill_context *it, struct err *err)
{
    const struct plan *plan = &it->result->prepared.plan;
    struct plan_object *probes;
    struct fill_keys keys;
    size_t count;

    if (!fill_probes_read(it->arena, it->control, plan, plan->load_schema, &probes, &count, err) ||
        !fill_keys_read(it->arena, it->control, plan, plan->load_schema, &keys, err))
        return false;
    for (size_t i = 0; i < count; i++)
        ask(it, &probes[i]);
    for (size_t i = 0; i < keys.count; i++)
        if (!keys.items[i].outside)
            ask(it, &keys.items[i].object);
    return true;
}

static bool load_again(const struct fill_context *it, struct err *err)
{
    struct upgrade_options options = *it->options;
    struct work work;
    bool done;

    options.no_verify = true;
    policies_apply(it->arena, &options, &it->result->prepared.plan, &it->result->policies);
    if (it->result->quarantine.path != NULL &&
        !quarantine_begin(&it->result->quarantine, &it->result->prepared.plan, err))
        return false;
    done = work_open(&work, it->arena, &options, it->result, it->control, err) && work_load(&work, err);
    work_close(&work);
    return done;
}

static bool look(void *context, struct err *err)
{
    const struct fill_context *it = context;
    struct plan *plan = &it->result->prepared.plan;

    log_message(LOG_NOTICE, "a constraint of the target refuses rows: looking for all of them");
    plan->load_schema = str_from("pg_temp");
    return engine_exec(it->control, (struct str)STR("ROLLBACK"), err) &&
           fill_probes_tables(it->arena, it->control, plan, err) && load_again(it, err) &&
           /* Ranges are compared each with each: there is an end to patience. */
           engine_exec(it->control, (struct str)STR("SET statement_timeout = '60s'"), err) &&
           ask_all(it, err);
}

bool fill_explain(struct fill_context *it, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    struct err decision = {.code = ERR_NONE};

    if (strncmp(err->sqlstate, "23", 2) != 0) /* integrity constraint violation */
        return false;
    err->code = ERR_DECISION;
    err_detail(err, "nothing was written");
    err_hint(err, "a constraint of the target's table refuses a row of the source: mend it there");
    /* The row that the server told of stays told where no temporary tables may be made. */
    if (interruptible(it->options->interrupted, it->control, look, it, &failure) &&
        (!fill_check_misfits(it->result, &decision) || !decide(it->result, &decision)))
        *err = decision;
    else if (failure.code != ERR_NONE)
        log_message(LOG_NOTICE, "other rows that it refuses cannot be looked for: %s%s%s", failure.primary,
                    failure.detail[0] != '\0' ? ": " : "", failure.detail);
    return false;
}
