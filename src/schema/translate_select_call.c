/* Aggregates and window functions. */
#include "schema/ident.h"
#include "schema/translate_query.h"

struct aggregate {
    const struct expr *expr;
    const char *what; /* "function sum()" */
    struct term *args;
    size_t count;
};

/* The call with all that may stand behind it, as `target(arguments) FILTER (...) OVER (...)`. */
static bool put_call(struct translator *tr, const struct aggregate *call, const char *target,
                     struct str arguments, bool ordered, struct str *sql);

typedef bool aggregate_handler(struct translator *tr, const struct aggregate *call, const char *target,
                               struct term *out);

/* ---- windows ---- */

/* ROWS, RANGE, GROUPS and what follows: words and whole numbers, which both databases read alike. */
static bool put_frame(struct translator *tr, struct str frame, struct buf *out)
{
    for (size_t i = 0; i < frame.len; i++) {
        char c = frame.ptr[i];

        if (!ascii_is_alpha(c) && !ascii_is_digit(c) && !ascii_is_space(c))
            return refuse(tr, "its bounds are no whole numbers", "the frame of a window");
        buf_byte(out, ascii_is_space(c) ? ' ' : ascii_upper(c));
    }
    return true;
}

static bool put_partitions(struct translator *tr, const struct window *window, struct buf *out)
{
    size_t count = 0;

    for (size_t i = 0; i < window->partition_count; i++) {
        struct term term;
        struct str key;

        if (!query_value(tr, window->partitions[i], &term) || !sort_key(tr, &term, true, &key))
            return false;
        if (!is_literal(&term))
            buf_printf(out, "%s%.*s", count++ == 0 ? "PARTITION BY " : ", ", STR_ARGS(key));
    }
    return true;
}

static bool put_window(struct translator *tr, const struct window *window, struct buf *out)
{
    size_t start = out->len;

    if (window->base.text.ptr != NULL)
        ident_quote(out, str_lower(tr->arena, window->base.text));
    if (window->partition_count > 0) {
        buf_text(out, out->len > start ? " " : "");
        if (!put_partitions(tr, window, out))
            return false;
    }
    if (window->order_count > 0) {
        buf_text(out, out->len > start ? " " : "");
        if (!put_order(tr, window->order, window->order_count, out))
            return false;
    }
    if (window->frame.len == 0)
        return true;
    buf_text(out, out->len > start ? " " : "");
    return put_frame(tr, window->frame, out);
}

static bool put_over(struct translator *tr, const struct window *over, struct buf *out)
{
    buf_text(out, " OVER ");
    if (over->name.text.ptr != NULL) {
        ident_quote(out, str_lower(tr->arena, over->name.text));
        return true;
    }
    buf_byte(out, '(');
    if (!put_window(tr, over, out))
        return false;
    buf_byte(out, ')');
    return true;
}

bool put_windows(struct translator *tr, const struct select_core *core, struct buf *out)
{
    for (size_t i = 0; i < core->window_count; i++) {
        buf_text(out, i == 0 ? " WINDOW " : ", ");
        ident_quote(out, str_lower(tr->arena, core->windows[i].name.text));
        buf_text(out, " AS (");
        if (!put_window(tr, &core->windows[i], out))
            return false;
        buf_byte(out, ')');
    }
    return true;
}

/* ---- the call ---- */

static bool put_filter(struct translator *tr, const struct expr *filter, struct buf *out)
{
    struct term term;

    if (filter == NULL)
        return true;
    if (!translate_condition(tr, filter, &term))
        return false;
    buf_printf(out, " FILTER (WHERE %.*s)", STR_ARGS(term.sql));
    return true;
}

/* Rows of one table come in the order of its rowid; then lists have that order. */
static void put_natural_order(const struct query *query, struct buf *out)
{
    const struct source *source = &query->sources[0];

    if (query->source_count != 1 || source->relation->rowid < 0 || source->relation->schema.ptr == NULL)
        return;
    buf_text(out, " ORDER BY ");
    ident_quote_qualified(out, source->target,
                          source->relation->columns[source->relation->rowid].target.name);
}

