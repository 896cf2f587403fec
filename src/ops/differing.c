#include "ops/differing.h"

#include "ops/generated_rows.h"
#include "ops/large.h"
#include "ops/orphans.h"
#include "ops/redo.h"
#include "ops/row_key.h"

struct again {
    const struct upgrade_options *options;
    const struct upgrade_result *result;
    size_t place;
    reading_take *take;
    void *taker;
};

static bool observe(void *context, size_t worker, size_t table, const struct value *cells, struct err *err)
{
    const struct again *again = context;

    (void)worker;
    (void)table;
    return again->take(again->taker, cells, err);
}

/* What a policy changed differs from the source and is no mistake: the load is asked again what it made of
 * it. */
static bool read_again(void *context, reading_take *take, void *taker, struct err *err)
{
    struct again *again = context;
    struct upgrade_result result = *again->result;
    struct row_picker filter = {.picks = orphans_picks, .context = &result};

    again->take = take;
    again->taker = taker;
    return redo_rows(again->options, again->result, again->result->prepared.snapshot.readers[0], again->place,
                     again->result->orphans != NULL && orphans_has(again->result, again->place) ? &filter
                                                                                                : NULL,
                     (struct row_observer){observe, again}, err);
}

static bool was_changed(const struct upgrade_result *result, size_t place)
{
    const struct misfits *misfits = &result->load.misfits;

    for (size_t i = 0; i < misfits->change_count; i++)
        if (misfits->changes[i].table == place)
            return true;
    return false;
}

void differing_rows(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                    struct engine *control, size_t place)
{
    const struct plan *plan = &result->prepared.plan;
    const struct plan_table *table = &plan->tables[place];
    struct table_outcome *outcome = &result->tables[place];
    struct comparison *comparison = ARENA_NEW(arena, struct comparison);
    struct plan_table *shape = ARENA_NEW(arena, struct plan_table);
    size_t *key = ARENA_ARRAY(arena, size_t, table->column_count + 1);
    struct err ignored = {.code = ERR_NONE};

    struct again again = {.options = options, .result = result, .place = place};
    struct reading_feed feed = {read_again, &again};
    bool large;

    *shape = generated_shape(arena, table, ARENA_ARRAY(arena, bool, table->column_count + 1));
    if (!large_is_possible(control, plan->load_schema, shape, &large, &ignored))
        return;
    comparison->key = key;
    comparison->key_count = row_key(shape, key);
    comparison->sides[0] =
        (struct reading){.engine = result->prepared.snapshot.readers[0], .is_sqlite = true, .shape = shape};
    comparison->sides[1] =
        (struct reading){.engine = control, .large = large, .schema = plan->load_schema, .shape = shape};
    if (was_changed(result, place))
        comparison->sides[0].feed = &feed;
    /* That they differ is known; what cannot be found is not named. */
    if (differences_find(arena, comparison, outcome->target.rows, &outcome->found, &ignored))
        outcome->comparison = comparison;
    comparison->sides[0].feed = NULL;
}
