#include "ops/generated_rows.h"

#include <stdlib.h>

#include "ops/guard.h"
#include "ops/interrupt.h"
#include "ops/large.h"
#include "schema/ident.h"
#include "transfer/misfits.h"
#include "verify/near.h"
#include "verify/readback.h"

struct plan_table generated_shape(struct arena *arena, const struct plan_table *table, const bool *with)
{
    struct plan_table shape = *table;

    shape.columns = ARENA_ARRAY(arena, struct plan_column, table->column_count + 1);
    shape.column_count = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].generated_sql.ptr != NULL && !with[i])
            continue;
        shape.columns[shape.column_count] = table->columns[i];
        shape.columns[shape.column_count++].generated_sql = (struct str){NULL, 0};
    }
    return shape;
}

bool generated_judge(const struct generated_sides *sides, const struct plan_table *shape,
                     enum generated_verdict *verdict, struct err *err)
{
    struct digester *source = digester_new(sides->arena, shape);
    struct digester *target = digester_new(sides->arena, shape);
    struct digest_difference difference;
    struct err failure = {.code = ERR_NONE};
    bool done = true;

    if (!guard_digest(sides->source, shape, sides->interrupted, source, &failure)) {
        *verdict = GENERATED_MISFIT;
        done = failure.code == ERR_DECISION;
        if (!done)
            *err = failure;
    } else if (large_read_columns(sides->target, sides->schema, shape, sides->where, target, err)) {
        *verdict = digest_compare(sides->arena, digester_result(source), digester_result(target), &difference)
                       ? GENERATED_EQUAL
                       : GENERATED_DIFFERENT;
    } else {
        done = false;
    }
    digester_free(source);
    digester_free(target);
    if (done && was_interrupted(sides->interrupted)) { /* the source was not read to its end */
        interrupt_error(err);
        return false;
    }
    return done;
}

typedef bool take_message(void *context, struct str message, struct err *err);

/* The COPY is read to its end whatever is made of it: the connection is needed afterwards. */
static bool read_target(const struct generated_sides *sides, const struct plan_table *shape,
                        take_message *take, void *context, struct err *err)
{
    struct str message = {NULL, 1};
    bool taken = true;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    readback_put_columns(&sql, sides->schema, shape, sides->where);
    done = engine_copy_out(sides->target, buf_view(&sql), err);
    buf_free(&sql);
    while (done && message.len > 0) {
        done = engine_copy_get(sides->target, &message, err);
        if (done && taken && message.len > 0)
            taken = take(context, message, err);
    }
    return done && taken;
}

typedef bool take_row(void *context, const struct value *cells, struct err *err);

static bool read_source(const struct generated_sides *sides, const struct plan_table *shape, take_row *take,
                        void *context, struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done = guard_query(sides->source, shape, &rows, err);

    if (!done)
        return false;
    while ((done = rows_next(rows, &found, err)) && found && !was_interrupted(sides->interrupted) &&
           (done = take(context, rows->cells, err)))
        continue;
    rows_close(rows);
    return done;
}

static bool near_row(void *context, const struct value *cells, struct err *err)
{
    return near_source_row(context, cells, err);
}

static bool near_message(void *context, struct str message, struct err *err)
{
    return near_target_message(context, message, err);
}

bool generated_is_near(const struct generated_sides *sides, const struct plan_table *shape)
{
    bool *lists = ARENA_ARRAY(sides->arena, bool, shape->column_count + 1);
    struct near *source = near_new(sides->arena, shape, lists);
    struct near *target = near_new(sides->arena, shape, lists);
    struct err ignored = {.code = ERR_NONE};
    bool near = read_source(sides, shape, near_row, source, &ignored) &&
                read_target(sides, shape, near_message, target, &ignored) && near_equal(source, target);

    near_free(source);
    near_free(target);
    return near;
}

/* "where id is 1", by the primary key; without one nothing tells a row. */
static struct str describe_row(struct arena *arena, const struct plan_table *shape, const struct value *cells)
{
    struct buf words;
    struct str described;

    buf_init(&words, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < shape->column_count; i++)
        if (shape->columns[i].source->key_position > 0)
            buf_printf(&words, "%s%.*s is %.*s", words.len == 0 ? "where " : " and ",
                       STR_ARGS(shape->columns[i].source->name.text),
                       STR_ARGS(misfits_show(arena, &cells[i])));
    described = words.len > 0 ? buf_to_str(arena, &words) : str_from("in a row");
    buf_free(&words);
    return described;
}

struct misfit_search {
    const struct generated_sides *sides;
    const struct plan_table *shape;
    struct digester *digester; /* of the first column alone */
    struct str found;
};

static bool seek_misfit(void *context, const struct value *cells, struct err *err)
{
    struct misfit_search *search = context;

    if (digester_source_row(search->digester, cells, err))
        return true;
    if (err->code == ERR_DECISION)
        search->found = str_printf(
            search->sides->arena, "%.*s %.*s (%s)", STR_ARGS(misfits_show(search->sides->arena, &cells[0])),
            STR_ARGS(describe_row(search->sides->arena, search->shape, cells)), err->detail);
    return false;
}

