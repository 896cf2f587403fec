/* The parts of the report that plan and upgrade share, for people. */
#include <inttypes.h>

#include "cli/report.h"
#include "cli/table.h"

enum {
    SHOWN_MISFITS = 20, /* of each column; --json has them all */
    SHOWN_OBJECTS = 60
};

struct str report_reason(const struct report *report, const struct not_carried *object)
{
    return report->invocation->hide_values && object->bare_reason.ptr != NULL ? object->bare_reason
                                                                              : object->reason;
}

static void put_object(const struct report *report, const struct not_carried *object, struct buf *out)
{
    bool accepted = upgrade_accepts(report->options, object);

    buf_printf(out, "  %s %.*s%s%.*s%s: %.*s\n", object_class_name(object->class), STR_ARGS(object->table),
               object->table.len > 0 && object->name.len > 0 ? "." : "", STR_ARGS(object->name),
               accepted ? " (accepted)" : "", STR_ARGS(report_reason(report, object)));
}

void report_not_carried(const struct report *report, struct buf *out)
{
    const struct plan *plan = &report->result->prepared.plan;

    if (plan->not_carried_count == 0)
        return;
    buf_printf(out, "\nNot carried: %zu object%s\n", plan->not_carried_count,
               plan->not_carried_count == 1 ? "" : "s");
    for (size_t i = 0; i < plan->not_carried_count; i++) {
        if (i == SHOWN_OBJECTS) {
            buf_printf(out, "  and %zu more; --json names them all\n", plan->not_carried_count - i);
            break;
        }
        put_object(report, &plan->not_carried[i], out);
    }
    if (report->not_carried_file != NULL)
        buf_printf(out, "  Their SQL is in %s\n", report->not_carried_file);
}

static void put_misfit(const struct report *report, const struct misfit *misfit, struct buf *out)
{
    const struct plan_table *table = &report->result->prepared.plan.tables[misfit->table];
    bool hide = report->invocation->hide_values;

    buf_printf(out, "  %.*s", STR_ARGS(table->source->name.text));
    if (misfit->column >= 0)
        buf_printf(out, ".%.*s", STR_ARGS(table->columns[misfit->column].source->name.text));
    if (misfit->has_rowid)
        buf_printf(out, ", rowid %" PRId64, misfit->rowid);
    if (!hide && misfit->value.len > 0)
        buf_printf(out, ": %.*s", STR_ARGS(misfit->value));
    if (!hide && misfit->became.len > 0)
        buf_printf(out, " -> %.*s", STR_ARGS(misfit->became));
    buf_printf(out, ": %.*s\n", STR_ARGS(misfit->reason));
}

static int put_some(const struct report *report, size_t place, int column, enum misfit_outcome outcome,
                    struct buf *out)
{
    const struct misfits *misfits = &report->result->load.misfits;
    int shown = 0;

    for (size_t i = 0; i < misfits->count && shown < SHOWN_MISFITS; i++) {
        const struct misfit *misfit = &misfits->items[i];

        if (misfit->table != place || misfit->column != column || misfit->outcome != outcome)
            continue;
        put_misfit(report, misfit, out);
        shown++;
    }
    return shown;
}

static void put_column_misfits(const struct report *report, size_t place, int column, struct buf *out)
{
    const struct misfits *misfits = &report->result->load.misfits;
    const struct plan_table *table = &report->result->prepared.plan.tables[place];
    int64_t total = column < 0 ? 0 : misfits->by_column[place][column];
    int shown = put_some(report, place, column, OUTCOME_STOPS, out);

    if (total > shown)
        buf_printf(out, "  %.*s.%.*s: %" PRId64 " more; --json lists them\n",
                   STR_ARGS(table->source->name.text), STR_ARGS(table->columns[column].source->name.text),
                   total - shown);
}

void report_misfits(const struct report *report, struct buf *out)
{
    const struct misfits *misfits = &report->result->load.misfits;
    const struct plan *plan = &report->result->prepared.plan;

    if (!report->result->loaded || misfits->total == 0)
        return;
    buf_printf(out, "\nValues that do not fit: %" PRId64 "\n", misfits->total);
    for (size_t i = 0; i < plan->table_count; i++) {
        put_column_misfits(report, i, -1, out);
        for (size_t j = 0; j < plan->tables[i].column_count; j++)
            put_column_misfits(report, i, (int)j, out);
    }
}

static void put_change(const struct report *report, const struct misfit_change *change, struct buf *out)
{
    const struct plan_table *table = &report->result->prepared.plan.tables[change->table];

    buf_printf(out, "  %.*s", STR_ARGS(table->source->name.text));
    if (change->column >= 0)
        buf_printf(out, ".%.*s", STR_ARGS(table->columns[change->column].source->name.text));
    buf_printf(out, ": %.*s %s%s %s\n", STR_ARGS(show_count(report->invocation->arena, change->count)),
               change->column < 0 ? "row" : "value", change->count == 1 ? "" : "s",
               change->outcome == OUTCOME_NULL       ? "set to NULL"
               : change->outcome == OUTCOME_REPAIRED ? change->what
                                                     : "set aside, in pgrade_record.quarantine");
}

int64_t report_changed_values(const struct report *report, size_t place)
{
    const struct misfits *misfits = &report->result->load.misfits;
    int64_t count = 0;

    for (size_t i = 0; report->result->loaded && i < misfits->change_count; i++)
        if (misfits->changes[i].table == place && misfits->changes[i].outcome != OUTCOME_QUARANTINED)
            count += misfits->changes[i].count;
    return count;
}

void report_changes(const struct report *report, struct buf *out)
{
    const struct misfits *misfits = &report->result->load.misfits;

    if (!report->result->loaded || misfits->change_count == 0)
        return;
    buf_text(out, "\nDid not fit, and what became of it\n");
    for (size_t i = 0; i < misfits->change_count; i++)
        put_change(report, &misfits->changes[i], out);
    if (report->result->quarantine_file != NULL)
        buf_printf(out, "  The rows that were set aside are in %s too\n", report->result->quarantine_file);
    if (misfits->count == 0) /* rows without a parent have no value that does not fit */
        return;
    buf_text(out, "\nThe first of them\n");
    for (size_t i = 0; i < report->result->prepared.plan.table_count; i++)
        for (int j = -1; j < (int)report->result->prepared.plan.tables[i].column_count; j++)
            for (enum misfit_outcome outcome = OUTCOME_NULL; outcome <= OUTCOME_QUARANTINED; outcome++)
                (void)put_some(report, i, j, outcome, out);
}

void report_notes(const struct report *report, struct buf *out)
{
    const struct plan *plan = &report->result->prepared.plan;

    if (plan->note_count == 0)
        return;
    buf_text(out, "\nArrives, and differs\n");
    for (size_t i = 0; i < plan->note_count; i++)
        buf_printf(out, "  %.*s%s%.*s\n", STR_ARGS(plan->notes[i].about),
                   plan->notes[i].about.len > 0 ? " " : "", STR_ARGS(plan->notes[i].text));
}
