#include "ops/widen.h"

/* What each type is widened to.  text holds every number and every valid text, bytea every text and blob. */
static const enum pg_kind wider[PG_KIND_COUNT] = {
    [PG_BOOL] = PG_INT8,     [PG_INT2] = PG_INT8,   [PG_INT4] = PG_INT8,      [PG_INT8] = PG_TEXT,
    [PG_FLOAT4] = PG_FLOAT8, [PG_FLOAT8] = PG_TEXT, [PG_NUMERIC] = PG_TEXT,   [PG_VARCHAR] = PG_TEXT,
    [PG_CHAR] = PG_TEXT,     [PG_TEXT] = PG_BYTEA,  [PG_BYTEA] = PG_BYTEA,    [PG_DATE] = PG_TEXT,
    [PG_TIME] = PG_TEXT,     [PG_TIMETZ] = PG_TEXT, [PG_TIMESTAMP] = PG_TEXT, [PG_TIMESTAMPTZ] = PG_TEXT,
    [PG_INTERVAL] = PG_TEXT, [PG_UUID] = PG_TEXT,   [PG_JSON] = PG_TEXT,      [PG_JSONB] = PG_TEXT,
    [PG_INET] = PG_TEXT,     [PG_CIDR] = PG_TEXT,   [PG_MACADDR] = PG_TEXT,   [PG_ENUM] = PG_TEXT,
};

static enum misfit_policy policy_of(const struct upgrade_options *options, struct str table,
                                    struct str column)
{
    enum misfit_policy policy = MISFIT_STOP;
    int best = -1;

    for (size_t i = 0; i < options->misfit_rule_count; i++) {
        const struct misfit_rule *rule = &options->misfit_rules[i];
        int exactness = (rule->table.ptr != NULL) + (rule->column.ptr != NULL);

        if ((rule->table.ptr != NULL && !str_equal_nocase(rule->table, table)) ||
            (rule->column.ptr != NULL && !str_equal_nocase(rule->column, column)) || exactness < best)
            continue;
        best = exactness;
        policy = rule->policy;
    }
    return policy;
}

/* The column whose type this one takes: the end of the chain of foreign keys. */
static void find_root(const struct plan *plan, size_t *table, int *column)
{
    for (size_t step = 0; step <= plan->table_count; step++) {
        const struct table *source = plan->tables[*table].source;
        bool moved = false;

        for (size_t i = 0; !moved && i < source->foreign_key_count; i++) {
            const struct foreign_key *key = &source->foreign_keys[i];

            for (size_t j = 0; !moved && j < key->column_count; j++)
                moved = key->columns[j] == *column && plan_parent_column(plan, key, j, table, column);
        }
        if (!moved)
            return;
    }
}

static void add_override(struct arena *arena, struct upgrade_result *result, struct type_override override)
{
    ARENA_PUSH(arena, result->widened, result->widened_count, result->widened_capacity) = override;
}

static void widen_type(struct arena *arena, struct upgrade_result *result, size_t place, int column)
{
    const struct plan *plan = &result->prepared.plan;
    const struct plan_column *from;
    struct pg_type type;

    find_root(plan, &place, &column);
    from = &plan->tables[place].columns[column];
    type = pg_type_of(wider[from->type.kind]);
    if (from->type.kind == PG_NUMERIC && from->type.precision > 0)
        type = pg_type_of(PG_NUMERIC); /* first without its limits */
    add_override(arena, result,
                 (struct type_override){
                     .table = plan->tables[place].source->name.text,
                     .column = from->source->name.text,
                     .type = type,
                     .reason = str_printf(arena, "widened from %.*s, which does not hold all values",
                                          STR_ARGS(pg_type_text(arena, &from->type)))});
}

static void allow_nulls(struct arena *arena, struct upgrade_result *result, size_t place, int column)
{
    const struct plan_table *table = &result->prepared.plan.tables[place];

    add_override(
        arena, result,
        (struct type_override){.table = table->source->name.text,
                               .column = table->columns[column].source->name.text,
                               .type = table->columns[column].type,
                               .nullable = true,
                               .reason = str_from("it holds NULLs, so its key is a unique constraint")});
}

/* False: this column stays as it is, so its misfits do too. */
static bool widen_column(struct arena *arena, const struct upgrade_options *options,
                         struct upgrade_result *result, size_t place, int column)
{
    const struct plan_table *table = &result->prepared.plan.tables[place];
    const struct plan_column *planned = &table->columns[column];
    int64_t all = result->load.misfits.by_column[place][column];
    int64_t nulls = result->load.misfits.nulls[place][column];

    if (policy_of(options, table->source->name.text, planned->source->name.text) != MISFIT_WIDEN ||
        (all > nulls && planned->type.kind == PG_BYTEA) || (nulls > 0 && planned->source->not_null))
        return false;
    if (nulls > 0)
        allow_nulls(arena, result, place, column);
    if (all > nulls)
        widen_type(arena, result, place, column);
    return true;
}

static void set_overrides(struct arena *arena, const struct upgrade_options *options,
                          const struct upgrade_result *result, struct plan_options *plan)
{
    size_t given = options->plan.override_count;
    struct type_override *all = ARENA_ARRAY(arena, struct type_override, given + result->widened_count);

    for (size_t i = 0; i < given; i++)
        all[i] = options->plan.overrides[i];
    for (size_t i = 0; i < result->widened_count; i++)
        all[given + i] = result->widened[i];
    plan->overrides = all;
    plan->override_count = given + result->widened_count;
}

bool widen(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
           struct plan_options *plan)
{
    const struct misfits *misfits = &result->load.misfits;
    int64_t seen = 0;

    for (size_t i = 0; i < result->prepared.plan.table_count; i++) {
        for (size_t j = 0; j < result->prepared.plan.tables[i].column_count; j++) {
            if (misfits->by_column[i][j] == 0)
                continue;
            seen += misfits->by_column[i][j];
            if (!widen_column(arena, options, result, i, (int)j))
                return false;
        }
    }
    /* Misfits of whole rows have no column to widen. */
    if (seen < misfits->total)
        return false;
    set_overrides(arena, options, result, plan);
    return true;
}
