#include <string.h>

#include "schema/ident.h"
#include "schema/translate_term.h"

static bool has_letter(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (ascii_is_alpha(text.ptr[i]))
            return true;
    return false;
}

/* A constant is folded here: PostgreSQL would compute it before it knows collations in a generated column. */
static bool lower_term(struct translator *tr, struct term *term)
{
    if (term_is_constant(term, STORAGE_TEXT))
        return term_text(tr, str_lower(tr->arena, term->bytes), term);
    *term = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "lower(%.*s COLLATE \"C\")",
                      STR_ARGS(term_sql(tr, term, LEVEL_COLLATE)));
    return true;
}

/* The escape must be a literal of one character that folding leaves alone and that escapes something. */
static bool escape_is_plain(struct str escape, struct str pattern)
{
    if (escape.len != 1 || ascii_is_alpha(escape.ptr[0]) || escape.ptr[0] == '%' || escape.ptr[0] == '_' ||
        (unsigned char)escape.ptr[0] >= 0x80)
        return false;
    for (size_t i = 0; i < pattern.len; i++)
        if (pattern.ptr[i] == escape.ptr[0] && ++i == pattern.len)
            return false;
    return true;
}

/* SQLite has no escape unless one is written; PostgreSQL's is the backslash unless one is written. */
static bool escape_clause(struct translator *tr, const struct expr *expr, const struct term *pattern,
                          struct str *clause)
{
    struct term escape;
    bool constant = pattern->form == FORM_CONSTANT;

    *clause = str_from(constant && str_find(pattern->bytes, '\\') < 0 ? "" : " ESCAPE ''");
    if (expr->item_count < 3)
        return true;
    if (!translate_node(tr, expr->items[2], &escape))
        return false;
    if (!constant || !term_is_constant(&escape, STORAGE_TEXT) ||
        !escape_is_plain(escape.bytes, pattern->bytes))
        return refuse(tr, "only a literal pattern with a literal character as its escape is carried",
                      "LIKE with ESCAPE");
    *clause = str_printf(tr->arena, " ESCAPE %.*s", STR_ARGS(escape.sql));
    return true;
}

static bool like(struct translator *tr, const struct expr *expr, struct term text, struct term pattern,
                 struct term *out)
{
    struct str escape;

    if (!escape_clause(tr, expr, &pattern, &escape))
        return false;
    /* A pattern without letters matches the same whether folded or not. */
    if ((pattern.form != FORM_CONSTANT || has_letter(pattern.bytes)) &&
        (!lower_term(tr, &text) || !lower_term(tr, &pattern)))
        return false;
    *out = term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_COMPARE, "%.*s %sLIKE %.*s%.*s",
                     STR_ARGS(term_sql(tr, &text, LEVEL_OPERATOR)), expr->negated ? "NOT " : "",
                     STR_ARGS(term_sql(tr, &pattern, LEVEL_OPERATOR)), STR_ARGS(escape));
    return true;
}

/* ---- GLOB as a regular expression ---- */

static size_t character_length(struct str text, size_t at)
{
    size_t end = at + 1;

    while (end < text.len && ((unsigned char)text.ptr[end] & 0xc0) == 0x80)
        end++;
    return end - at;
}

static void put_character(struct buf *regex, struct str one)
{
    bool plain = (unsigned char)one.ptr[0] >= 0x80 || ascii_is_alpha(one.ptr[0]) ||
                 ascii_is_digit(one.ptr[0]) || one.ptr[0] == '_' || ascii_is_space(one.ptr[0]);

    if (!plain)
        buf_byte(regex, '\\');
    buf_str(regex, one);
}

static bool byte_at(struct str text, size_t at, char byte)
{
    return at < text.len && text.ptr[at] == byte;
}

/*
 * [...] after its opening bracket, as patternCompare() in SQLite's func.c reads it: ] first is itself, and so
 * is - unless it stands between two characters.  Returns where the set ends, or 0 when it has no end or a
 * range runs backwards: such a pattern matches nothing.
 */
static size_t put_set(struct str pattern, size_t at, struct buf *regex)
{
    struct str prior = {NULL, 0};

    buf_byte(regex, '[');
    if (byte_at(pattern, at, '^')) {
        buf_byte(regex, '^');
        at++;
    }
    if (byte_at(pattern, at, ']')) {
        buf_text(regex, "\\]");
        at++;
    }
    while (at < pattern.len && pattern.ptr[at] != ']') {
        struct str one = str_slice(pattern, at, at + character_length(pattern, at));
        bool range =
            one.ptr[0] == '-' && prior.ptr != NULL && at + 1 < pattern.len && pattern.ptr[at + 1] != ']';

        if (range) {
            at++;
            one = str_slice(pattern, at, at + character_length(pattern, at));
            if (str_compare(prior, one) > 0)
                return 0;
            buf_byte(regex, '-');
        }
        put_character(regex, one);
        prior = range ? (struct str){NULL, 0} : one;
        at += one.len;
    }
    buf_byte(regex, ']');
    return at < pattern.len ? at + 1 : 0;
}

static bool glob_regex(struct str pattern, struct buf *regex)
{
    size_t at = 0;

    buf_byte(regex, '^');
    while (at < pattern.len) {
        size_t length = character_length(pattern, at);

        if (pattern.ptr[at] == '[') {
            at = put_set(pattern, at + 1, regex);
            if (at == 0)
                return false;
            continue;
        }
        if (pattern.ptr[at] == '*')
            buf_text(regex, ".*");
        else if (pattern.ptr[at] == '?')
            buf_byte(regex, '.');
        else
            put_character(regex, str_slice(pattern, at, at + length));
        at += length;
    }
    buf_byte(regex, '$');
    return !regex->failed;
}

static bool glob(struct translator *tr, const struct expr *expr, struct term text, struct term pattern,
                 struct term *out)
{
    struct term regex;
    struct buf buf;
    bool done;

    if (!term_is_constant(&pattern, STORAGE_TEXT))
        return refuse(tr, "its pattern is not a literal", "operator GLOB");
    buf_init(&buf, BUF_TEXT_MAXIMUM);
    done = glob_regex(pattern.bytes, &buf) ||
           refuse(tr, "its pattern has a set without end or a range that runs backwards", "operator GLOB");
    done = done && term_text(tr, str_dup(tr->arena, buf_view(&buf)), &regex);
    buf_free(&buf);
    if (!done)
        return false;
    *out =
        term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_COMPARE, "%.*s COLLATE \"C\" %s %.*s",
                  STR_ARGS(term_sql(tr, &text, LEVEL_CAST)), expr->negated ? "!~" : "~", STR_ARGS(regex.sql));
    return true;
}

bool translate_like(struct translator *tr, const struct expr *expr, struct term *out)
{
    bool is_like = strcmp(expr->op, "LIKE") == 0;
    struct term text;
    struct term pattern;

    if (!is_like && strcmp(expr->op, "GLOB") != 0)
        return refuse(tr, "in SQLite it is what the application makes of it", "operator %s", expr->op);
    if (!translate_node(tr, expr->items[0], &text) || !translate_node(tr, expr->items[1], &pattern) ||
        !term_to_text(tr, &text, is_like ? "LIKE" : "GLOB") ||
        !term_to_text(tr, &pattern, is_like ? "LIKE" : "GLOB"))
        return false;
    if (text.form == FORM_NULL || pattern.form == FORM_NULL) {
        *out = term_null();
        return term_to_condition(tr, out);
    }
    return is_like ? like(tr, expr, text, pattern, out) : glob(tr, expr, text, pattern, out);
}
