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
    int64_t changed = report_changed_values(report, place);

    line.state = !outcome->verified ? PAGE_UNSURE : outcome->equal ? PAGE_GOOD : PAGE_BAD;
    line.verdict = str_from(!outcome->verified ? "not verified" : "DIFFERENT");
    if (outcome->verified && outcome->equal)
        line.verdict = str_printf(report->invocation->arena, "equal %016llx",
                                  (unsigned long long)outcome->target.row.low);
    if (changed > 0)
        line.verdict = str_printf(report->invocation->arena, "%.*s, but %" PRId64 " changed",
                                  STR_ARGS(line.verdict), changed);
    if (outcome->quarantined_rows > 0)
        line.verdict = str_printf(report->invocation->arena, "%.*s, %" PRId64 " set aside",
                                  STR_ARGS(line.verdict), outcome->quarantined_rows);
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

static void put_verdict(const struct report *report, const struct err *err, struct page *page)
{
    const struct upgrade_result *result = report->result;

    page->state = err != NULL ? PAGE_BAD : result->verified ? PAGE_GOOD : PAGE_UNSURE;
    page->verdict =
        err != NULL ? str_printf(page->arena, "Not published: %s", err->primary)
        : result->verified
            ? str_from("Published: every value was read back and is equal, but what is named below")
            : str_from("Published, and not verified");
    if (err == NULL && result->verified && result->prepared.plan.not_carried_count == 0 &&
        result->load.misfits.change_count == 0)
        page->verdict = str_from("Published: every value was read back and is equal");
}

static void put_facts(const struct report *report, struct page *page)
{
    const struct upgrade_result *result = report->result;
    struct arena *arena = page->arena;

    page_fact(page, "Source",
              str_printf(arena, "%.*s (SQLite, %.*s)",
                         STR_ARGS(url_redacted(arena, &report->endpoints->source)),
                         STR_ARGS(show_bytes(arena, result->prepared.schema.bytes))));
    page_fact(page, "Target", url_redacted(arena, &report->endpoints->target));
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
    put_part(report, &page, "Not carried", report_not_carried);
    put_part(report, &page, "Values that do not fit", report_misfits);
    if (failed == NULL)
        put_part(report, &page, "Did not fit, and what became of it", report_changes);
    put_part(report, &page, "Arrives, and differs", report_notes);
    return page_write(&page, path, err);
}
