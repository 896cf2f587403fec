/* Windows: OVER (...) and WINDOW name AS (...) */
#include "schema/parser.h"

/* WINDOW is a keyword only before `name AS`. */
bool parser_at_windows(struct parser *parser)
{
    return parser_at(parser, KEYWORD_WINDOW) && token_names(parser_peek(parser, 1), NAME_ANY) &&
           parser_peek(parser, 2)->kind == KEYWORD_AS;
}

/* UNBOUNDED PRECEDING, CURRENT ROW, expr FOLLOWING, ...  The AND after a first bound is no operator. */
static bool skip_bound(struct parser *parser, bool first_of_two)
{
    struct expr *distance;

    if (parser_accept_pair(parser, KEYWORD_CURRENT, KEYWORD_ROW))
        return true;
    if (!parser_accept(parser, KEYWORD_UNBOUNDED) &&
        !parser_level(parser, LEVEL_LOWEST, first_of_two, &distance))
        return false;
    return parser_accept(parser, KEYWORD_PRECEDING) || parser_accept(parser, KEYWORD_FOLLOWING) ||
           parser_expected(parser, "PRECEDING or FOLLOWING");
}

static bool skip_exclude(struct parser *parser)
{
    if (!parser_accept(parser, KEYWORD_EXCLUDE))
        return true;
    return parser_accept_pair(parser, KEYWORD_NO, KEYWORD_OTHERS) ||
           parser_accept_pair(parser, KEYWORD_CURRENT, KEYWORD_ROW) || parser_accept(parser, KEYWORD_GROUP) ||
           parser_accept(parser, KEYWORD_TIES) ||
           parser_expected(parser, "NO OTHERS, CURRENT ROW, GROUP or TIES");
}

static bool at_frame(struct parser *parser)
{
    return parser_at(parser, KEYWORD_RANGE) || parser_at(parser, KEYWORD_ROWS) ||
           parser_at(parser, KEYWORD_GROUPS);
}

static bool parse_frame(struct parser *parser, struct str *frame)
{
    const char *start = parser_start(parser);

    (void)parser_take(parser);
    if (parser_accept(parser, KEYWORD_BETWEEN) &&
        (!skip_bound(parser, true) || !parser_expect(parser, KEYWORD_AND)))
        return false;
    if (!skip_bound(parser, false) || !skip_exclude(parser))
        return false;
    *frame = parser_since(parser, start);
    return true;
}

static bool parse_definition(struct parser *parser, struct window *window)
{
    if (parser_at_name(parser, NAME_ANY) && !at_frame(parser) && !parser_at(parser, KEYWORD_PARTITION))
        window->base = parser_take_name(parser);
    if (parser_accept(parser, KEYWORD_PARTITION)) {
        struct expr_list list = {0};

        if (!parser_expect(parser, KEYWORD_BY) || !parser_expr_list(parser, &list))
            return false;
        window->partitions = list.items;
        window->partition_count = list.count;
    }
    if (parser_accept(parser, KEYWORD_ORDER) &&
        (!parser_expect(parser, KEYWORD_BY) ||
         !parser_order_terms(parser, &window->order, &window->order_count)))
        return false;
    return !at_frame(parser) || parse_frame(parser, &window->frame);
}

static bool parse_window(struct parser *parser, struct window *window)
{
    return parser_expect(parser, TOKEN_OPEN) && parse_definition(parser, window) &&
           parser_expect(parser, TOKEN_CLOSE);
}

bool parser_window(struct parser *parser, struct window **window)
{
    *window = ARENA_NEW(parser->arena, struct window);
    return parse_window(parser, *window);
}

bool parser_windows(struct parser *parser, struct window **windows, size_t *count)
{
    size_t capacity = 0;

    if (!parser_expect(parser, KEYWORD_WINDOW))
        return false;
    do {
        struct window window = {0};

        if (!parser_expect_name(parser, NAME_ANY, "the name of a window", &window.name) ||
            !parser_expect(parser, KEYWORD_AS) || !parse_window(parser, &window))
            return false;
        ARENA_PUSH(parser->arena, *windows, *count, capacity) = window;
    } while (parser_accept(parser, TOKEN_COMMA));
    return true;
}
