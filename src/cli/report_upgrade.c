/* What `upgrade` prints at its end. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "cli/report.h"
#include "cli/report_verify.h"
#include "cli/table.h"
#include "cli/wrap.h"

static void put_head(const struct report *report, struct buf *out)
{
    struct arena *arena = report->invocation->arena;
    const struct upgrade_result *result = report->result;

    buf_printf(out, "Source  %.*s (SQLite, %.*s", STR_ARGS(url_redacted(arena, &report->endpoints->source)),
               STR_ARGS(show_bytes(arena, result->prepared.schema.bytes)));
    if (result->prepared.plan.framework.id != FRAMEWORK_NONE)
        buf_printf(out, ", made by %s", result->prepared.plan.framework.name);
    buf_printf(out, ")\nTarget  %.*s (PostgreSQL %.*s, schema %.*s)\n\n",
               STR_ARGS(url_redacted(arena, &report->endpoints->target)), STR_ARGS(result->target.version),
               STR_ARGS(result->prepared.plan.target_schema));
    if (result->resumed.taken)
        buf_printf(
            out, "Taken over from the run of %.*s: %.*s rows of %zu table%s, %zu indexes and constraints\n\n",
            STR_ARGS(result->resumed.began), STR_ARGS(show_count(arena, result->resumed.rows)),
            result->resumed.tables, result->resumed.tables == 1 ? "" : "s", result->resumed.objects);
}

struct str report_table_verdict(const struct report *report, size_t place)
{
    struct arena *arena = report->invocation->arena;
    const struct table_outcome *outcome = &report->result->tables[place];
    int64_t changed = report_changed_values(report, place);
    struct str verdict = str_from(!outcome->verified ? "not verified" : "DIFFERENT");

    if (outcome->verified && outcome->equal)
        verdict = str_printf(arena, "equal %016llx", (unsigned long long)outcome->target.row.low);
    if (changed > 0)
        verdict = str_printf(arena, "%.*s, but %.*s changed", STR_ARGS(verdict),
                             STR_ARGS(show_count(arena, changed)));
    if (outcome->quarantined_rows > 0)
        verdict = str_printf(arena, "%.*s, %.*s set aside", STR_ARGS(verdict),
                             STR_ARGS(show_count(arena, outcome->quarantined_rows)));
    return verdict;
}

static void put_outcome(const struct report *report, size_t place, struct text_table *table)
{
    struct arena *arena = report->invocation->arena;
    const struct table_outcome *outcome = &report->result->tables[place];

    text_table_cell(table, report->result->prepared.plan.tables[place].source->name.text);
    text_table_cell(table,
                    outcome->source_rows < 0 ? str_from("?") : show_count(arena, outcome->source_rows));
    text_table_cell(table, show_count(arena, outcome->loaded_rows));
    text_table_cell(table, show_bytes(arena, outcome->bytes));
    text_table_cell(table, show_seconds(arena, outcome->work_us));
    text_table_cell(table, report_table_verdict(report, place));
}

static void put_structure(const struct report *report, struct buf *out)
{
    const struct structure *structure = &report->result->structure;

    if (structure->compared && structure->count_count > 0)
        buf_printf(out, "\nAs planned, by the server's catalog: %.*s\n",
                   STR_ARGS(report_structure_counts(report->invocation->arena, structure)));
}

static void put_elapsed(const struct report *report, struct buf *out)
{
    struct arena *arena = report->invocation->arena;
    const struct upgrade_result *result = report->result;

    buf_printf(out,
               "\nDone in %.*s: plan %.*s, load with indexes and verification %.*s, constraints %.*s, "
               "views %.*s, catalog %.*s, publish %.*s\n",
               STR_ARGS(show_seconds(arena, result->total_us)),
               STR_ARGS(show_seconds(arena, result->step_us[STEP_PLAN])),
               STR_ARGS(show_seconds(arena, result->step_us[STEP_LOAD])),
               STR_ARGS(show_seconds(arena, result->step_us[STEP_CONSTRAINTS])),
               STR_ARGS(show_seconds(arena, result->step_us[STEP_VIEWS])),
               STR_ARGS(show_seconds(arena, result->step_us[STEP_STRUCTURE])),
               STR_ARGS(show_seconds(arena, result->step_us[STEP_PUBLISH])));
}

static void put_excluded(const struct report *report, struct buf *out)
{
    const struct plan *plan = &report->result->prepared.plan;

    for (size_t i = 0; i < plan->table_count; i++) {
        int64_t rows = report->result->tables[i].excluded_rows;

        if (rows > 0)
            buf_printf(out, "%.*s: %.*s row%s excluded by the user (--where)\n",
                       STR_ARGS(plan->tables[i].source->name.text),
                       STR_ARGS(show_count(report->invocation->arena, rows)), rows == 1 ? "" : "s");
    }
}

/* What --misfit changed was compared with what it was changed to. */
static void put_verdict(const struct report *report, struct text_table *table)
{
    int64_t changed = 0;

    for (size_t i = 0; i < report->result->prepared.plan.table_count; i++)
        changed += report_changed_values(report, i);
    if (!report->result->verified)
        text_table_cell(table, str_from("not verified"));
    else if (changed == 0)
        text_table_cell(table, str_from("every value equal"));
    else
        text_table_cellf(table, "%.*s value%s changed by --misfit, all others equal",
                         STR_ARGS(show_count(report->invocation->arena, changed)), changed == 1 ? "" : "s");
}

