/* What stands between operators: literals, names, brackets, CASE, CAST, and what begins with a sign or NOT.
 */
#include "schema/parser.h"

static bool parse_unary(struct parser *parser, struct expr **expr)
{
    static const struct {
        enum token_kind token;
        const char *op;
        int level;
    } signs[] = {
        {TOKEN_MINUS, "-", LEVEL_UNARY},
        {TOKEN_PLUS, "+", LEVEL_UNARY},
        {TOKEN_TILDE, "~", LEVEL_UNARY},
        /* The operand of NOT takes all that binds tighter, even where NOT itself stands after an operator:
         * a + NOT b = c  is  a + (NOT (b = c)). */
        {KEYWORD_NOT, "NOT", LEVEL_NOT + 1},
    };
    const char *start = parser_start(parser);
    struct token token = parser_take(parser);
    struct expr *operand;
    size_t sign = 0;

    while (signs[sign].token != token.kind)
        sign++;
    if (!parser_level(parser, signs[sign].level, false, &operand))
        return false;
    *expr = parser_new_expr(parser, EXPR_UNARY);
    (*expr)->op = signs[sign].op;
    if (token.kind == TOKEN_MINUS && operand->kind == EXPR_REAL && operand->integer == INT64_MIN) {
        (*expr)->kind = EXPR_INTEGER;
        (*expr)->op = NULL;
        (*expr)->integer = INT64_MIN;
    } else if (token.kind == KEYWORD_NOT && operand->kind == EXPR_EXISTS && !operand->negated &&
               !operand->parenthesised) {
        *expr = operand;
        operand->negated = true;
    } else {
        (*expr)->items = ARENA_NEW(parser->arena, struct expr *);
        (*expr)->items[0] = operand;
        (*expr)->item_count = 1;
    }
    return parser_finish_expr(parser, *expr, start);
}

/* (select), (expr), (expr, expr, ...) */
static bool parse_brackets(struct parser *parser, struct expr **expr)
{
    const char *start = parser_start(parser);
    struct expr_list list = {0};

    (void)parser_take(parser);
    if (parser_at_select(parser, 0)) {
        *expr = parser_new_expr(parser, EXPR_SUBQUERY);
        return parser_select(parser, &(*expr)->select) && parser_expect(parser, TOKEN_CLOSE) &&
               parser_finish_expr(parser, *expr, start);
    }
    if (!parser_expr_list(parser, &list) || !parser_expect(parser, TOKEN_CLOSE))
        return false;
    if (list.count == 1) {
        *expr = list.items[0];
        (*expr)->parenthesised = true;
        return true;
    }
    *expr = parser_new_expr(parser, EXPR_ROW);
    (*expr)->items = list.items;
    (*expr)->item_count = list.count;
    return parser_finish_expr(parser, *expr, start);
}

static bool parse_case(struct parser *parser, struct expr **expr)
{
    const char *start = parser_start(parser);
    struct expr *whole = parser_new_expr(parser, EXPR_CASE);
    struct expr_list list = {0};

    (void)parser_take(parser);
    if (!parser_at(parser, KEYWORD_WHEN) && !parser_expr(parser, &whole->operand))
        return false;
    do {
        struct expr *when;
        struct expr *then;

        if (!parser_expect(parser, KEYWORD_WHEN) || !parser_expr(parser, &when) ||
            !parser_expect(parser, KEYWORD_THEN) || !parser_expr(parser, &then))
            return false;
        ARENA_PUSH(parser->arena, list.items, list.count, list.capacity) = when;
        ARENA_PUSH(parser->arena, list.items, list.count, list.capacity) = then;
    } while (parser_at(parser, KEYWORD_WHEN));
    whole->items = list.items;
    whole->item_count = list.count;
    if (parser_accept(parser, KEYWORD_ELSE) && !parser_expr(parser, &whole->otherwise))
        return false;
    *expr = whole;
    return parser_expect(parser, KEYWORD_END) && parser_finish_expr(parser, whole, start);
}

static bool parse_cast(struct parser *parser, struct expr **expr)
{
    const char *start = parser_start(parser);
    struct expr *whole = parser_new_expr(parser, EXPR_CAST);
    struct parsed_type type;

    (void)parser_take(parser);
    whole->items = ARENA_NEW(parser->arena, struct expr *);
    if (!parser_expect(parser, TOKEN_OPEN) || !parser_expr(parser, &whole->items[0]) ||
        !parser_expect(parser, KEYWORD_AS) || !parser_type(parser, &type) ||
        !parser_expect(parser, TOKEN_CLOSE))
        return false;
    whole->item_count = 1;
    whole->text = type.declared;
    *expr = whole;
    return parser_finish_expr(parser, whole, start);
}

