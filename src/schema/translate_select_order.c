/* ORDER BY of a SELECT: resolveOrderGroupBy() and resolveCompoundOrderBy() of SQLite's resolve.c. */
#include "schema/ident.h"
#include "schema/translate_query.h"

/* A term of ORDER BY as it is found. */
struct sorted {
    int place; /* of the result column that it means; -1: none */
    struct term term;
};

static const struct expr *without_collate(const struct expr *expr)
{
    while (expr->kind == EXPR_COLLATE)
        expr = expr->items[0];
    return expr;
}

/* By its number, or by an alias. */
static int place_by_name(const struct body *body, const struct expr *expr)
{
    if (expr->kind == EXPR_INTEGER)
        return expr->integer >= 1 && (uint64_t)expr->integer <= body->column_count ? (int)expr->integer - 1
                                                                                   : -1;
    if (expr->kind != EXPR_COLUMN || expr->table.ptr != NULL)
        return -1;
    for (size_t i = 0; i < body->count; i++)
        for (size_t j = 0; body->cores[i].row_count == 0 && j < body->column_count; j++)
            if (body->cores[i].is_alias[j] && str_equal_nocase(body->cores[i].names[j].text, expr->name))
                return (int)j;
    return -1;
}

/* As an expression of one of the SELECTs. */
static bool translate_within(struct translator *tr, const struct core_result *core, const struct expr *expr,
                             struct term *term)
{
    struct query *before = tr->query;
    struct query *query = (struct query *)(uintptr_t)&core->query;
    bool done;

    tr->query = query;
    query->sees_aliases = true;
    done = query_value(tr, expr, term);
    query->sees_aliases = false;
    tr->query = before;
    return done;
}

static int place_by_sql(const struct body *body, const struct core_result *core, struct str sql)
{
    for (size_t j = 0; j < body->column_count; j++)
        if (str_equal(core->plain[j].sql, sql))
            return (int)j;
    return -1;
}

static bool find_in_compound(struct translator *tr, const struct body *body, const struct expr *expr,
                             struct sorted *sorted)
{
    for (size_t i = 0; i < body->count && sorted->place < 0; i++) {
        struct err ignored = {.code = ERR_NONE};
        struct err *err = tr->err;

        tr->err = &ignored;
        if (body->cores[i].row_count == 0 && translate_within(tr, &body->cores[i], expr, &sorted->term))
            sorted->place = place_by_sql(body, &body->cores[i], sorted->term.sql);
        tr->err = err;
    }
    return sorted->place >= 0 ||
           refuse(tr, "it is none of the result columns", "ORDER BY of a compound SELECT");
}

static bool find_sorted(struct translator *tr, const struct body *body, const struct expr *expr,
                        struct sorted *sorted)
{
    const struct expr *bare = without_collate(expr);
    const struct core_result *first = &body->cores[0];

    sorted->place = place_by_name(body, bare);
    if (sorted->place < 0 && (body->count > 1 || first->row_count > 0)) {
        if (!find_in_compound(tr, body, bare, sorted))
            return false;
    } else if (sorted->place < 0) {
        if (!translate_within(tr, first, bare, &sorted->term))
            return false;
        sorted->place = place_by_sql(body, first, sorted->term.sql);
    }
    if (sorted->place >= 0)
        sorted->term = body->count > 1 ? body->columns[sorted->place] : first->plain[sorted->place];
    return expr->kind != EXPR_COLLATE || term_collate(tr, expr, &sorted->term);
}

static struct str outer_column(struct translator *tr, const struct relation *relation, int place)
{
    struct str sql;
    struct buf name;

    buf_init(&name, BUF_TEXT_MAXIMUM);
    ident_quote_qualified(&name, str_from("q"), relation->columns[place].target.name);
    sql = buf_to_str(tr->arena, &name);
    buf_free(&name);
    return sql;
}

/* DISTINCT and compounds are sorted by what they show alone. */
static bool shows_all(const struct body *body)
{
    return body->cores[0].query.core->distinct || body->count > 1 || body->cores[0].row_count > 0;
}

static bool has_another_collation(const struct term *term)
{
    return term_family(term) == FAMILY_TEXT && folds_texts(term->collation);
}

/* `wrapped`: the SELECT stands in brackets as q.  *must_wrap: it has to, for a column is to be sorted by
 * something made of it. */
static bool put_term(struct translator *tr, const struct body *body, const struct relation *relation,
                     const struct order_term *order, bool wrapped, bool *must_wrap, struct buf *out)
{
    struct sorted sorted = {.place = -1};
    struct str plain;
    struct str key;

    if (!find_sorted(tr, body, order->expr, &sorted))
        return false;
    if (sorted.place < 0 && shows_all(body))
        return refuse(tr, "it is none of the result columns", "ORDER BY of a SELECT DISTINCT");
    if (compound_compares(body) && has_another_collation(&sorted.term))
        return refuse(tr, "SQLite then finds equal rows only where they meet in that order",
                      "UNION, INTERSECT or EXCEPT with an ORDER BY of another collation");
    if (wrapped) {
        sorted.term.sql = outer_column(tr, relation, sorted.place);
        sorted.term.level = LEVEL_ATOM;
    }
    plain = sorted.term.sql;
    if (!sort_key(tr, &sorted.term, false, &key))
        return false;
    *must_wrap = *must_wrap || (shows_all(body) && !str_equal(plain, key));
    if (sorted.place >= 0 && str_equal(plain, key))
        buf_printf(out, "%d", sorted.place + 1);
    else if (is_literal(&sorted.term))
        buf_text(out, "NULL::integer"); /* the same for all rows */
    else
        buf_str(out, key);
    buf_text(out, nulls_text(order));
    return true;
}

static bool put_sort(struct translator *tr, const struct body *body, const struct relation *relation,
                     bool wrapped, bool *must_wrap, struct buf *out)
{
    *must_wrap = false;
    for (size_t i = 0; i < body->select->order_count; i++) {
        buf_text(out, i == 0 ? " ORDER BY " : ", ");
        if (!put_term(tr, body, relation, &body->select->order[i], wrapped, must_wrap, out))
            return false;
    }
    return true;
}

static void wrap(struct translator *tr, const struct relation *relation, struct buf *out)
{
    struct str inner = buf_to_str(tr->arena, out);

    buf_clear(out);
    buf_printf(out, "SELECT * FROM (%.*s) AS \"q\"", STR_ARGS(inner));
    for (size_t j = 0; j < relation->column_count; j++) {
        buf_text(out, j == 0 ? " (" : ", ");
        ident_quote(out, relation->columns[j].target.name);
    }
    buf_byte(out, ')');
}

bool put_sorted(struct translator *tr, const struct body *body, const struct relation *relation,
                struct buf *out)
{
    struct buf order;
    bool must_wrap;
    bool done;

    buf_init(&order, BUF_TEXT_MAXIMUM);
    /* First: what it names beside GROUP BY is written with the cores. */
    done = put_sort(tr, body, relation, false, &must_wrap, &order);
    put_cores(tr, body, out);
    if (done && must_wrap) {
        wrap(tr, relation, out);
        buf_clear(&order);
        done = put_sort(tr, body, relation, true, &must_wrap, &order);
    }
    buf_str(out, buf_view(&order));
    buf_free(&order);
    return done;
}
