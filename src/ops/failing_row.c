#include "ops/failing_row.h"

#include <inttypes.h>
#include <string.h>

#include "schema/ident.h"

enum {
    ROWS_OF_A_PAGE =
        2048,  /* more than the line pointers that any page holds: MaxHeapTuplesPerPage of 32 KB */
    SHOWN = 60 /* characters of a value */
};

struct search {
    struct engine *control;
    struct str expression;
    struct str table;
};

/* A place counts line pointers: page * ROWS_OF_A_PAGE + place within it. */
static void put_place(struct buf *sql, const char *operator, int64_t place)
{
    buf_printf(sql, " ctid %s '(%" PRId64 ",%d)'", operator, place / ROWS_OF_A_PAGE,
               (int)(place % ROWS_OF_A_PAGE));
}

/* `where`: a condition behind its word; *failing: the server could not, which `why` tells. */
static bool is_failing(const struct search *search, struct str where, bool *failing, struct err *why,
                       struct err *err)
{
    int64_t count;
    struct buf sql;
    bool done;

    *why = (struct err){.code = ERR_NONE};
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "SELECT count(%.*s) FROM %.*s%.*s", STR_ARGS(search->expression),
               STR_ARGS(search->table), STR_ARGS(where));
    done = engine_int(search->control, buf_view(&sql), &count, why);
    buf_free(&sql);
    *failing = !done && strncmp(why->sqlstate, "22", 2) == 0;
    if (!done && !*failing)
        *err = *why;
    return done || *failing;
}

static bool is_failing_between(const struct search *search, int64_t from, int64_t to, bool *failing,
                               struct err *err)
{
    struct err why;
    struct buf where;
    bool done;

    buf_init(&where, BUF_TEXT_MAXIMUM);
    buf_text(&where, " WHERE");
    put_place(&where, ">=", from);
    buf_text(&where, " AND");
    put_place(&where, "<", to);
    done = is_failing(search, buf_view(&where), failing, &why, err);
    buf_free(&where);
    return done;
}

/* *end: past the last place.  PostgreSQL computes what is constant before it reads a row. */
static bool may_be_found(struct arena *arena, const struct search *search, int64_t *end, bool *found,
                         struct err *err)
{
    bool always;

    *found = false;
    if (!engine_int(search->control,
                    str_printf(arena,
                               "SELECT pg_relation_size('%.*s'::regclass) /"
                               " current_setting('block_size')::bigint + 1",
                               STR_ARGS(search->table)),
                    end, err))
        return false;
    *end *= ROWS_OF_A_PAGE;
    return is_failing_between(search, 0, 0, &always, err) &&
           (always || is_failing_between(search, 0, *end, found, err));
}

static bool find_place(const struct search *search, int64_t end, int64_t *place, struct err *err)
{
    int64_t first = 0;
    bool failing;

    while (end - first > 1) {
        int64_t middle = first + (end - first) / 2;

        if (!is_failing_between(search, first, middle, &failing, err))
            return false;
        if (failing)
            end = middle;
        else
            first = middle;
    }
    *place = first;
    return true;
}

/* By its primary key; without one by all that it holds. */
static void put_words(struct buf *sql, const struct plan_table *table)
{
    for (size_t i = 0; i < table->key_count; i++) {
        const struct plan_column *column = &table->columns[table->key[i]];
        struct buf words;

        buf_init(&words, BUF_TEXT_MAXIMUM);
        buf_printf(&words, "%s%.*s is ", i == 0 ? "where " : " and ", STR_ARGS(column->source->name.text));
        buf_text(sql, i == 0 ? "" : " || ");
        literal_quote(sql, buf_view(&words));
        buf_free(&words);
        buf_text(sql, pg_kind_is_number(column->type.kind) ? " || left((" : " || quote_literal(left((");
        ident_quote(sql, column->name);
        buf_printf(sql, pg_kind_is_number(column->type.kind) ? ")::text, %d)" : ")::text, %d))", SHOWN);
    }
    if (table->key_count == 0)
        buf_printf(sql, "'in the row ' || left(t::text, %d)", SHOWN);
}

/* A row that cannot be shown, for a generated column that fails as well, is one all the same. */
static bool describe(struct arena *arena, const struct search *search, const struct plan_table *table,
                     int64_t place, struct str *row, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    struct value value = {.kind = VALUE_NULL};
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT ");
    put_words(&sql, table);
    buf_printf(&sql, " FROM %.*s AS t WHERE", STR_ARGS(search->table));
    put_place(&sql, "=", place);
    done = engine_value(search->control, arena, buf_view(&sql), NULL, 0, &value, &failure);
    buf_free(&sql);
    if (done && value.kind == VALUE_TEXT)
        *row = value.bytes;
    if (!done && failure.code != ERR_DATABASE)
        *err = failure;
    return done || failure.code == ERR_DATABASE;
}

static struct search search_of(struct arena *arena, const struct upgrade_result *result,
                               const struct plan_table *table, struct str expression)
{
    struct search search = {.control = result->target.control, .expression = expression};
    struct buf name;

    buf_init(&name, BUF_TEXT_MAXIMUM);
    ident_quote_qualified(&name, result->prepared.plan.load_schema, table->name);
    search.table = buf_to_str(arena, &name);
    buf_free(&name);
    return search;
}

static bool find_row(struct arena *arena, const struct search *search, const struct plan_table *table,
                     struct str *row, struct err *err)
{
    int64_t place = 0;
    int64_t end = 0;
    bool found = false;

    *row = (struct str){NULL, 0};
    if (!may_be_found(arena, search, &end, &found, err))
        return false;
    return !found ||
           (find_place(search, end, &place, err) && describe(arena, search, table, place, row, err));
}

bool failing_row_check(struct arena *arena, const struct upgrade_result *result,
                       const struct plan_table *table, struct str expression, struct str *why,
                       struct str *row, struct err *err)
{
    struct search search = search_of(arena, result, table, expression);
    struct err failure;
    bool failing;

    *why = *row = (struct str){NULL, 0};
    if (!is_failing(&search, (struct str){NULL, 0}, &failing, &failure, err))
        return false;
    if (!failing)
        return true;
    *why = str_dup(arena, str_from(failure.detail));
    return find_row(arena, &search, table, row, err);
}

bool failing_row_find(struct arena *arena, const struct upgrade_result *result,
                      const struct plan_object *object, struct str *row, struct err *err)
{
    const struct plan_table *table = &result->prepared.plan.tables[object->table];
    struct search search = search_of(arena, result, table, object->row_sql);

    return find_row(arena, &search, table, row, err);
}
