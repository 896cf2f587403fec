/* The page of `verify --report`. */
#include <inttypes.h>

#include "cli/page.h"
#include "cli/report_verify.h"
#include "cli/table.h"

static struct page_table line_of(struct arena *arena, const struct verified_table *table)
{
    struct page_table line = {.name = table->names[0],
                              .source_rows = table->counted[0],
                              .target_rows = table->counted[1],
                              .bytes = table->digests[0].bytes > table->digests[1].bytes
                                           ? table->digests[0].bytes
                                           : table->digests[1].bytes,
                              .us = table->us[0] > table->us[1] ? table->us[0] : table->us[1],
                              .state = table->equal ? PAGE_GOOD : PAGE_BAD};

    if (!table->equal)
        line.verdict = str_printf(arena, "DIFFERENT: %" PRId64 " row%s", table->found.rows,
                                  table->found.rows == 1 ? "" : "s");
    else
        line.verdict = str_printf(arena, "equal %016llx", (unsigned long long)table->digests[0].row.low);
    if (table->sample > 1)
        line.verdict = str_printf(arena, "%.*s, one row of %" PRId64, STR_ARGS(line.verdict), table->sample);
    return line;
}

/* What is printed for people, a line each. */
static void put_lines(struct page *page, struct str text)
{
    while (text.len > 0) {
        ptrdiff_t end = str_find(text, '\n');
        struct str line = str_slice(text, 0, end < 0 ? text.len : (size_t)end);

        if (str_trim(line).len > 0)
            page_line(page, str_trim(line));
        text = str_slice(text, line.len + 1, text.len);
    }
}

static void put_rows(const struct verify_report *report, struct page *page)
{
    struct buf text;

    buf_init(&text, (size_t)1 << 30);
    for (size_t i = 0; i < report->result->table_count; i++) {
        const struct verified_table *table = &report->result->tables[i];
        struct comparison comparison = verified_comparison(table);

        if (!table->equal)
            report_differences(&text, &comparison, table->names[0], &table->found,
                               report->invocation->hide_values);
    }
    if (text.len > 0) {
        page_section(page, "Different rows");
        put_lines(page, buf_view(&text));
    }
    buf_free(&text);
}

static void put_remarks(const struct verify_report *report, struct page *page, bool differing,
                        const char *title)
{
    bool begun = false;

    for (size_t i = 0; i < report->result->remark_count; i++) {
        const struct verify_remark *remark = &report->result->remarks[i];

        if (remark->differs != differing)
            continue;
        if (!begun)
            page_section(page, title);
        begun = true;
        page_line(page, str_printf(page->arena, "%s %.*s%s%.*s: %.*s", remark->what, STR_ARGS(remark->table),
                                   remark->table.len > 0 && remark->name.len > 0 ? "." : "",
                                   STR_ARGS(remark->name), STR_ARGS(remark->text)));
    }
}

static void put_count(struct buf *out, int64_t count, const char *one, const char *more)
{
    if (count > 0)
        buf_printf(out, "%s%" PRId64 " %s", out->len > 0 ? ", " : "", count, count == 1 ? one : more);
}

/* What differs, in numbers. */
static struct str verdict_of(struct arena *arena, const struct verify_result *result)
{
    int64_t tables = 0;
    int64_t rows = 0;
    int64_t others = 0;
    struct str made;
    struct buf out;

    for (size_t i = 0; i < result->table_count; i++) {
        tables += !result->tables[i].equal;
        rows += result->tables[i].equal ? 0 : result->tables[i].found.rows;
    }
    for (size_t i = 0; i < result->remark_count; i++)
        others += result->remarks[i].differs;
    buf_init(&out, BUF_TEXT_MAXIMUM);
    put_count(&out, tables, "table", "tables");
    put_count(&out, rows, "row", "rows");
    put_count(&out, others, "thing beside the rows", "things beside the rows");
    made = str_printf(arena, "Different: %.*s; each is named below", STR_ARGS(buf_view(&out)));
    buf_free(&out);
    return made;
}

bool report_verify_page(const struct verify_report *report, const char *path, struct err *err)
{
    const struct verify_result *result = report->result;
    struct arena *arena = report->invocation->arena;
    int64_t rows = 0;
    struct page page;

    page_init(&page, arena, "Comparison of two databases");
    page.state = result->equal ? PAGE_GOOD : PAGE_BAD;
    page.verdict = result->equal ? str_from("Equal: every value that was compared is the same on both sides")
                                 : verdict_of(arena, result);
    page.tables = ARENA_ARRAY(arena, struct page_table, result->table_count + 1);
    page.table_count = result->table_count;
    for (size_t i = 0; i < result->table_count; i++) {
        page.tables[i] = line_of(arena, &result->tables[i]);
        rows += result->tables[i].counted[0];
    }
    page_fact(&page, "Source", url_redacted(arena, report->options->sides[0]));
    page_fact(&page, "Target", url_redacted(arena, report->options->sides[1]));
    page_fact(&page, "Compared",
              str_printf(arena, "%zu tables, %.*s rows, in %.*s", result->table_count,
                         STR_ARGS(show_count(arena, rows)), STR_ARGS(show_seconds(arena, result->total_us))));
    put_rows(report, &page);
    put_remarks(report, &page, true, "Different beside rows");
    put_remarks(report, &page, false, "Not compared, or worth a word");
    return page_write(&page, path, err);
}