struct str generated_first_misfit(const struct generated_sides *sides, const struct plan_table *table,
                                  const struct plan_column *column)
{
    struct plan_table shape = *table;
    struct plan_table alone = *table;
    struct misfit_search search = {.sides = sides, .shape = &shape};
    struct err ignored = {.code = ERR_NONE};

    shape.columns = ARENA_ARRAY(sides->arena, struct plan_column, table->column_count + 1);
    shape.columns[0] = *column;
    shape.columns[0].generated_sql = (struct str){NULL, 0};
    shape.column_count = 1;
    alone.columns = shape.columns;
    alone.column_count = 1;
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].source->key_position > 0)
            shape.columns[shape.column_count++] = table->columns[i];
    search.digester = digester_new(sides->arena, &alone);
    /* Fails where there is one, and where it could not be looked for. */
    if (!read_source(sides, &shape, seek_misfit, &search, &ignored))
        err_clear(&ignored);
    digester_free(search.digester);
    return search.found;
}

/* The hashes of rows, as a digester adds them up. */
struct row_search {
    const struct generated_sides *sides;
    const struct plan_table *shape;
    size_t place; /* of the column */
    struct digester *digester;
    struct digest before;
    struct buf hashes; /* of struct digest_sum */
    size_t count;
    struct str found;
};

static struct digest_sum last_row(struct row_search *search)
{
    const struct digest *now = digester_result(search->digester);
    struct digest_sum hash = {now->row.low - search->before.row.low, now->row.high - search->before.row.high};

    search->before = *now;
    return hash;
}

static int by_hash(const void *a, const void *b)
{
    const struct digest_sum *left = a;
    const struct digest_sum *right = b;

    if (left->low != right->low)
        return left->low < right->low ? -1 : 1;
    return left->high < right->high ? -1 : left->high > right->high;
}

/* libpq hands over a row each. */
static bool keep_hash(void *context, struct str message, struct err *err)
{
    struct row_search *search = context;
    int64_t rows = search->before.rows;
    struct digest_sum hash;

    if (!digester_target_bytes(search->digester, message.ptr, message.len, err))
        return false;
    if (digester_result(search->digester)->rows == rows)
        return true;
    hash = last_row(search);
    if (search->before.rows != rows + 1 || search->count >= NEAR_ROWS_MAXIMUM)
        return err_set(err, ERR_DIFFERENT, "there are too many rows to look for one");
    buf_put(&search->hashes, &hash, sizeof(hash));
    search->count++;
    return !search->hashes.failed || err_set(err, ERR_OUT_OF_MEMORY, "no memory for the hashes of rows");
}

static struct str target_value(const struct row_search *search, const struct value *cells)
{
    const struct generated_sides *sides = search->sides;
    const struct plan_table *shape = search->shape;
    int key = shape->source->rowid_column;
    struct err ignored = {.code = ERR_NONE};
    struct value value = {.kind = VALUE_NULL};
    struct buf sql;
    bool known;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; key >= 0 && i < shape->column_count; i++) {
        if (shape->columns[i].source != &shape->source->columns[key])
            continue;
        buf_text(&sql, "SELECT ");
        ident_quote(&sql, shape->columns[search->place].name);
        buf_text(&sql, "::text FROM ");
        ident_quote_qualified(&sql, sides->schema, shape->name);
        buf_text(&sql, " WHERE ");
        ident_quote(&sql, shape->columns[i].name);
        buf_printf(&sql, " = %lld", (long long)cells[i].integer);
    }
    known =
        sql.len > 0 && engine_value(sides->target, sides->arena, buf_view(&sql), NULL, 0, &value, &ignored);
    buf_free(&sql);
    if (!known)
        return str_from("another");
    /* Numbers come as text as well. */
    if (value.kind == VALUE_TEXT && value.bytes.len < 40 && cells[search->place].kind != VALUE_TEXT)
        return value.bytes;
    return misfits_show(sides->arena, &value);
}

static bool seek_row(void *context, const struct value *cells, struct err *err)
{
    struct row_search *search = context;
    struct arena *arena = search->sides->arena;
    struct digest_sum hash;

    if (!digester_source_row(search->digester, cells, err))
        return false;
    hash = last_row(search);
    if (bsearch(&hash, search->hashes.ptr, search->count, sizeof(hash), by_hash) != NULL)
        return true;
    search->found = str_printf(arena, "%.*s it is %.*s in the source and %.*s on the target",
                               STR_ARGS(describe_row(arena, search->shape, cells)),
                               STR_ARGS(misfits_show(arena, &cells[search->place])),
                               STR_ARGS(target_value(search, cells)));
    return false;
}

struct str generated_first_difference(const struct generated_sides *sides, const struct plan_table *shape,
                                      const struct plan_column *column)
{
    struct row_search search = {.sides = sides, .shape = shape};
    struct err ignored = {.code = ERR_NONE};
    struct digester *source = digester_new(sides->arena, shape);
    struct digester *target = digester_new(sides->arena, shape);

    while (search.place + 1 < shape->column_count && shape->columns[search.place].source != column->source)
        search.place++;
    buf_init(&search.hashes, NEAR_ROWS_MAXIMUM * sizeof(struct digest_sum) + 1);
    search.digester = target;
    if (read_target(sides, shape, keep_hash, &search, &ignored)) {
        if (search.count > 1)
            qsort(search.hashes.ptr, search.count, sizeof(struct digest_sum), by_hash);
        search.digester = source;
        search.before = (struct digest){.rows = 0};
        /* Ends at the row. */
        if (search.count > 0 && !read_source(sides, shape, seek_row, &search, &ignored))
            err_clear(&ignored);
    }
    buf_free(&search.hashes);
    digester_free(source);
    digester_free(target);
    return search.found;
}
