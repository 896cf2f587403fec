#include <string.h>

#include "schema/translate_query.h"

static const struct {
    const char *op; /* SQLite's */
    enum comparison comparison;
} comparisons[] = {
    {"<", COMPARE_LESS},
    {"<=", COMPARE_LESS_EQUAL},
    {">", COMPARE_GREATER},
    {">=", COMPARE_GREATER_EQUAL},
    {"=", COMPARE_EQUAL},
    {"<>", COMPARE_NOT_EQUAL},
    {"IS", COMPARE_IS},
    {"IS NOT", COMPARE_IS_NOT},
    {"IS NOT DISTINCT FROM", COMPARE_IS},
    {"IS DISTINCT FROM", COMPARE_IS_NOT},
};

/* PostgreSQL's operators. */
static const char *const operators[] = {
    [COMPARE_LESS] = "<",
    [COMPARE_LESS_EQUAL] = "<=",
    [COMPARE_GREATER] = ">",
    [COMPARE_GREATER_EQUAL] = ">=",
    [COMPARE_EQUAL] = "=",
    [COMPARE_NOT_EQUAL] = "<>",
    [COMPARE_IS] = "IS NOT DISTINCT FROM",
    [COMPARE_IS_NOT] = "IS DISTINCT FROM",
};

static struct term truth(struct translator *tr, enum level level, struct str sql)
{
    return term_make(tr, PG_BOOL, STORAGE_INTEGER, level, "%.*s", STR_ARGS(sql));
}

static struct term unknown(struct translator *tr)
{
    return term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_CAST, "NULL::boolean");
}

/* x IS NULL, x IS TRUE, ... */
static struct term is_test(struct translator *tr, const struct term *term, bool negated, const char *what)
{
    return term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_COMPARE, "%.*s IS %s%s",
                     STR_ARGS(term_sql(tr, term, LEVEL_OPERATOR)), negated ? "NOT " : "", what);
}

/* The word after IS that says the same as the literal; NULL: there is none. */
static const char *is_word(const struct term *term)
{
    if (term->form == FORM_NULL)
        return "NULL";
    if (term->form != FORM_CONSTANT || term_family(term) != FAMILY_BOOLEAN)
        return NULL;
    return term->integer == 1 ? "TRUE" : "FALSE";
}

bool compare_terms(struct translator *tr, enum comparison comparison, struct term left, struct term right,
                   struct term *out)
{
    bool is = comparison == COMPARE_IS || comparison == COMPARE_IS_NOT;

    if (!terms_match(tr, comparison, &left, &right))
        return false;
    if (is && is_word(&right) != NULL) {
        *out = is_test(tr, &left, comparison == COMPARE_IS_NOT, is_word(&right));
        return true;
    }
    if (is && is_word(&left) != NULL) {
        *out = is_test(tr, &right, comparison == COMPARE_IS_NOT, is_word(&left));
        return true;
    }
    if (left.form == FORM_NULL || right.form == FORM_NULL) {
        *out = unknown(tr);
        return true;
    }
    *out = term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_COMPARE, "%.*s %s %.*s",
                     STR_ARGS(term_sql(tr, &left, LEVEL_OPERATOR)), operators[comparison],
                     STR_ARGS(term_sql(tr, &right, LEVEL_OPERATOR)));
    return true;
}

/* sqlite3ExprSkipCollateAndLikely(): what stands after IS is looked at without them. */
static const struct expr *bare(const struct expr *expr)
{
    static const char *const hints[] = {"likely", "unlikely", "likelihood"};

    for (size_t i = 0; i < ARRAY_LENGTH(hints) && expr->kind == EXPR_FUNCTION; i++)
        if (str_is_nocase(expr->name, hints[i]) && expr->item_count > 0)
            return bare(expr->items[0]);
    return expr->kind == EXPR_COLLATE ? bare(expr->items[0]) : expr;
}

/* `x IS TRUE` asks for truth; `x = TRUE` and `x IS 1` compare with the number 1. */
static bool translate_truth_test(struct translator *tr, const struct expr *expr, bool negated,
                                 struct term *out)
{
    if (!translate_condition(tr, expr->items[0], out))
        return false;
    *out = is_test(tr, out, negated, bare(expr->items[1])->integer == 1 ? "TRUE" : "FALSE");
    return true;
}

static bool is_empty_list(const struct expr *expr)
{
    return expr->kind == EXPR_IN && expr->item_count == 1 && !expr->in_table && expr->select == NULL;
}

bool translate_comparison(struct translator *tr, const struct expr *expr, struct term *out)
{
    struct term left;
    struct term right;

    for (size_t i = 0; i < ARRAY_LENGTH(comparisons); i++) {
        enum comparison comparison = comparisons[i].comparison;
        bool is = comparison == COMPARE_IS || comparison == COMPARE_IS_NOT;

        if (strcmp(expr->op, comparisons[i].op) != 0)
            continue;
        if (is && is_empty_list(bare(expr->items[1])))
            return refuse(tr, "whether it asks for truth depends on the version of SQLite",
                          "IS with an empty IN");
        if (is && bare(expr->items[1])->kind == EXPR_BOOLEAN)
            return translate_truth_test(tr, expr, comparison == COMPARE_IS_NOT, out);
        return translate_operand(tr, expr->items[0], &left) &&
               translate_operand(tr, expr->items[1], &right) &&
               compare_terms(tr, comparison, left, right, out);
    }
    return refuse(tr, "it has no PostgreSQL form", "operator %s", expr->op);
}

