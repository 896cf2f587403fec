#include "schema/parser.h"

/* (number) or (number, number), each with a sign perhaps. */
static bool skip_modifiers(struct parser *parser)
{
    if (!parser_accept(parser, TOKEN_OPEN))
        return true;
    do {
        if (!parser_accept(parser, TOKEN_PLUS))
            (void)parser_accept(parser, TOKEN_MINUS);
        if (!parser_accept(parser, TOKEN_INTEGER) && !parser_expect(parser, TOKEN_REAL))
            return false;
    } while (parser_accept(parser, TOKEN_COMMA));
    return parser_expect(parser, TOKEN_CLOSE);
}

static bool ends_with_nocase(struct str s, const char *suffix)
{
    struct str want = str_from(suffix);

    return s.len >= want.len && str_equal_nocase(str_slice(s, s.len - want.len, s.len), want);
}

/*
 * GENERATED and ALWAYS fall back to names after a type or a column's name, so SQLite first reads them as
 * words of the type and cuts them off again.  The lengths are those of sqlite3AddColumn(), which also cuts
 * ALWAYS alone off a long type.
 */
static struct str without_generated(struct str raw)
{
    if (raw.len < 16 || !ends_with_nocase(raw, "always"))
        return raw;
    raw = str_trim(str_slice(raw, 0, raw.len - 6));
    if (ends_with_nocase(raw, "generated"))
        raw = str_trim(str_slice(raw, 0, raw.len - 9));
    return raw;
}

/* White space and comments between the words become one space each. */
static struct str fold(struct arena *arena, struct str raw)
{
    char *folded = arena_alloc(arena, raw.len);
    const char *end = raw.ptr;
    size_t length = 0;
    struct lexer lexer;

    lexer_begin(&lexer, raw);
    for (struct token token = lexer_next(&lexer); token.kind != TOKEN_END; token = lexer_next(&lexer)) {
        if (token.text.ptr > end)
            folded[length++] = ' ';
        for (size_t i = 0; i < token.text.len; i++)
            folded[length++] = token.text.ptr[i];
        end = token.text.ptr + token.text.len;
    }
    return (struct str){folded, length};
}

static bool has_quote(struct str text)
{
    static const char quotes[] = {'"', '\'', '`', '['};

    for (size_t i = 0; i < ARRAY_LENGTH(quotes); i++)
        if (str_find(text, quotes[i]) >= 0)
            return true;
    return false;
}

/*
 * SQLite takes the quotes off a type that begins with one.  With another quote in the text all behind the
 * first closing one is dropped (sqlite3Dequote); without, the first and the last byte go, whatever the last
 * one is (sqlite3DequoteToken): [a] b is declared as "a] ".
 */
static struct str without_quotes(struct arena *arena, struct str raw)
{
    struct str inner = str_slice(raw, 1, raw.len - 1);
    struct lexer lexer;
    struct token first;

    if (!has_quote(inner))
        return inner;
    lexer_begin(&lexer, raw);
    first = lexer_next(&lexer);
    return token_unquote(arena, &first);
}

bool parser_type(struct parser *parser, struct parsed_type *type)
{
    const char *start = parser_start(parser);
    struct str raw;

    *type = (struct parsed_type){0};
    if (!parser_at_name(parser, NAME_ALIAS))
        return true;
    while (parser_at_name(parser, NAME_ALIAS))
        (void)parser_take(parser);
    if (!skip_modifiers(parser))
        return false;
    raw = without_generated(parser_since(parser, start));
    if (has_quote(str_slice(raw, 0, 1))) {
        type->raw = without_quotes(parser->arena, raw);
        type->declared = type->raw;
    } else {
        type->raw = raw;
        type->declared = fold(parser->arena, raw);
    }
    /* "INTEGER" in quotes is INTEGER, but "INTEGER" 'x' is not, although it is declared as INTEGER, too. */
    type->is_integer = str_is_nocase(type->raw, "INTEGER") && raw.len - type->raw.len <= 2;
    return true;
}
