/* Views: what is planned of them, and what asking them on both sides gave. */
#include "cli/report.h"
#include "cli/table.h"

void report_plan_views(const struct report *report, struct buf *out)
{
    const struct plan *plan = &report->result->prepared.plan;

    if (plan->view_count == 0)
        return;
    buf_printf(out, "\nViews, whose rows are compared before they are published\n");
    for (size_t i = 0; i < plan->view_count; i++) {
        const struct plan_view *view = &plan->views[i];

        buf_printf(out, "  %.*s", STR_ARGS(view->source->name.text));
        if (!str_equal(view->name, view->source->name.text))
            buf_printf(out, " -> %.*s", STR_ARGS(view->name));
        buf_printf(out, " (%zu column%s)\n", view->shape.column_count,
                   view->shape.column_count == 1 ? "" : "s");
    }
}

struct str report_view_verdict(struct arena *arena, const struct view_outcome *outcome)
{
    switch (outcome->proof) {
    case VIEW_EQUAL: return str_from("equal");
    case VIEW_NEARLY: return str_from("equal, but for last digits of sums or the order in lists");
    case VIEW_UNEQUAL: return str_from("DIFFERENT");
    case VIEW_NOT_COMPARED: break;
    }
    return str_printf(arena, "not compared: %.*s", STR_ARGS(outcome->why));
}

/* Beneath the table, which would cut them. */
static void put_reasons(const struct report *report, struct buf *out)
{
    const struct plan *plan = &report->result->prepared.plan;

    for (size_t i = 0; i < plan->view_count; i++)
        if (!plan->views[i].dropped && report->result->views[i].proof == VIEW_NOT_COMPARED)
            buf_printf(out, "%.*s was not compared: %.*s\n", STR_ARGS(plan->views[i].source->name.text),
                       STR_ARGS(report->result->views[i].why));
}

void report_views(const struct report *report, struct buf *out)
{
    static const enum table_align align[] = {ALIGN_LEFT, ALIGN_RIGHT, ALIGN_LEFT};
    static const char *const heading[] = {"view", "rows", "asked on both sides"};
    const struct plan *plan = &report->result->prepared.plan;
    struct arena *arena = report->invocation->arena;
    struct text_table table = {
        .arena = arena, .columns = ARRAY_LENGTH(heading), .align = align, .maximum = 60};
    size_t count = 0;

    for (size_t i = 0; i < ARRAY_LENGTH(heading); i++)
        text_table_cell(&table, str_from(heading[i]));
    for (size_t i = 0; report->result->views != NULL && i < plan->view_count; i++) {
        const struct view_outcome *outcome = &report->result->views[i];

        if (plan->views[i].dropped)
            continue;
        count++;
        text_table_cell(&table, plan->views[i].source->name.text);
        text_table_cell(&table, outcome->proof == VIEW_NOT_COMPARED ? str_from("?")
                                                                    : show_count(arena, outcome->rows));
        text_table_cell(&table, outcome->proof == VIEW_NOT_COMPARED ? str_from("not compared")
                                                                    : report_view_verdict(arena, outcome));
    }
    if (count == 0)
        return;
    buf_byte(out, '\n');
    text_table_write(&table, report->invocation->color, out);
    put_reasons(report, out);
}

void report_json_views(const struct report *report, struct json *json)
{
    const struct plan *plan = &report->result->prepared.plan;

    json_name(json, "views");
    json_array(json);
    for (size_t i = 0; i < plan->view_count; i++) {
        const struct plan_view *view = &plan->views[i];

        if (view->dropped)
            continue;
        json_object(json);
        json_put_str(json, "source", view->source->name.text);
        json_put_str(json, "name", view->name);
        json_name(json, "columns");
        json_array(json);
        for (size_t j = 0; j < view->shape.column_count; j++) {
            const struct plan_column *column = &view->shape.columns[j];

            json_object(json);
            json_put_str(json, "source", column->source->name.text);
            json_put_str(json, "name", column->name);
            json_put_str(json, "type", pg_type_text(report->invocation->arena, &column->type));
            json_object_end(json);
        }
        json_array_end(json);
        json_object_end(json);
    }
    json_array_end(json);
}

void report_json_view_proof(const struct report *report, struct json *json)
{
    static const char *const words[] = {[VIEW_NOT_COMPARED] = "not compared",
                                        [VIEW_EQUAL] = "equal",
                                        [VIEW_NEARLY] = "nearly equal",
                                        [VIEW_UNEQUAL] = "different"};
    const struct plan *plan = &report->result->prepared.plan;

    json_name(json, "view_proof");
    json_array(json);
    for (size_t i = 0; report->result->views != NULL && i < plan->view_count; i++) {
        const struct view_outcome *outcome = &report->result->views[i];

        json_object(json);
        json_put_str(json, "view", plan->views[i].source->name.text);
        json_put_text(json, "proof", words[outcome->proof]);
        json_put_int(json, "rows", outcome->rows);
        json_put_str(json, "why",
                     report->invocation->hide_values && outcome->bare_why.ptr != NULL ? outcome->bare_why
                                                                                      : outcome->why);
        json_object_end(json);
    }
    json_array_end(json);
}
