/* Rows that an upgrade set aside are not on the target, and pgrade_record.quarantine says why. */
#include <inttypes.h>

#include "base/attributes.h"
#include "ops/verify_intern.h"

struct set_aside_row {
    struct str rowid; /* as text; NULL ptr: its table has none */
    struct str reason;
};

struct set_aside_rows {
    struct set_aside_row *items;
    size_t count;
    size_t capacity;
};

static bool has_quarantine(struct engine *engine, bool *has, struct err *err)
{
    int64_t there = 0;
    bool done = engine_int(
        engine,
        (struct str)STR("SELECT coalesce(has_schema_privilege(to_regnamespace('pgrade_record')::oid,"
                        " 'USAGE') AND to_regclass('pgrade_record.quarantine') IS NOT NULL AND"
                        " has_table_privilege(to_regclass('pgrade_record.quarantine')::oid,"
                        " 'SELECT'), false)::int"),
        &there, err);

    *has = there != 0;
    return done;
}

static bool read_rows(struct verify *verify, int side, const struct verified_table *table,
                      struct set_aside_rows *aside, struct err *err)
{
    static const struct str sql = STR("SELECT source_rowid::text, reason FROM pgrade_record.quarantine"
                                      " WHERE target_schema = $1 AND target_table = $2");
    struct str params[] = {verify->schemas[side], table->names[side]};
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(verify->result->engines[side], sql, params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        struct set_aside_row *row = &ARENA_PUSH(verify->arena, aside->items, aside->count, aside->capacity);

        row->reason = str_dup(verify->arena, rows->cells[1].bytes);
        row->rowid = rows->cells[0].kind == VALUE_NULL ? (struct str){NULL, 0}
                                                       : str_dup(verify->arena, rows->cells[0].bytes);
    }
    rows_close(rows);
    return done;
}

/* The place of the column that is the rowid; the column count: no such one is compared. */
static size_t rowid_place(const struct plan_table *shape)
{
    int column = shape->source->rowid_column;
    size_t place = 0;

    while (place < shape->column_count &&
           (column < 0 || shape->columns[place].source != &shape->source->columns[column]))
        place++;
    return place;
}

static struct str explain(struct verify *verify, const struct set_aside_rows *aside, size_t place,
                          const struct captured_row *row, size_t columns)
{
    for (size_t i = 0; place < columns && i < aside->count; i++)
        if (str_equal(aside->items[i].rowid, row->values[place].text))
            return str_printf(verify->arena, "it was set aside, in pgrade_record.quarantine: %.*s",
                              STR_ARGS(aside->items[i].reason));
    if (place < columns)
        return (struct str){NULL, 0};
    return str_printf(verify->arena,
                      "%zu row%s of this table %s set aside, in pgrade_record.quarantine, perhaps this one",
                      aside->count, aside->count == 1 ? "" : "s", aside->count == 1 ? "was" : "were");
}

static bool explain_table(struct verify *verify, int lite, struct verified_table *table, struct err *err)
{
    const struct plan_table *shape = &table->shapes[lite];
    struct set_aside_rows aside = {.count = 0};

    if (!read_rows(verify, 1 - lite, table, &aside, err))
        return false;
    for (size_t i = 0; aside.count > 0 && i < table->found.count; i++) {
        struct difference *difference = &table->found.items[i];

        if (difference->kind != DIFFERENCE_VALUE && difference->rows[lite] != NULL)
            difference->why =
                explain(verify, &aside, rowid_place(shape), difference->rows[lite], shape->column_count);
    }
    return true;
}

bool verify_explain(struct verify *verify, struct err *err)
{
    int lite = verify_is_sqlite(verify, 0) ? 0 : 1;
    bool has = false;

    if (verify_is_sqlite(verify, 0) == verify_is_sqlite(verify, 1))
        return true;
    if (!has_quarantine(verify->result->engines[1 - lite], &has, err))
        return false;
    for (size_t i = 0; has && i < verify->result->table_count; i++)
        if (!verify->result->tables[i].equal && !explain_table(verify, lite, &verify->result->tables[i], err))
            return false;
    return true;
}