static bool parse_exists(struct parser *parser, struct expr **expr)
{
    const char *start = parser_start(parser);

    (void)parser_take(parser);
    *expr = parser_new_expr(parser, EXPR_EXISTS);
    return parser_expect(parser, TOKEN_OPEN) && parser_select(parser, &(*expr)->select) &&
           parser_expect(parser, TOKEN_CLOSE) && parser_finish_expr(parser, *expr, start);
}

/* RAISE(IGNORE), RAISE(ABORT, 'text') */
static bool parse_raise(struct parser *parser, struct expr **expr)
{
    const char *start = parser_start(parser);
    struct token action;
    struct name text = {0};

    (void)parser_take(parser);
    if (!parser_expect(parser, TOKEN_OPEN))
        return false;
    action = *parser_peek(parser, 0);
    if (action.kind != KEYWORD_IGNORE && action.kind != KEYWORD_ROLLBACK && action.kind != KEYWORD_ABORT &&
        action.kind != KEYWORD_FAIL)
        return parser_expected(parser, "IGNORE, ROLLBACK, ABORT or FAIL");
    (void)parser_take(parser);
    if (action.kind != KEYWORD_IGNORE &&
        (!parser_expect(parser, TOKEN_COMMA) || !parser_expect_name(parser, NAME_ANY, "a message", &text)))
        return false;
    *expr = parser_new_expr(parser, EXPR_RAISE);
    (*expr)->name = str_from(token_kind_text(action.kind));
    (*expr)->text = text.text;
    return parser_expect(parser, TOKEN_CLOSE) && parser_finish_expr(parser, *expr, start);
}

/* TRUE and FALSE are names to SQLite's grammar: only a bare one that is no column means the value. */
static void recognise_boolean(struct parser *parser, struct expr *expr)
{
    bool is_true = str_is_nocase(expr->name, "TRUE");

    if (expr->quote != QUOTE_NONE || (!is_true && !str_is_nocase(expr->name, "FALSE")))
        return;
    expr->kind = EXPR_BOOLEAN;
    expr->integer = is_true;
    ARENA_PUSH(parser->arena, parser->booleans.items, parser->booleans.count, parser->booleans.capacity) =
        expr;
}

/* [[schema.]table.]column */
static bool parse_column(struct parser *parser, struct expr **expr)
{
    const char *start = parser_start(parser);
    struct expr *column = parser_new_expr(parser, EXPR_COLUMN);
    struct name name = parser_take_name(parser);
    int dots = 0;

    while (dots < 2 && parser_accept(parser, TOKEN_DOT)) {
        column->schema = column->table;
        column->table = name.text;
        if (!parser_expect_name(parser, NAME_ANY, "the name of a column", &name))
            return false;
        dots++;
    }
    column->name = name.text;
    column->quote = name.quote;
    if (dots == 0)
        recognise_boolean(parser, column);
    *expr = column;
    return parser_finish_expr(parser, column, start);
}

static bool parse_name(struct parser *parser, struct expr **expr)
{
    enum token_kind after = parser_peek(parser, 1)->kind;

    if (!parser_at_name(parser, NAME_ANY) || (parser_at(parser, TOKEN_STRING) && after != TOKEN_DOT))
        return parser_at_literal(parser) ? parser_literal(parser, expr)
                                         : parser_expected(parser, "an expression");
    if (after == TOKEN_OPEN)
        return parser_call(parser, expr);
    return parse_column(parser, expr);
}

static const struct {
    enum token_kind token;
    enum token_kind after; /* the keyword is one only before this token; TOKEN_END: before any */
    bool (*parse)(struct parser *parser, struct expr **expr);
} operands[] = {
    {TOKEN_MINUS, TOKEN_END, parse_unary},
    {TOKEN_PLUS, TOKEN_END, parse_unary},
    {TOKEN_TILDE, TOKEN_END, parse_unary},
    {KEYWORD_NOT, TOKEN_END, parse_unary},
    {TOKEN_OPEN, TOKEN_END, parse_brackets},
    {KEYWORD_CASE, TOKEN_END, parse_case},
    {KEYWORD_EXISTS, TOKEN_END, parse_exists},
    {KEYWORD_CAST, TOKEN_OPEN, parse_cast},
    {KEYWORD_RAISE, TOKEN_OPEN, parse_raise},
    {KEYWORD_CURRENT_DATE, TOKEN_END, parser_literal},
    {KEYWORD_CURRENT_TIME, TOKEN_END, parser_literal},
    {KEYWORD_CURRENT_TIMESTAMP, TOKEN_END, parser_literal},
};

bool parser_operand(struct parser *parser, struct expr **expr)
{
    const struct token *token = parser_peek(parser, 0);

    for (size_t i = 0; i < ARRAY_LENGTH(operands); i++)
        if (operands[i].token == token->kind &&
            (operands[i].after == TOKEN_END || operands[i].after == parser_peek(parser, 1)->kind))
            return operands[i].parse(parser, expr);
    return parse_name(parser, expr);
}
