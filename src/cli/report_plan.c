/* What `plan` prints. */
#include <stdio.h>

#include "cli/report.h"
#include "cli/table.h"
#include "cli/wrap.h"

/* Well below what bench/README.md measures on two cores, so that the estimate is rather too long. */
enum {
    ROWS_A_SECOND = 1000000,
    BYTES_A_SECOND = 100 * 1000 * 1000,
    CONNECTIONS = 3 /* two workers, one that conducts */
};

static void put_columns(const struct report *report, const struct plan_table *table, struct buf *out)
{
    static const enum table_align align[] = {ALIGN_LEFT, ALIGN_LEFT, ALIGN_LEFT, ALIGN_LEFT, ALIGN_LEFT};
    struct arena *arena = report->invocation->arena;
    struct text_table columns = {.arena = arena, .columns = 5, .indent = 2, .align = align, .maximum = 60};
    static const char *const heading[] = {"column", "SQLite", "PostgreSQL", "", "why"};

    for (size_t i = 0; i < ARRAY_LENGTH(heading); i++)
        text_table_cell(&columns, str_from(heading[i]));
    for (size_t i = 0; i < table->column_count; i++) {
        const struct plan_column *column = &table->columns[i];

        text_table_cell(&columns, column->name);
        text_table_cell(&columns, column->source->declared);
        text_table_cell(&columns, plan_column_type(arena, column));
        text_table_cellf(&columns, "%s%s%s", column->not_null ? "not null" : "",
                         column->identity == IDENTITY_SERIAL ? ", serial"
                         : column->identity != IDENTITY_NO   ? ", identity"
                                                             : "",
                         column->generated_sql.ptr == NULL ? ""
                         : column->is_virtual              ? " virtual"
                                                           : " generated");
        text_table_cell(&columns, column->reason);
    }
    text_table_write(&columns, report->invocation->color, out);
}

static void put_objects(const struct report *report, size_t place, struct buf *out)
{
    const struct plan *plan = &report->result->prepared.plan;
    size_t counts[OBJECT_CLASS_COUNT] = {0};
    bool first = true;

    for (size_t i = 0; i < plan->object_count; i++)
        if (plan->objects[i].table == place)
            counts[plan->objects[i].class]++;
    for (size_t class = 0; class < OBJECT_CLASS_COUNT; class ++) {
        static const char *const plural[OBJECT_CLASS_COUNT] = {
            [OBJECT_PRIMARY_KEY] = "primary keys",
            [OBJECT_UNIQUE] = "unique constraints",
            [OBJECT_INDEX] = "indexes",
            [OBJECT_CHECK] = "checks",
            [OBJECT_FOREIGN_KEY] = "foreign keys",
            [OBJECT_TRIGGER] = "triggers",
        };

        if (counts[class] == 0 || plural[class] == NULL)
            continue;
        buf_printf(out, "%s%zu %s", first ? "  " : ", ", counts[class],
                   counts[class] == 1 ? object_class_name((enum object_class) class) : plural[class]);
        first = false;
    }
    buf_text(out, first ? "" : "\n");
}

/* Every value was checked, so the rows were counted; rows with misfits are not among them, and then only the
 * range of rowids is known. */
static void put_rows(const struct report *report, size_t place, struct buf *out)
{
    struct load *load = (struct load *)(uintptr_t)&report->result->load;
    int64_t rows = report->result->prepared.plan.tables[place].rows_estimate;
    bool exact = report->result->loaded && load->misfits.total == 0;

    if (exact)
        rows = atomic_load(&load->tables[place].rows);
    if (rows >= 0)
        buf_printf(out, " (%s%.*s row%s)", exact || rows == 0 ? "" : "up to ",
                   STR_ARGS(show_count(report->invocation->arena, rows)), rows == 1 ? "" : "s");
}

static void put_table(const struct report *report, size_t place, struct buf *out)
{
    const struct plan_table *table = &report->result->prepared.plan.tables[place];

    buf_printf(out, "\n%.*s", STR_ARGS(table->source->name.text));
    if (!str_equal(table->name, table->source->name.text))
        buf_printf(out, " -> %.*s", STR_ARGS(table->name));
    put_rows(report, place, out);
    buf_byte(out, '\n');
    put_columns(report, table, out);
    put_objects(report, place, out);
}

static void put_estimates(const struct report *report, struct buf *out)
{
    struct arena *arena = report->invocation->arena;
    const struct prepared *prepared = &report->result->prepared;
    int64_t rows = 0;
    int64_t us;

    for (size_t i = 0; i < prepared->plan.table_count; i++)
        rows += prepared->plan.tables[i].rows_estimate > 0 ? prepared->plan.tables[i].rows_estimate : 0;
    us = rows * 1000000 / ROWS_A_SECOND;
    if (prepared->schema.bytes / BYTES_A_SECOND * 1000000 > us)
        us = prepared->schema.bytes / BYTES_A_SECOND * 1000000;
    /* Half as much again for indexes and the overhead of rows: an allowance, not a measurement. */
    buf_printf(
        out,
        "\nEstimates\n  disk on the target: about %.*s\n  time: about %.*s, verification included, on a "
        "small server\n  connections: %d\n",
        STR_ARGS(show_bytes(arena, prepared->schema.bytes * 3 / 2)),
        STR_ARGS(us < 1000000 ? str_from("a second") : show_seconds(arena, us)), CONNECTIONS);
}

void report_plan(const struct report *report)
{
    const struct prepared *prepared = &report->result->prepared;
    struct arena *arena = report->invocation->arena;
    struct buf out;
    size_t prose;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    buf_printf(&out, "Source      %.*s (%.*s, %.*s)\n",
               STR_ARGS(url_redacted(arena, &report->endpoints->source)),
               STR_ARGS(show_bytes(arena, prepared->schema.bytes)), STR_ARGS(prepared->schema.encoding));
    if (prepared->plan.framework.id == FRAMEWORK_NONE)
        buf_text(&out, "Made by     no framework that is known; types by declaration and values\n");
    else
        buf_printf(&out, "Made by     %s (seen by %.*s)\n", prepared->plan.framework.name,
                   STR_ARGS(prepared->plan.framework.evidence));
    buf_printf(&out, "Tables      %zu\n", prepared->plan.table_count);
    for (size_t i = 0; i < prepared->plan.table_count; i++)
        put_table(report, i, &out);
    report_plan_views(report, &out);
    prose = out.len;
    report_comparison(report, &out);
    report_notes(report, &out);
    report_not_carried(report, &out);
    report_misfits(report, &out);
    report_changes(report, &out);
    put_estimates(report, &out);
    wrap_lines(&out, prose, wrap_width());
    (void)fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}
