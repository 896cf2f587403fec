/* The types of result columns, and the texts by which they are sorted and grouped. */
#include "schema/translate_query.h"

bool is_literal(const struct term *term)
{
    return term->form == FORM_NULL || term->form == FORM_CONSTANT;
}

bool query_value(struct translator *tr, const struct expr *expr, struct term *term)
{
    if (!translate_node(tr, expr, term))
        return false;
    if (term->form == FORM_NOW)
        term->form = FORM_EXPRESSION;
    return true;
}

/* ---- sorting ---- */

static bool text_key(struct translator *tr, const struct term *term, bool equality_only, struct str *key)
{
    if (term->collation == COLLATION_NOCASE)
        *key =
            str_printf(tr->arena, "lower(%.*s COLLATE \"C\")", STR_ARGS(term_sql(tr, term, LEVEL_COLLATE)));
    else if (term->collation == COLLATION_RTRIM)
        *key = str_printf(tr->arena, "rtrim(%.*s)%s", STR_ARGS(term->sql),
                          equality_only || !tr->scope->collate_c ? "" : " COLLATE \"C\"");
    else if (!equality_only && tr->scope->collate_c)
        *key = str_printf(tr->arena, "%.*s COLLATE \"C\"", STR_ARGS(term_sql(tr, term, LEVEL_COLLATE)));
    else
        *key = term->sql;
    return equality_only || term->storage == STORAGE_TEXT ||
           refuse(tr, "SQLite sorts the numbers in it before the texts", "ORDER BY");
}

bool sort_key(struct translator *tr, const struct term *term, bool equality_only, struct str *key)
{
    *key = term->sql;
    if (is_literal(term))
        return true;
    switch (term_family(term)) {
    case FAMILY_BOOLEAN:
    case FAMILY_NUMBER:
    case FAMILY_BLOB:
    case FAMILY_MOMENT:
    case FAMILY_UUID: return true;
    case FAMILY_TEXT: return text_key(tr, term, equality_only, key);
    case FAMILY_ENUM:
        if (!equality_only)
            *key = str_printf(tr->arena, "%.*s COLLATE \"C\"", STR_ARGS(term_cast(tr, term, "text")));
        return true;
    default: break;
    }
    return refuse(tr, "PostgreSQL compares its values in another way", "%s of %s",
                  equality_only ? "DISTINCT or GROUP BY" : "ORDER BY", family_name(term_family(term)));
}

const char *nulls_text(const struct order_term *order)
{
    bool first = order->nulls == NULLS_FIRST || (order->nulls == NULLS_UNSAID && !order->descending);

    if (order->descending)
        return first ? " DESC NULLS FIRST" : " DESC NULLS LAST";
    return first ? " NULLS FIRST" : " NULLS LAST";
}

static bool put_order_term(struct translator *tr, const struct order_term *order, struct buf *out)
{
    struct term term;
    struct str key;

    if (!query_value(tr, order->expr, &term) || !sort_key(tr, &term, false, &key))
        return false;
    /* A literal sorts nothing, and PostgreSQL would take an integer for a position. */
    if (is_literal(&term))
        key = str_from("NULL::integer");
    buf_printf(out, "%.*s%s", STR_ARGS(key), nulls_text(order));
    return true;
}

bool put_order(struct translator *tr, const struct order_term *terms, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        buf_text(out, i == 0 ? "ORDER BY " : ", ");
        if (!put_order_term(tr, &terms[i], out))
            return false;
    }
    return true;
}

/* ---- types ---- */

static bool is_column_like(const struct term *term)
{
    return term->form == FORM_EXPRESSION && term->affinity != AFFINITY_BLOB;
}

static void cast_to(struct translator *tr, struct term *term, const struct pg_type *type)
{
    struct str name = pg_type_text(tr->arena, type);

    term->sql = term_cast(tr, term, str_cstr(tr->arena, name));
    term->level = LEVEL_CAST;
    term->type = *type;
}

/* A truth value is a number in SQLite, unless it stands in a column that the plan made boolean. */
static void settle_boolean(struct translator *tr, struct term *term)
{
    struct pg_type integer = pg_type_of(PG_INT4);

    if (term->type.kind == PG_BOOL && !is_column_like(term))
        cast_to(tr, term, &integer);
}

