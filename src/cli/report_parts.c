/* The parts of the report that plan and upgrade share, for people. */
#include <inttypes.h>

#include "cli/report.h"
#include "cli/table.h"

enum {
    SHOWN_MISFITS = 20, /* of each column; --json has them all */
    SHOWN_OBJECTS = 60
};

static void put_object(const struct report *report, const struct not_carried *object, struct buf *out)
{
    bool accepted = upgrade_accepts(report->options, object);

    buf_printf(out, "  %s %.*s%s%.*s%s: %.*s\n", object_class_name(object->class), STR_ARGS(object->table),
               object->table.len > 0 && object->name.len > 0 ? "." : "", STR_ARGS(object->name),
               accepted ? " (accepted)" : "", STR_ARGS(object->reason));
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
}

static void put_misfit(const struct report *report, const struct misfit *misfit, struct buf *out)
{
    const struct plan_table *table = &report->result->prepared.plan.tables[misfit->table];

    buf_printf(out, "  %.*s", STR_ARGS(table->source->name.text));
    if (misfit->column >= 0)
        buf_printf(out, ".%.*s", STR_ARGS(table->columns[misfit->column].source->name.text));
    if (misfit->has_rowid)
        buf_printf(out, ", rowid %" PRId64, misfit->rowid);
    if (report->invocation->hide_values || misfit->value.len == 0)
        buf_printf(out, ": %.*s\n", STR_ARGS(misfit->reason));
    else
        buf_printf(out, ": %.*s: %.*s\n", STR_ARGS(misfit->value), STR_ARGS(misfit->reason));
}

static void put_column_misfits(const struct report *report, size_t place, int column, struct buf *out)
{
    const struct misfits *misfits = &report->result->load.misfits;
    const struct plan_table *table = &report->result->prepared.plan.tables[place];
    int64_t total = column < 0 ? 0 : misfits->by_column[place][column];
    int shown = 0;

    for (size_t i = 0; i < misfits->count && shown < SHOWN_MISFITS; i++) {
        if (misfits->items[i].table != place || misfits->items[i].column != column)
            continue;
        put_misfit(report, &misfits->items[i], out);
        shown++;
    }
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
