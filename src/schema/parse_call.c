/* Calls: name([DISTINCT] arguments [ORDER BY ...]) [FILTER (WHERE ...)] [OVER ...] */
#include "schema/parser.h"

static bool parse_arguments(struct parser *parser, struct expr *call)
{
    struct expr_list list = {0};

    if (parser_accept(parser, TOKEN_STAR)) {
        call->star = true;
        return parser_expect(parser, TOKEN_CLOSE);
    }
    call->distinct = parser_accept(parser, KEYWORD_DISTINCT);
    if (!call->distinct)
        (void)parser_accept(parser, KEYWORD_ALL);
    if (parser_accept(parser, TOKEN_CLOSE))
        return true;
    if (!parser_at(parser, KEYWORD_ORDER) && !parser_expr_list(parser, &list))
        return false;
    call->items = list.items;
    call->item_count = list.count;
    if (parser_accept(parser, KEYWORD_ORDER) &&
        (!parser_expect(parser, KEYWORD_BY) || !parser_order_terms(parser, &call->order, &call->order_count)))
        return false;
    return parser_expect(parser, TOKEN_CLOSE);
}

/* FILTER and OVER are keywords only here, and only before what must follow them. */
static bool parse_filter(struct parser *parser, struct expr *call)
{
    if (!parser_accept_pair(parser, KEYWORD_FILTER, TOKEN_OPEN))
        return true;
    return parser_expect(parser, KEYWORD_WHERE) && parser_expr(parser, &call->filter) &&
           parser_expect(parser, TOKEN_CLOSE);
}

static bool parse_over(struct parser *parser, struct expr *call)
{
    const struct token *after = parser_peek(parser, 1);

    if (!parser_at(parser, KEYWORD_OVER) || (after->kind != TOKEN_OPEN && !token_names(after, NAME_ANY)))
        return true;
    (void)parser_take(parser);
    call->windowed = true;
    if (parser_at(parser, TOKEN_OPEN))
        return parser_window(parser, &call->over);
    call->over = ARENA_NEW(parser->arena, struct window);
    call->over->name = parser_take_name(parser);
    return true;
}

bool parser_call(struct parser *parser, struct expr **expr)
{
    const char *start = parser_start(parser);
    struct expr *call = parser_new_expr(parser, EXPR_FUNCTION);
    struct name name = parser_take_name(parser);

    call->name = name.text;
    call->quote = name.quote;
    *expr = call;
    return parser_expect(parser, TOKEN_OPEN) && parse_arguments(parser, call) && parse_filter(parser, call) &&
           parse_over(parser, call) && parser_finish_expr(parser, call, start);
}
