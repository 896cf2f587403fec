/* The documents of `check --json`: docs/json.md. */
#include <stdio.h>

#include "cli/json_print.h"
#include "cli/report_check.h"

static void put_findings(struct json *json, const struct check_result *result)
{
    json_name(json, "findings");
    json_array(json);
    for (size_t i = 0; i < result->count; i++) {
        const struct check_finding *finding = &result->findings[i];

        json_object(json);
        json_put_text(json, "state", check_state_name(finding->state));
        json_put_str(json, "what", finding->what);
        json_put_text(json, "why", result->check->why);
        json_put_str(json, "mend", finding->mend.len > 0 ? finding->mend : str_from(result->check->mend));
        json_put_bool(json, "fixable", result->check->fixable && finding->mend.len > 0);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_fixes(struct json *json, const struct check_fixes *fixes)
{
    json_name(json, "fixed");
    json_array(json);
    for (size_t i = 0; i < fixes->count; i++) {
        json_object(json);
        json_put_str(json, "sql", fixes->items[i].sql);
        json_put_str(json, "error", fixes->items[i].error);
        json_object_end(json);
    }
    json_array_end(json);
}

/* null but with --production. */
static void put_checklist(struct json *json, const struct invocation *invocation,
                          const struct check_report *report)
{
    json_name(json, "checklist");
    if (!option_given(invocation, "production")) {
        json_null(json);
        return;
    }
    json_array(json);
    for (const struct check_item *item = check_items; item->title != NULL; item++) {
        json_object(json);
        json_put_text(json, "item", item->title);
        json_put_text(json, "state", check_state_name(check_item_state(item, report)));
        json_name(json, "checks");
        json_array(json);
        for (size_t i = 0; i < report->count; i++)
            if (check_belongs(item, report->results[i].check))
                json_text(json, report->results[i].check->name);
        json_array_end(json);
        json_object_end(json);
    }
    json_array_end(json);
}

void report_check_json(const struct invocation *invocation, const struct check_report *report,
                       const struct check_fixes *fixes)
{
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, report_check_status(report));
    json_put_str(&json, "database",
                 report->parsed ? url_redacted(invocation->arena, &report->url) : (struct str){NULL, 0});
    json_put_bool(&json, "stopped", report->stopped);
    json_name(&json, "results");
    json_array(&json);
    for (size_t i = 0; i < report->count; i++) {
        const struct check_result *result = &report->results[i];

        json_object(&json);
        json_put_text(&json, "check", result->check->name);
        json_put_text(&json, "group", result->group->name);
        json_put_text(&json, "state", check_state_name(result->state));
        json_put_str(&json, "note", result->note);
        put_findings(&json, result);
        json_object_end(&json);
    }
    json_array_end(&json);
    put_checklist(&json, invocation, report);
    put_fixes(&json, fixes);
    json_print_end(&json, &out);
}

void report_check_list_json(const struct check_entry *only)
{
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, 0);
    json_name(&json, "checks");
    json_array(&json);
    for (const struct check_group *group = check_groups; group->name != NULL; group++)
        for (const struct check_entry *check = group->checks; check->name != NULL; check++) {
            if (only != NULL && check != only)
                continue;
            json_object(&json);
            json_put_text(&json, "name", check->name);
            json_put_text(&json, "group", group->name);
            json_put_text(&json, "engine", group->kind == URL_SQLITE ? "sqlite" : "postgres");
            json_put_text(&json, "looks", check->looks);
            json_put_text(&json, "why", check->why);
            json_put_text(&json, "mend", check->mend);
            json_put_bool(&json, "fixable", check->fixable);
            json_put_bool(&json, "stops", check->stops);
            json_object_end(&json);
        }
    json_array_end(&json);
    json_print_end(&json, &out);
}
