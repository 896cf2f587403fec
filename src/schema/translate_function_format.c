/* printf() with a literal format, as a chain of ||: sqlite3_str_vappendf() in SQLite's printf.c. */
#include <string.h>

#include "schema/ident.h"
#include "schema/translate_call.h"

enum {
    WIDTH_MAXIMUM = 1000,
    PRECISION_MAXIMUM = 15
};

struct directive {
    char letter;
    bool left;
    bool zeros;
    int width;
    int precision; /* -1: none was written */
};

static int take_number(struct str format, size_t *at)
{
    int value = 0;

    for (; *at < format.len && ascii_is_digit(format.ptr[*at]); (*at)++)
        value = value > WIDTH_MAXIMUM ? value : value * 10 + (format.ptr[*at] - '0');
    return value;
}

/* What stands after the %; false: it has a part that is not carried. */
static bool take_directive(struct str format, size_t *at, struct directive *directive)
{
    *directive = (struct directive){.precision = -1};
    for (; *at < format.len && strchr("-0", format.ptr[*at]) != NULL; (*at)++) {
        directive->left = directive->left || format.ptr[*at] == '-';
        directive->zeros = directive->zeros || format.ptr[*at] == '0';
    }
    directive->width = take_number(format, at);
    if (*at < format.len && format.ptr[*at] == '.') {
        (*at)++;
        directive->precision = take_number(format, at);
    }
    while (*at < format.len && format.ptr[*at] == 'l')
        (*at)++;
    if (*at >= format.len || directive->width > WIDTH_MAXIMUM || (directive->left && directive->zeros))
        return false;
    directive->letter = format.ptr[(*at)++];
    return true;
}

/* `text` is evaluated twice; PostgreSQL's lpad() would cut it. */
static struct str padded(struct translator *tr, const struct directive *directive, struct str text)
{
    if (directive->width == 0)
        return text;
    return str_printf(tr->arena, "%s(%.*s, greatest(%d, length(%.*s))%s)", directive->left ? "rpad" : "lpad",
                      STR_ARGS(text), directive->width, STR_ARGS(text), directive->zeros ? ", '0'" : "");
}

/* The sign counts as part of the width, and stands before the zeros. */
static struct str padded_number(struct translator *tr, const struct directive *directive,
                                const struct term *number, struct str text)
{
    struct directive unsigned_part = *directive;
    struct str digits;

    if (!directive->zeros || directive->width < 2)
        return padded(tr, directive, text);
    unsigned_part.width--;
    digits = str_printf(tr->arena, "ltrim(%.*s, '-')", STR_ARGS(text));
    return str_printf(tr->arena, "CASE WHEN %.*s < 0 THEN '-' || %.*s ELSE %.*s END",
                      STR_ARGS(term_sql(tr, number, LEVEL_OPERATOR)),
                      STR_ARGS(padded(tr, &unsigned_part, digits)), STR_ARGS(padded(tr, directive, text)));
}

static bool refuse_format(struct translator *tr, const struct call *call)
{
    return refuse(tr, "its format has a part that is not carried", "%s", call->what);
}

static bool format_text(struct translator *tr, const struct call *call, const struct directive *directive,
                        struct term *arg, struct str *out)
{
    /* Widths of texts count bytes in SQLite. */
    if (directive->width > 0 || directive->precision >= 0 || directive->left || directive->zeros)
        return refuse_format(tr, call);
    if (!term_to_text(tr, arg, call->what))
        return false;
    *out = arg->form == FORM_NULL       ? str_from("''")
           : arg->form == FORM_CONSTANT ? arg->sql
                                        : str_printf(tr->arena, "coalesce(%.*s, '')", STR_ARGS(arg->sql));
    return true;
}

/* NULL is 0 to all directives of numbers. */
static bool to_whole(struct translator *tr, const struct call *call, struct term *arg)
{
    if (arg->form == FORM_NULL)
        *arg = term_integer(tr, 0);
    if (!term_to_integer(tr, arg, call->what))
        return false;
    if (arg->form != FORM_CONSTANT) {
        arg->sql = str_printf(tr->arena, "coalesce(%.*s, 0)", STR_ARGS(arg->sql));
        arg->level = LEVEL_ATOM;
    }
    return true;
}

static bool format_whole(struct translator *tr, const struct call *call, const struct directive *directive,
                         struct term *arg, struct str *out)
{
    if (directive->precision >= 0)
        return refuse_format(tr, call);
    if (!to_whole(tr, call, arg))
        return false;
    *out = padded_number(tr, directive, arg, term_cast(tr, arg, "text"));
    return true;
}

static bool format_hexadecimal(struct translator *tr, const struct call *call,
                               const struct directive *directive, struct term *arg, struct str *out)
{
    if (directive->precision >= 0)
        return refuse_format(tr, call);
    if (!to_whole(tr, call, arg))
        return false;
    *out = str_printf(tr->arena, directive->letter == 'X' ? "upper(to_hex(%.*s))" : "to_hex(%.*s)",
                      STR_ARGS(term_cast(tr, arg, "bigint")));
    *out = padded(tr, directive, *out);
    return true;
}

