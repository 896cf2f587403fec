/* Which tables and columns of two databases belong together, by name. */
#include <string.h>

#include "ops/row_key.h"
#include "ops/verify_intern.h"
#include "plan/fill.h"
#include "transfer/existing.h"

static const char no_table[] = "the target has no such table";
static const char no_column[] = "the target's table has no such column";

static struct str target_name(const struct verify *verify, struct str table, struct str column)
{
    const struct plan_options *plan = &verify->options->plan;

    for (size_t i = 0; i < plan->rename_count; i++)
        if (str_equal_nocase(plan->renames[i].table, table) &&
            (plan->renames[i].column.ptr != NULL) == (column.ptr != NULL) &&
            str_equal_nocase(plan->renames[i].column, column))
            return plan->renames[i].name;
    return column.ptr != NULL ? column : table;
}

static size_t key_place(const struct verified_table *table, int side, const struct column *column)
{
    for (size_t i = 0; i < table->shapes[side].column_count; i++)
        if (table->shapes[side].columns[i].source == column)
            return i;
    return table->shapes[side].column_count;
}

static void note_rest(struct verify *verify, const struct existing_table *there,
                      const struct existing_column *const *matched, size_t count)
{
    for (size_t i = 0; i < there->column_count; i++) {
        bool found = false;

        for (size_t j = 0; j < count; j++)
            found = found || matched[j] == &there->columns[i];
        if (!found)
            verify_remark(verify, false, "column", there->name, there->columns[i].name,
                          str_from("only the PostgreSQL side has it"));
    }
}

/* A type that pgrade does not load has no form of its own. */
static bool is_comparable(struct verify *verify, const struct plan_table *table,
                          const struct plan_column *column, const struct existing_column *there)
{
    struct str name = column->source->name.text;

    if (there == NULL) {
        verify_remark(verify, true, "column", table->source->name.text, name,
                      str_from("the PostgreSQL side's table has no such column"));
        return false;
    }
    if (there->loadable)
        return true;
    verify_remark(verify, true, "column", table->source->name.text, name,
                  str_printf(verify->arena, "is of type %.*s there, with which pgrade compares nothing",
                             STR_ARGS(there->type_text)));
    return false;
}

static void match_planned_table(struct verify *verify, int lite, const struct plan_table *table,
                                const struct existing_table *there,
                                const struct existing_column *const *columns)
{
    struct str names[2];
    struct verified_table *both;

    names[lite] = table->source->name.text;
    names[1 - lite] = there->name;
    both = verify_add_table(verify, names[0], names[1], table->column_count);
    both->shapes[lite].source = table->source;
    for (size_t i = 0; i < table->column_count; i++) {
        struct plan_column column = table->columns[i];

        if (!is_comparable(verify, table, &column, columns[i]))
            continue;
        column.generated_sql = (struct str){NULL, 0};
        verify_add_column(both, &column, &column);
    }
    both->key_count = row_key(&both->shapes[lite], both->key);
    note_rest(verify, there, columns, table->column_count);
}

static void note_tables(struct verify *verify, const struct existing *existing, int side,
                        bool (*is_matched)(const struct verify *verify, struct str name, int side))
{
    for (size_t i = 0; i < existing->count; i++)
        if (!existing->tables[i].is_view && !is_matched(verify, existing->tables[i].name, side))
            verify_remark(verify, side == 0, "table", (struct str){NULL, 0}, existing->tables[i].name,
                          str_from(side == 0 ? no_table : "only the target has it"));
}

static bool is_matched(const struct verify *verify, struct str name, int side)
{
    for (size_t i = 0; i < verify->result->table_count; i++)
        if (str_equal(verify->result->tables[i].names[side], name))
            return true;
    return false;
}

/* The types of PostgreSQL's columns decide, as when they are filled. */
static bool plan_for(struct verify *verify, int lite, struct fill *fill, struct err *err)
{
    struct prepared *prepared = &verify->result->prepared[lite];
    const struct existing *existing = &verify->existing[1 - lite];

    verify->prepare.plan = verify->options->plan;
    if (!prepare_plan(verify->arena, &verify->prepare, prepared, err))
        return false;
    fill_match(verify->arena, &prepared->plan, existing, fill);
    verify->fresh = prepared->plan;
    verify->fresh_fill = *fill;
    fill_options(verify->arena, &prepared->plan, fill, &verify->prepare.plan);
    if (!prepare_plan(verify->arena, &verify->prepare, prepared, err))
        return false;
    /* The places of tables and columns are those of the first plan. */
    fill_match(verify->arena, &prepared->plan, existing, fill);
    verify->plan = &prepared->plan;
    return true;
}

