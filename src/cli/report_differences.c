/* Differences of rows, for people: the table, the row by its key, the column, both values. */
#include <inttypes.h>

#include "cli/report_verify.h"
#include "cli/table.h"

enum {
    SHOWN = 20,     /* of each table; --json has all that were named */
    ROW_COLUMNS = 8 /* of a row that is shown whole */
};

struct printing {
    struct buf *out;
    const struct comparison *comparison;
    struct str table;
    bool hide_values;
};

static struct str column_name(const struct printing *it, size_t place)
{
    const struct plan_column *column = &it->comparison->sides[0].shape->columns[place];

    return it->comparison->sides[0].is_sqlite && column->source != NULL ? column->source->name.text
                                                                        : column->name;
}

static const struct captured_row *row_at_hand(const struct difference *difference)
{
    return difference->rows[0] != NULL ? difference->rows[0] : difference->rows[1];
}

static void put_cell(const struct printing *it, const struct captured_row *row, size_t place)
{
    buf_printf(it->out, "%.*s = ", STR_ARGS(column_name(it, place)));
    shown_put(it->out, &row->values[place], 0);
}

/* "id = 5"; where there is no key the row itself. */
static void put_row(const struct printing *it, const struct captured_row *row, bool whole)
{
    const struct comparison *comparison = it->comparison;
    size_t columns = comparison->sides[0].shape->column_count;

    for (size_t i = 0; i < comparison->key_count && !whole; i++) {
        buf_text(it->out, i > 0 ? ", " : "");
        put_cell(it, row, comparison->key[i]);
    }
    for (size_t i = 0; (whole || comparison->key_count == 0) && i < columns && i < ROW_COLUMNS; i++) {
        buf_text(it->out, i > 0 ? ", " : "");
        put_cell(it, row, i);
    }
    if ((whole || comparison->key_count == 0) && columns > ROW_COLUMNS)
        buf_text(it->out, ", ...");
}

static void put_values(const struct printing *it, const struct difference *difference)
{
    const struct shown *source = &difference->rows[0]->values[difference->place];
    const struct shown *target = &difference->rows[1]->values[difference->place];
    size_t at = shown_differs_at(source, target);

    buf_text(it->out, ": source ");
    shown_put(it->out, source, at);
    buf_text(it->out, ", target ");
    shown_put(it->out, target, at);
    if (source->cut && target->cut && at == source->text.len)
        buf_text(it->out, " (they differ further behind)");
}

static void put_difference(const struct printing *it, const struct difference *difference)
{
    bool whole = difference->kind != DIFFERENCE_VALUE;

    buf_printf(it->out, "  %.*s", STR_ARGS(it->table));
    if (!whole)
        buf_printf(it->out, ".%.*s", STR_ARGS(column_name(it, difference->place)));
    if (!it->hide_values) {
        buf_text(it->out, ", ");
        put_row(it, row_at_hand(difference), whole);
    }
    if (!whole && !it->hide_values)
        put_values(it, difference);
    else if (!whole)
        buf_text(it->out, ": another value");
    else if (difference->kind == DIFFERENCE_MISSING)
        buf_printf(it->out, ": the row is missing on the target%s", difference->doubled ? " once" : "");
    else
        buf_printf(it->out, ": the row is %s on the target",
                   difference->doubled ? "doubled" : "not in the source, and");
    if (difference->why.len > 0)
        buf_printf(it->out, " (%.*s)", STR_ARGS(difference->why));
    buf_byte(it->out, '\n');
}

void report_differences(struct buf *out, const struct comparison *comparison, struct str table,
                        const struct differences *differences, bool hide_values)
{
    struct printing it = {out, comparison, table, hide_values};
    size_t shown = differences->count < SHOWN ? differences->count : SHOWN;

    for (size_t i = 0; i < shown; i++)
        put_difference(&it, &differences->items[i]);
    if (shown < differences->count)
        buf_printf(out, "  %.*s: %zu more differences; --json names them\n", STR_ARGS(table),
                   differences->count - shown);
    if (differences->beyond > 0)
        buf_printf(out, "  %.*s: at least %" PRId64 " more rows differ, which are not named\n",
                   STR_ARGS(table), differences->beyond);
}

void report_differing_columns(struct buf *out, const struct plan_table *table,
                              const struct digest_difference *difference)
{
    size_t place = 0; /* digests leave generated columns out */

    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].generated_sql.ptr != NULL)
            continue;
        for (size_t j = 0; j < difference->column_count; j++)
            if (difference->columns[j] == place)
                buf_printf(out, " column %.*s;", STR_ARGS(table->columns[i].name));
        place++;
    }
}
