/* SELECTs within expressions: as a value, EXISTS, IN. */
#include "schema/translate_query.h"

bool query_exists(struct translator *tr, const struct expr *expr, struct term *out)
{
    struct subselect inner;

    if (!subselect(tr, expr->select, tr->query, tr->query->ctes, false, &inner))
        return false;
    *out = term_make(tr, PG_BOOL, STORAGE_INTEGER, expr->negated ? LEVEL_NOT : LEVEL_ATOM, "%sEXISTS (%.*s)",
                     expr->negated ? "NOT " : "", STR_ARGS(inner.sql));
    return true;
}

/* SQLite takes the first row of several. */
bool query_scalar(struct translator *tr, const struct expr *expr, struct term *out)
{
    struct subselect inner;
    struct str sql;

    if (!subselect(tr, expr->select, tr->query, tr->query->ctes, true, &inner))
        return false;
    if (inner.relation->column_count != 1)
        return refuse(tr, "it has several columns", "a subquery as a value");
    if (!inner.single && expr->select->order_count == 0)
        tr->select->doubts |= SELECT_ANY_LIMIT;
    sql = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "(%.*s)", STR_ARGS(inner.sql)).sql;
    *out = inner.terms[0];
    out->sql = sql;
    out->level = LEVEL_ATOM;
    out->form = FORM_EXPRESSION;
    out->collation = COLLATION_NONE;
    out->collation_explicit = false;
    return true;
}

/* `x IN t` is `x IN (SELECT * FROM t)`. */
static struct select *table_as_select(struct translator *tr, const struct expr *expr)
{
    struct select *select = ARENA_NEW(tr->arena, struct select);
    struct select_core *core = ARENA_NEW(tr->arena, struct select_core);
    struct from_item *item = ARENA_NEW(tr->arena, struct from_item);
    struct result_column *column = ARENA_NEW(tr->arena, struct result_column);

    *item = (struct from_item){.kind = FROM_TABLE, .schema = expr->schema, .name = {expr->name, expr->quote}};
    *column = (struct result_column){.star = true};
    *core = (struct select_core){.columns = column, .column_count = 1, .from = item, .from_count = 1};
    *select = (struct select){.cores = core, .core_count = 1};
    return select;
}

/* Both sides of one column, made comparable; *changed: the SELECT's needs another form than it has. */
static bool match_column(struct translator *tr, struct term *left, const struct term *right, size_t place,
                         struct str *form, bool *changed)
{
    struct term column = *right;
    struct str name = str_printf(tr->arena, "\"q\".\"c%zu\"", place + 1);

    column.sql = name;
    column.level = LEVEL_ATOM;
    column.form = FORM_EXPRESSION;
    if (left->form == FORM_NULL)
        return refuse(tr, "whether it is NULL depends on there being rows", "NULL IN (SELECT ...)");
    if (!terms_match(tr, COMPARE_EQUAL, left, &column))
        return false;
    *form = column.sql;
    *changed = *changed || !str_equal(column.sql, name);
    return true;
}

static bool match_columns(struct translator *tr, const struct expr *left, const struct subselect *inner,
                          struct buf *lefts, struct buf *forms, bool *changed)
{
    bool row = left->kind == EXPR_ROW;
    size_t count = row ? left->item_count : 1;

    if (inner->relation->column_count != count)
        return refuse(tr, "its sides have different numbers of columns", "IN (SELECT ...)");
    for (size_t i = 0; i < count; i++) {
        struct str form = {NULL, 0};
        struct term term;

        if (!translate_node(tr, row ? left->items[i] : left, &term) ||
            !match_column(tr, &term, &inner->terms[i], i, &form, changed))
            return false;
        buf_printf(lefts, "%s%.*s", i > 0 ? ", " : "",
                   STR_ARGS(row ? term.sql : term_sql(tr, &term, LEVEL_OPERATOR)));
        buf_printf(forms, "%s%.*s", i > 0 ? ", " : "", STR_ARGS(form));
    }
    return true;
}

static void put_in(struct translator *tr, const struct expr *expr, const struct subselect *inner,
                   const struct buf *lefts, const struct buf *forms, bool changed, struct term *out)
{
    bool row = expr->items[0]->kind == EXPR_ROW;
    struct buf text;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    buf_printf(&text, "%s%.*s%s %sIN (", row ? "(" : "", STR_ARGS(buf_view(lefts)), row ? ")" : "",
               expr->negated ? "NOT " : "");
    if (changed)
        buf_printf(&text, "SELECT %.*s FROM (", STR_ARGS(buf_view(forms)));
    buf_str(&text, inner->sql);
    for (size_t i = 0; changed && i < inner->relation->column_count; i++)
        buf_printf(&text, "%s\"c%zu\"", i == 0 ? ") AS \"q\" (" : ", ", i + 1);
    buf_text(&text, changed ? "))" : ")");
    *out = term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_COMPARE, "%.*s", STR_ARGS(buf_view(&text)));
    buf_free(&text);
}

bool query_in(struct translator *tr, const struct expr *expr, struct term *out)
{
    const struct select *select = expr->select;
    struct subselect inner;
    struct buf lefts;
    struct buf forms;
    bool changed = false;
    bool done;

    if (expr->in_table && expr->item_count > 1)
        return refuse(tr, "PostgreSQL has no such function", "IN with a table-valued function");
    if (expr->in_table)
        select = table_as_select(tr, expr);
    if (!subselect(tr, select, tr->query, tr->query->ctes, false, &inner))
        return false;
    buf_init(&lefts, BUF_TEXT_MAXIMUM);
    buf_init(&forms, BUF_TEXT_MAXIMUM);
    done = match_columns(tr, expr->items[0], &inner, &lefts, &forms, &changed);
    if (done)
        put_in(tr, expr, &inner, &lefts, &forms, changed, out);
    buf_free(&lefts);
    buf_free(&forms);
    return done;
}
