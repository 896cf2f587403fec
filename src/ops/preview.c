#include "ops/preview.h"

#include "ops/fill_intern.h"
#include "ops/mode.h"
#include "ops/pooler.h"

static bool is_refusal(const struct err *err)
{
    return err->code == ERR_REFUSED || err->code == ERR_PERMISSION;
}

/* Whether a plan for these tables can be made: each table and column has its place. */
static bool has_places(const struct fill *fill)
{
    return fill->stops == fill_count_stops(fill, FILL_ROWS) + fill_count_stops(fill, FILL_LEDGER);
}

static bool compare(struct fill_context *it, struct prepare_options *prepare, struct existing *existing,
                    struct err *err)
{
    struct fill *fill = ARENA_NEW(it->arena, struct fill);

    if (!fill_compare(it, existing, fill, err))
        return false;
    if (fill->stops > 0 && fill_may_go_on(fill, &it->result->refusal))
        err_set(&it->result->refusal, ERR_REFUSED,
                "tables of the target hold rows already: --replace deletes them");
    return !has_places(fill) || fill_plan(it, prepare, fill, err);
}

static bool look(struct fill_context *it, struct prepare_options *prepare, struct err *err)
{
    struct upgrade_result *result = it->result;
    const struct plan *plan = &result->prepared.plan;
    struct existing existing;

    if (!target_look(it->arena, it->control, plan->target_schema, plan->load_schema, &result->target,
                     &result->refusal, err))
        return false;
    if (result->refusal.code != ERR_NONE)
        return true;
    return engine_exec(it->control, (struct str)STR("SET default_transaction_read_only = on"), err) &&
           mode_choose(it->arena, it->options, it->control, result, &existing, err) &&
           (!result->filled || compare(it, prepare, &existing, err));
}

bool preview_target(struct arena *arena, const struct upgrade_options *options,
                    struct prepare_options *prepare, struct upgrade_result *result, struct err *err)
{
    struct engine_options engine = {.trace = options->trace};
    struct fill_context it = {.arena = arena, .options = options, .result = result};
    bool done;

    if (!pooler_refuse(options->target, "pgrade", options->interrupted, err) ||
        !engine_open(options->target, &engine, &it.control, err))
        return false;
    done = look(&it, prepare, err);
    if (!done && is_refusal(err)) {
        result->refusal = *err;
        err_clear(err);
        done = true;
    }
    engine_close(it.control);
    result->target.control = NULL;
    return done;
}
