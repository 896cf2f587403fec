/* The expression as a value of a column's type. */
#include "schema/translate_json.h"
#include "schema/translate_term.h"

static bool refuse_storing(struct translator *tr, const struct term *term, const struct pg_type *type)
{
    return refuse(tr, "SQLite stores whatever comes; PostgreSQL would need a conversion that is not exact",
                  "%s in a column of type %.*s", family_name(term_family(term)),
                  STR_ARGS(pg_type_text(tr->arena, type)));
}

static bool number_fits(const struct term *term, const struct pg_type *type)
{
    bool integer = term->storage == STORAGE_INTEGER && pg_kind_is_integer(term->type.kind);

    if (integer)
        return type->kind != PG_FLOAT4;
    if (type->kind == PG_NUMERIC && term->type.kind == PG_NUMERIC)
        return type->precision == 0 ||
               (term->type.precision > 0 && type->scale >= term->type.scale &&
                type->precision - type->scale >= term->type.precision - term->type.scale);
    /* PostgreSQL keeps 15 digits on the way from a double to numeric. */
    if (type->kind == PG_NUMERIC)
        return type->precision > 0 && type->precision <= 15;
    return type->kind == PG_FLOAT8 || (type->kind == PG_FLOAT4 && term->type.kind == PG_FLOAT4);
}

static bool store_number(struct translator *tr, struct term *term, const struct pg_type *type)
{
    if (!term_to_number(tr, term, "a value"))
        return false;
    if (!number_fits(term, type))
        return refuse_storing(tr, term, type);
    return true;
}

static bool store_text(struct translator *tr, struct term *term, const struct pg_type *type)
{
    if (type->kind != PG_ENUM)
        return term_to_text(tr, term, "a text column");
    return (term->type.kind == PG_ENUM && str_equal(term->type.name, type->name)) ||
           refuse_storing(tr, term, type);
}

static bool store_moment(struct translator *tr, struct term *term, const struct pg_type *type)
{
    bool zones = (term->type.kind == PG_TIMESTAMP && type->kind == PG_TIMESTAMPTZ) ||
                 (term->type.kind == PG_TIMESTAMPTZ && type->kind == PG_TIMESTAMP);

    if (term->type.kind == type->kind)
        return true;
    if (!zones)
        return refuse_storing(tr, term, type);
    term->sql = str_printf(tr->arena, "(%.*s AT TIME ZONE 'UTC')", STR_ARGS(term_sql(tr, term, LEVEL_CAST)));
    term->level = LEVEL_ATOM;
    return true;
}

bool term_store(struct translator *tr, struct term *term, const struct pg_type *type)
{
    struct term target = {.type = *type};
    enum family family = term_family(&target);

    if (term->form == FORM_NULL)
        return true;
    if (term->form == FORM_CONSTANT && !(family == FAMILY_BOOLEAN && term_family(term) == FAMILY_BOOLEAN))
        return constant_to_type(tr, term, type, term);
    if (term_is_time(term))
        return now_to_type(tr, term, type, false, term);
    if (family == FAMILY_NUMBER && term_family(term) == FAMILY_BOOLEAN)
        return store_number(tr, term, type);
    if (family == FAMILY_TEXT || family == FAMILY_ENUM)
        return store_text(tr, term, type);
    if (family != term_family(term))
        return refuse_storing(tr, term, type);
    if (family == FAMILY_NUMBER)
        return store_number(tr, term, type);
    if (family == FAMILY_MOMENT)
        return store_moment(tr, term, type);
    return term->type.kind == type->kind || refuse_storing(tr, term, type);
}

bool translate_as(struct translator *tr, const struct expr *expr, const struct pg_type *type,
                  struct term *out)
{
    if (tr->draws && type->kind == PG_UUID && random_uuid(tr, expr, out))
        return true;
    if (now_count(tr, expr, type, out))
        return true;
    if ((type->kind == PG_JSON || type->kind == PG_JSONB) && json_makes(expr))
        return json_made(tr, expr, type, out);
    if (expr->kind == EXPR_CASE)
        return translate_case(tr, expr, type, out);
    if (expr->kind == EXPR_FUNCTION && function_takes_type(expr))
        return translate_function(tr, expr, type, out);
    if (!translate_operand(tr, expr, out))
        return false;
    if (out->json == JSON_VALUE)
        return json_store(tr, out, type, out);
    return term_store(tr, out, type);
}
