/* GROUP BY, and the columns beside it: SQLite takes these from some row of the group. */
#include "schema/ident.h"
#include "schema/translate_query.h"

bool is_aggregate_call(const struct expr *expr)
{
    static const char *const names[] = {"count", "sum", "total", "avg", "group_concat", "string_agg"};

    if (expr->kind != EXPR_FUNCTION)
        return false;
    if (str_is_nocase(expr->name, "min") || str_is_nocase(expr->name, "max"))
        return expr->item_count == 1;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (str_is_nocase(expr->name, names[i]))
            return true;
    return false;
}

static bool is_no_aggregate(void *context, const struct expr *node)
{
    (void)context;
    return !is_aggregate_call(node) || node->windowed;
}

bool has_aggregate(const struct expr *expr)
{
    return !expr_walk(expr, is_no_aggregate, NULL);
}

/* ---- the groups ---- */

static const struct expr *group_expr(const struct query *query, const struct expr *expr)
{
    struct found_column found;
    bool ambiguous;
    int alias;

    if (expr->kind == EXPR_INTEGER && expr->integer >= 1 &&
        (uint64_t)expr->integer <= query->core->column_count)
        return query->core->columns[expr->integer - 1].expr;
    if (query_find(query, expr, &found, &ambiguous) || ambiguous)
        return expr;
    alias = query_alias(query->core, expr);
    return alias >= 0 ? query->core->columns[alias].expr : expr;
}

static bool add_group(struct translator *tr, struct query *query, const struct expr *expr)
{
    struct group_term *group = &query->groups[query->group_count];
    struct term term;

    group->expr = group_expr(query, expr);
    if (group->expr == NULL)
        return refuse(tr, "the position is that of a *", "GROUP BY");
    if (!query_value(tr, group->expr, &term))
        return false;
    if (is_literal(&term))
        return true; /* the same for all rows */
    group->sql = term.sql;
    if (!sort_key(tr, &term, true, &group->key))
        return false;
    query->group_count++;
    return true;
}

/* The columns that the groups name as they are. */
static void determine(struct translator *tr, struct query *query)
{
    bool **given = ARENA_ARRAY(tr->arena, bool *, query->source_count + 1);

    for (size_t i = 0; i < query->source_count; i++)
        given[i] = ARENA_ARRAY(tr->arena, bool, query->sources[i].relation->column_count + 1);
    for (size_t i = 0; i < query->group_count; i++) {
        struct found_column found;
        bool ambiguous;

        if (query->groups[i].expr->kind == EXPR_COLUMN &&
            str_equal(query->groups[i].sql, query->groups[i].key) &&
            query_find(query, query->groups[i].expr, &found, &ambiguous))
            given[found.source][found.column] = true;
    }
    query->determined = query_closure(tr, query, given);
}

bool query_groups(struct translator *tr, struct query *query)
{
    bool done = true;

    query->groups = ARENA_ARRAY(tr->arena, struct group_term, query->core->group_count + 1);
    query->in_argument = true;
    for (size_t i = 0; done && i < query->core->group_count; i++)
        done = add_group(tr, query, query->core->group_by[i]);
    if (done)
        determine(tr, query);
    query->in_argument = false;
    return done;
}

void put_groups(const struct query *query, struct buf *out)
{
    if (query->core->group_count == 0)
        return;
    buf_text(out, " GROUP BY ");
    for (size_t i = 0; i < query->group_count; i++)
        buf_printf(out, "%s%.*s", i > 0 ? ", " : "", STR_ARGS(query->groups[i].key));
    /* Groups that are the same for all rows: one group where there is a row, and none where there is not. */
    if (query->group_count == 0)
        buf_text(out, "NULL::integer");
    for (size_t i = 0; query->group_count > 0 && i < query->extra_count; i++)
        buf_printf(out, ", %.*s", STR_ARGS(query->extra_groups[i]));
}

bool query_is_group(struct translator *tr, const struct expr *expr, struct term *out)
{
    struct query *query = tr->query;
    bool found = false;

    if (!query->is_aggregate || query->in_argument || expr->kind == EXPR_COLUMN)
        return false;
    for (size_t i = 0; !found && i < query->group_count; i++) {
        struct err ignored = {.code = ERR_NONE};
        struct err *err = tr->err;

        if (query->groups[i].expr->kind != expr->kind)
            continue;
        query->in_argument = true;
        tr->err = &ignored;
        found = translate_node(tr, expr, out) && str_equal(out->sql, query->groups[i].sql) &&
                str_equal(query->groups[i].sql, query->groups[i].key);
        tr->err = err;
        query->in_argument = false;
    }
    /* Only the text itself is grouped by. */
    out->instant_of = NULL;
    return found;
}

