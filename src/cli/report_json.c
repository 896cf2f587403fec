/* The documents of --json: docs/json.md says what each field is. */
#include <stdio.h>

#include "base/clock.h"
#include "cli/json_print.h"
#include "cli/report.h"
#include "cli/report_verify.h"
#include "plan/units.h"

static void put_column(const struct report *report, const struct plan_column *column, struct json *json)
{
    json_object(json);
    json_put_str(json, "source", column->source->name.text);
    json_put_str(json, "name", column->name);
    json_put_str(json, "declared", column->source->declared);
    json_put_str(json, "type", plan_column_type(report->invocation->arena, column));
    json_put_str(json, "reason", column->reason);
    json_put_str(json, "collation", column->source->collation);
    json_put_str(json, "nocase", str_from(nocase_form_name(column->nocase)));
    json_put_str(json, "compares", str_from(nocase_effect(column)));
    json_put_bool(json, "not_null", column->not_null);
    json_put_bool(json, "identity", column->identity == IDENTITY_BY_DEFAULT);
    json_put_bool(json, "serial", column->identity == IDENTITY_SERIAL);
    json_put_str(json, "default", column->default_sql);
    json_put_str(json, "generated", column->generated_sql);
    json_put_bool(json, "virtual", column->is_virtual);
    json_put_str(json, "unit", str_from(unit_name(column->unit)));
    json_object_end(json);
}

