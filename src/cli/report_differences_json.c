/* Differences of rows in the documents of --json: docs/json.md says what each field is. */
#include "cli/report_verify.h"

/* As the source names it. */
static struct str column_name(const struct comparison *comparison, size_t place)
{
    const struct plan_column *column = &comparison->sides[0].shape->columns[place];

    return comparison->sides[0].is_sqlite && column->source != NULL ? column->source->name.text
                                                                    : column->name;
}

static void put_value(struct json *json, const char *name, const struct captured_row *row, size_t place,
                      bool hidden)
{
    json_put_str(json, name,
                 hidden || row == NULL || row->values[place].null ? (struct str){NULL, 0}
                                                                  : row->values[place].text);
}

static void put_cells(struct json *json, const char *name, const struct comparison *comparison,
                      const struct captured_row *row, const size_t *places, size_t count, bool hidden)
{
    json_name(json, name);
    json_array(json);
    for (size_t i = 0; i < count; i++) {
        size_t place = places == NULL ? i : places[i];

        json_object(json);
        json_put_str(json, "column", column_name(comparison, place));
        put_value(json, "value", row, place, hidden);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_difference(struct json *json, const struct comparison *comparison, struct str table,
                           const struct difference *difference, bool hidden)
{
    static const char *const kinds[] = {"value", "missing row", "extra row"};
    const struct captured_row *row = difference->rows[0] != NULL ? difference->rows[0] : difference->rows[1];
    bool value = difference->kind == DIFFERENCE_VALUE;
    bool whole = !value || comparison->key_count == 0;

    json_object(json);
    json_put_str(json, "table", table);
    json_put_text(json, "kind", kinds[difference->kind]);
    json_put_bool(json, "doubled", difference->doubled);
    put_cells(json, "key", comparison, row, comparison->key, comparison->key_count, hidden);
    json_put_str(json, "column", value ? column_name(comparison, difference->place) : (struct str){NULL, 0});
    put_value(json, "source", value ? difference->rows[0] : NULL, difference->place, hidden);
    put_value(json, "target", value ? difference->rows[1] : NULL, difference->place, hidden);
    put_cells(json, "row", comparison, row, NULL, whole ? comparison->sides[0].shape->column_count : 0,
              hidden);
    json_put_str(json, "why", difference->why.len > 0 ? difference->why : (struct str){NULL, 0});
    json_object_end(json);
}

void report_json_differences(struct json *json, const struct comparison *comparison, struct str table,
                             const struct differences *differences, bool hide_values)
{
    for (size_t i = 0; i < differences->count; i++)
        put_difference(json, comparison, table, &differences->items[i], hide_values);
}
