#include <stdio.h>

#include "cli/json_print.h"
#include "cli/report_downgrade.h"

static void put_table(const struct downgrade_report *report, size_t place, struct json *json)
{
    const struct plan_table *table = &report->result->prepared.plan.tables[place];
    const struct downgrade_table *outcome = &report->result->tables[place];

    json_object(json);
    json_put_str(json, "table", table->source->name.text);
    json_put_str(json, "source", table->name);
    json_put_int(json, "rows", outcome->counts.rows);
    json_put_int(json, "as_before", outcome->counts.same);
    json_put_int(json, "changed", outcome->counts.changed);
    json_put_int(json, "new", outcome->counts.added);
    json_put_int(json, "gone", outcome->counts.removed);
    json_put_bool(json, "verified", outcome->verified);
    json_put_bool(json, "equal", outcome->equal);
    if (!outcome->verified) {
        json_put_text(json, "digest", NULL);
    } else {
        char digest[40];

        (void)snprintf(digest, sizeof(digest), "%016llx%016llx", (unsigned long long)outcome->target.row.high,
                       (unsigned long long)outcome->target.row.low);
        json_put_text(json, "digest", digest);
    }
    json_object_end(json);
}

static void put_not_carried(const struct downgrade_report *report, struct json *json)
{
    const struct plan *plan = &report->result->prepared.plan;

    json_name(json, "not_carried");
    json_array(json);
    for (size_t i = 0; i < plan->not_carried_count; i++) {
        const struct not_carried *object = &plan->not_carried[i];

        json_object(json);
        json_put_text(json, "class", object_class_name(object->class));
        json_put_str(json, "table", object->table);
        json_put_str(json, "name", object->name);
        json_put_str(json, "reason", object->reason);
        json_put_str(json, "definition", object->sql);
        json_put_bool(json, "accepted", upgrade_accepts(report->options->settings, object));
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_misfits(const struct downgrade_report *report, struct json *json)
{
    const struct back *back = &report->result->back;

    json_put_int(json, "misfit_count", back->misfit_total);
    json_name(json, "misfits");
    json_array(json);
    for (size_t i = 0; i < back->misfit_count; i++) {
        const struct plan_table *table = &report->result->prepared.plan.tables[back->misfits[i].table];

        json_object(json);
        json_put_str(json, "table", table->name);
        json_put_str(json, "column", table->columns[back->misfits[i].column].name);
        json_put_str(json, "row",
                     report->invocation->hide_values ? (struct str){NULL, 0} : back->misfits[i].row);
        json_put_str(json, "reason", back->misfits[i].reason);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_notes(const struct downgrade_report *report, struct json *json)
{
    const struct plan *plan = &report->result->prepared.plan;

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

void report_downgrade_json(const struct downgrade_report *report, const struct err *err, int status)
{
    const struct downgrade_result *result = report->result;
    struct arena *arena = report->invocation->arena;
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, status);
    json_put_bool(&json, "published", result->published);
    json_put_str(&json, "source", url_redacted(arena, report->options->source));
    json_put_str(&json, "target", report->options->target->path);
    json_put_str(&json, "like",
                 report->options->like == NULL ? (struct str){NULL, 0} : report->options->like->path);
    json_put_int(&json, "bytes", result->bytes);
    json_name(&json, "tables");
    json_array(&json);
    for (size_t i = 0; result->tables != NULL && i < result->prepared.plan.table_count; i++)
        put_table(report, i, &json);
    json_array_end(&json);
    put_not_carried(report, &json);
    put_misfits(report, &json);
    put_notes(report, &json);
    json_put_text(&json, "left", result->left);
    json_name(&json, "seconds");
    json_double(&json, (double)result->total_us / 1e6, 3);
    json_put_error(&json, "error", err);
    json_print_end(&json, &out);
}