static bool put_call(struct translator *tr, const struct aggregate *call, const char *target,
                     struct str arguments, bool ordered, struct str *sql)
{
    const struct expr *expr = call->expr;
    struct query *query = tr->query;
    bool argument = query->in_argument;
    struct buf text;
    bool done = true;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    buf_printf(&text, "%s(%s%.*s", target, expr->distinct ? "DISTINCT " : "", STR_ARGS(arguments));
    query->in_argument = argument || !expr->windowed;
    if (expr->order_count > 0) {
        buf_byte(&text, ' ');
        done = put_order(tr, expr->order, expr->order_count, &text);
    } else if (ordered && !expr->distinct && !expr->windowed) {
        put_natural_order(query, &text);
    }
    buf_byte(&text, ')');
    done = done && put_filter(tr, expr->filter, &text);
    query->in_argument = argument;
    if (done && expr->windowed)
        done = put_over(tr, expr->over, &text);
    *sql = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "%.*s", STR_ARGS(buf_view(&text))).sql;
    buf_free(&text);
    return done;
}

static bool make_call(struct translator *tr, const struct aggregate *call, const char *target,
                      struct str arguments, struct pg_type type, enum storage storage, struct term *out)
{
    struct str sql;

    if (!put_call(tr, call, target, arguments, false, &sql))
        return false;
    *out = (struct term){.sql = sql, .level = LEVEL_ATOM, .type = type, .storage = storage};
    return true;
}

/* ---- aggregates ---- */

static bool call_count(struct translator *tr, const struct aggregate *call, const char *target,
                       struct term *out)
{
    struct str key = str_from("*");

    if (call->count > 0 && !call->expr->distinct)
        key = call->args[0].sql;
    if (call->count > 0 && call->expr->distinct && !sort_key(tr, &call->args[0], true, &key))
        return false;
    return make_call(tr, call, target, key, pg_type_of(PG_INT8), STORAGE_INTEGER, out);
}

static bool is_integer(const struct term *term)
{
    return term->storage == STORAGE_INTEGER && pg_kind_is_integer(term->type.kind);
}

static bool call_sum(struct translator *tr, const struct aggregate *call, const char *target,
                     struct term *out)
{
    struct term *arg = &call->args[0];
    enum storage storage;

    if (!term_to_operand(tr, arg, call->what))
        return false;
    storage = arg->storage == STORAGE_REAL ? STORAGE_REAL : STORAGE_NUMBER;
    if (!is_integer(arg)) {
        term_to_double(tr, arg);
        return make_call(tr, call, target, arg->sql, pg_type_of(PG_FLOAT8), storage, out);
    }
    if (!make_call(tr, call, target, arg->sql, pg_type_of(PG_INT8), STORAGE_INTEGER, out))
        return false;
    /* PostgreSQL sums bigint to numeric. */
    if (arg->type.kind == PG_INT8) {
        out->sql = term_cast(tr, out, "bigint");
        out->level = LEVEL_CAST;
    }
    return true;
}

static bool call_average(struct translator *tr, const struct aggregate *call, const char *target,
                         struct term *out)
{
    struct term *arg = &call->args[0];

    if (!term_to_operand(tr, arg, call->what))
        return false;
    term_to_double(tr, arg);
    return make_call(tr, call, target, arg->sql, pg_type_of(PG_FLOAT8), STORAGE_REAL, out);
}

static bool call_total(struct translator *tr, const struct aggregate *call, const char *target,
                       struct term *out)
{
    if (!call_average(tr, call, target, out))
        return false;
    out->sql = str_printf(tr->arena, "coalesce(%.*s, 0)", STR_ARGS(out->sql));
    return true;
}

