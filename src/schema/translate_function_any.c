#include "schema/translate_call.h"

static bool unify_arguments(struct translator *tr, const struct call *call, struct term *args, size_t count,
                            struct term *out)
{
    *out = (struct term){.level = LEVEL_ATOM, .storage = STORAGE_OTHER};
    if (call->type == NULL)
        return terms_unify(tr, args, count, call->what, out);
    out->type = *call->type;
    return true;
}

bool call_first_not_null(struct translator *tr, const struct call *call, struct term *out)
{
    if (!unify_arguments(tr, call, call->args, call->count, out))
        return false;
    out->sql = call_of(tr, PG_TEXT, STORAGE_TEXT, "coalesce", call->args, call->count).sql;
    return true;
}

bool call_choice(struct translator *tr, const struct call *call, struct term *out)
{
    struct term *branches = call->args + 1;

    if (!term_to_condition(tr, &call->args[0]) || !unify_arguments(tr, call, branches, call->count - 1, out))
        return false;
    out->sql = str_printf(tr->arena, "CASE WHEN %.*s THEN %.*s%s%.*s END", STR_ARGS(call->args[0].sql),
                          STR_ARGS(branches[0].sql), call->count == 3 ? " ELSE " : "",
                          STR_ARGS(call->count == 3 ? branches[1].sql : str_from("")));
    return true;
}

/* What a function gives has neither a column's affinity nor its collation. */
static struct term of_function(struct term term)
{
    term.affinity = AFFINITY_BLOB;
    if (!term.collation_explicit)
        term.collation = COLLATION_NONE;
    return term;
}

/* PostgreSQL's nullif() may give its first argument in the type of the second: not among these. */
static bool keeps_type(const struct term *first, const struct term *second)
{
    bool integers = pg_kind_is_integer(first->type.kind) && pg_kind_is_integer(second->type.kind);
    bool wide = first->form != FORM_CONSTANT && second->form == FORM_CONSTANT &&
                (first->type.kind == PG_NUMERIC || first->type.kind == PG_FLOAT8);

    return term_family(first) != FAMILY_NUMBER || integers || wide;
}

/* No affinity is applied between the arguments of a function, so both must be of one class. */
bool call_null_if_equal(struct translator *tr, const struct call *call, struct term *out)
{
    struct term first = call->args[0];
    struct term left = call->args[0];
    struct term right = call->args[1];

    *out = of_function(first);
    if (left.form == FORM_NULL || right.form == FORM_NULL)
        return true;
    left.affinity = right.affinity = AFFINITY_BLOB;
    /* A function takes the collation of the first argument that has one, written with COLLATE or not. */
    left.collation_explicit = right.collation_explicit = false;
    if (!terms_match(tr, COMPARE_EQUAL, &left, &right))
        return false;
    out->form = FORM_EXPRESSION;
    out->level = LEVEL_ATOM;
    if (str_equal(left.sql, first.sql) && left.type.kind == first.type.kind && keeps_type(&left, &right))
        out->sql = str_printf(tr->arena, "nullif(%.*s, %.*s)", STR_ARGS(left.sql), STR_ARGS(right.sql));
    else
        out->sql = str_printf(tr->arena, "CASE WHEN %.*s = %.*s THEN NULL ELSE %.*s END",
                              STR_ARGS(term_sql(tr, &left, LEVEL_OPERATOR)),
                              STR_ARGS(term_sql(tr, &right, LEVEL_OPERATOR)), STR_ARGS(first.sql));
    return true;
}

/* Whether the values have one order in both databases. */
static bool has_order(const struct term *term)
{
    enum family family = term_family(term);

    return family == FAMILY_BOOLEAN || family == FAMILY_NUMBER || family == FAMILY_BLOB ||
           family == FAMILY_MOMENT ||
           (family == FAMILY_TEXT && term->storage == STORAGE_TEXT && !folds_texts(term->collation));
}

/* GREATEST and LEAST pass over NULLs; max() and min() of SQLite do not. */
static struct str null_guard(struct translator *tr, const struct call *call)
{
    struct str guard = {"", 0};

    for (size_t i = 0; i < call->count; i++)
        if (call->args[i].form != FORM_CONSTANT)
            guard = str_printf(tr->arena, "%.*s%s%.*s IS NULL", STR_ARGS(guard), guard.len > 0 ? " OR " : "",
                               STR_ARGS(term_sql(tr, &call->args[i], LEVEL_OPERATOR)));
    return guard;
}

bool call_extreme(struct translator *tr, const struct call *call, struct term *out)
{
    struct str guard;
    struct str picked;

    if (call->count == 1)
        return refuse(tr, "it reads other rows", "aggregate %s", call->what);
    for (size_t i = 0; i < call->count; i++)
        if (!has_order(&call->args[i]))
            return refuse(tr, "its values have another order in PostgreSQL", "%s", call->what);
    *out = (struct term){.level = LEVEL_ATOM, .storage = STORAGE_OTHER};
    if (!terms_unify(tr, call->args, call->count, call->what, out))
        return false;
    guard = null_guard(tr, call);
    if (out->type.kind == PG_TEXT && tr->scope->collate_c)
        call->args[0].sql =
            str_printf(tr->arena, "%.*s COLLATE \"C\"", STR_ARGS(term_sql(tr, &call->args[0], LEVEL_CAST)));
    picked = call_of(tr, PG_TEXT, STORAGE_TEXT, call->target, call->args, call->count).sql;
    if (guard.len == 0)
        out->sql = picked;
    else
        out->sql = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "CASE WHEN %.*s THEN NULL ELSE %.*s END",
                             STR_ARGS(guard), STR_ARGS(picked))
                       .sql;
    return true;
}

/* The storage class, where the planned type leaves only one. */
static const char *class_name(const struct term *term)
{
    static const char *const names[] = {
        [STORAGE_INTEGER] = "integer", [STORAGE_REAL] = "real", [STORAGE_NUMBER] = NULL,
        [STORAGE_TEXT] = "text",       [STORAGE_BLOB] = "blob", [STORAGE_OTHER] = NULL,
    };

    if (term_family(term) == FAMILY_MOMENT && term->time_unit == 0)
        return "text";
    return names[term->storage];
}

bool call_storage_class(struct translator *tr, const struct call *call, struct term *out)
{
    const struct term *arg = &call->args[0];
    const char *name = arg->form == FORM_NULL ? "null" : class_name(arg);

    if (name == NULL)
        return refuse(tr, "what SQLite keeps there is not known from the PostgreSQL type", "%s", call->what);
    if (arg->form != FORM_EXPRESSION)
        return term_text(tr, str_from(name), out);
    *out =
        term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "CASE WHEN %.*s IS NULL THEN 'null' ELSE '%s' END",
                  STR_ARGS(term_sql(tr, arg, LEVEL_OPERATOR)), name);
    return true;
}

bool call_first_argument(struct translator *tr, const struct call *call, struct term *out)
{
    (void)tr;
    *out = of_function(call->args[0]);
    return true;
}
