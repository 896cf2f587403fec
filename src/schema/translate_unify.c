/* One type for several terms: the sides of a comparison, the branches of a CASE. */
#include "schema/translate_term.h"

/* A term that decides the type of all: neither a NULL nor a literal. */
static bool decides(const struct term *term)
{
    return term->form == FORM_EXPRESSION;
}

static bool all_of(const struct term *terms, size_t count, bool (*holds)(const struct term *term))
{
    for (size_t i = 0; i < count; i++)
        if (terms[i].form != FORM_NULL && !holds(&terms[i]))
            return false;
    return true;
}

static bool is_boolean_or_flag(const struct term *term)
{
    return term_family(term) == FAMILY_BOOLEAN || term_is_flag(term);
}

static bool is_number(const struct term *term)
{
    enum family family = term_family(term);

    return family == FAMILY_BOOLEAN || family == FAMILY_NUMBER;
}

static bool is_text(const struct term *term)
{
    return term_family(term) == FAMILY_TEXT;
}

static void unify_booleans(struct translator *tr, struct term *terms, size_t count, struct term *result)
{
    for (size_t i = 0; i < count; i++)
        if (terms[i].form == FORM_CONSTANT)
            terms[i] = term_boolean(tr, terms[i].integer != 0);
    result->type = pg_type_of(PG_BOOL);
    result->storage = STORAGE_INTEGER;
}

/* Whether a bigint or an unbounded numeric stands beside a double, which cannot hold all of it. */
static bool doubles_would_lose(const struct term *terms, size_t count)
{
    bool floats = false;
    bool wide = false;

    for (size_t i = 0; i < count; i++) {
        const struct pg_type *type = &terms[i].type;

        if (!decides(&terms[i]))
            continue;
        floats = floats || type->kind == PG_FLOAT4 || type->kind == PG_FLOAT8;
        wide = wide || type->kind == PG_INT8 ||
               (type->kind == PG_NUMERIC && (type->precision == 0 || type->precision > 15));
    }
    return floats && wide;
}

/* What PostgreSQL makes of the two: integers widen, a fraction among them makes numeric, a double wins. */
static enum pg_kind wider(enum pg_kind a, const struct term *term)
{
    enum pg_kind b =
        term->form == FORM_CONSTANT && term->storage == STORAGE_REAL ? PG_NUMERIC : term->type.kind;
    static const int ranks[PG_KIND_COUNT] = {
        [PG_INT2] = 1, [PG_INT4] = 2, [PG_INT8] = 3, [PG_NUMERIC] = 4, [PG_FLOAT4] = 5, [PG_FLOAT8] = 6};

    return ranks[a] >= ranks[b] ? a : b;
}

static bool unify_numbers(struct translator *tr, struct term *terms, size_t count, const char *what,
                          struct term *result)
{
    enum pg_kind kind = PG_INT2;
    bool seen = false;

    if (doubles_would_lose(terms, count))
        return refuse(tr, "double precision cannot hold every bigint", "%s of integers and reals", what);
    for (size_t i = 0; i < count; i++) {
        if (!term_to_number(tr, &terms[i], what))
            return false;
        if (terms[i].form == FORM_NULL)
            continue;
        if (terms[i].type.kind == PG_FLOAT4)
            term_to_double(tr, &terms[i]);
        result->storage = !seen || result->storage == terms[i].storage ? terms[i].storage : STORAGE_NUMBER;
        kind = wider(kind, &terms[i]);
        seen = true;
    }
    result->type = pg_type_of(kind);
    return true;
}

static bool unify_texts(struct translator *tr, struct term *terms, size_t count, const char *what,
                        struct term *result)
{
    result->type = pg_type_of(PG_TEXT);
    result->storage = STORAGE_TEXT;
    for (size_t i = 0; i < count; i++) {
        if (!term_to_text(tr, &terms[i], what))
            return false;
        if (terms[i].form != FORM_NULL && terms[i].storage != STORAGE_TEXT)
            result->storage = STORAGE_OTHER;
    }
    return true;
}

/* What SQLite compares and shows as it stands keeps its class; other types have literals of their own. */
static bool may_become(const struct term *literal, const struct term *model)
{
    switch (term_family(model)) {
    case FAMILY_MOMENT:
    case FAMILY_OTHER: return literal->storage == STORAGE_TEXT;
    case FAMILY_UUID: return literal->storage == STORAGE_TEXT || literal->storage == STORAGE_BLOB;
    default: return term_family(literal) == term_family(model);
    }
}

/* A literal of the model's type; a moment must be written in full, as the column's values are. */
static bool unify_literal(struct translator *tr, const struct term *model, const char *what,
                          struct term *term)
{
    struct moment moment;

    if (!may_become(term, model))
        return refuse(tr, "its values have no common type", "%s of %s and %s", what,
                      family_name(term_family(model)), family_name(term_family(term)));
    if (term->form == FORM_NOW || model->time_unit != 0)
        return refuse(tr, "the value and the literal may be written differently", "%s of %s", what,
                      family_name(term_family(model)));
    if (term_family(model) == FAMILY_MOMENT && model->type.kind != PG_DATE &&
        translate_moment(term->bytes, &moment) && moment.time.ptr == NULL)
        return refuse(tr, "a date alone is not written as the column's values are", "%s", what);
    return constant_to_type(tr, term, &model->type, term);
}

static const struct term *first_deciding(const struct term *terms, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (decides(&terms[i]))
            return &terms[i];
    return NULL;
}

/* Dates, uuids and the like: one type, which the literals take. */
static bool unify_others(struct translator *tr, struct term *terms, size_t count, const char *what,
                         struct term *result)
{
    const struct term *model = first_deciding(terms, count);

    if (model == NULL || term_family(model) == FAMILY_ENUM)
        return refuse(tr, "its values have no common type", "%s", what);
    for (size_t i = 0; i < count; i++) {
        bool same = terms[i].type.kind == model->type.kind && terms[i].time_unit == model->time_unit;

        if (decides(&terms[i]) && !same)
            return refuse(tr, "its values have no common type", "%s of %s and %s", what,
                          pg_kind_name(model->type.kind), pg_kind_name(terms[i].type.kind));
        if (terms[i].form != FORM_NULL && !decides(&terms[i]) && !unify_literal(tr, model, what, &terms[i]))
            return false;
    }
    result->type = model->type;
    result->storage = model->storage;
    result->time_unit = model->time_unit;
    return true;
}

bool terms_unify(struct translator *tr, struct term *terms, size_t count, const char *what,
                 struct term *result)
{
    bool booleans = false;

    for (size_t i = 0; i < count; i++)
        booleans = booleans || term_family(&terms[i]) == FAMILY_BOOLEAN;
    if (booleans && all_of(terms, count, is_boolean_or_flag)) {
        unify_booleans(tr, terms, count, result);
        return true;
    }
    if (all_of(terms, count, is_text))
        return unify_texts(tr, terms, count, what, result);
    if (all_of(terms, count, is_number))
        return unify_numbers(tr, terms, count, what, result);
    return unify_others(tr, terms, count, what, result);
}
