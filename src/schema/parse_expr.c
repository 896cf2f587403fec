/*
 * Operators by precedence climbing.  The levels are those of SQLite's parse.y (%left, %right, %nonassoc).
 * Where parse.y resolves a conflict in a surprising way, the comment says so.
 */
#include "schema/parse.h"
#include "schema/parser.h"

struct infix {
    enum token_kind token;
    int level;
    const char *op;
    bool (*parse)(struct parser *parser, const struct infix *infix, struct expr *expr);
};

struct expr *parser_new_expr(struct parser *parser, enum expr_kind kind)
{
    struct expr *expr = ARENA_NEW(parser->arena, struct expr);

    expr->kind = kind;
    return expr;
}

static int max(int a, int b)
{
    return a > b ? a : b;
}

static int height_of_list(struct expr *const *items, size_t count)
{
    int height = 0;

    for (size_t i = 0; i < count; i++)
        height = max(height, items[i]->height);
    return height;
}

static int height_of_order(const struct order_term *order, size_t count)
{
    int height = 0;

    for (size_t i = 0; i < count; i++)
        height = max(height, order[i].expr->height);
    return height;
}

static int height_below(const struct expr *expr)
{
    struct expr *others[] = {expr->operand, expr->otherwise, expr->filter};
    int height =
        max(height_of_list(expr->items, expr->item_count), height_of_order(expr->order, expr->order_count));

    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        if (others[i] != NULL)
            height = max(height, others[i]->height);
    if (expr->over != NULL) {
        height = max(height, height_of_list(expr->over->partitions, expr->over->partition_count));
        height = max(height, height_of_order(expr->over->order, expr->over->order_count));
    }
    return expr->select == NULL ? height : max(height, expr->select->height);
}

bool parser_finish_expr(struct parser *parser, struct expr *expr, const char *start)
{
    expr->sql = parser_since(parser, start);
    expr->height = 1 + height_below(expr);
    parser->tallest = max(parser->tallest, expr->height);
    if (expr->height > EXPR_HEIGHT_MAXIMUM)
        return parser_error(parser, start, "an expression of more than %d levels", EXPR_HEIGHT_MAXIMUM);
    return true;
}

static void set_items(struct parser *parser, struct expr *expr, size_t count)
{
    struct expr **items = ARENA_ARRAY(parser->arena, struct expr *, count);

    for (size_t i = 0; i < expr->item_count; i++)
        items[i] = expr->items[i];
    expr->items = items;
    expr->item_count = count;
}

/* The operand on the right of an operator that groups from the left. */
static bool right_side(struct parser *parser, int level, struct expr **expr)
{
    return parser_level(parser, level + 1, false, expr);
}

static bool parse_binary(struct parser *parser, const struct infix *infix, struct expr *expr)
{
    expr->kind = EXPR_BINARY;
    expr->op = infix->op;
    set_items(parser, expr, 2);
    return right_side(parser, infix->level, &expr->items[1]);
}

/* IS, IS NOT, IS [NOT] DISTINCT FROM; with NULL on the right they are what ISNULL and NOTNULL are. */
static bool parse_is(struct parser *parser, const struct infix *infix, struct expr *expr)
{
    bool negated = parser_accept(parser, KEYWORD_NOT);
    bool distinct = parser_accept(parser, KEYWORD_DISTINCT);

    if (distinct && !parser_expect(parser, KEYWORD_FROM))
        return false;
    expr->kind = EXPR_BINARY;
    if (distinct)
        expr->op = negated ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM";
    else
        expr->op = negated ? "IS NOT" : "IS";
    set_items(parser, expr, 2);
    if (!right_side(parser, infix->level, &expr->items[1]))
        return false;
    if (expr->items[1]->kind == EXPR_NULL) {
        expr->kind = EXPR_ISNULL;
        expr->op = NULL;
        expr->item_count = 1;
        expr->negated = negated != distinct;
    }
    return true;
}

static bool parse_isnull(struct parser *parser, const struct infix *infix, struct expr *expr)
{
    (void)parser;
    expr->kind = EXPR_ISNULL;
    expr->negated = infix->token == KEYWORD_NOTNULL;
    return true;
}

/* ESCAPE belongs to the nearest LIKE that has no other right side to go on with, and its own right side ends
 * like that of LIKE. */
