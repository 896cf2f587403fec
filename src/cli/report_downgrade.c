#include "cli/report_downgrade.h"
#include "cli/report_verify.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/json.h"
#include "cli/table.h"
#include "cli/wrap.h"

enum {
    SHOWN = 60
};

static void put_head(const struct downgrade_report *report, struct buf *out)
{
    struct arena *arena = report->invocation->arena;
    const struct downgrade_result *result = report->result;

    buf_printf(out, "Source  %.*s (PostgreSQL %.*s, schema %.*s)\n",
               STR_ARGS(url_redacted(arena, report->options->source)), STR_ARGS(result->version),
               STR_ARGS(result->prepared.plan.target_schema));
    buf_printf(out, "Target  %.*s (SQLite, %.*s", STR_ARGS(report->options->target->path),
               STR_ARGS(show_bytes(arena, result->bytes)));
    if (report->options->like != NULL)
        buf_printf(out, ", like %.*s", STR_ARGS(report->options->like->path));
    buf_text(out, ")\n\n");
}

static void put_outcome(const struct downgrade_report *report, size_t place, struct text_table *table)
{
    struct arena *arena = report->invocation->arena;
    const struct downgrade_table *outcome = &report->result->tables[place];

    text_table_cell(table, report->result->prepared.plan.tables[place].source->name.text);
    text_table_cell(table, show_count(arena, outcome->counts.rows));
    text_table_cell(table, show_count(arena, outcome->counts.same));
    text_table_cell(table, show_count(arena, outcome->counts.changed));
    text_table_cell(table, show_count(arena, outcome->counts.added));
    text_table_cell(table, show_count(arena, outcome->counts.removed));
    if (!outcome->verified)
        text_table_cell(table, str_from("not verified"));
    else if (outcome->equal)
        text_table_cellf(table, "equal %016llx", (unsigned long long)outcome->target.row.low);
    else
        text_table_cell(table, str_from("DIFFERENT"));
}

static void put_tables(const struct downgrade_report *report, struct buf *out)
{
    static const enum table_align align[] = {ALIGN_LEFT,  ALIGN_RIGHT, ALIGN_RIGHT, ALIGN_RIGHT,
                                             ALIGN_RIGHT, ALIGN_RIGHT, ALIGN_LEFT};
    static const char *const heading[] = {"table", "rows", "as before", "changed", "new", "gone", "verified"};
    struct arena *arena = report->invocation->arena;
    struct text_table table = {
        .arena = arena, .columns = ARRAY_LENGTH(heading), .align = align, .maximum = 50};

    for (size_t i = 0; i < ARRAY_LENGTH(heading); i++)
        text_table_cell(&table, str_from(heading[i]));
    for (size_t i = 0; i < report->result->prepared.plan.table_count; i++)
        put_outcome(report, i, &table);
    text_table_write(&table, report->invocation->color, out);
    buf_printf(out, "\nDone in %.*s; the file is proven, and in its place.\n",
               STR_ARGS(show_seconds(arena, report->result->total_us)));
}

/* What PostgreSQL has, for whoever writes it again by hand: on one line, since none of its own is told apart.
 */
static void put_definition(struct str sql, struct buf *out)
{
    bool space = false;

    if (sql.len == 0)
        return;
    buf_text(out, "    ");
    for (size_t i = 0; i < sql.len; i++) {
        bool blank = sql.ptr[i] == ' ' || sql.ptr[i] == '\n' || sql.ptr[i] == '\t' || sql.ptr[i] == '\r';

        if (!blank)
            buf_byte(out, sql.ptr[i]);
        else if (!space)
            buf_byte(out, ' ');
        space = blank;
    }
    buf_byte(out, '\n');
}

static void put_not_carried(const struct downgrade_report *report, struct buf *out)
{
    const struct plan *plan = &report->result->prepared.plan;

    if (plan->not_carried_count == 0)
        return;
    buf_printf(out, "\nNot carried: %zu\n", plan->not_carried_count);
    for (size_t i = 0; i < plan->not_carried_count && i < SHOWN; i++) {
        const struct not_carried *object = &plan->not_carried[i];

        buf_printf(out, "  %s %.*s%s%.*s%s: %.*s\n", object_class_name(object->class),
                   STR_ARGS(object->table), object->table.len > 0 ? "." : "", STR_ARGS(object->name),
                   upgrade_accepts(report->options->settings, object) ? " (accepted)" : "",
                   STR_ARGS(object->reason));
        put_definition(object->sql, out);
    }
    if (plan->not_carried_count > SHOWN)
        buf_printf(out, "  and %zu more; --json names them all\n", plan->not_carried_count - SHOWN);
}

static void put_misfits(const struct downgrade_report *report, struct buf *out)
{
    const struct back *back = &report->result->back;
    const struct plan *plan = &report->result->prepared.plan;

    if (back->misfit_total == 0)
        return;
    buf_printf(out, "\nValues that SQLite cannot hold: %" PRId64 "\n", back->misfit_total);
    for (size_t i = 0; i < back->misfit_count && i < SHOWN; i++) {
        const struct back_misfit *misfit = &back->misfits[i];
        const struct plan_table *table = &plan->tables[misfit->table];

        buf_printf(out, "  %.*s.%.*s", STR_ARGS(table->name), STR_ARGS(table->columns[misfit->column].name));
        if (!report->invocation->hide_values)
            buf_printf(out, ", key %.*s", STR_ARGS(misfit->row));
        buf_printf(out, ": %.*s\n", STR_ARGS(misfit->reason));
    }
    if (back->misfit_total > SHOWN)
        buf_printf(out, "  and %" PRId64 " more\n", back->misfit_total - SHOWN);
}

static void put_notes(const struct downgrade_report *report, struct buf *out)
{
    const struct plan *plan = &report->result->prepared.plan;

    if (plan->note_count > 0)
        buf_text(out, "\nWhat to know\n");
    for (size_t i = 0; i < plan->note_count; i++)
        buf_printf(out, "  %.*s%s%.*s\n", STR_ARGS(plan->notes[i].about),
                   plan->notes[i].about.len > 0 ? ": " : "", STR_ARGS(plan->notes[i].text));
    if (report->result->left != NULL)
        buf_printf(out, "\n%s is left over and could not be removed\n", report->result->left);
}

static void put_differences(const struct downgrade_report *report, struct buf *out)
{
    const struct plan *plan = &report->result->prepared.plan;

    for (size_t i = 0; report->result->tables != NULL && i < plan->table_count; i++) {
        const struct downgrade_table *outcome = &report->result->tables[i];

        if (!outcome->verified || outcome->equal)
            continue;
        buf_printf(out, "\n%.*s differs:", STR_ARGS(plan->tables[i].source->name.text));
        if (outcome->counted != outcome->target.rows)
            buf_printf(out, " %" PRId64 " rows in PostgreSQL, %" PRId64 " in the file;", outcome->counted,
                       outcome->target.rows);
        if (outcome->difference.swapped)
            buf_text(out, " values are swapped between rows;");
        report_differing_columns(out, &plan->tables[i], &outcome->difference);
        buf_byte(out, '\n');
    }
}

void report_downgrade(const struct downgrade_report *report, const struct err *err)
{
    struct buf out;
    size_t prose;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    if (err == NULL) {
        put_head(report, &out);
        wrap_lines(&out, 0, wrap_width());
        put_tables(report, &out);
    }
    prose = out.len;
    put_not_carried(report, &out);
    put_misfits(report, &out);
    put_notes(report, &out);
    if (err != NULL)
        put_differences(report, &out);
    wrap_lines(&out, prose, wrap_width());
    (void)fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}
