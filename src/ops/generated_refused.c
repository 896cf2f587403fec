/* Generated columns that the server does not take when the tables are made. */
#include <string.h>

#include "ops/generated.h"

/* About a statement, or a constant in it; insufficient_privilege is about the run. */
static bool is_of_statement(const struct err *failure)
{
    return strncmp(failure->sqlstate, "22", 2) == 0 || strncmp(failure->sqlstate, "0A", 2) == 0 ||
           (strncmp(failure->sqlstate, "42", 2) == 0 && strcmp(failure->sqlstate, "42501") != 0);
}

/* Makes the table alone, with its generated columns or with the one at `only`. */
static bool is_taken(struct arena *arena, struct upgrade_result *result, const struct plan_table *table,
                     size_t only, struct err *why)
{
    struct plan trial = result->prepared.plan;
    struct plan_table shape = *table;

    shape.columns = ARENA_ARRAY(arena, struct plan_column, table->column_count + 1);
    for (size_t i = 0; i < table->column_count; i++) {
        shape.columns[i] = table->columns[i];
        if (only < table->column_count && i != only)
            shape.columns[i].generated_sql = (struct str){NULL, 0};
    }
    trial.tables = &shape;
    trial.table_count = 1;
    return target_create_tables(&result->target, &trial, why);
}

static void try_columns(struct arena *arena, struct upgrade_result *result, const struct plan_table *table,
                        struct plan_options *plan)
{
    for (size_t i = 0; i < table->column_count; i++) {
        struct err why = {.code = ERR_NONE};

        if (table->columns[i].generated_sql.ptr == NULL || is_taken(arena, result, table, i, &why) ||
            !is_of_statement(&why))
            continue;
        generated_leave(arena, table, &table->columns[i],
                        str_printf(arena, "the server does not take it: %s", why.detail),
                        str_printf(arena, "the server does not take it (SQLSTATE %s)", why.sqlstate), plan);
    }
}

static bool has_generated(const struct plan_table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].generated_sql.ptr != NULL)
            return true;
    return false;
}

bool generated_refused(struct arena *arena, struct upgrade_result *result, const struct err *failure,
                       struct plan_options *plan)
{
    size_t before = plan->ordinary_count;

    if (!is_of_statement(failure))
        return false;
    for (size_t i = 0; i < result->prepared.plan.table_count; i++) {
        const struct plan_table *table = &result->prepared.plan.tables[i];
        struct err why = {.code = ERR_NONE};

        if (has_generated(table) && !is_taken(arena, result, table, table->column_count, &why) &&
            is_of_statement(&why))
            try_columns(arena, result, table, plan);
    }
    return plan->ordinary_count > before;
}
