/*
 * Columns that SQLite computes.
 *
 * The file has what SQLite computes in them, whatever PostgreSQL has: a column that it computes otherwise, or
 * one that is ordinary there and was written by the application.  So both are held against each other.
 */
#include "ops/downgrade_intern.h"
#include "ops/generated_rows.h"

/* The key, by which a value belongs to a row, and that one column. */
static struct plan_table shape_of(struct downgrade_run *run, size_t place, size_t column)
{
    const struct plan_table *table = &run->result->prepared.plan.tables[place];
    struct plan_table shape = *table;

    shape.columns = ARENA_ARRAY(run->arena, struct plan_column, table->column_count + 1);
    shape.column_count = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        bool key = table->columns[i].source->key_position > 0 &&
                   table->columns[i].generated_sql.ptr == NULL && !run->result->back.as_text[place][i];

        if (!key && i != column)
            continue;
        shape.columns[shape.column_count] = table->columns[i];
        shape.columns[shape.column_count++].generated_sql = (struct str){NULL, 0};
    }
    return shape;
}

static bool compare(struct downgrade_run *run, size_t place, size_t column, struct err *err)
{
    const struct plan *plan = &run->result->prepared.plan;
    const struct plan_column *computed = &plan->tables[place].columns[column];
    struct plan_table shape = shape_of(run, place, column);
    struct generated_sides sides = {.arena = run->arena,
                                    .source = run->file,
                                    .target = run->control,
                                    .schema = plan->target_schema,
                                    .interrupted = run->options->interrupted};
    enum generated_verdict verdict;

    if (!generated_judge(&sides, &shape, &verdict, err))
        return false;
    if (verdict == GENERATED_EQUAL || (computed->type.kind == PG_FLOAT8 && generated_is_near(&sides, &shape)))
        return true;
    downgrade_not_carried(run, OBJECT_GENERATED, plan->tables[place].source->name.text,
                          computed->source->name.text,
                          str_from("SQLite computes it, and other values than PostgreSQL has: those would be "
                                   "lost (in the file, pgrade verify names the rows)"));
    return true;
}

bool downgrade_computed(struct downgrade_run *run, struct err *err)
{
    const struct plan *plan = &run->result->prepared.plan;

    for (size_t i = 0; i < plan->table_count; i++)
        for (size_t j = 0; j < plan->tables[i].column_count; j++)
            if (run->computed[i][j] && !compare(run, i, j, err))
                return err_prefix(err, "%.*s", STR_ARGS(plan->tables[i].source->name.text));
    return true;
}
