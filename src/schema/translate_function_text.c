#include <string.h>

#include "schema/translate_call.h"

static bool all_texts(struct translator *tr, const struct call *call)
{
    for (size_t i = 0; i < call->count; i++)
        if (!term_to_text(tr, &call->args[i], call->what))
            return false;
    return true;
}

/* In the C collation PostgreSQL folds ASCII alone, as SQLite does. */
bool call_fold_case(struct translator *tr, const struct call *call, struct term *out)
{
    if (!all_texts(tr, call))
        return false;
    *out = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "%s(%.*s COLLATE \"C\")", call->target,
                     STR_ARGS(term_sql(tr, &call->args[0], LEVEL_COLLATE)));
    return true;
}

bool call_text(struct translator *tr, const struct call *call, struct term *out)
{
    if (!all_texts(tr, call))
        return false;
    *out = call_of(tr, PG_TEXT, STORAGE_TEXT, call->target, call->args, call->count);
    return true;
}

static bool is_full_text(const struct term *term)
{
    return term_is_number_constant(term) || (term_is_constant(term, STORAGE_TEXT) && term->bytes.len > 0);
}

/*
 * replaceFunc() in SQLite's func.c gives the first argument back as it is where the pattern is empty: a
 * number stays one, and a NULL replacement is not looked at.
 */
bool call_replace(struct translator *tr, const struct call *call, struct term *out)
{
    const struct term *text = &call->args[0];
    const struct term *replacement = &call->args[2];
    bool full = is_full_text(&call->args[1]);

    if (text->form == FORM_NULL || call->args[1].form == FORM_NULL ||
        (replacement->form == FORM_NULL && full)) {
        *out = term_null();
        return true;
    }
    if (!full && (text->storage != STORAGE_TEXT || replacement->form != FORM_CONSTANT))
        return refuse(tr, "with an empty pattern SQLite gives the first argument back as it is", "%s",
                      call->what);
    return call_text(tr, call, out);
}

bool call_position(struct translator *tr, const struct call *call, struct term *out)
{
    if (!all_texts(tr, call))
        return false;
    *out = call_of(tr, PG_INT4, STORAGE_INTEGER, call->target, call->args, call->count);
    return true;
}

bool call_length(struct translator *tr, const struct call *call, struct term *out)
{
    bool blob = term_family(&call->args[0]) == FAMILY_BLOB;

    if (!blob && !all_texts(tr, call))
        return false;
    *out = call_of(tr, PG_INT4, STORAGE_INTEGER, "length", call->args, 1);
    return true;
}

/* A function of this name, never NULL-less than 0: instr() and length(). */
static bool counts(const struct expr *expr)
{
    return expr->kind == EXPR_FUNCTION &&
           (str_is_nocase(expr->name, "instr") || str_is_nocase(expr->name, "length"));
}

/* Known to be 1 or more: SQLite counts other starts from the end. */
static bool is_positive(const struct expr *expr)
{
    if (expr->kind == EXPR_INTEGER)
        return expr->integer >= 1 && expr->integer <= INT32_MAX;
    return expr->kind == EXPR_BINARY && strcmp(expr->op, "+") == 0 && counts(expr->items[0]) &&
           is_positive(expr->items[1]);
}

bool call_substring(struct translator *tr, const struct call *call, struct term *out)
{
    struct term *start = &call->args[1];

    if (!term_to_text(tr, &call->args[0], call->what))
        return false;
    if (!is_positive(call->expr->items[1]))
        return refuse(tr, "its start is not known to be 1 or more", "%s", call->what);
    if (call->count == 3 && (!term_is_constant(&call->args[2], STORAGE_INTEGER) ||
                             call->args[2].integer < 0 || call->args[2].integer > INT32_MAX))
        return refuse(tr, "its length is not a literal of 0 or more", "%s", call->what);
    if (start->type.kind == PG_INT8)
        start->sql = term_cast(tr, start, "integer");
    *out = call_of(tr, PG_TEXT, STORAGE_TEXT, "substr", call->args, call->count);
    return true;
}

bool call_hexadecimal(struct translator *tr, const struct call *call, struct term *out)
{
    const struct term *blob = &call->args[0];

    if (blob->form != FORM_NULL && term_family(blob) != FAMILY_BLOB)
        return refuse(tr, "the bytes of a value that is no blob depend on the encoding of the database", "%s",
                      call->what);
    /* hex(NULL) is the empty text. */
    *out = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "coalesce(upper(encode(%.*s, 'hex')), '')",
                     STR_ARGS(blob->sql));
    return true;
}

static void put_utf8(struct buf *out, unsigned c)
{
    if (c < 0x80) {
        buf_byte(out, (char)c);
        return;
    }
    if (c < 0x800)
        buf_byte(out, (char)(0xc0 | c >> 6));
    if (c >= 0x800 && c < 0x10000)
        buf_byte(out, (char)(0xe0 | c >> 12));
    if (c >= 0x10000) {
        buf_byte(out, (char)(0xf0 | c >> 18));
        buf_byte(out, (char)(0x80 | (c >> 12 & 0x3f)));
    }
    if (c >= 0x800)
        buf_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
    buf_byte(out, (char)(0x80 | (c & 0x3f)));
}

bool call_character(struct translator *tr, const struct call *call, struct term *out)
{
    struct buf text;
    struct str made;

    for (size_t i = 0; i < call->count; i++) {
        const struct term *arg = &call->args[i];

        if (!term_is_constant(arg, STORAGE_INTEGER) || arg->integer < 1 || arg->integer > 0x10ffff ||
            (arg->integer >= 0xd800 && arg->integer <= 0xdfff))
            return refuse(tr, "its arguments are not literal code points", "%s", call->what);
    }
    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < call->count; i++)
        put_utf8(&text, (unsigned)call->args[i].integer);
    made = str_dup(tr->arena, buf_view(&text));
    buf_free(&text);
    return term_text(tr, made, out);
}

/* The code point of no character is NULL in SQLite and 0 in PostgreSQL. */
bool call_code_point(struct translator *tr, const struct call *call, struct term *out)
{
    if (!all_texts(tr, call))
        return false;
    *out = term_make(tr, PG_INT4, STORAGE_INTEGER, LEVEL_ATOM, "nullif(ascii(%.*s), 0)",
                     STR_ARGS(call->args[0].sql));
    return true;
}
