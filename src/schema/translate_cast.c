/* CAST, by the affinity of the type that it names. */
#include <math.h>

#include "schema/translate_term.h"

static bool cast_integer(struct translator *tr, struct term *term)
{
    int64_t integer;

    term_read_digits(tr, term);
    if (term_is_constant(term, STORAGE_TEXT) && str_to_int64(str_trim(term->bytes), &integer))
        *term = term_integer(tr, integer);
    if (term_family(term) == FAMILY_TEXT && term->storage == STORAGE_TEXT) {
        if (!term_to_text(tr, term, "CAST to an integer"))
            return false;
        integer_at_start(tr, term);
        return true;
    }
    if (!term_to_number(tr, term, "CAST to an integer"))
        return false;
    if (term->storage == STORAGE_INTEGER && pg_kind_is_integer(term->type.kind))
        return true;
    if (term->form == FORM_CONSTANT && fabs(term->real) < 9223372036854775808.0) {
        *term = term_integer(tr, (int64_t)term->real);
        return true;
    }
    *term = term_make(tr, PG_INT8, STORAGE_INTEGER, LEVEL_CAST, "trunc(%.*s)::bigint", STR_ARGS(term->sql));
    return true;
}

static bool cast_real(struct translator *tr, struct term *term)
{
    term_read_digits(tr, term);
    if (!term_to_number(tr, term, "CAST to a real"))
        return false;
    if (term_is_constant(term, STORAGE_INTEGER))
        *term = term_real(tr, (double)term->integer);
    if (term->form != FORM_CONSTANT)
        term_to_double(tr, term);
    term->storage = STORAGE_REAL;
    return true;
}

static bool cast_numeric(struct translator *tr, struct term *term)
{
    struct term number;

    if (term_is_constant(term, STORAGE_TEXT) && number_from_text(tr, term->bytes, &number))
        *term = number;
    return term_to_number(tr, term, "CAST to a number");
}

static bool cast_text(struct translator *tr, struct term *term)
{
    if (!term_to_text(tr, term, "CAST to a text"))
        return false;
    term->storage = STORAGE_TEXT;
    return true;
}

static bool cast_blob(struct translator *tr, struct term *term)
{
    return term_to_blob(tr, term, "CAST to a blob");
}

bool translate_cast(struct translator *tr, const struct expr *expr, struct term *out)
{
    static bool (*const casts[])(struct translator *, struct term *) = {
        [AFFINITY_BLOB] = cast_blob,       [AFFINITY_TEXT] = cast_text, [AFFINITY_NUMERIC] = cast_numeric,
        [AFFINITY_INTEGER] = cast_integer, [AFFINITY_REAL] = cast_real,
    };
    enum affinity affinity = affinity_of(expr->text);
    enum collation collation;
    bool is_explicit;

    if (!translate_node(tr, expr->items[0], out))
        return false;
    if (out->form == FORM_NULL)
        return true;
    collation = out->collation;
    is_explicit = out->collation_explicit;
    if (!casts[affinity](tr, out))
        return false;
    out->affinity = affinity;
    out->collation = collation;
    out->collation_explicit = is_explicit;
    return true;
}
