/* The page of `upgrade --report`. */
#include <inttypes.h>

#include "cli/page.h"
#include "cli/report.h"
#include "cli/table.h"

static struct page_table line_of(const struct report *report, size_t place)
{
    const struct table_outcome *outcome = &report->result->tables[place];
    struct page_table line = {.name = report->result->prepared.plan.tables[place].source->name.text,
                              .source_rows = outcome->source_rows,
                              .target_rows = outcome->loaded_rows,
                              .bytes = outcome->bytes,
                              .us = outcome->work_us};

    line.state = !outcome->verified ? PAGE_UNSURE : outcome->equal ? PAGE_GOOD : PAGE_BAD;
    line.verdict = report_table_verdict(report, place);
    return line;
}

/* A part of the printed report: its first line is the heading, "The heading". */
static void put_part(const struct report *report, struct page *page, const char *title,
                     void (*part)(const struct report *report, struct buf *out))
{
    struct buf text;
    struct str rest;
    bool begun = false;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    part(report, &text);
    rest = buf_view(&text);
    while (rest.len > 0) {
        ptrdiff_t end = str_find(rest, '\n');
        struct str line = str_slice(rest, 0, end < 0 ? rest.len : (size_t)end);

        /* Lines of a part are indented, headings are not. */
        if (str_starts_with(line, " ")) {
            if (!begun)
                page_section(page, title);
            begun = true;
            page_line(page, str_trim(line));
        }
        rest = str_slice(rest, line.len + 1, rest.len);
    }
    buf_free(&text);
}

static int64_t set_aside(const struct report *report)
{
    const struct upgrade_result *result = report->result;
    int64_t rows = 0;

    for (size_t i = 0; result->tables != NULL && i < result->prepared.plan.table_count; i++)
        rows += result->tables[i].quarantined_rows;
    return rows;
}

static void put_shortfall(struct buf *out, int64_t count, const char *one, const char *more)
{
    if (count > 0)
        buf_printf(out, "%s%" PRId64 " %s", out->len > 0 ? ", " : "", count, count == 1 ? one : more);
}

/* What the user gave up, in a line; empty: nothing. */
static struct str shortfalls(const struct report *report)
{
    const struct upgrade_result *result = report->result;
    int64_t changed = 0;
    int64_t contradicting = 0;
    struct buf out;
    struct str made;

    for (size_t i = 0; i < result->prepared.plan.table_count; i++)
        changed += report_changed_values(report, i);
    for (size_t i = 0; i < result->contradiction_count; i++)
        contradicting += result->contradictions[i].rows;
    buf_init(&out, BUF_TEXT_MAXIMUM);
    put_shortfall(&out, (int64_t)result->prepared.plan.not_carried_count, "object is not carried",
                  "objects are not carried");
    put_shortfall(&out, set_aside(report), "row is set aside", "rows are set aside");
    put_shortfall(&out, changed, "value was changed", "values were changed");
    put_shortfall(&out, contradicting, "row contradicts a key that is NOT VALID",
                  "rows contradict keys that are NOT VALID");
    made = buf_to_str(report->invocation->arena, &out);
    buf_free(&out);
    return made;
}

static void put_verdict(const struct report *report, const struct err *err, struct page *page)
{
    const struct upgrade_result *result = report->result;
    struct str given_up = shortfalls(report);

    page->state = err != NULL ? PAGE_BAD : result->verified && given_up.len == 0 ? PAGE_GOOD : PAGE_UNSURE;
    if (err != NULL)
        page->verdict = str_printf(page->arena, "Not published: %s", err->primary);
    else if (given_up.len == 0)
        page->verdict = str_from(result->verified ? "Published: every value was read back and is equal"
                                                  : "Published, and not verified");
    else
        page->verdict = str_printf(page->arena, "Published%s; as you accepted, %.*s: see below",
                                   result->verified ? ": every value carried was read back and is equal"
                                                    : ", and not verified",
                                   STR_ARGS(given_up));
}

