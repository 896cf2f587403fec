#include "schema/parser.h"

#include <stdio.h>

enum {
    DEPTH_MAXIMUM = EXPR_HEIGHT_MAXIMUM,
    SHOWN_MAXIMUM = 40 /* bytes of a token in a message */
};

void parser_begin(struct parser *parser, struct arena *arena, struct str sql, struct err *err)
{
    *parser = (struct parser){.arena = arena, .err = err};
    lexer_begin(&parser->lexer, sql);
    parser->end = parser->lexer.sql.ptr;
}

const struct token *parser_peek(struct parser *parser, size_t ahead)
{
    while (parser->ahead_count <= ahead)
        parser->ahead[parser->ahead_count++] = lexer_next(&parser->lexer);
    return &parser->ahead[ahead];
}

bool parser_at(struct parser *parser, enum token_kind kind)
{
    return parser_peek(parser, 0)->kind == kind;
}

struct token parser_take(struct parser *parser)
{
    struct token token = *parser_peek(parser, 0);

    for (size_t i = 1; i < parser->ahead_count; i++)
        parser->ahead[i - 1] = parser->ahead[i];
    parser->ahead_count--;
    parser->end = token.text.ptr + token.text.len;
    return token;
}

bool parser_accept(struct parser *parser, enum token_kind kind)
{
    if (!parser_at(parser, kind))
        return false;
    (void)parser_take(parser);
    return true;
}

bool parser_accept_pair(struct parser *parser, enum token_kind first, enum token_kind second)
{
    if (!parser_at(parser, first) || parser_peek(parser, 1)->kind != second)
        return false;
    (void)parser_take(parser);
    (void)parser_take(parser);
    return true;
}

bool parser_expect(struct parser *parser, enum token_kind kind)
{
    const char *text = token_kind_text(kind);
    char quoted[8];

    if (parser_accept(parser, kind))
        return true;
    if (kind >= KEYWORD_ABORT || kind < TOKEN_ARROW_TEXT)
        return parser_expected(parser, text);
    (void)snprintf(quoted, sizeof(quoted), "\"%s\"", text);
    return parser_expected(parser, quoted);
}

bool parser_expect_pair(struct parser *parser, enum token_kind first, enum token_kind second)
{
    return parser_expect(parser, first) && parser_expect(parser, second);
}

bool parser_expect_end(struct parser *parser)
{
    while (parser_accept(parser, TOKEN_SEMICOLON))
        ;
    return parser_expect(parser, TOKEN_END);
}

bool parser_at_name(struct parser *parser, enum name_use use)
{
    return token_names(parser_peek(parser, 0), use);
}

struct name parser_take_name(struct parser *parser)
{
    struct token token = parser_take(parser);

    return (struct name){token_unquote(parser->arena, &token), token.quote};
}

bool parser_expect_name(struct parser *parser, enum name_use use, const char *what, struct name *name)
{
    if (!parser_at_name(parser, use))
        return parser_expected(parser, what);
    *name = parser_take_name(parser);
    return true;
}

bool parser_expect_qualified(struct parser *parser, const char *what, struct str *schema, struct name *name)
{
    *schema = (struct str){0};
    if (!parser_expect_name(parser, NAME_ANY, what, name))
        return false;
    if (!parser_accept(parser, TOKEN_DOT))
        return true;
    *schema = name->text;
    return parser_expect_name(parser, NAME_ANY, what, name);
}

bool parser_names(struct parser *parser, const char *what, struct name **names, size_t *count)
{
    size_t capacity = 0;

    *names = NULL;
    *count = 0;
    do {
        struct name name;
        struct name ignored;

        if (!parser_expect_name(parser, NAME_ANY, what, &name))
            return false;
        ARENA_PUSH(parser->arena, *names, *count, capacity) = name;
        /* Old versions of SQLite took and ignored these; files with them still open. */
        if (parser_accept(parser, KEYWORD_COLLATE) &&
            !parser_expect_name(parser, NAME_ALIAS, "the name of a collation", &ignored))
            return false;
        if (!parser_accept(parser, KEYWORD_ASC))
            (void)parser_accept(parser, KEYWORD_DESC);
    } while (parser_accept(parser, TOKEN_COMMA));
    return true;
}

bool parser_name_list(struct parser *parser, const char *what, struct name **names, size_t *count)
{
    return parser_expect(parser, TOKEN_OPEN) && parser_names(parser, what, names, count) &&
           parser_expect(parser, TOKEN_CLOSE);
}

bool parser_head(struct parser *parser, enum token_kind modifier, enum token_kind kind, bool *modified,
                 struct name *name)
{
    struct str schema;

    if (!parser_expect(parser, KEYWORD_CREATE))
        return false;
    *modified = parser_accept(parser, modifier) ||
                (modifier == KEYWORD_TEMP && parser_accept(parser, KEYWORD_TEMPORARY));
    if (!parser_expect(parser, kind))
        return false;
    if (parser_accept_pair(parser, KEYWORD_IF, KEYWORD_NOT) && !parser_expect(parser, KEYWORD_EXISTS))
        return false;
    return parser_expect_qualified(parser, "a name", &schema, name);
}

const char *parser_start(struct parser *parser)
{
    return parser_peek(parser, 0)->text.ptr;
}

struct str parser_since(const struct parser *parser, const char *start)
{
    return (struct str){start, parser->end < start ? 0 : (size_t)(parser->end - start)};
}

/* Sets the error with "line L, column C: " in front; columns count characters from 1. */
static bool error_at(struct parser *parser, const char *place, const char *text)
{
    size_t line = 1;
    size_t column = 1;

    for (const char *p = parser->lexer.sql.ptr; p < place; p++) {
        if (*p == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)*p & 0xc0) != 0x80) {
            column++;
        }
    }
    return err_set(parser->err, ERR_SYNTAX, "line %zu, column %zu: %s", line, column, text);
}

bool parser_error(struct parser *parser, const char *place, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return error_at(parser, place, text);
}

bool parser_expected(struct parser *parser, const char *what)
{
    const struct token *token = parser_peek(parser, 0);
    struct str shown = str_utf8_clip(token->text, SHOWN_MAXIMUM);
    const char *more = shown.len < token->text.len ? "..." : "";

    if (token->kind == TOKEN_END)
        return parser_error(parser, token->text.ptr, "expected %s, found the end", what);
    return parser_error(parser, token->text.ptr, "expected %s, found %s\"%.*s%s\"", what,
                        token->kind == TOKEN_ILLEGAL ? "what is no token: " : "", STR_ARGS(shown), more);
}

bool parser_enter(struct parser *parser)
{
    if (parser->depth >= DEPTH_MAXIMUM)
        return parser_error(parser, parser_start(parser), "nested more than %d levels deep", DEPTH_MAXIMUM);
    parser->depth++;
    return true;
}

void parser_leave(struct parser *parser)
{
    parser->depth--;
}
