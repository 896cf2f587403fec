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
    struct term *args = call->args;
    bool full = is_full_text(&args[1]);
    bool text = args[0].storage == STORAGE_TEXT;
    struct term replaced;

    if (args[0].form == FORM_NULL || args[1].form == FORM_NULL || (args[2].form == FORM_NULL && full)) {
        *out = term_null();
        return true;
    }
    if (!full && !text)
        return refuse(tr, "with an empty pattern SQLite gives the first argument back as it is", "%s",
                      call->what);
    if (!call_text(tr, call, &replaced))
        return false;
    if (full || args[2].form == FORM_CONSTANT)
        *out = replaced;
    else
        *out = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "CASE WHEN %.*s = '' THEN %.*s ELSE %.*s END",
                         STR_ARGS(term_sql(tr, &args[1], LEVEL_OPERATOR)), STR_ARGS(args[0].sql),
                         STR_ARGS(replaced.sql));
    return true;
}

bool call_position(struct translator *tr, const struct call *call, struct term *out)
{
    const struct term *args = call->args;

    if (term_family(&args[0]) == FAMILY_BLOB && term_family(&args[1]) == FAMILY_BLOB) {
        *out = term_make(tr, PG_INT4, STORAGE_INTEGER, LEVEL_ATOM, "position(%.*s IN %.*s)",
                         STR_ARGS(term_sql(tr, &args[1], LEVEL_CAST)),
                         STR_ARGS(term_sql(tr, &args[0], LEVEL_CAST)));
        return true;
    }
    if (!all_texts(tr, call))
        return false;
    *out = call_of(tr, PG_INT4, STORAGE_INTEGER, call->target, args, call->count);
    return true;
}

/* like(pattern, text[, escape]) is the operator, with its operands exchanged. */
bool call_like(struct translator *tr, const struct call *call, struct term *out)
{
    struct expr *items[3] = {call->expr->items[1], call->expr->items[0]};
    struct expr like = {.kind = EXPR_LIKE, .op = call->target, .items = items, .item_count = call->count};

    if (call->count == 3)
        items[2] = call->expr->items[2];
    return translate_like(tr, &like, out);
}

bool call_length(struct translator *tr, const struct call *call, struct term *out)
{
    bool blob = term_family(&call->args[0]) == FAMILY_BLOB;

    if (!blob && !all_texts(tr, call))
        return false;
    *out = call_of(tr, PG_INT4, STORAGE_INTEGER, "length", call->args, 1);
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
