/* What a comparison with the target's tables found: for people, and in --json. */
#include "cli/report.h"

static const char *const headings[FILL_KIND_COUNT] = {
    [FILL_TABLE] = "Tables on one side only",
    [FILL_OBSTACLE] = "Tables that cannot be filled",
    [FILL_LEDGER] = "The application's migrations",
    [FILL_ROWS] = "Rows that are there already",
    [FILL_COLUMN] = "Columns on one side only",
    [FILL_GENERATED] = "Columns that the target computes",
    [FILL_TYPE] = "Columns of another type than pgrade would take",
    [FILL_NOT_NULL] = "NOT NULL on one side only",
    [FILL_UNIQUE] = "Keys and uniques that differ",
    [FILL_CHECK] = "Checks that differ",
    [FILL_EXCLUSION] = "Exclusion constraints",
    [FILL_FOREIGN_KEY] = "Foreign keys that differ",
    [FILL_STALE] = "Materialized views",
    [FILL_REST] = "Not compared",
};

static const char *mode_name(const struct upgrade_result *result)
{
    return !result->chosen ? NULL : result->filled ? "fill" : "fresh";
}

static void put_kind(const struct fill *fill, enum fill_kind kind, struct buf *out)
{
    bool first = true;

    for (size_t i = 0; i < fill->difference_count; i++) {
        const struct fill_difference *difference = &fill->differences[i];

        if (difference->kind != kind)
            continue;
        if (first)
            buf_printf(out, "  %s\n", headings[kind]);
        first = false;
        buf_printf(out, "    %.*s: %.*s%s\n", STR_ARGS(difference->about), STR_ARGS(difference->text),
                   difference->stops ? " (stops upgrade)" : "");
    }
}

void report_comparison(const struct report *report, struct buf *out)
{
    const struct upgrade_result *result = report->result;

    if (mode_name(result) != NULL)
        buf_printf(out, "\nThe target %.*s (schema %.*s)\n  %s\n",
                   STR_ARGS(url_redacted(report->invocation->arena, &report->endpoints->target)),
                   STR_ARGS(result->prepared.plan.target_schema),
                   result->filled
                       ? "fill: it has the application's own tables, and rows go into them as they are"
                       : "fresh: it has no tables of the source's names, and pgrade makes them");
    for (int kind = 0; result->comparison != NULL && kind < FILL_KIND_COUNT; kind++)
        put_kind(result->comparison, (enum fill_kind)kind, out);
    if (result->refusal.code == ERR_NONE)
        return;
    buf_printf(out, "%s  upgrade would refuse it: %s\n", mode_name(result) == NULL ? "\nThe target\n" : "",
               result->refusal.primary);
    if (result->refusal.detail[0] != '\0')
        buf_printf(out, "    why: %s\n", result->refusal.detail);
    if (result->refusal.hint[0] != '\0')
        buf_printf(out, "    try: %s\n", result->refusal.hint);
}

void report_json_comparison(const struct report *report, struct json *json)
{
    const struct fill *fill = report->result->comparison;

    json_put_text(json, "mode", mode_name(report->result));
    json_name(json, "comparison");
    json_array(json);
    for (size_t i = 0; fill != NULL && i < fill->difference_count; i++) {
        json_object(json);
        json_put_text(json, "kind", fill_kind_name(fill->differences[i].kind));
        json_put_str(json, "about", fill->differences[i].about);
        json_put_str(json, "text", fill->differences[i].text);
        json_put_bool(json, "stops", fill->differences[i].stops);
        json_object_end(json);
    }
    json_array_end(json);
}

void report_json_refusal(const struct report *report, struct json *json)
{
    json_put_str(json, "target",
                 report->endpoints->target_typed
                     ? url_redacted(report->invocation->arena, &report->endpoints->target)
                     : (struct str){NULL, 0});
    json_put_error(json, "refusal", &report->result->refusal);
}