static bool call_extreme_of_group(struct translator *tr, const struct aggregate *call, const char *target,
                                  struct term *out)
{
    struct term *arg = &call->args[0];
    enum family family = term_family(arg);
    struct str key;

    if (family == FAMILY_BOOLEAN && !term_to_number(tr, arg, call->what))
        return false;
    if (family == FAMILY_BLOB || family == FAMILY_UUID || family == FAMILY_OTHER)
        return refuse(tr, "PostgreSQL has none for its type", "%s of %s", call->what, family_name(family));
    if (folds_texts(arg->collation))
        return refuse(tr, "of texts that its collation calls equal SQLite gives one of several", "%s",
                      call->what);
    if (!sort_key(tr, arg, false, &key))
        return false;
    *out = *arg;
    if (family == FAMILY_TEXT || family == FAMILY_ENUM)
        out->type = pg_type_of(PG_TEXT);
    else
        out->type = pg_type_of(arg->type.kind);
    out->form = FORM_EXPRESSION;
    out->affinity = AFFINITY_BLOB;
    out->level = family == FAMILY_TEXT && arg->type.kind == PG_CHAR ? LEVEL_CAST : LEVEL_ATOM;
    if (!put_call(tr, call, target, key, false, &out->sql))
        return false;
    if (out->level == LEVEL_CAST)
        out->sql = str_printf(tr->arena, "%.*s::text", STR_ARGS(out->sql));
    return true;
}

static bool call_list(struct translator *tr, const struct aggregate *call, const char *target,
                      struct term *out)
{
    struct term separator;
    struct str sql;

    if (call->count == 2)
        separator = call->args[1];
    else if (!term_text(tr, str_from(","), &separator))
        return false;
    if (call->args[0].form == FORM_NULL)
        return refuse(tr, "it lists nothing", "%s of NULL", call->what);
    if (call->expr->distinct && folds_texts(call->args[0].collation))
        return refuse(tr, "of texts that its collation calls equal SQLite lists one of several spellings",
                      "%s with DISTINCT", call->what);
    if (!term_to_text(tr, &call->args[0], call->what) || !term_to_text(tr, &separator, call->what))
        return false;
    if (!put_call(tr, call, target,
                  str_printf(tr->arena, "%.*s, %.*s", STR_ARGS(call->args[0].sql), STR_ARGS(separator.sql)),
                  true, &sql))
        return false;
    *out =
        (struct term){.sql = sql, .level = LEVEL_ATOM, .type = pg_type_of(PG_TEXT), .storage = STORAGE_TEXT};
    return true;
}

/* ---- window functions ---- */

static bool call_rank(struct translator *tr, const struct aggregate *call, const char *target,
                      struct term *out)
{
    return make_call(tr, call, target, str_from(""), pg_type_of(PG_INT8), STORAGE_INTEGER, out);
}

static bool call_share(struct translator *tr, const struct aggregate *call, const char *target,
                       struct term *out)
{
    return make_call(tr, call, target, str_from(""), pg_type_of(PG_FLOAT8), STORAGE_REAL, out);
}

static bool is_whole(const struct term *term, int64_t least)
{
    return term_is_constant(term, STORAGE_INTEGER) && term->integer >= least && term->integer <= INT32_MAX;
}

static bool call_tiles(struct translator *tr, const struct aggregate *call, const char *target,
                       struct term *out)
{
    if (!is_whole(&call->args[0], 1))
        return refuse(tr, "its argument is no whole number, written as such", "%s", call->what);
    return make_call(tr, call, target, call->args[0].sql, pg_type_of(PG_INT4), STORAGE_INTEGER, out);
}

/* lag, lead, first_value, last_value, nth_value: a value of another row. */
static bool call_other_row(struct translator *tr, const struct aggregate *call, const char *target,
                           struct term *out)
{
    struct term values[2] = {call->args[0], term_null()};
    struct term common = call->args[0];
    struct str list;

