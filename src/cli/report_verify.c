/* What `verify` prints. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/report_verify.h"
#include "cli/table.h"
#include "cli/wrap.h"

static void put_head(const struct verify_report *report, struct buf *out)
{
    static const char *const names[] = {"Source", "Target"};

    for (int side = 0; side < 2; side++)
        buf_printf(out, "%s  %.*s\n", names[side],
                   STR_ARGS(url_redacted(report->invocation->arena, report->options->sides[side])));
    buf_byte(out, '\n');
}

static void put_table(const struct verify_report *report, const struct verified_table *table,
                      struct text_table *out)
{
    struct arena *arena = report->invocation->arena;

    text_table_cell(out, table->names[0]);
    for (int side = 0; side < 2; side++)
        text_table_cell(out, show_count(arena, table->counted[side]));
    text_table_cell(out, table->sample > 1 ? show_count(arena, table->digests[0].rows) : str_from("all"));
    text_table_cell(out, show_seconds(arena, table->us[0] > table->us[1] ? table->us[0] : table->us[1]));
    if (table->equal)
        text_table_cellf(out, "equal %016llx", (unsigned long long)table->digests[0].row.low);
    else
        text_table_cell(out, str_from("DIFFERENT"));
}

static void put_tables(const struct verify_report *report, struct buf *out)
{
    static const enum table_align align[] = {ALIGN_LEFT,  ALIGN_RIGHT, ALIGN_RIGHT,
                                             ALIGN_RIGHT, ALIGN_RIGHT, ALIGN_LEFT};
    static const char *const heading[] = {"table",    "rows in source", "rows in target",
                                          "compared", "time",           "verified"};
    struct text_table table = {
        .arena = report->invocation->arena, .columns = ARRAY_LENGTH(heading), .align = align, .maximum = 50};

    for (size_t i = 0; i < ARRAY_LENGTH(heading); i++)
        text_table_cell(&table, str_from(heading[i]));
    for (size_t i = 0; i < report->result->table_count; i++)
        put_table(report, &report->result->tables[i], &table);
    text_table_write(&table, report->invocation->color, out);
}

static void put_rows(const struct verify_report *report, struct buf *out)
{
    bool headed = false;

    for (size_t i = 0; i < report->result->table_count; i++) {
        const struct verified_table *table = &report->result->tables[i];
        struct comparison comparison = verified_comparison(table);

        if (table->equal)
            continue;
        buf_text(out, headed ? "" : "\nDifferent rows\n");
        headed = true;
        report_differences(out, &comparison, table->names[0], &table->found, report->invocation->hide_values);
        if (table->sample > 1 && table->counted[0] != table->counted[1])
            buf_printf(
                out, "  %.*s: %.*s rows in the source, %.*s on the target, of which the sample has a part\n",
                STR_ARGS(table->names[0]), STR_ARGS(show_count(report->invocation->arena, table->counted[0])),
                STR_ARGS(show_count(report->invocation->arena, table->counted[1])));
        for (int side = 0; side < 2; side++)
            if (table->sample == 1 && table->counted[side] != table->digests[side].rows)
                buf_printf(out, "  %.*s: the %s counts %" PRId64 " rows and gives %" PRId64 "\n",
                           STR_ARGS(table->names[side]), side == 0 ? "source" : "target",
                           table->counted[side], table->digests[side].rows);
    }
}

static void put_remarks(const struct verify_report *report, bool differing, const char *heading,
                        struct buf *out)
{
    bool headed = false;

    for (size_t i = 0; i < report->result->remark_count; i++) {
        const struct verify_remark *remark = &report->result->remarks[i];

        if (remark->differs != differing)
            continue;
        buf_printf(out, "%s  ", headed ? "" : heading);
        report_remark(out, remark);
        buf_byte(out, '\n');
        headed = true;
    }
}

static void put_verdict(const struct verify_report *report, struct buf *out)
{
    const struct verify_result *result = report->result;
    int64_t rows = 0;
    int64_t compared = 0;
    int64_t different = 0;

    for (size_t i = 0; i < result->table_count; i++) {
        rows += result->tables[i].counted[0];
        compared += result->tables[i].digests[0].rows;
        different += result->tables[i].found.rows;
    }
    buf_printf(out, "\n%s: %zu table%s, %.*s row%s, in %.*s", result->equal ? "Equal" : "DIFFERENT",
               result->table_count, result->table_count == 1 ? "" : "s",
               STR_ARGS(show_count(report->invocation->arena, rows)), rows == 1 ? "" : "s",
               STR_ARGS(show_seconds(report->invocation->arena, result->total_us)));
    if (different > 0)
        buf_printf(out, "; %.*s row%s differ%s", STR_ARGS(show_count(report->invocation->arena, different)),
                   different == 1 ? "" : "s", different == 1 ? "s" : "");
    if (compared < rows)
        buf_printf(out, "; compared were %.*s of the rows (%.1f %%)",
                   STR_ARGS(show_count(report->invocation->arena, compared)),
                   100.0 * (double)compared / (double)rows);
    buf_byte(out, '\n');
}

void report_verify(const struct verify_report *report)
{
    struct buf out;
    size_t prose;

    buf_init(&out, (size_t)1 << 30);
    put_head(report, &out);
    put_tables(report, &out);
    prose = out.len;
    put_rows(report, &out);
    put_remarks(report, true, "\nDifferent beside rows\n", &out);
    put_remarks(report, false, "\nNot compared, or worth a word\n", &out);
    put_verdict(report, &out);
    wrap_lines(&out, prose, wrap_width());
    (void)fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}
