/* CASE: conditions, and results of one type. */
#include "schema/translate_term.h"

static bool case_condition(struct translator *tr, const struct expr *expr, const struct term *operand,
                           size_t pair, struct term *out)
{
    struct term value;

    if (expr->operand == NULL)
        return translate_condition(tr, expr->items[2 * pair], out);
    return translate_node(tr, expr->items[2 * pair], &value) &&
           compare_terms(tr, COMPARE_EQUAL, *operand, value, out);
}

/* The results, ELSE last; of one type, or each of the type that is wanted. */
static bool case_results(struct translator *tr, const struct expr *expr, const struct pg_type *type,
                         struct term *results, size_t count, struct term *out)
{
    for (size_t i = 0; i < count; i++) {
        const struct expr *result = i < expr->item_count / 2 ? expr->items[2 * i + 1] : expr->otherwise;

        if (type != NULL ? !translate_as(tr, result, type, &results[i])
                         : !translate_node(tr, result, &results[i]))
            return false;
    }
    if (type == NULL)
        return terms_unify(tr, results, count, "CASE", out);
    out->type = *type;
    return true;
}

bool translate_case(struct translator *tr, const struct expr *expr, const struct pg_type *type,
                    struct term *out)
{
    size_t pairs = expr->item_count / 2;
    size_t count = pairs + (expr->otherwise != NULL);
    struct term *results = ARENA_ARRAY(tr->arena, struct term, count);
    struct term operand = term_null();
    bool done = expr->operand == NULL || translate_node(tr, expr->operand, &operand);
    struct buf text;

    *out = (struct term){.level = LEVEL_ATOM, .storage = STORAGE_OTHER};
    if (!done || !case_results(tr, expr, type, results, count, out))
        return false;
    buf_init(&text, BUF_TEXT_MAXIMUM);
    buf_text(&text, "CASE");
    for (size_t i = 0; i < pairs && done; i++) {
        struct term condition;

        done = case_condition(tr, expr, &operand, i, &condition);
        if (done)
            buf_printf(&text, " WHEN %.*s THEN %.*s", STR_ARGS(condition.sql), STR_ARGS(results[i].sql));
    }
    if (expr->otherwise != NULL)
        buf_printf(&text, " ELSE %.*s", STR_ARGS(results[pairs].sql));
    buf_text(&text, " END");
    out->sql = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "%.*s", STR_ARGS(buf_view(&text))).sql;
    buf_free(&text);
    return done;
}