static void put_views(const struct report *report, struct page *page)
{
    const struct plan *plan = &report->result->prepared.plan;
    bool begun = false;

    for (size_t i = 0; report->result->views != NULL && i < plan->view_count; i++) {
        const struct view_outcome *outcome = &report->result->views[i];

        if (plan->views[i].dropped)
            continue;
        if (!begun)
            page_section(page, "Views, asked on both sides");
        begun = true;
        page_line(page, str_printf(page->arena, "%.*s: %.*s%s", STR_ARGS(plan->views[i].source->name.text),
                                   STR_ARGS(report_view_verdict(page->arena, outcome)),
                                   outcome->proof == VIEW_NOT_COMPARED ? ""
                                   : outcome->rows == 1
                                       ? ", 1 row"
                                       : str_printf(page->arena, ", %.*s rows",
                                                    STR_ARGS(show_count(page->arena, outcome->rows)))
                                             .ptr));
    }
}

static void put_facts(const struct report *report, struct page *page)
{
    const struct upgrade_result *result = report->result;
    struct arena *arena = page->arena;

    page_fact(page, "Source",
              str_printf(arena, "%.*s (SQLite, %.*s)",
                         STR_ARGS(url_redacted(arena, &report->endpoints->source)),
                         STR_ARGS(show_bytes(arena, result->prepared.schema.bytes))));
    page_fact(page, "Target",
              result->target.version.len == 0
                  ? url_redacted(arena, &report->endpoints->target)
                  : str_printf(arena, "%.*s (PostgreSQL %.*s, schema %.*s)",
                               STR_ARGS(url_redacted(arena, &report->endpoints->target)),
                               STR_ARGS(result->target.version),
                               STR_ARGS(result->prepared.plan.target_schema)));
    page_fact(page, "Time",
              str_printf(arena,
                         "%.*s: plan %.*s, load with indexes and verification %.*s, constraints %.*s,"
                         " views %.*s, catalog %.*s, publish %.*s",
                         STR_ARGS(show_seconds(arena, result->total_us)),
                         STR_ARGS(show_seconds(arena, result->step_us[STEP_PLAN])),
                         STR_ARGS(show_seconds(arena, result->step_us[STEP_LOAD])),
                         STR_ARGS(show_seconds(arena, result->step_us[STEP_CONSTRAINTS])),
                         STR_ARGS(show_seconds(arena, result->step_us[STEP_VIEWS])),
                         STR_ARGS(show_seconds(arena, result->step_us[STEP_STRUCTURE])),
                         STR_ARGS(show_seconds(arena, result->step_us[STEP_PUBLISH]))));
    if (result->structure.compared && result->structure.count_count > 0)
        page_fact(page, "Beside rows",
                  str_printf(arena, "compared with the plan: %.*s",
                             STR_ARGS(report_structure_counts(arena, &result->structure))));
}

bool report_upgrade_page(const struct report *report, const struct err *failed, const char *path,
                         struct err *err)
{
    const struct upgrade_result *result = report->result;
    struct page page;

    page_init(&page, report->invocation->arena, "Upgrade from SQLite to PostgreSQL");
    put_verdict(report, failed, &page);
    page.tables = ARENA_ARRAY(page.arena, struct page_table, result->prepared.plan.table_count + 1);
    for (size_t i = 0; result->tables != NULL && i < result->prepared.plan.table_count; i++)
        page.tables[page.table_count++] = line_of(report, i);
    put_facts(report, &page);
    put_part(report, &page, "Not as planned, or not by pgrade", report_structure);
    put_views(report, &page);
    put_part(report, &page, "Not carried", report_not_carried);
    put_part(report, &page, "Values that do not fit", report_misfits);
    if (failed == NULL)
        put_part(report, &page, "Did not fit, and what became of it", report_changes);
    put_part(report, &page, "Arrives, and differs", report_notes);
    return page_write(&page, path, err);
}