/* Whether the double that SQLite prints has these decimals alone: 15 digits of a decimal survive it. */
static bool decimals_are_exact(const struct term *arg, int precision)
{
    bool decimal = arg->type.kind == PG_NUMERIC && arg->type.precision > 0;

    if (arg->form == FORM_CONSTANT || arg->storage == STORAGE_REAL)
        return false;
    if (arg->type.kind == PG_INT2 || arg->type.kind == PG_INT4)
        return precision <= (arg->type.kind == PG_INT2 ? 10 : 5);
    return decimal && arg->type.scale <= precision &&
           arg->type.precision - arg->type.scale + precision <= PRECISION_MAXIMUM;
}

static bool format_decimals(struct translator *tr, const struct call *call, const struct directive *directive,
                            struct term *arg, struct str *out)
{
    int precision = directive->precision < 0 ? 6 : directive->precision;

    if (directive->zeros)
        return refuse_format(tr, call);
    if (arg->form == FORM_NULL || !term_to_number(tr, arg, call->what) || !decimals_are_exact(arg, precision))
        return refuse(tr, "the last digit depends on the version of SQLite and on binary fractions", "%s",
                      call->what);
    *out = padded(
        tr, directive,
        str_printf(tr->arena, "round(coalesce(%.*s, 0)::numeric, %d)::text", STR_ARGS(arg->sql), precision));
    return true;
}

static bool format_one(struct translator *tr, const struct call *call, const struct directive *directive,
                       struct term *arg, struct str *out)
{
    switch (directive->letter) {
    case 's': return format_text(tr, call, directive, arg, out);
    case 'd':
    case 'i': return format_whole(tr, call, directive, arg, out);
    case 'x':
    case 'X': return format_hexadecimal(tr, call, directive, arg, out);
    case 'f': return format_decimals(tr, call, directive, arg, out);
    default: return refuse_format(tr, call);
    }
}

struct chain {
    struct buf sql;
    struct buf literal;
    size_t parts;
};

static void chain_add(struct chain *chain, struct str part)
{
    buf_printf(&chain->sql, "%s%.*s", chain->parts > 0 ? " || " : "", STR_ARGS(part));
    chain->parts++;
}

static void chain_flush(struct chain *chain)
{
    if (chain->literal.len == 0)
        return;
    buf_text(&chain->sql, chain->parts > 0 ? " || " : "");
    literal_quote(&chain->sql, buf_view(&chain->literal));
    buf_clear(&chain->literal);
    chain->parts++;
}

static bool build(struct translator *tr, const struct call *call, struct str format, struct chain *chain)
{
    struct directive directive;
    size_t next = 1;
    struct str part = {NULL, 0};

    for (size_t i = 0; i < format.len;) {
        struct term nothing = term_null();

        if (format.ptr[i] != '%') {
            buf_byte(&chain->literal, format.ptr[i++]);
            continue;
        }
        i++;
        if (i < format.len && format.ptr[i] == '%') {
            buf_byte(&chain->literal, format.ptr[i++]);
            continue;
        }
        if (!take_directive(format, &i, &directive))
            return refuse_format(tr, call);
        chain_flush(chain);
        if (!format_one(tr, call, &directive, next < call->count ? &call->args[next] : &nothing, &part))
            return false;
        next++;
        chain_add(chain, part);
    }
    chain_flush(chain);
    return true;
}

bool call_format(struct translator *tr, const struct call *call, struct term *out)
{
    struct chain chain = {.parts = 0};
    bool done;

    if (call->count > 0 && call->args[0].form == FORM_NULL) {
        *out = term_null();
        return true;
    }
    if (call->count > 0 && !term_is_constant(&call->args[0], STORAGE_TEXT))
        return refuse(tr, "its format is not a literal", "%s", call->what);
    /* Of an empty format some versions of SQLite make NULL. */
    if (call->count == 0 || call->args[0].bytes.len == 0 ||
        str_utf8_valid_prefix(call->args[0].bytes) != call->args[0].bytes.len)
        return refuse_format(tr, call);
    buf_init(&chain.sql, BUF_TEXT_MAXIMUM);
    buf_init(&chain.literal, BUF_TEXT_MAXIMUM);
    done = build(tr, call, call->args[0].bytes, &chain);
    if (done)
        *out = term_make(tr, PG_TEXT, STORAGE_TEXT, chain.parts > 1 ? LEVEL_OPERATOR : LEVEL_CAST, "%.*s",
                         STR_ARGS(str_trim(buf_view(&chain.sql))));
    buf_free(&chain.sql);
    buf_free(&chain.literal);
    return done;
}
