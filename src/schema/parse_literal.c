#include "schema/parser.h"

#include <stdlib.h>

static struct str without_separators(struct arena *arena, struct str text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    size_t length = 0;

    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '_')
            copy[length++] = text.ptr[i];
    return (struct str){copy, length};
}

static int hex_value(char c)
{
    return ascii_is_digit(c) ? c - '0' : ascii_lower(c) - 'a' + 10;
}

/* Hexadecimal literals are the 64 bits of the integer, so 0xffffffffffffffff is -1. */
static bool hex_to_int64(struct str digits, int64_t *value)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < digits.len; i++) {
        if (bits >> 60 != 0)
            return false;
        bits = bits << 4 | (uint64_t)hex_value(digits.ptr[i]);
    }
    *value = (int64_t)bits;
    return true;
}

/* An integer of more than 64 bits is a REAL, as in SQLite.  2^63 keeps a mark in `integer`, because with a
 * minus before it, it is an integer after all. */
static void read_number(struct parser *parser, const struct token *token, struct expr *expr)
{
    struct str text =
        str_find(token->text, '_') < 0 ? token->text : without_separators(parser->arena, token->text);
    const char *digits = str_cstr(parser->arena, text);
    bool hex = str_starts_with_nocase(text, "0x");

    if (token->kind == TOKEN_INTEGER && (hex ? hex_to_int64(str_slice(text, 2, text.len), &expr->integer)
                                             : str_to_int64(text, &expr->integer)))
        return;
    expr->kind = EXPR_REAL;
    expr->real = strtod(digits, NULL);
    expr->text = text;
    if (token->kind != TOKEN_INTEGER || hex ||
        !str_to_int64(str_printf(parser->arena, "-%s", digits), &expr->integer))
        expr->integer = 0;
}

static struct str read_blob(struct arena *arena, struct str text)
{
    struct str hex = str_slice(text, 2, text.len - 1);
    char *bytes = arena_alloc(arena, hex.len / 2);

    for (size_t i = 0; i < hex.len / 2; i++)
        bytes[i] = (char)(hex_value(hex.ptr[2 * i]) << 4 | hex_value(hex.ptr[2 * i + 1]));
    return (struct str){bytes, hex.len / 2};
}

static const struct {
    enum token_kind token;
    enum expr_kind kind;
} literals[] = {
    {KEYWORD_NULL, EXPR_NULL},
    {TOKEN_INTEGER, EXPR_INTEGER},
    {TOKEN_REAL, EXPR_REAL},
    {TOKEN_STRING, EXPR_TEXT},
    {TOKEN_BLOB, EXPR_BLOB},
    {TOKEN_VARIABLE, EXPR_VARIABLE},
    {KEYWORD_CURRENT_DATE, EXPR_CURRENT},
    {KEYWORD_CURRENT_TIME, EXPR_CURRENT},
    {KEYWORD_CURRENT_TIMESTAMP, EXPR_CURRENT},
};

static void fill_literal(struct parser *parser, const struct token *token, struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_INTEGER:
    case EXPR_REAL: read_number(parser, token, expr); break;
    case EXPR_TEXT: expr->text = token_unquote(parser->arena, token); break;
    case EXPR_BLOB: expr->text = read_blob(parser->arena, token->text); break;
    case EXPR_VARIABLE: expr->name = token->text; break;
    case EXPR_CURRENT: expr->name = str_from(token_kind_text(token->kind)); break;
    default: break;
    }
}

bool parser_at_literal(struct parser *parser)
{
    for (size_t i = 0; i < ARRAY_LENGTH(literals); i++)
        if (parser_at(parser, literals[i].token))
            return true;
    return false;
}

bool parser_literal(struct parser *parser, struct expr **expr)
{
    const char *start = parser_start(parser);
    struct token token = parser_take(parser);

    *expr = parser_new_expr(parser, EXPR_NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(literals); i++)
        if (literals[i].token == token.kind)
            (*expr)->kind = literals[i].kind;
    fill_literal(parser, &token, *expr);
    return parser_finish_expr(parser, *expr, start);
}
