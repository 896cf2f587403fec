/* The document of `verify --json`: docs/json.md says what each field is. */
#include <stdio.h>

#include "cli/json_print.h"
#include "cli/report_verify.h"

static struct str column_name(const struct verified_table *table, size_t place)
{
    return table->shapes[0].columns[place].name;
}

static struct str hex(struct arena *arena, const struct digest_sum *sum)
{
    return str_printf(arena, "%016llx%016llx", (unsigned long long)sum->high, (unsigned long long)sum->low);
}

static void put_names(struct json *json, const char *name, const struct verified_table *table,
                      const size_t *places, size_t count)
{
    json_name(json, name);
    json_array(json);
    for (size_t i = 0; i < count; i++)
        json_str(json, column_name(table, places[i]));
    json_array_end(json);
}

static void put_table(const struct verify_report *report, const struct verified_table *table,
                      struct json *json)
{
    struct arena *arena = report->invocation->arena;

    json_object(json);
    json_put_str(json, "source", table->names[0]);
    json_put_str(json, "target", table->names[1]);
    json_put_bool(json, "equal", table->equal);
    json_put_int(json, "source_rows", table->counted[0]);
    json_put_int(json, "target_rows", table->counted[1]);
    json_put_int(json, "compared_rows", table->digests[0].rows);
    json_put_int(json, "one_row_of", table->sample);
    put_names(json, "key", table, table->key, table->key_count);
    put_names(json, "different_columns", table, table->difference.columns, table->difference.column_count);
    json_put_int(json, "different_rows", table->found.rows);
    json_put_int(json, "unnamed_rows", table->found.beyond);
    json_put_str(json, "source_digest", hex(arena, &table->digests[0].row));
    json_put_str(json, "target_digest", hex(arena, &table->digests[1].row));
    json_name(json, "source_seconds");
    json_double(json, (double)table->us[0] / 1e6, 3);
    json_name(json, "target_seconds");
    json_double(json, (double)table->us[1] / 1e6, 3);
    json_object_end(json);
}

static void put_differences(const struct verify_report *report, struct json *json)
{
    json_name(json, "differences");
    json_array(json);
    for (size_t i = 0; i < report->result->table_count; i++) {
        const struct verified_table *table = &report->result->tables[i];
        struct comparison comparison = verified_comparison(table);

        report_json_differences(json, &comparison, table->names[0], &table->found,
                                report->invocation->hide_values);
    }
    json_array_end(json);
}

static void put_remarks(const struct verify_report *report, struct json *json)
{
    json_name(json, "remarks");
    json_array(json);
    for (size_t i = 0; i < report->result->remark_count; i++)
        report_json_remark(json, &report->result->remarks[i]);
    json_array_end(json);
}

void report_verify_json(const struct verify_report *report, int status)
{
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, status);
    json_put_str(&json, "source", url_redacted(report->invocation->arena, report->options->sides[0]));
    json_put_str(&json, "target", url_redacted(report->invocation->arena, report->options->sides[1]));
    json_put_bool(&json, "equal", report->result->equal);
    json_name(&json, "tables");
    json_array(&json);
    for (size_t i = 0; i < report->result->table_count; i++)
        put_table(report, &report->result->tables[i], &json);
    json_array_end(&json);
    put_differences(report, &json);
    put_remarks(report, &json);
    json_name(&json, "seconds");
    json_double(&json, (double)report->result->total_us / 1e6, 3);
    json_print_end(&json, &out);
}
