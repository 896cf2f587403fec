/* Which table of the server is which of the old file: the plan of the upgrade, made again for the tables that
 * are there. */
#include "ops/downgrade_intern.h"
#include "transfer/existing.h"

void downgrade_not_carried(struct downgrade_run *run, enum object_class class, struct str table,
                           struct str name, struct str reason)
{
    struct plan *plan = &run->result->prepared.plan;

    ARENA_PUSH(run->arena, plan->not_carried, plan->not_carried_count, plan->not_carried_capacity) =
        (struct not_carried){.class = class, .table = table, .name = name, .reason = reason};
}

void downgrade_note(struct downgrade_run *run, struct str about, struct str text)
{
    struct plan *plan = &run->result->prepared.plan;

    ARENA_PUSH(run->arena, plan->notes, plan->note_count, plan->note_capacity) =
        (struct plan_note){about.ptr == NULL ? (struct str)STR("") : about, text};
}

bool downgrade_accept(struct downgrade_run *run, struct err *err)
{
    const struct plan *plan = &run->result->prepared.plan;
    size_t count = 0;

    for (size_t i = 0; i < plan->not_carried_count; i++)
        count += !upgrade_accepts(run->options->settings, &plan->not_carried[i]);
    run->result->not_accepted = count;
    if (count == 0)
        return true;
    err_set(err, ERR_DECISION, "%zu thing%s of the PostgreSQL database cannot go into the file", count,
            count == 1 ? "" : "s");
    err_detail(err, "each is named above with its reason; no file was made");
    return err_hint(err, "--accept all, or --accept CLASS or NAME for some of them, goes on without them");
}

/* A type that pgrade does not load is read as the server writes it. */
static void read_as_text(struct existing *existing)
{
    for (size_t i = 0; i < existing->count; i++)
        for (size_t j = 0; j < existing->tables[i].column_count; j++) {
            struct existing_column *column = &existing->tables[i].columns[j];

            if (column->loadable)
                continue;
            column->type = pg_type_of(PG_TEXT);
            column->loadable = true;
        }
}

/* A column that the server computes is one like any other in a file that has no such columns. */
static void read_computed(struct existing *existing)
{
    for (size_t i = 0; i < existing->count; i++)
        for (size_t j = 0; j < existing->tables[i].column_count; j++)
            existing->tables[i].columns[j].generated = false;
}

static bool is_cast(const struct existing_column *column)
{
    return column->type.kind == PG_TEXT && !str_is(column->type_text, "text") &&
           !str_ends_with(column->type_text, "citext");
}

static bool is_matched(const struct fill *fill, size_t table_count, const struct existing_table *there)
{
    for (size_t i = 0; i < table_count; i++)
        if (fill->tables[i] == there)
            return true;
    return false;
}

static bool has_column(const struct fill *fill, size_t table, size_t count,
                       const struct existing_column *there)
{
    for (size_t i = 0; i < count; i++)
        if (fill->columns[table][i] == there)
            return true;
    return false;
}

/* What the server has and the file cannot take. */
static void name_surplus(struct downgrade_run *run, const struct existing *existing, const struct fill *fill)
{
    const struct plan *plan = &run->result->prepared.plan;

    for (size_t i = 0; i < existing->count; i++) {
        const struct existing_table *there = &existing->tables[i];

        /* Views and foreign tables show rows that are elsewhere; parts of a partitioned table, its own. */
        if (there->is_whole && !is_matched(fill, plan->table_count, there))
            downgrade_not_carried(run, OBJECT_TABLE, (struct str){NULL, 0}, there->name,
                                  str_from("the old file has no such table: its rows would be lost"));
    }
    for (size_t i = 0; i < plan->table_count; i++) {
        const struct existing_table *there = fill->tables[i];

        for (size_t j = 0; there != NULL && j < there->column_count; j++)
            if (!has_column(fill, i, plan->tables[i].column_count, &there->columns[j]))
                downgrade_not_carried(
                    run, OBJECT_COLUMN, there->name, there->columns[j].name,
                    str_from("the old file's table has no such column: its values would be lost"));
    }
}

static void note_missing(struct downgrade_run *run, const struct fill *fill)
{
    const struct plan *plan = &run->result->prepared.plan;

    for (size_t i = 0; i < plan->table_count; i++) {
        const struct plan_table *table = &plan->tables[i];

        if (fill->tables[i] == NULL) {
            downgrade_note(run, table->source->name.text,
                           str_from("PostgreSQL has no such table: its rows are those of the old file"));
            continue;
        }
        for (size_t j = 0; j < table->column_count; j++)
            if (fill->columns[i][j] == NULL && table->columns[j].source->generated == GENERATED_NO)
                downgrade_note(run,
                               str_printf(run->arena, "%.*s.%.*s", STR_ARGS(table->source->name.text),
                                          STR_ARGS(table->columns[j].source->name.text)),
                               str_from("PostgreSQL has no such column: old rows keep what they had, new "
                                        "ones get its default"));
    }
}