    if (call->count > 1 && !is_whole(&call->args[1], 0))
        return refuse(tr, "its argument is no whole number, written as such", "%s", call->what);
    if (is_literal(&values[0]))
        return refuse(tr, "its value is the same in all rows", "%s", call->what);
    if (call->count > 2) {
        values[1] = call->args[2];
        if (!terms_unify(tr, values, 2, call->what, &common))
            return false;
    }
    list = values[0].sql;
    if (call->count > 1)
        list = str_printf(tr->arena, "%.*s, %.*s", STR_ARGS(list), STR_ARGS(call->args[1].sql));
    if (call->count > 2)
        list = str_printf(tr->arena, "%.*s, %.*s", STR_ARGS(list), STR_ARGS(values[1].sql));
    *out = common;
    out->form = FORM_EXPRESSION;
    out->level = LEVEL_ATOM;
    if (common.type.kind != PG_ENUM)
        out->type = pg_type_of(common.type.kind);
    return put_call(tr, call, target, list, false, &out->sql);
}

static const struct {
    const char *name;
    size_t minimum;
    size_t maximum;
    bool window_only;
    aggregate_handler *handler;
    const char *target;
} aggregates[] = {
    {"avg", 1, 1, false, call_average, "avg"},
    {"count", 0, 1, false, call_count, "count"},
    {"cume_dist", 0, 0, true, call_share, "cume_dist"},
    {"dense_rank", 0, 0, true, call_rank, "dense_rank"},
    {"first_value", 1, 1, true, call_other_row, "first_value"},
    {"group_concat", 1, 2, false, call_list, "string_agg"},
    {"lag", 1, 3, true, call_other_row, "lag"},
    {"last_value", 1, 1, true, call_other_row, "last_value"},
    {"lead", 1, 3, true, call_other_row, "lead"},
    {"max", 1, 1, false, call_extreme_of_group, "max"},
    {"min", 1, 1, false, call_extreme_of_group, "min"},
    {"nth_value", 2, 2, true, call_other_row, "nth_value"},
    {"ntile", 1, 1, true, call_tiles, "ntile"},
    {"percent_rank", 0, 0, true, call_share, "percent_rank"},
    {"rank", 0, 0, true, call_rank, "rank"},
    {"row_number", 0, 0, true, call_rank, "row_number"},
    {"string_agg", 2, 2, false, call_list, "string_agg"},
    {"sum", 1, 1, false, call_sum, "sum"},
    {"total", 1, 1, false, call_total, "sum"},
};

static bool translate_arguments(struct translator *tr, struct aggregate *call)
{
    struct query *query = tr->query;
    bool argument = query->in_argument;
    bool done = true;

    call->args = ARENA_ARRAY(tr->arena, struct term, call->count + 1);
    query->in_argument = argument || !call->expr->windowed;
    for (size_t i = 0; done && i < call->count; i++)
        done = query_value(tr, call->expr->items[i], &call->args[i]);
    query->in_argument = argument;
    return done;
}

bool query_call(struct translator *tr, const struct expr *expr, struct term *out)
{
    struct aggregate call = {.expr = expr, .count = expr->item_count};

    call.what = str_printf(tr->arena, "function %.*s()", STR_ARGS(str_lower(tr->arena, expr->name))).ptr;
    for (size_t i = 0; i < ARRAY_LENGTH(aggregates); i++) {
        if (!str_is_nocase(expr->name, aggregates[i].name) || (aggregates[i].window_only && !expr->windowed))
            continue;
        if (call.count < aggregates[i].minimum || call.count > aggregates[i].maximum)
            return refuse(tr, "it has another number of arguments", "%s", call.what);
        return translate_arguments(tr, &call) && aggregates[i].handler(tr, &call, aggregates[i].target, out);
    }
    return refuse(tr, "PostgreSQL has no such window function", "%s", call.what);
}