/* ---- columns beside the groups ---- */

static bool is_group_column(const struct query *query, const struct term *term)
{
    for (size_t i = 0; i < query->group_count; i++)
        if (str_equal(query->groups[i].sql, term->sql) && str_equal(query->groups[i].key, term->sql))
            return true;
    return false;
}

/* PostgreSQL itself knows that the groups hold the primary key of the column's table. */
static bool is_by_primary_key(const struct query *query, size_t source)
{
    const struct relation *relation = query->sources[source].relation;

    for (size_t i = 0; i < relation->key_count; i++) {
        const struct relation_key *key = &relation->keys[i];
        size_t found = 0;

        for (size_t j = 0; key->is_primary && j < key->count; j++) {
            struct buf name;

            buf_init(&name, BUF_TEXT_MAXIMUM);
            ident_quote_qualified(&name, query->sources[source].target,
                                  relation->columns[key->columns[j]].target.name);
            for (size_t k = 0; k < query->group_count; k++)
                if (str_equal(query->groups[k].key, buf_view(&name))) {
                    found++;
                    break;
                }
            buf_free(&name);
        }
        if (key->is_primary && found == key->count)
            return true;
    }
    return false;
}

static void add_extra(struct translator *tr, struct query *query, struct str sql)
{
    for (size_t i = 0; i < query->extra_count; i++)
        if (str_equal(query->extra_groups[i], sql))
            return;
    ARENA_PUSH(tr->arena, query->extra_groups, query->extra_count, query->extra_capacity) = sql;
}

bool query_bare_column(struct translator *tr, struct query *query, size_t source, size_t column,
                       struct term *term)
{
    enum pg_kind kind = term->type.kind;

    if (is_group_column(query, term) || is_by_primary_key(query, source))
        return true;
    if (query->group_count > 0 && kind != PG_JSON && query->determined[source][column]) {
        add_extra(tr, query, term->sql);
        return true;
    }
    if (query->extreme.ptr == NULL)
        tr->select->doubts |= SELECT_ANY_ROW;
    term->sql =
        str_printf(tr->arena, "(array_agg(%.*s%.*s))[1]", STR_ARGS(term->sql), STR_ARGS(query->extreme));
    term->level = LEVEL_ATOM;
    return true;
}

/* ---- min() and max() ---- */

struct extremes {
    struct translator *tr;
    struct str order;
    size_t count;
    bool failed;
};

/* A call of min() or max(): the order in which its row comes first. */
static bool look_for_extreme(void *context, const struct expr *node)
{
    struct extremes *extremes = context;
    struct translator *tr = extremes->tr;
    bool greatest = str_is_nocase(node->name, "max");
    struct term term;
    struct str key;
    struct str order;

    if (!is_aggregate_call(node) || node->windowed || (!greatest && !str_is_nocase(node->name, "min")))
        return true;
    if (!query_value(tr, node->items[0], &term) || !sort_key(tr, &term, false, &key)) {
        extremes->failed = true;
        return false;
    }
    order = str_printf(tr->arena, " ORDER BY %.*s%s NULLS LAST", STR_ARGS(key), greatest ? " DESC" : "");
    if (node->filter != NULL || (extremes->order.ptr != NULL && !str_equal(extremes->order, order)))
        extremes->count++;
    if (extremes->order.ptr == NULL)
        extremes->count++;
    extremes->order = order;
    return true;
}

/* "Bare columns in an aggregate query" in SQLite's documentation: of one min() or max() alone. */
bool query_extreme(struct translator *tr, struct query *query)
{
    struct extremes extremes = {.tr = tr};

    query->in_argument = true;
    for (size_t i = 0; i < query->core->column_count; i++)
        (void)expr_walk(query->core->columns[i].expr, look_for_extreme, &extremes);
    (void)expr_walk(query->core->having, look_for_extreme, &extremes);
    query->in_argument = false;
    if (extremes.failed)
        return false;
    if (extremes.count == 1)
        query->extreme = extremes.order;
    return true;
}