/* What SQLite keeps as a REAL is a double; a decimal literal would be a numeric. */
static void settle_real(struct translator *tr, struct term *term)
{
    struct pg_type real = pg_type_of(PG_FLOAT8);
    bool literal = term->form == FORM_CONSTANT && term->storage == STORAGE_REAL;

    if (literal || (term->type.kind == PG_NUMERIC && term->storage == STORAGE_REAL && !is_column_like(term)))
        cast_to(tr, term, &real);
}

static void settle_alone(struct translator *tr, struct term *term)
{
    struct pg_type text = pg_type_of(PG_TEXT);

    settle_boolean(tr, term);
    settle_real(tr, term);
    if (term->form == FORM_NULL || (term->form == FORM_CONSTANT && term->storage == STORAGE_TEXT))
        cast_to(tr, term, &text);
}

static bool all_are_of_one_type(struct term **terms, size_t count, const struct term **model)
{
    *model = NULL;
    for (size_t i = 0; i < count; i++) {
        if (terms[i]->form == FORM_NULL)
            continue;
        if (terms[i]->form != FORM_EXPRESSION ||
            (*model != NULL && ((*model)->time_unit != terms[i]->time_unit ||
                                !pg_type_equal(&(*model)->type, &terms[i]->type))))
            return false;
        *model = terms[i];
    }
    return *model != NULL;
}

static void settle_nulls(struct translator *tr, struct term **terms, size_t count, const struct pg_type *type)
{
    for (size_t i = 0; i < count; i++)
        if (terms[i]->form == FORM_NULL || terms[i]->form == FORM_CONSTANT ||
            !pg_type_equal(&terms[i]->type, type))
            cast_to(tr, terms[i], type);
}

/* An enum beside a text is a text. */
static void settle_enums(struct translator *tr, struct term **terms, size_t count)
{
    struct pg_type text = pg_type_of(PG_TEXT);

    for (size_t i = 0; i < count; i++)
        if (term_family(terms[i]) == FAMILY_ENUM) {
            cast_to(tr, terms[i], &text);
            terms[i]->storage = STORAGE_TEXT;
        }
}

static bool unify(struct translator *tr, struct term **terms, size_t count, struct term *result)
{
    struct term *copies = ARENA_ARRAY(tr->arena, struct term, count);
    bool column_like = false;

    settle_enums(tr, terms, count);
    for (size_t i = 0; i < count; i++) {
        column_like = column_like || (terms[i]->type.kind == PG_BOOL && is_column_like(terms[i]));
        copies[i] = *terms[i];
    }
    for (size_t i = 0; i < count && !column_like; i++)
        settle_boolean(tr, &copies[i]);
    if (!terms_unify(tr, copies, count, "a column of several SELECTs", result))
        return false;
    if (result->type.kind == PG_NUMERIC && result->storage == STORAGE_REAL)
        result->type = pg_type_of(PG_FLOAT8);
    for (size_t i = 0; i < count; i++)
        *terms[i] = copies[i];
    settle_nulls(tr, terms, count, &result->type);
    return true;
}

bool settle_column(struct translator *tr, struct term **terms, size_t count, struct term *result)
{
    const struct term *model;

    *result = *terms[0];
    if (count == 1) {
        settle_alone(tr, terms[0]);
        result->type = terms[0]->type;
        result->sql = terms[0]->sql;
        return true;
    }
    if (all_are_of_one_type(terms, count, &model) && (model->type.kind != PG_BOOL || is_column_like(model))) {
        result->type = model->type;
        result->time_unit = model->time_unit;
        for (size_t i = 0; i < count; i++)
            if (terms[i]->form != FORM_NULL && terms[i]->storage != model->storage)
                result->storage = STORAGE_NUMBER;
        if (terms[0]->form == FORM_NULL)
            result->storage = model->storage;
        result->form = FORM_EXPRESSION;
        settle_nulls(tr, terms, count, &result->type);
        return true;
    }
    for (size_t i = 0; i < count; i++)
        if (terms[i]->form != FORM_NULL)
            return unify(tr, terms, count, result);
    result->type = pg_type_of(PG_TEXT);
    settle_nulls(tr, terms, count, &result->type);
    return true;
}
