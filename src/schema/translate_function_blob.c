/* hex(), quote(), zeroblob(), and the bytes of a text. */
#include <string.h>

#include "schema/translate_call.h"

/*
 * convert_to() is not immutable, so the bytes come from the input function of bytea: with its backslashes
 * doubled, a text is its own escape form.
 */
bool term_to_blob(struct translator *tr, struct term *term, const char *what)
{
    enum family family = term_family(term);
    struct str text;

    if (term->form == FORM_NULL || family == FAMILY_BLOB)
        return true;
    if (tr->scope->utf16)
        return refuse(tr, "the file keeps its texts as UTF-16, so their bytes are others", "%s of a text",
                      what);
    if (!term_to_text(tr, term, what))
        return false;
    if (term->form == FORM_CONSTANT) {
        *term = term_blob(tr, term->bytes);
        return true;
    }
    text = family == FAMILY_TEXT
               ? str_printf(tr->arena, "replace(%.*s, E'\\\\', E'\\\\\\\\')", STR_ARGS(term->sql))
               : term->sql;
    *term = term_make(tr, PG_BYTEA, STORAGE_BLOB, LEVEL_CAST, "%.*s::bytea", STR_ARGS(text));
    return true;
}

bool call_hexadecimal(struct translator *tr, const struct call *call, struct term *out)
{
    struct term *blob = &call->args[0];

    if (!term_to_blob(tr, blob, call->what))
        return false;
    /* hex(NULL) is the empty text. */
    *out = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "coalesce(upper(encode(%.*s, 'hex')), '')",
                     STR_ARGS(blob->sql));
    return true;
}

/* The value as a literal of SQLite. */
bool call_quote(struct translator *tr, const struct call *call, struct term *out)
{
    struct term *arg = &call->args[0];
    bool text = term_family(arg) == FAMILY_TEXT;
    struct str quoted;

    if (arg->form == FORM_NULL)
        return term_text(tr, str_from("NULL"), out);
    if (text && arg->storage != STORAGE_TEXT)
        return refuse(tr, "the column keeps numbers too, which have no quotes", "%s", call->what);
    if (term_family(arg) == FAMILY_BLOB)
        quoted = str_printf(tr->arena, "'X''' || upper(encode(%.*s, 'hex')) || ''''", STR_ARGS(arg->sql));
    else if (!term_to_text(tr, arg, call->what))
        return false;
    else if (text)
        quoted = str_printf(tr->arena, "'''' || replace(%.*s, '''', '''''') || ''''", STR_ARGS(arg->sql));
    else
        quoted = arg->sql;
    *out = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "coalesce(%.*s, 'NULL')", STR_ARGS(quoted));
    return true;
}

/* NULL and less than 0 make an empty blob. */
bool call_zeros(struct translator *tr, const struct call *call, struct term *out)
{
    struct term *count = &call->args[0];

    if (count->form == FORM_NULL)
        *count = term_integer(tr, 0);
    if (!term_to_integer(tr, count, call->what))
        return false;
    if (count->form != FORM_CONSTANT)
        count->sql = str_printf(tr->arena, "coalesce(%.*s, 0)", STR_ARGS(count->sql));
    if (count->type.kind == PG_INT8) {
        count->level = count->form == FORM_CONSTANT ? count->level : LEVEL_ATOM;
        count->sql = term_cast(tr, count, "integer");
    }
    *out = term_make(tr, PG_BYTEA, STORAGE_BLOB, LEVEL_ATOM, "decode(repeat('00', %.*s), 'hex')",
                     STR_ARGS(count->sql));
    return true;
}