/* Only what the server has is read; only what SQLite does not compute is written. */
static void adapt(struct downgrade_run *run, const struct fill *fill)
{
    static const struct str not_read = STR("not read");
    struct plan *plan = &run->result->prepared.plan;
    size_t kept = 0;

    plan->load_schema = plan->target_schema;
    run->result->back.as_text = ARENA_ARRAY(run->arena, bool *, plan->table_count + 1);
    run->computed = ARENA_ARRAY(run->arena, bool *, plan->table_count + 1);
    run->result->back.divided = ARENA_ARRAY(run->arena, bool, plan->table_count + 1);
    for (size_t i = 0; i < plan->table_count; i++) {
        struct plan_table table = plan->tables[i];
        bool *as_text = ARENA_ARRAY(run->arena, bool, table.column_count + 1);
        bool *both = ARENA_ARRAY(run->arena, bool, table.column_count + 1);

        if (fill->tables[i] == NULL)
            continue;
        for (size_t j = 0; j < table.column_count; j++) {
            const struct existing_column *there = fill->columns[i][j];
            bool computed = table.columns[j].source->generated != GENERATED_NO;

            both[j] = there != NULL && computed && !is_cast(there);
            as_text[j] = there != NULL && is_cast(there);
            table.columns[j].generated_sql = there == NULL || computed ? not_read : (struct str){NULL, 0};
        }
        run->result->back.as_text[kept] = as_text;
        run->computed[kept] = both;
        run->result->back.divided[kept] = fill->tables[i]->partitioned;
        plan->tables[kept++] = table;
    }
    plan->table_count = kept;
}

/* What became of objects of the upgrade is no matter here: the old file has them all. */
static void forget_upgrade(struct plan *plan, const struct plan *named)
{
    plan->not_carried = named->not_carried;
    plan->not_carried_count = named->not_carried_count;
    plan->not_carried_capacity = named->not_carried_capacity;
    plan->notes = named->notes;
    plan->note_count = named->note_count;
    plan->note_capacity = named->note_capacity;
    plan->object_count = 0;
    plan->view_count = 0;
}

bool downgrade_plan(struct downgrade_run *run, struct err *err)
{
    struct prepared *prepared = &run->result->prepared;
    struct existing *existing = ARENA_NEW(run->arena, struct existing);
    struct str schema = run->options->settings->plan.target_schema;
    struct plan named = prepared->plan; /* by downgrade_schema() */
    struct fill fill;

    run->prepare = (struct prepare_options){.source = run->like,
                                            .readers = 1,
                                            .trace = run->options->settings->trace,
                                            .interrupted = run->options->interrupted,
                                            .plan = run->options->settings->plan};
    /* A unit belongs to a type that the first plan, which only gives names, does not know. */
    run->prepare.plan.unit_count = 0;
    if (!prepare_source(run->arena, &run->prepare, prepared, err) ||
        !prepare_plan(run->arena, &run->prepare, prepared, err) ||
        !existing_read(run->arena, run->control, schema.len > 0 ? schema : str_from("public"), existing, err))
        return false;
    read_as_text(existing);
    if (run->options->like == NULL)
        read_computed(existing);
    fill_match(run->arena, &prepared->plan, existing, &fill);
    if (fill_count_matches(&prepared->plan, existing) == 0 && prepared->plan.table_count > 0) {
        err_set(err, ERR_REFUSED, "the PostgreSQL database has none of the old file's tables");
        return err_hint(err, "check the URL; --schema NAME says where the tables are");
    }
    run->prepare.plan.unit_count = run->options->settings->plan.unit_count;
    fill_options(run->arena, &prepared->plan, &fill, &run->prepare.plan);
    if (!prepare_plan(run->arena, &run->prepare, prepared, err))
        return false;
    forget_upgrade(&prepared->plan, &named);
    if (run->options->like != NULL)
        name_surplus(run, existing, &fill);
    else
        downgrade_note_moments(run);
    note_missing(run, &fill);
    adapt(run, &fill);
    return (run->options->like == NULL || downgrade_later(run, err)) && downgrade_accept(run, err);
}
