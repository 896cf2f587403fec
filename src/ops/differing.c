#include "ops/differing.h"

#include "ops/generated_rows.h"
#include "ops/large.h"
#include "ops/row_key.h"

/* What a policy changed differs from the source and is no mistake: then columns alone are named. */
static bool was_changed(const struct upgrade_result *result, size_t place)
{
    const struct misfits *misfits = &result->load.misfits;

    for (size_t i = 0; i < misfits->change_count; i++)
        if (misfits->changes[i].table == place)
            return true;
    return false;
}

void differing_rows(struct arena *arena, struct upgrade_result *result, struct engine *control, size_t place)
{
    const struct plan *plan = &result->prepared.plan;
    const struct plan_table *table = &plan->tables[place];
    struct table_outcome *outcome = &result->tables[place];
    struct comparison *comparison = ARENA_NEW(arena, struct comparison);
    struct plan_table *shape = ARENA_NEW(arena, struct plan_table);
    size_t *key = ARENA_ARRAY(arena, size_t, table->column_count + 1);
    struct err ignored = {.code = ERR_NONE};

    bool large;

    if (was_changed(result, place))
        return;
    *shape = generated_shape(arena, table, ARENA_ARRAY(arena, bool, table->column_count + 1));
    if (!large_is_possible(control, plan->load_schema, shape, &large, &ignored))
        return;
    comparison->key = key;
    comparison->key_count = row_key(shape, key);
    comparison->sides[0] =
        (struct reading){.engine = result->prepared.snapshot.readers[0], .is_sqlite = true, .shape = shape};
    comparison->sides[1] =
        (struct reading){.engine = control, .large = large, .schema = plan->load_schema, .shape = shape};
    /* That they differ is known; what cannot be found is not named. */
    if (differences_find(arena, comparison, outcome->target.rows, &outcome->found, &ignored))
        outcome->comparison = comparison;
}
