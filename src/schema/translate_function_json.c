/* The functions of JSON. */
#include <string.h>

#include "schema/translate_call.h"
#include "schema/translate_json.h"

/* The document, or the part that the second argument names. */
static bool part_of(struct translator *tr, const struct call *call, struct term *out)
{
    if (call->count == 1)
        return json_document(tr, &call->args[0], call->what, out);
    return json_part(tr, &call->args[0], &call->args[1], false, call->what, out);
}

bool call_json_extract(struct translator *tr, const struct call *call, struct term *out)
{
    if (call->count != 2)
        return refuse(tr, "of several paths it makes an array", "%s", call->what);
    if (!part_of(tr, call, out))
        return false;
    json_value_of(tr, out, out);
    return true;
}

/* What is no array has no length, but is there: 0. */
bool call_json_length(struct translator *tr, const struct call *call, struct term *out)
{
    struct term part;
    const char *prefix;

    if (!part_of(tr, call, &part))
        return false;
    prefix = part.type.kind == PG_JSONB ? "jsonb" : "json";
    *out = term_make(tr, PG_INT4, STORAGE_INTEGER, LEVEL_ATOM,
                     "CASE WHEN %.*s IS NULL THEN NULL WHEN %s_typeof(%.*s) = 'array' THEN "
                     "%s_array_length(%.*s) ELSE 0 END",
                     STR_ARGS(term_sql(tr, &part, LEVEL_OPERATOR)), prefix, STR_ARGS(part.sql), prefix,
                     STR_ARGS(part.sql));
    return true;
}

/* A number with a point or an exponent is "real", however whole it is. */
bool call_json_type(struct translator *tr, const struct call *call, struct term *out)
{
    struct term part;

    if (!part_of(tr, call, &part))
        return false;
    if (part.type.kind != PG_JSON)
        return refuse(tr,
                      "jsonb does not keep how a number was written, which decides between integer and real",
                      "%s", call->what);
    *out = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM,
                     "CASE json_typeof(%.*s) WHEN 'string' THEN 'text' WHEN 'boolean' THEN %.*s::text WHEN "
                     "'number' THEN CASE WHEN %.*s ~ '[.eE]' THEN 'real' ELSE 'integer' END ELSE "
                     "json_typeof(%.*s) END",
                     STR_ARGS(part.sql), STR_ARGS(term_cast(tr, &part, "jsonb")),
                     STR_ARGS(term_cast(tr, &part, "text")), STR_ARGS(part.sql));
    return true;
}

/* ---- making JSON ---- */

bool json_makes(const struct expr *expr)
{
    static const char *const names[] = {"json", "json_array", "json_object", "json_quote"};

    for (size_t i = 0; i < ARRAY_LENGTH(names) && expr->kind == EXPR_FUNCTION; i++)
        if (str_is_nocase(expr->name, names[i]))
            return true;
    return false;
}

/* json('...') of a literal is that literal, but for spaces. */
bool json_made(struct translator *tr, const struct expr *expr, const struct pg_type *type, struct term *out)
{
    bool literal = str_is_nocase(expr->name, "json") && expr->item_count == 1 &&
                   expr->items[0]->kind == EXPR_TEXT && type->kind == PG_JSONB;

    if (literal)
        return term_text(tr, expr->items[0]->text, out) && constant_to_type(tr, out, type, out);
    if (!translate_node(tr, expr, out))
        return false;
    *out = term_make(tr, type->kind, STORAGE_OTHER, LEVEL_CAST, "%.*s",
                     STR_ARGS(term_cast(tr, out, pg_kind_name(type->kind))));
    return true;
}

static bool makes_no_json(void *context, const struct expr *node)
{
    (void)context;
    return !json_makes(node);
}

/* The i-th argument as json_quote() writes it; to_json() is not immutable. */
static bool quoted(struct translator *tr, const struct call *call, size_t i, struct str *out)
{
    struct term *arg = &call->args[i];
    bool text = term_family(arg) == FAMILY_TEXT;

    if (tr->scope->immutable)
        return refuse(tr, "PostgreSQL's form of it is not immutable", "%s", call->what);
    if (json_makes(call->expr->items[i])) {
        *out = term_sql(tr, arg, LEVEL_CAST);
        return true;
    }
    /* The mark passes through CASE, coalesce() and the like. */
    if (!expr_walk(call->expr->items[i], makes_no_json, NULL))
        return refuse(tr, "whether SQLite still knows that a part of it is JSON depends on its version", "%s",
                      call->what);
    if (arg->form == FORM_NULL) {
        *out = str_from("'null'");
        return true;
    }
    if (text && arg->storage != STORAGE_TEXT)
        return refuse(tr, "the column keeps numbers too, which have no quotes", "%s", call->what);
    if (!term_to_text(tr, arg, call->what))
        return false;
    *out =
        text ? str_printf(tr->arena, "to_json(%.*s)::text", STR_ARGS(term_cast(tr, arg, "text"))) : arg->sql;
    if (arg->form != FORM_CONSTANT)
        *out = str_printf(tr->arena, "coalesce(%.*s, 'null')", STR_ARGS(*out));
    return true;
}

bool call_json_quote(struct translator *tr, const struct call *call, struct term *out)
{
    struct str sql = {NULL, 0};

    if (!quoted(tr, call, 0, &sql))
        return false;
    *out = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_CAST, "%.*s", STR_ARGS(sql));
    return true;
}

bool call_json_array(struct translator *tr, const struct call *call, struct term *out)
{
    struct buf sql;
    bool done = true;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "'['");
    for (size_t i = 0; i < call->count && done; i++) {
        struct str value = {NULL, 0};

        done = quoted(tr, call, i, &value);
        if (done)
            buf_printf(&sql, " || %s%.*s", i > 0 ? "',' || " : "", STR_ARGS(value));
    }
    buf_text(&sql, " || ']'");
    if (done)
        *out = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_OPERATOR, "%.*s", STR_ARGS(buf_view(&sql)));
    buf_free(&sql);
    return done;
}

bool call_json_object(struct translator *tr, const struct call *call, struct term *out)
{
    struct buf sql;
    bool done = call->count % 2 == 0 || refuse(tr, "it has another number of arguments", "%s", call->what);

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "'{'");
    for (size_t i = 0; i < call->count && done; i++) {
        struct str value = {NULL, 0};

        if (i % 2 == 0 && !term_is_constant(&call->args[i], STORAGE_TEXT))
            done = refuse(tr, "its keys are not literals", "%s", call->what);
        done = done && quoted(tr, call, i, &value);
        if (done)
            buf_printf(&sql, " || %s%.*s", i % 2 == 1 ? "':' || " : i > 0 ? "',' || " : "", STR_ARGS(value));
    }
    buf_text(&sql, " || '}'");
    if (done)
        *out = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_OPERATOR, "%.*s", STR_ARGS(buf_view(&sql)));
    buf_free(&sql);
    return done;
}