static struct term negate(struct translator *tr, const struct term *term)
{
    return term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_NOT, "NOT %.*s",
                     STR_ARGS(term_sql(tr, term, LEVEL_ATOM)));
}

/* For when the two bounds need the operand in different forms. */
static bool between_apart(struct translator *tr, const struct term items[3], struct term *out)
{
    struct term low;
    struct term high;

    if (!compare_terms(tr, COMPARE_GREATER_EQUAL, items[0], items[1], &low) ||
        !compare_terms(tr, COMPARE_LESS_EQUAL, items[0], items[2], &high))
        return false;
    *out =
        term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_AND, "%.*s AND %.*s",
                  STR_ARGS(term_sql(tr, &low, LEVEL_COMPARE)), STR_ARGS(term_sql(tr, &high, LEVEL_COMPARE)));
    return true;
}

bool translate_between(struct translator *tr, const struct expr *expr, struct term *out)
{
    struct term items[3];
    struct term lefts[2];
    struct term low;
    struct term high;

    for (size_t i = 0; i < 3; i++)
        if (!translate_operand(tr, expr->items[i], &items[i]))
            return false;
    lefts[0] = lefts[1] = items[0];
    low = items[1];
    high = items[2];
    if (!terms_match(tr, COMPARE_GREATER_EQUAL, &lefts[0], &low) ||
        !terms_match(tr, COMPARE_LESS_EQUAL, &lefts[1], &high))
        return false;
    if (items[0].form == FORM_NULL || low.form == FORM_NULL || high.form == FORM_NULL ||
        !str_equal(lefts[0].sql, lefts[1].sql)) {
        if (!between_apart(tr, items, out))
            return false;
        if (expr->negated)
            *out = negate(tr, out);
        return true;
    }
    *out = term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_COMPARE, "%.*s %sBETWEEN %.*s AND %.*s",
                     STR_ARGS(term_sql(tr, &lefts[0], LEVEL_OPERATOR)), expr->negated ? "NOT " : "",
                     STR_ARGS(term_sql(tr, &low, LEVEL_OPERATOR)),
                     STR_ARGS(term_sql(tr, &high, LEVEL_OPERATOR)));
    return true;
}

/* ---- IN ---- */

/* x IN (a, b), when all items need x in the same form; false in `same` otherwise. */
static bool in_together(struct translator *tr, const struct term *left, const struct term *items,
                        size_t count, bool negated, bool *same, struct term *out)
{
    struct str operand = {NULL, 0};
    struct buf list;
    bool done = true;

    buf_init(&list, BUF_TEXT_MAXIMUM);
    *same = true;
    for (size_t i = 0; i < count && done && *same; i++) {
        struct term self = *left;
        struct term item = items[i];

        done = terms_match(tr, COMPARE_EQUAL, &self, &item);
        if (item.form != FORM_NULL && operand.ptr == NULL)
            operand = term_sql(tr, &self, LEVEL_OPERATOR);
        if (item.form != FORM_NULL)
            *same = str_equal(operand, term_sql(tr, &self, LEVEL_OPERATOR));
        buf_printf(&list, "%s%.*s", i > 0 ? ", " : "", STR_ARGS(item.sql));
    }
    *same = *same && operand.ptr != NULL;
    *out = term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_COMPARE, "%.*s %sIN (%.*s)", STR_ARGS(operand),
                     negated ? "NOT " : "", STR_ARGS(buf_view(&list)));
    buf_free(&list);
    return done;
}

static bool in_apart(struct translator *tr, const struct term *left, const struct term *items, size_t count,
                     bool negated, struct term *out)
{
    struct buf all;
    bool done = true;

    buf_init(&all, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < count && done; i++) {
        struct term one;

        done = compare_terms(tr, COMPARE_EQUAL, *left, items[i], &one);
        if (done)
            buf_printf(&all, "%s%.*s", i > 0 ? " OR " : "", STR_ARGS(term_sql(tr, &one, LEVEL_COMPARE)));
    }
    *out = truth(tr, count > 1 ? LEVEL_OR : LEVEL_COMPARE, buf_view(&all));
    if (negated)
        *out = negate(tr, out);
    buf_free(&all);
    return done;
}

bool translate_in(struct translator *tr, const struct expr *expr, struct term *out)
{
    size_t count = expr->item_count - 1;
    struct term *items = ARENA_ARRAY(tr->arena, struct term, count);
    struct term left;
    bool same;

    if (tr->query != NULL && (expr->in_table || expr->select != NULL))
        return query_in(tr, expr, out);
    if (expr->in_table || expr->select != NULL)
        return refuse(tr, "it reads other rows", "IN with a table or a subquery");
    if (!translate_operand(tr, expr->items[0], &left))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!translate_node(tr, expr->items[i + 1], &items[i]))
            return false;
        /* `a IN (x, y)` is `a = +x OR a = +y`: only the left side has affinity and collation. */
        items[i].affinity = AFFINITY_BLOB;
        items[i].collation = COLLATION_NONE;
        items[i].collation_explicit = false;
    }
    if (count == 0) {
        *out = term_boolean(tr, expr->negated);
        out->form = FORM_EXPRESSION;
        return true;
    }
    if (left.form == FORM_NULL) {
        *out = unknown(tr);
        return true;
    }
    if (!in_together(tr, &left, items, count, expr->negated, &same, out))
        return false;
    return same || in_apart(tr, &left, items, count, expr->negated, out);
}