static void put_tables(const struct report *report, struct buf *out)
{
    static const enum table_align align[] = {ALIGN_LEFT,  ALIGN_RIGHT, ALIGN_RIGHT,
                                             ALIGN_RIGHT, ALIGN_RIGHT, ALIGN_LEFT};
    static const char *const heading[] = {"table", "rows in source", "loaded", "data", "work", "verified"};
    struct arena *arena = report->invocation->arena;
    struct text_table table = {
        .arena = arena, .columns = ARRAY_LENGTH(heading), .align = align, .maximum = 50};
    int64_t source = 0;
    int64_t loaded = 0;
    int64_t bytes = 0;
    int64_t work = 0;

    for (size_t i = 0; i < ARRAY_LENGTH(heading); i++)
        text_table_cell(&table, str_from(heading[i]));
    for (size_t i = 0; i < report->result->prepared.plan.table_count; i++) {
        put_outcome(report, i, &table);
        source += report->result->tables[i].source_rows;
        loaded += report->result->tables[i].loaded_rows;
        bytes += report->result->tables[i].bytes;
        work += report->result->tables[i].work_us;
    }
    text_table_cellf(&table, "%zu table%s", report->result->prepared.plan.table_count,
                     report->result->prepared.plan.table_count == 1 ? "" : "s");
    text_table_cell(&table, show_count(arena, source));
    text_table_cell(&table, show_count(arena, loaded));
    text_table_cell(&table, show_bytes(arena, bytes));
    text_table_cell(&table, show_seconds(arena, work));
    put_verdict(report, &table);
    text_table_write(&table, report->invocation->color, out);
    put_excluded(report, out);
    report_views(report, out);
}

static void put_differences(const struct report *report, struct buf *out)
{
    const struct plan *plan = &report->result->prepared.plan;

    for (size_t i = 0; report->result->tables != NULL && i < plan->table_count; i++) {
        const struct table_outcome *outcome = &report->result->tables[i];

        if (!outcome->verified || outcome->equal)
            continue;
        buf_printf(out, "\n%.*s differs:", STR_ARGS(plan->tables[i].source->name.text));
        if (outcome->difference.rows)
            buf_printf(out, " %" PRId64 " rows in the source, %" PRId64 " in the target;",
                       outcome->source_rows, outcome->loaded_rows);
        if (outcome->difference.swapped)
            buf_text(out, " values are swapped between rows;");
        report_differing_columns(out, &plan->tables[i], &outcome->difference);
        buf_byte(out, '\n');
        if (outcome->comparison != NULL)
            report_differences(out, outcome->comparison, plan->tables[i].source->name.text, &outcome->found,
                               report->invocation->hide_values);
    }
}

/* No orphans: SQLite finds their parents. */
static void put_collated(const struct contradiction *found, struct buf *out)
{
    if (found->collated_rows == 0)
        return;
    buf_printf(out,
               "  %" PRId64 " of them differ%s from the parent only in what its collation %.*s passes over:"
               " SQLite compares by it, a foreign key of PostgreSQL exactly. Give the rows the parent's"
               " spelling in the source%s\n",
               found->collated_rows, found->collated_rows == 1 ? "s" : "", STR_ARGS(found->object->collation),
               found->object->mend_sql.ptr != NULL ? ":" : ".");
    if (found->object->mend_sql.ptr != NULL)
        buf_printf(out, "    %.*s;\n", STR_ARGS(found->object->mend_sql));
}

static const char *what_is_wrong(const struct contradiction *found)
{
    if (found->object->class == OBJECT_PARTITION)
        return found->rows == 1 ? "fits none" : "fit none";
    if (found->object->class != OBJECT_FOREIGN_KEY)
        return found->rows == 1 ? "contradicts it" : "contradict it";
    return found->collated_rows > 0 ? "without an equal parent" : "without a parent";
}

static void put_contradictions(const struct report *report, struct buf *out)
{
    const struct upgrade_result *result = report->result;

    for (size_t i = 0; i < result->contradiction_count; i++) {
        const struct contradiction *found = &result->contradictions[i];

        buf_printf(out, "\n%s %.*s of %.*s: %" PRId64 " row%s %s\n", object_class_name(found->object->class),
                   STR_ARGS(found->object->name),
                   STR_ARGS(result->prepared.plan.tables[found->object->table].name), found->rows,
                   found->rows == 1 ? "" : "s", what_is_wrong(found));
        for (size_t j = 0; !report->invocation->hide_values && j < found->shown_count; j++)
            buf_printf(out, "  %.*s\n", STR_ARGS(found->shown[j]));
        put_collated(found, out);
        if (found->shown_count == CONTRADICTIONS_SHOWN)
            buf_text(out, "  and perhaps more\n");
    }
}