static bool match_planned(struct verify *verify, int lite, struct err *err)
{
    struct fill fill;
    const struct plan *plan;

    if (!plan_for(verify, lite, &fill, err))
        return false;
    plan = verify->plan;
    verify->result->tables = ARENA_ARRAY(verify->arena, struct verified_table, plan->table_count + 1);
    for (size_t i = 0; i < plan->table_count; i++)
        if (fill.tables[i] != NULL)
            match_planned_table(verify, lite, &plan->tables[i], fill.tables[i], fill.columns[i]);
        else
            verify_remark(verify, lite == 0, "table", (struct str){NULL, 0},
                          plan->tables[i].source->name.text,
                          str_from(lite == 0 ? no_table : "only the target has it"));
    note_tables(verify, &verify->existing[1 - lite], 1 - lite, is_matched);
    return true;
}

static const struct existing_table *existing_named(const struct existing *existing, struct str name)
{
    for (size_t i = 0; i < existing->count; i++)
        if (str_equal(existing->tables[i].name, name))
            return &existing->tables[i];
    return NULL;
}

static const struct existing_column *column_named(const struct existing_table *table, struct str name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (str_equal(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

/* Forms of both types are the same bytes for the same value. */
static bool same_forms(const struct existing_column *a, const struct existing_column *b)
{
    if (!a->loadable || !b->loadable)
        return false;
    return a->type.kind == b->type.kind ||
           (pg_kind_is_integer(a->type.kind) && pg_kind_is_integer(b->type.kind)) ||
           (pg_kind_is_textual(a->type.kind) && pg_kind_is_textual(b->type.kind) && a->type.kind != PG_CHAR &&
            b->type.kind != PG_CHAR);
}

static struct plan_column column_of(const struct existing_column *column, bool as_text)
{
    return (struct plan_column){.name = column->name,
                                .type = as_text ? pg_type_of(PG_TEXT) : column->type,
                                .not_null = column->not_null};
}

static void match_postgres_table(struct verify *verify, const struct existing_table *source,
                                 const struct existing_table *target)
{
    struct verified_table *both = verify_add_table(verify, source->name, target->name, source->column_count);
    bool *as_text = ARENA_ARRAY(verify->arena, bool, source->column_count + 1);
    const struct existing_column **matched =
        ARENA_ARRAY(verify->arena, const struct existing_column *, source->column_count + 1);

    for (size_t i = 0; i < source->column_count; i++) {
        const struct existing_column *column = &source->columns[i];
        struct plan_column sides[2];
        size_t place = both->shapes[0].column_count;

        matched[i] = column_named(target, target_name(verify, source->name, column->name));
        if (matched[i] == NULL) {
            verify_remark(verify, true, "column", source->name, column->name, str_from(no_column));
            continue;
        }
        if (!str_equal(column->type_text, matched[i]->type_text))
            verify_remark(verify, true, "column", source->name, column->name,
                          str_printf(verify->arena, "is %.*s in the source, %.*s on the target",
                                     STR_ARGS(column->type_text), STR_ARGS(matched[i]->type_text)));
        as_text[place] = !same_forms(column, matched[i]);
        sides[0] = column_of(column, as_text[place]);
        sides[1] = column_of(matched[i], as_text[place]);
        verify_add_column(both, &sides[0], &sides[1]);
    }
    both->sides[0].as_text = both->sides[1].as_text = as_text;
    note_rest(verify, target, matched, source->column_count);
}

/* The primary key of each table; else a unique index without NULLs, expressions or condition. */
static const struct str keys_sql = STR(
    "SELECT DISTINCT ON (c.relname) c.relname, (SELECT string_agg(a.attname, E'\\x01' ORDER BY k.place)"
    "  FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, place)"
    "  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum WHERE k.place <= i.indnkeyatts)"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indrelid = c.oid"
    " WHERE n.nspname = $1 AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL"
    "  AND NOT EXISTS (SELECT FROM unnest(i.indkey::int2[]) k (attnum) JOIN pg_attribute a"
    "   ON a.attrelid = c.oid AND a.attnum = k.attnum WHERE NOT a.attnotnull)"
    " ORDER BY c.relname, i.indisprimary DESC, i.indexrelid");

static void take_key_names(struct verified_table *table, struct str names)
{
    const struct plan_table *shape = &table->shapes[0];

    table->key_count = 0;
    while (names.len > 0) {
        ptrdiff_t end = str_find(names, '\001');
        struct str name = str_slice(names, 0, end < 0 ? names.len : (size_t)end);
        size_t place = 0;

        while (place < shape->column_count && !str_equal(shape->columns[place].name, name))
            place++;
        if (place == shape->column_count) {
            table->key_count = 0;
            return;
        }
        table->key[table->key_count++] = place;
        names = str_slice(names, name.len + 1, names.len);
    }
}

static bool read_keys(struct verify *verify, struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(verify->result->engines[0], keys_sql, &verify->schemas[0], 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        for (size_t i = 0; i < verify->result->table_count; i++)
            if (str_equal(verify->result->tables[i].names[0], rows->cells[0].bytes))
                take_key_names(&verify->result->tables[i], rows->cells[1].bytes);
    rows_close(rows);
    return done;
}

static bool is_wanted(struct verify *verify, struct str table)
{
    return selection_excludes(verify->arena, &verify->options->plan.selection, table).ptr == NULL;
}

static bool match_postgres(struct verify *verify, struct err *err)
{
    const struct existing *source = &verify->existing[0];

    verify->result->tables = ARENA_ARRAY(verify->arena, struct verified_table, source->count + 1);
    for (size_t i = 0; i < source->count; i++) {
        const struct existing_table *table = &source->tables[i];
        struct str name = target_name(verify, table->name, (struct str){NULL, 0});
        const struct existing_table *there = existing_named(&verify->existing[1], name);

        if (table->is_view || !is_wanted(verify, table->name))
            continue;
        if (there == NULL)
            verify_remark(verify, true, "table", (struct str){NULL, 0}, table->name, str_from(no_table));
        else
            match_postgres_table(verify, table, there);
    }
    note_tables(verify, &verify->existing[1], 1, is_matched);
    return read_keys(verify, err);
}

static void match_sqlite_table(struct verify *verify, const struct table *source, const struct table *target)
{
    struct verified_table *both =
        verify_add_table(verify, source->name.text, target->name.text, source->column_count);

    both->shapes[0].source = source;
    both->shapes[1].source = target;
    for (size_t i = 0; i < source->column_count; i++) {
        struct str name = source->columns[i].name.text;
        int place = table_column(target, target_name(verify, source->name.text, name));
        struct plan_column sides[2] = {{.source = &source->columns[i], .name = name}};

        if (place < 0) {
            verify_remark(verify, true, "column", source->name.text, name, str_from(no_column));
            continue;
        }
        sides[1].source = &target->columns[place];
        sides[1].name = target->columns[place].name.text;
        verify_add_column(both, &sides[0], &sides[1]);
    }
    both->key_count = row_key(&both->shapes[0], both->key);
    for (size_t i = 0; i < target->column_count; i++)
        if (key_place(both, 1, &target->columns[i]) == both->shapes[1].column_count)
            verify_remark(verify, false, "column", target->name.text, target->columns[i].name.text,
                          str_from("only the target has it"));
}

static bool match_sqlite(struct verify *verify)
{
    const struct schema *source = &verify->result->prepared[0].schema;
    const struct schema *target = &verify->result->prepared[1].schema;

    verify->result->tables = ARENA_ARRAY(verify->arena, struct verified_table, source->table_count + 1);
    for (size_t i = 0; i < source->table_count; i++) {
        const struct table *table = &source->tables[i];
        struct str name = target_name(verify, table->name.text, (struct str){NULL, 0});
        const struct table *there = schema_table(target, name);

        if (table->kind != TABLE_ORDINARY || !is_wanted(verify, table->name.text))
            continue;
        if (there == NULL)
            verify_remark(verify, true, "table", (struct str){NULL, 0}, table->name.text, str_from(no_table));
        else
            match_sqlite_table(verify, table, there);
    }
    for (size_t i = 0; i < target->table_count; i++)
        if (target->tables[i].kind == TABLE_ORDINARY && !is_matched(verify, target->tables[i].name.text, 1))
            verify_remark(verify, false, "table", (struct str){NULL, 0}, target->tables[i].name.text,
                          str_from("only the target has it"));
    return true;
}

bool verify_match(struct verify *verify, struct err *err)
{
    bool lite[2] = {verify_is_sqlite(verify, 0), verify_is_sqlite(verify, 1)};

    verify->result->table_count = 0;
    verify->result->remark_count = 0;
    for (int side = 0; side < 2; side++)
        if (!lite[side] && !existing_read(verify->arena, verify->result->engines[side], verify->schemas[side],
                                          &verify->existing[side], err))
            return false;
    if (lite[0] != lite[1])
        return match_planned(verify, lite[0] ? 0 : 1, err);
    return lite[0] ? match_sqlite(verify) : match_postgres(verify, err);
}
