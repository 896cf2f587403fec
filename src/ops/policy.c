#include "ops/policy.h"

#include "ops/mention.h"
#include "plan/scope.h"

enum misfit_policy policy_of(const struct upgrade_options *options, struct str table, struct str column)
{
    enum misfit_policy policy = MISFIT_STOP;
    int best = -1;

    for (size_t i = 0; i < options->misfit_rule_count; i++) {
        const struct misfit_rule *rule = &options->misfit_rules[i];
        int exactness = scope_exactness((struct scope){rule->table, rule->column}, table, column);

        if (exactness < 0 || exactness < best)
            continue;
        best = exactness;
        policy = rule->policy;
    }
    return policy;
}

bool policies_set_aside(const struct upgrade_options *options)
{
    bool wanted = options->orphans == ORPHANS_QUARANTINE;

    for (size_t i = 0; i < options->misfit_rule_count; i++)
        wanted = wanted || options->misfit_rules[i].policy == MISFIT_QUARANTINE;
    return wanted;
}

bool policies_check(const struct upgrade_options *options, const struct schema *schema, struct err *err)
{
    for (size_t i = 0; i < options->misfit_rule_count; i++) {
        const struct misfit_rule *rule = &options->misfit_rules[i];

        if (rule->table.ptr != NULL && !mention_check(schema, "--misfit", rule->table, rule->column, err))
            return false;
    }
    return true;
}

void policies_apply(struct arena *arena, const struct upgrade_options *options, const struct plan *plan,
                    struct misfit_policies *policies)
{
    policies->encoding = options->repair_encoding;
    policies->rows = ARENA_ARRAY(arena, enum misfit_policy, plan->table_count + 1);
    policies->columns = ARENA_ARRAY(arena, enum misfit_policy *, plan->table_count + 1);
    /* As many as there can be tables in any plan of this schema. */
    if (policies->strict_width == NULL)
        policies->strict_width = ARENA_ARRAY(arena, atomic_bool, plan->schema->table_count + 1);
    for (size_t i = 0; i < plan->table_count; i++) {
        const struct plan_table *table = &plan->tables[i];

        policies->rows[i] = policy_of(options, table->source->name.text, (struct str){NULL, 0});
        policies->columns[i] = ARENA_ARRAY(arena, enum misfit_policy, table->column_count + 1);
        for (size_t j = 0; j < table->column_count; j++)
            policies->columns[i][j] =
                policy_of(options, table->source->name.text, table->columns[j].source->name.text);
    }
}