static void put_next(const struct report *report, struct buf *out)
{
    struct arena *arena = report->invocation->arena;
    const struct endpoints *endpoints = report->endpoints;

    const char *program = report->invocation->program;

    buf_text(out, "\nWhat to do next\n  1. DATABASE_URL for the application, in .env:  ");
    if (endpoints->target_local)
        buf_printf(out, "%s local url --database %.*s | %s env set DATABASE_URL\n", program,
                   STR_ARGS(endpoints->target.database), program);
    else
        buf_printf(out, "%s env set DATABASE_URL   asks for it; you gave %.*s\n", program,
                   STR_ARGS(url_redacted(arena, &endpoints->target)));
    if (report->result->prepared.plan.framework.id == FRAMEWORK_SQLALCHEMY)
        buf_text(out, "     SQLAlchemy wants postgresql://, not postgres://\n");
    buf_printf(out,
               "  2. Install the application's PostgreSQL driver and restart it:  %s check --production   "
               "says what is missing\n"
               "  3. Keep the SQLite file until you are sure; the new database's copies:  %s backup\n",
               program, program);
}

static void put_comparison(const struct plan_table *table, const struct plan_column *column, struct buf *out)
{
    const char *effect = nocase_effect(column);

    if (effect == NULL)
        return;
    buf_printf(out, "  %.*s.%.*s was %.*s", STR_ARGS(table->name), STR_ARGS(column->name),
               STR_ARGS(column->source->collation.len > 0 ? column->source->collation : str_from("BINARY")));
    if (column->nocase != NOCASE_NONE)
        buf_printf(out, ", is %s", nocase_form_name(column->nocase));
    buf_printf(out, ": %s.\n", effect);
}

static void put_behaviour(const struct report *report, struct buf *out)
{
    const struct upgrade_result *result = report->result;

    buf_text(
        out,
        "\nWhat behaves differently on PostgreSQL\n"
        "  LIKE looks at upper and lower case (ILIKE does not); a text compared with a number is an error; "
        "\"x\" is always a name, 'x' a string; GROUP BY must name every column that is selected.\n");
    for (size_t i = 0; i < result->prepared.plan.table_count; i++) {
        const struct plan_table *table = &result->prepared.plan.tables[i];

        for (size_t j = 0; j < table->column_count; j++)
            put_comparison(table, &table->columns[j], out);
    }
    if (result->target.collate_c)
        buf_printf(out, "  Text is ordered by the database's collation (%.*s), not by bytes.\n",
                   STR_ARGS(result->target.collation));
    if (result->snapshot_stale)
        buf_printf(out, "  The source was written meanwhile: what is here is its state of %.*s.\n",
                   STR_ARGS(clock_text(report->invocation->arena, result->prepared.snapshot.taken_us)));
}

static void put_widened(const struct report *report, struct buf *out)
{
    const struct upgrade_result *result = report->result;

    if (result->widened_count == 0)
        return;
    buf_text(out, "\nWidened, as --misfit widen allowed\n");
    for (size_t i = 0; i < result->widened_count; i++)
        buf_printf(out, "  %.*s.%.*s: %.*s, %.*s\n", STR_ARGS(result->widened[i].table),
                   STR_ARGS(result->widened[i].column),
                   STR_ARGS(pg_type_text(report->invocation->arena, &result->widened[i].type)),
                   STR_ARGS(result->widened[i].reason));
}

static void tell_already(const struct report *report)
{
    const struct upgrade_result *result = report->result;
    const struct target *target = &result->target;

    printf("published already, at %.*s, into schema %.*s of the database %.*s: nothing was left to do\n",
           STR_ARGS(target->published_at), STR_ARGS(target->schema), STR_ARGS(target->database));
    if (result->aside_rows > 0)
        printf("%" PRId64 " row%s set aside: in pgrade_record.quarantine%s%s\n", result->aside_rows,
               result->aside_rows == 1 ? " was" : "s were", result->quarantine_file != NULL ? " and " : "",
               result->quarantine_file != NULL ? result->quarantine_file : "");
}

void report_upgrade(const struct report *report, const struct err *err)
{
    struct buf out;
    size_t prose;

    if (report->result->already) {
        tell_already(report);
        return;
    }
    buf_init(&out, BUF_TEXT_MAXIMUM);
    if (err == NULL) {
        put_head(report, &out);
        wrap_lines(&out, 0, wrap_width());
        put_tables(report, &out);
    }
    prose = out.len;
    if (err == NULL) {
        put_structure(report, &out);
        put_elapsed(report, &out);
    }
    report_not_carried(report, &out);
    report_misfits(report, &out);
    if (err == NULL)
        report_changes(report, &out);
    put_contradictions(report, &out);
    report_structure(report, &out);
    if (err == NULL) {
        report_notes(report, &out);
        put_widened(report, &out);
        put_next(report, &out);
        put_behaviour(report, &out);
    } else {
        put_differences(report, &out);
    }
    wrap_lines(&out, prose, wrap_width());
    (void)fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}
