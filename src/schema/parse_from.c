#include "schema/parser.h"

/* What the words before JOIN say.  Which may stand together: sqlite3JoinType(). */
enum {
    WORD_INNER = 1,
    WORD_CROSS = 2,
    WORD_NATURAL = 4,
    WORD_LEFT = 8,
    WORD_RIGHT = 16,
    WORD_OUTER = 32
};

static unsigned join_word(enum token_kind kind)
{
    static const struct {
        enum token_kind token;
        unsigned word;
    } words[] = {
        {KEYWORD_INNER, WORD_INNER},
        {KEYWORD_CROSS, WORD_INNER | WORD_CROSS},
        {KEYWORD_NATURAL, WORD_NATURAL},
        {KEYWORD_LEFT, WORD_LEFT | WORD_OUTER},
        {KEYWORD_RIGHT, WORD_RIGHT | WORD_OUTER},
        {KEYWORD_FULL, WORD_LEFT | WORD_RIGHT | WORD_OUTER},
        {KEYWORD_OUTER, WORD_OUTER},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (words[i].token == kind)
            return words[i].word;
    return 0;
}

static bool parse_join_words(struct parser *parser, struct from_item *item)
{
    const char *start = parser_start(parser);
    unsigned words = 0;

    for (unsigned word; (word = join_word(parser_peek(parser, 0)->kind)) != 0; (void)parser_take(parser))
        words |= word;
    if (!parser_expect(parser, KEYWORD_JOIN))
        return false;
    if ((words & WORD_OUTER) != 0 && ((words & WORD_INNER) != 0 || (words & (WORD_LEFT | WORD_RIGHT)) == 0))
        return parser_error(parser, start, "SQLite knows no such join: %.*s",
                            STR_ARGS(parser_since(parser, start)));
    item->natural = (words & WORD_NATURAL) != 0;
    item->join = (words & WORD_CROSS) != 0 ? JOIN_CROSS : JOIN_INNER;
    if ((words & WORD_OUTER) != 0)
        item->join = (words & WORD_LEFT) == 0    ? JOIN_RIGHT
                     : (words & WORD_RIGHT) == 0 ? JOIN_LEFT
                                                 : JOIN_FULL;
    return true;
}

/* The operator before one more table, if there is one. */
static bool parse_join(struct parser *parser, struct from_item *item)
{
    *item = (struct from_item){0};
    if (parser_accept(parser, TOKEN_COMMA))
        item->join = JOIN_COMMA;
    else if (parser_at(parser, KEYWORD_JOIN) || join_word(parser_peek(parser, 0)->kind) != 0)
        return parse_join_words(parser, item);
    return true;
}

static bool parse_alias(struct parser *parser, struct from_item *item)
{
    if (parser_accept(parser, KEYWORD_AS))
        return parser_expect_name(parser, NAME_ANY, "an alias", &item->alias);
    if (parser_at_name(parser, NAME_ALIAS) && !parser_at_windows(parser))
        item->alias = parser_take_name(parser);
    return true;
}

static bool parse_hint(struct parser *parser, struct from_item *item)
{
    if (parser_accept_pair(parser, KEYWORD_INDEXED, KEYWORD_BY))
        return parser_expect_name(parser, NAME_ANY, "the name of an index", &item->indexed_by);
    (void)parser_accept_pair(parser, KEYWORD_NOT, KEYWORD_INDEXED);
    return true;
}

static bool parse_condition(struct parser *parser, struct from_item *item)
{
    if (parser_accept(parser, KEYWORD_ON))
        return parser_expr(parser, &item->on);
    return !parser_accept(parser, KEYWORD_USING) ||
           parser_name_list(parser, "the name of a column", &item->using_columns, &item->using_count);
}

static bool parse_arguments(struct parser *parser, struct from_item *item)
{
    struct expr_list list = {0};

    item->kind = FROM_FUNCTION;
    if (!parser_at(parser, TOKEN_CLOSE) && !parser_expr_list(parser, &list))
        return false;
    item->arguments = list.items;
    item->argument_count = list.count;
    return parser_expect(parser, TOKEN_CLOSE);
}

/* (select) or (a JOIN b) */
static bool parse_brackets(struct parser *parser, struct from_item *item)
{
    bool done;

    if (parser_at_select(parser, 0)) {
        item->kind = FROM_SELECT;
        return parser_select(parser, &item->select) && parser_expect(parser, TOKEN_CLOSE);
    }
    item->kind = FROM_GROUP;
    if (!parser_enter(parser))
        return false;
    done = parser_from(parser, &item->items, &item->item_count) && parser_expect(parser, TOKEN_CLOSE);
    parser_leave(parser);
    return done;
}

static bool parse_item(struct parser *parser, struct from_item *item)
{
    bool done;

    if (parser_accept(parser, TOKEN_OPEN)) {
        done = parse_brackets(parser, item);
    } else {
        done = parser_expect_qualified(parser, "the name of a table", &item->schema, &item->name);
        if (done && parser_accept(parser, TOKEN_OPEN))
            done = parse_arguments(parser, item);
    }
    return done && parse_alias(parser, item) && parse_hint(parser, item) && parse_condition(parser, item);
}

/* All that follows FROM. */
bool parser_from(struct parser *parser, struct from_item **items, size_t *count)
{
    struct from_item item = {0};
    size_t capacity = 0;

    *items = NULL;
    *count = 0;
    do {
        if (!parse_item(parser, &item))
            return false;
        ARENA_PUSH(parser->arena, *items, *count, capacity) = item;
        if (!parse_join(parser, &item))
            return false;
    } while (item.join != JOIN_NONE);
    return true;
}