static bool parse_like(struct parser *parser, const struct infix *infix, struct expr *expr)
{
    expr->kind = EXPR_LIKE;
    expr->op = infix->op;
    set_items(parser, expr, 2);
    if (!right_side(parser, infix->level, &expr->items[1]))
        return false;
    if (!parser_accept(parser, KEYWORD_ESCAPE))
        return true;
    set_items(parser, expr, 3);
    return right_side(parser, infix->level, &expr->items[2]);
}

/* Between BETWEEN and its AND stands any expression, but its outermost AND is BETWEEN's. */
static bool parse_between(struct parser *parser, const struct infix *infix, struct expr *expr)
{
    expr->kind = EXPR_BETWEEN;
    set_items(parser, expr, 3);
    return parser_level(parser, LEVEL_LOWEST, true, &expr->items[1]) && parser_expect(parser, KEYWORD_AND) &&
           right_side(parser, infix->level, &expr->items[2]);
}

static bool push_items(struct parser *parser, struct expr *expr)
{
    struct expr_list list = {0};

    ARENA_PUSH(parser->arena, list.items, list.count, list.capacity) = expr->items[0];
    if (!parser_at(parser, TOKEN_CLOSE) && !parser_expr_list(parser, &list))
        return false;
    expr->items = list.items;
    expr->item_count = list.count;
    return parser_expect(parser, TOKEN_CLOSE);
}

/* IN (a, b), IN (select), IN table, IN function(a, b) */
static bool parse_in(struct parser *parser, const struct infix *infix, struct expr *expr)
{
    struct name name;

    (void)infix;
    expr->kind = EXPR_IN;
    if (parser_accept(parser, TOKEN_OPEN)) {
        if (!parser_at_select(parser, 0))
            return push_items(parser, expr);
        return parser_select(parser, &expr->select) && parser_expect(parser, TOKEN_CLOSE);
    }
    expr->in_table = true;
    if (!parser_expect_qualified(parser, "\"(\" or the name of a table", &expr->schema, &name))
        return false;
    expr->name = name.text;
    expr->quote = name.quote;
    return !parser_accept(parser, TOKEN_OPEN) || push_items(parser, expr);
}

static bool parse_collate(struct parser *parser, const struct infix *infix, struct expr *expr)
{
    struct name name;

    (void)infix;
    expr->kind = EXPR_COLLATE;
    if (!parser_expect_name(parser, NAME_ALIAS, "the name of a collation", &name))
        return false;
    expr->name = name.text;
    expr->quote = name.quote;
    return true;
}

static bool parse_not(struct parser *parser, const struct infix *infix, struct expr *expr);

static const struct infix infixes[] = {
    {KEYWORD_OR, LEVEL_OR, "OR", parse_binary},
    {KEYWORD_AND, LEVEL_AND, "AND", parse_binary},
    /* As an infix NOT has the level of what it negates: it cannot follow anything that LIKE could not. */
    {KEYWORD_NOT, LEVEL_EQUALITY, NULL, parse_not},
    {KEYWORD_IS, LEVEL_EQUALITY, NULL, parse_is},
    {KEYWORD_ISNULL, LEVEL_EQUALITY, NULL, parse_isnull},
    {KEYWORD_NOTNULL, LEVEL_EQUALITY, NULL, parse_isnull},
    {KEYWORD_LIKE, LEVEL_EQUALITY, "LIKE", parse_like},
    {KEYWORD_GLOB, LEVEL_EQUALITY, "GLOB", parse_like},
    {KEYWORD_REGEXP, LEVEL_EQUALITY, "REGEXP", parse_like},
    {KEYWORD_MATCH, LEVEL_EQUALITY, "MATCH", parse_like},
    {KEYWORD_BETWEEN, LEVEL_EQUALITY, NULL, parse_between},
    {KEYWORD_IN, LEVEL_EQUALITY, NULL, parse_in},
    {TOKEN_EQUAL, LEVEL_EQUALITY, "=", parse_binary},
    {TOKEN_EQUAL_EQUAL, LEVEL_EQUALITY, "=", parse_binary},
    {TOKEN_UNEQUAL, LEVEL_EQUALITY, "<>", parse_binary},
    {TOKEN_BANG_EQUAL, LEVEL_EQUALITY, "<>", parse_binary},
    {TOKEN_LESS, LEVEL_COMPARISON, "<", parse_binary},
    {TOKEN_LESS_EQUAL, LEVEL_COMPARISON, "<=", parse_binary},
    {TOKEN_GREATER, LEVEL_COMPARISON, ">", parse_binary},
    {TOKEN_GREATER_EQUAL, LEVEL_COMPARISON, ">=", parse_binary},
    {TOKEN_BIT_AND, LEVEL_BITS, "&", parse_binary},
    {TOKEN_BIT_OR, LEVEL_BITS, "|", parse_binary},
    {TOKEN_SHIFT_LEFT, LEVEL_BITS, "<<", parse_binary},
    {TOKEN_SHIFT_RIGHT, LEVEL_BITS, ">>", parse_binary},
    {TOKEN_PLUS, LEVEL_SUM, "+", parse_binary},
    {TOKEN_MINUS, LEVEL_SUM, "-", parse_binary},
    {TOKEN_STAR, LEVEL_PRODUCT, "*", parse_binary},
    {TOKEN_SLASH, LEVEL_PRODUCT, "/", parse_binary},
    {TOKEN_PERCENT, LEVEL_PRODUCT, "%", parse_binary},
    {TOKEN_CONCAT, LEVEL_CONCAT, "||", parse_binary},
    {TOKEN_ARROW, LEVEL_CONCAT, "->", parse_binary},
    {TOKEN_ARROW_TEXT, LEVEL_CONCAT, "->>", parse_binary},
    {KEYWORD_COLLATE, LEVEL_COLLATE, NULL, parse_collate},
};