static void put_tables(const struct report *report, struct json *json)
{
    const struct plan *plan = &report->result->prepared.plan;

    json_name(json, "tables");
    json_array(json);
    for (size_t i = 0; i < plan->table_count; i++) {
        const struct plan_table *table = &plan->tables[i];

        json_object(json);
        json_put_str(json, "source", table->source->name.text);
        json_put_str(json, "name", table->name);
        json_put_int(json, "rows_estimate", table->rows_estimate);
        json_name(json, "columns");
        json_array(json);
        for (size_t j = 0; j < table->column_count; j++)
            put_column(report, &table->columns[j], json);
        json_array_end(json);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_objects(const struct report *report, struct json *json)
{
    const struct plan *plan = &report->result->prepared.plan;

    json_name(json, "objects");
    json_array(json);
    for (size_t i = 0; i < plan->object_count; i++) {
        json_object(json);
        json_put_text(json, "class", object_class_name(plan->objects[i].class));
        json_put_str(json, "table", plan->tables[plan->objects[i].table].name);
        json_put_str(json, "name", plan->objects[i].name);
        json_object_end(json);
    }
    json_array_end(json);
    json_name(json, "not_carried");
    json_array(json);
    for (size_t i = 0; i < plan->not_carried_count; i++) {
        const struct not_carried *object = &plan->not_carried[i];

        json_object(json);
        json_put_text(json, "class", object_class_name(object->class));
        json_put_str(json, "table", object->table);
        json_put_str(json, "name", object->name);
        json_put_str(json, "reason", report_reason(report, object));
        json_put_str(json, "sql", object->sql);
        json_put_bool(json, "accepted", upgrade_accepts(report->options, object));
        json_object_end(json);
    }
    json_array_end(json);
    json_name(json, "notes");
    json_array(json);
    for (size_t i = 0; i < plan->note_count; i++) {
        json_object(json);
        json_put_str(json, "about", plan->notes[i].about);
        json_put_str(json, "text", plan->notes[i].text);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_snapshot(const struct report *report, struct json *json)
{
    const struct snapshot *snapshot = &report->result->prepared.snapshot;

    if (snapshot->taken_us == 0) /* it could not be read */
        return;
    json_name(json, "snapshot");
    json_object(json);
    json_put_str(json, "at", clock_text(report->invocation->arena, snapshot->taken_us));
    json_put_str(json, "copied_to", str_from(snapshot->copy.directory));
    json_put_int(json, "copied_bytes", snapshot->copy.bytes);
    json_put_int(json, "writers_waited_ms", snapshot_stall_ms(&snapshot->copy));
    json_put_bool(json, "journal_rolled_back", snapshot->copy.recovered);
    json_put_bool(json, "written_since", report->result->snapshot_stale);
    json_object_end(json);
}

void report_json_plan(const struct report *report, struct json *json)
{
    const struct prepared *prepared = &report->result->prepared;

    json_put_str(json, "source", url_redacted(report->invocation->arena, &report->endpoints->source));
    json_put_str(
        json, "framework",
        str_from(prepared->plan.framework.id == FRAMEWORK_NONE ? NULL : prepared->plan.framework.name));
    json_put_int(json, "source_bytes", prepared->schema.bytes);
    put_snapshot(report, json);
    report_json_comparison(report, json);
    put_tables(report, json);
    report_json_views(report, json);
    put_objects(report, json);
}

static const char *const outcomes[] = {[OUTCOME_STOPS] = "stops",
                                       [OUTCOME_NULL] = "null",
                                       [OUTCOME_REPAIRED] = "repaired",
                                       [OUTCOME_QUARANTINED] = "quarantined"};

static void put_changes(const struct report *report, struct json *json)
{
    const struct misfits *misfits = &report->result->load.misfits;

    json_name(json, "changes");
    json_array(json);
    for (size_t i = 0; report->result->loaded && i < misfits->change_count; i++) {
        const struct misfit_change *change = &misfits->changes[i];
        const struct plan_table *table = &report->result->prepared.plan.tables[change->table];

        json_object(json);
        json_put_str(json, "table", table->source->name.text);
        json_put_str(json, "column",
                     change->column < 0 ? (struct str){NULL, 0}
                                        : table->columns[change->column].source->name.text);
        json_put_text(json, "outcome", outcomes[change->outcome]);
        json_put_str(json, "how", str_from(change->what));
        json_put_int(json, "count", change->count);
        json_object_end(json);
    }
    json_array_end(json);
}

void report_json_misfits(const struct report *report, struct json *json)
{
    const struct misfits *misfits = &report->result->load.misfits;
    const struct plan *plan = &report->result->prepared.plan;

    json_put_int(json, "misfit_count", report->result->loaded ? misfits->total : 0);
    json_name(json, "misfits");
    json_array(json);
    for (size_t i = 0; report->result->loaded && i < misfits->count; i++) {
        const struct misfit *misfit = &misfits->items[i];
        const struct plan_table *table = &plan->tables[misfit->table];

        json_object(json);
        json_put_str(json, "table", table->source->name.text);
        json_put_str(json, "column",
                     misfit->column < 0 ? (struct str){NULL, 0}
                                        : table->columns[misfit->column].source->name.text);
        json_name(json, "rowid");
        if (misfit->has_rowid)
            json_int(json, misfit->rowid);
        else
            json_null(json);
        json_put_str(json, "value", report->invocation->hide_values ? (struct str){NULL, 0} : misfit->value);
        json_put_str(json, "reason", misfit->reason);
        json_put_text(json, "outcome", outcomes[misfit->outcome]);
        json_put_str(json, "became",
                     report->invocation->hide_values || misfit->outcome != OUTCOME_REPAIRED
                         ? (struct str){NULL, 0}
                         : misfit->became);
        json_object_end(json);
    }
    json_array_end(json);
    put_changes(report, json);
}

void report_plan_json(const struct report *report)
{
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, 0);
    report_json_refusal(report, &json);
    report_json_plan(report, &json);
    report_json_misfits(report, &json);
    json_print_end(&json, &out);
}

static void put_outcomes(const struct report *report, struct json *json)
{
    const struct plan *plan = &report->result->prepared.plan;

    json_name(json, "proof");
    json_array(json);
    for (size_t i = 0; report->result->tables != NULL && i < plan->table_count; i++) {
        const struct table_outcome *outcome = &report->result->tables[i];

        json_object(json);
        json_put_str(json, "table", plan->tables[i].source->name.text);
        json_put_int(json, "source_rows", outcome->source_rows);
        json_put_int(json, "loaded_rows", outcome->loaded_rows);
        json_put_int(json, "quarantined_rows", outcome->quarantined_rows);
        json_put_int(json, "excluded_rows", outcome->excluded_rows);
        json_put_int(json, "bytes", outcome->bytes);
        json_put_bool(json, "verified", outcome->verified);
        json_put_bool(json, "equal", outcome->equal);
        json_put_int(json, "changed_values", report_changed_values(report, i));
        json_put_str(json, "source_digest",
                     str_printf(report->invocation->arena, "%016llx%016llx",
                                (unsigned long long)outcome->source.row.high,
                                (unsigned long long)outcome->source.row.low));
        json_put_str(json, "target_digest",
                     str_printf(report->invocation->arena, "%016llx%016llx",
                                (unsigned long long)outcome->target.row.high,
                                (unsigned long long)outcome->target.row.low));
        json_name(json, "seconds");
        json_double(json, (double)outcome->work_us / 1e6, 3);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_differences(const struct report *report, struct json *json)
{
    const struct plan *plan = &report->result->prepared.plan;

    json_name(json, "differences");
    json_array(json);
    for (size_t i = 0; report->result->tables != NULL && i < plan->table_count; i++)
        if (report->result->tables[i].comparison != NULL)
            report_json_differences(json, report->result->tables[i].comparison,
                                    plan->tables[i].source->name.text, &report->result->tables[i].found,
                                    report->invocation->hide_values);
    json_array_end(json);
}

static void put_contradictions(const struct report *report, struct json *json)
{
    const struct upgrade_result *result = report->result;

    json_name(json, "contradictions");
    json_array(json);
    for (size_t i = 0; i < result->contradiction_count; i++) {
        const struct contradiction *found = &result->contradictions[i];

        json_object(json);
        json_put_text(json, "class", object_class_name(found->object->class));
        json_put_str(json, "table", result->prepared.plan.tables[found->object->table].name);
        json_put_str(json, "name", found->object->name);
        json_put_int(json, "rows", found->rows);
        json_put_int(json, "collated_rows", found->collated_rows);
        json_name(json, "shown");
        json_array(json);
        for (size_t j = 0; !report->invocation->hide_values && j < found->shown_count; j++)
            json_str(json, found->shown[j]);
        json_array_end(json);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_resumed(const struct report *report, struct json *json)
{
    const struct resumed *resumed = &report->result->resumed;

    json_name(json, "resumed");
    if (!resumed->taken) {
        json_null(json);
        return;
    }
    json_object(json);
    json_put_str(json, "began", resumed->began);
    json_put_int(json, "tables", (int64_t)resumed->tables);
    json_put_int(json, "rows", resumed->rows);
    json_put_int(json, "objects", (int64_t)resumed->objects);
    json_object_end(json);
}

void report_upgrade_json(const struct report *report, const struct err *err, int status)
{
    static const char *const steps[STEP_COUNT] = {"plan",  "load",      "constraints",
                                                  "views", "structure", "publish"};
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, status);
    json_put_bool(&json, "published", report->result->published);
    json_put_bool(&json, "verified", report->result->verified);
    json_put_error(&json, "error", err);
    put_resumed(report, &json);
    json_put_str(&json, "already_published", report->result->target.published_at);
    json_put_str(&json, "not_carried_file", str_from(report->not_carried_file));
    json_put_str(&json, "quarantine_file", str_from(report->result->quarantine_file));
    json_put_str(&json, "target", url_redacted(report->invocation->arena, &report->endpoints->target));
    report_json_plan(report, &json);
    put_outcomes(report, &json);
    put_differences(report, &json);
    report_json_view_proof(report, &json);
    report_json_structure(report, &json);
    report_json_misfits(report, &json);
    put_contradictions(report, &json);
    json_name(&json, "seconds");
    json_object(&json);
    for (size_t i = 0; i < STEP_COUNT; i++) {
        json_name(&json, steps[i]);
        json_double(&json, (double)report->result->step_us[i] / 1e6, 3);
    }
    json_name(&json, "total");
    json_double(&json, (double)report->result->total_us / 1e6, 3);
    json_object_end(&json);
    json_print_end(&json, &out);
}
