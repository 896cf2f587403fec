/* The account of the rows: what was sent, what arrived, what was set aside. */
#include "ops/settle.h"

#include "ops/differing.h"
#include "ops/interrupt.h"
#include "ops/orphans.h"

struct settling {
    struct arena *arena;
    const struct upgrade_options *options;
    struct upgrade_result *result;
    struct engine *control;
};

/* All that was read arrived, and an index of the source tells another number of rows. */
static bool source_is_damaged(const struct table *source, const struct table_outcome *outcome,
                              struct err *err)
{
    err_set(err, ERR_SOURCE_CORRUPT,
            "%.*s: the file is damaged: its index %.*s has %lld rows, the table %lld",
            STR_ARGS(source->name.text), STR_ARGS(outcome->counted_by), (long long)outcome->source_rows,
            (long long)outcome->loaded_rows + (long long)outcome->quarantined_rows);
    err_detail(err, "`PRAGMA integrity_check` of the file says more; nothing was published");
    return err_hint(
        err, "restore a backup, or save what is left: sqlite3 FILE .dump | sqlite3 new.db (or .recover, "
             "where that sqlite3 has it); if rows are missing in the index alone, REINDEX mends a copy");
}

static bool check_table(struct settling *settling, size_t place, struct err *err)
{
    const struct plan_table *table = &settling->result->prepared.plan.tables[place];
    struct table_outcome *outcome = &settling->result->tables[place];

    outcome->loaded_rows =
        settling->options->no_verify
            ? atomic_load(&settling->result->load.tables[place].rows) - outcome->quarantined_rows
            : outcome->target.rows;
    outcome->bytes = atomic_load(&settling->result->load.tables[place].bytes);
    outcome->verified = !settling->options->no_verify;
    outcome->equal = settling->options->no_verify || digest_compare(settling->arena, &outcome->source,
                                                                    &outcome->target, &outcome->difference);
    if (outcome->source_rows == outcome->loaded_rows + outcome->excluded_rows + outcome->quarantined_rows &&
        outcome->equal)
        return true;
    if (outcome->equal && outcome->counted_by.ptr != NULL && table->source->filter.ptr == NULL)
        return source_is_damaged(table->source, outcome, err);
    if (!outcome->equal)
        differing_rows(settling->arena, settling->options, settling->result, settling->control, place);
    err_set(err, ERR_DIFFERENT, "%.*s: what arrived is not what was sent",
            STR_ARGS(table->source->name.text));
    err_detail(err,
               "%lld rows in the source, %lld in the target, %lld set aside; see the table above for the "
               "columns that differ",
               (long long)outcome->source_rows, (long long)outcome->loaded_rows,
               (long long)outcome->quarantined_rows);
    if (table->source->filter.ptr != NULL && outcome->equal)
        return err_hint(err,
                        "nothing was published; a condition of --where that asks for the time is another one "
                        "each time: write the date into it");
    return err_hint(err, "nothing was published; this is a mistake of pgrade: please report it");
}

static bool check_rows(struct settling *settling, struct err *err)
{
    for (size_t i = 0; i < settling->result->prepared.plan.table_count; i++)
        if (!check_table(settling, i, err))
            return false;
    settling->result->verified = !settling->options->no_verify;
    return true;
}

/* The largest value of a column with numbers of its own that its sequence can stand at.  In tables that are
 * there already it is the target that knows of sequences. */
static int64_t sequence_end(const struct plan_table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].identity != IDENTITY_NO || (int)i == table->source->rowid_column)
            return table->columns[i].type.kind == PG_INT2   ? INT16_MAX
                   : table->columns[i].type.kind == PG_INT4 ? INT32_MAX
                                                            : INT64_MAX;
    return 0;
}

/* Rows that were set aside come back one day with the ids that they have: those must not be given meanwhile.
 */
static void keep_ids(struct plan_table *table)
{
    int64_t last = table->source->rowid_max;

    if (table->source->rowid_column >= 0 && table->source->rows > 0 && last < sequence_end(table) &&
        last >= table->identity_next)
        table->identity_next = last + 1;
}

static void count_set_aside(struct settling *settling)
{
    for (size_t i = 0; i < settling->result->prepared.plan.table_count; i++) {
        struct table_outcome *outcome = &settling->result->tables[i];

        if (outcome->quarantined_rows > 0)
            keep_ids(&settling->result->prepared.plan.tables[i]);
    }
}

static bool set_orphans_aside(void *context, struct err *err)
{
    struct settling *settling = context;

    return orphans_set_aside(settling->arena, settling->options, settling->result, err);
}

bool settle_rows(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                 struct engine *control, struct err *err)
{
    struct settling settling = {.arena = arena, .options = options, .result = result, .control = control};

    for (size_t i = 0; i < result->prepared.plan.table_count; i++)
        result->tables[i].quarantined_rows = atomic_load(&result->load.tables[i].quarantined);
    if (!check_rows(&settling, err))
        return false;
    if (options->orphans == ORPHANS_QUARANTINE &&
        (!interruptible(options->interrupted, control, set_orphans_aside, &settling, err) ||
         !check_rows(&settling, err)))
        return false;
    count_set_aside(&settling);
    return true;
}