static const struct infix *find_infix(enum token_kind token)
{
    for (size_t i = 0; i < ARRAY_LENGTH(infixes); i++)
        if (infixes[i].token == token)
            return &infixes[i];
    return NULL;
}

/* NOT LIKE, NOT IN, NOT BETWEEN, NOT NULL */
static bool parse_not(struct parser *parser, const struct infix *infix, struct expr *expr)
{
    const struct infix *negated = find_infix(parser_peek(parser, 0)->kind);

    (void)infix;
    expr->negated = true;
    if (parser_accept(parser, KEYWORD_NULL)) {
        expr->kind = EXPR_ISNULL;
        return true;
    }
    if (negated == NULL ||
        (negated->parse != parse_like && negated->parse != parse_in && negated->parse != parse_between))
        return parser_expected(parser, "LIKE, IN, BETWEEN or NULL after NOT");
    (void)parser_take(parser);
    return negated->parse(parser, negated, expr);
}

static bool climb(struct parser *parser, int least, bool stop_at_and, struct expr **expr)
{
    const char *start = parser_start(parser);
    const struct infix *infix;

    if (!parser_operand(parser, expr))
        return false;
    while ((infix = find_infix(parser_peek(parser, 0)->kind)) != NULL && infix->level >= least) {
        struct expr *whole;

        if (stop_at_and && infix->token == KEYWORD_AND)
            break;
        (void)parser_take(parser);
        whole = parser_new_expr(parser, EXPR_NULL);
        set_items(parser, whole, 1);
        whole->items[0] = *expr;
        if (!infix->parse(parser, infix, whole) || !parser_finish_expr(parser, whole, start))
            return false;
        *expr = whole;
    }
    return true;
}

/* An expression of operators of at least this level; with stop_at_and the outermost AND ends it. */
bool parser_level(struct parser *parser, int least, bool stop_at_and, struct expr **expr)
{
    bool done;

    if (!parser_enter(parser))
        return false;
    done = climb(parser, least, stop_at_and, expr);
    parser_leave(parser);
    return done;
}

bool parser_expr(struct parser *parser, struct expr **expr)
{
    return parser_level(parser, LEVEL_LOWEST, false, expr);
}

bool parser_expr_list(struct parser *parser, struct expr_list *list)
{
    do {
        struct expr *expr;

        if (!parser_expr(parser, &expr))
            return false;
        ARENA_PUSH(parser->arena, list->items, list->count, list->capacity) = expr;
    } while (parser_accept(parser, TOKEN_COMMA));
    return true;
}

bool parser_bracketed_expr(struct parser *parser, struct expr **expr)
{
    return parser_expect(parser, TOKEN_OPEN) && parser_expr(parser, expr) &&
           parser_expect(parser, TOKEN_CLOSE);
}

bool parse_expr(struct arena *arena, struct str sql, struct expr **expr, struct err *err)
{
    struct parser parser;

    parser_begin(&parser, arena, sql, err);
    return parser_expr(&parser, expr) && parser_expect(&parser, TOKEN_END);
}
