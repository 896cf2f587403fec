#include "schema/parser.h"

bool parser_at_select(struct parser *parser, size_t ahead)
{
    enum token_kind kind = parser_peek(parser, ahead)->kind;

    return kind == KEYWORD_SELECT || kind == KEYWORD_VALUES || kind == KEYWORD_WITH;
}

static bool parse_nulls(struct parser *parser, enum nulls *nulls)
{
    *nulls = NULLS_UNSAID;
    if (!parser_accept(parser, KEYWORD_NULLS))
        return true;
    *nulls = parser_at(parser, KEYWORD_FIRST) ? NULLS_FIRST : NULLS_LAST;
    return parser_accept(parser, KEYWORD_FIRST) || parser_accept(parser, KEYWORD_LAST) ||
           parser_expected(parser, "FIRST or LAST");
}

/* The list after ORDER BY. */
bool parser_order_terms(struct parser *parser, struct order_term **terms, size_t *count)
{
    size_t capacity = 0;

    *terms = NULL;
    *count = 0;
    do {
        struct order_term term = {0};

        if (!parser_expr(parser, &term.expr))
            return false;
        term.descending = parser_accept(parser, KEYWORD_DESC);
        if (!term.descending)
            (void)parser_accept(parser, KEYWORD_ASC);
        if (!parse_nulls(parser, &term.nulls))
            return false;
        ARENA_PUSH(parser->arena, *terms, *count, capacity) = term;
    } while (parser_accept(parser, TOKEN_COMMA));
    return true;
}

static bool parse_result_column(struct parser *parser, struct result_column *column)
{
    const char *start = parser_start(parser);

    *column = (struct result_column){.star = parser_accept(parser, TOKEN_STAR)};
    if (column->star)
        return true;
    if (parser_at_name(parser, NAME_ANY) && parser_peek(parser, 1)->kind == TOKEN_DOT &&
        parser_peek(parser, 2)->kind == TOKEN_STAR) {
        column->star = true;
        column->table = parser_take_name(parser);
        return parser_expect_pair(parser, TOKEN_DOT, TOKEN_STAR);
    }
    if (!parser_expr(parser, &column->expr))
        return false;
    column->sql = parser_since(parser, start);
    if (parser_accept(parser, KEYWORD_AS))
        return parser_expect_name(parser, NAME_ANY, "an alias", &column->alias);
    if (parser_at_name(parser, NAME_ALIAS) && !parser_at_windows(parser))
        column->alias = parser_take_name(parser);
    return true;
}

static bool parse_result(struct parser *parser, struct select_core *core)
{
    size_t capacity = 0;

    core->distinct = parser_accept(parser, KEYWORD_DISTINCT);
    if (!core->distinct)
        (void)parser_accept(parser, KEYWORD_ALL);
    do {
        struct result_column column;

        if (!parse_result_column(parser, &column))
            return false;
        ARENA_PUSH(parser->arena, core->columns, core->column_count, capacity) = column;
    } while (parser_accept(parser, TOKEN_COMMA));
    return true;
}

static bool parse_group_by(struct parser *parser, struct select_core *core)
{
    struct expr_list list = {0};

    if (!parser_expect(parser, KEYWORD_BY) || !parser_expr_list(parser, &list))
        return false;
    core->group_by = list.items;
    core->group_count = list.count;
    return true;
}

static bool parse_select_core(struct parser *parser, struct select_core *core)
{
    if (!parser_expect(parser, KEYWORD_SELECT) || !parse_result(parser, core))
        return false;
    if (parser_accept(parser, KEYWORD_FROM) && !parser_from(parser, &core->from, &core->from_count))
        return false;
    if (parser_accept(parser, KEYWORD_WHERE) && !parser_expr(parser, &core->where))
        return false;
    if (parser_accept(parser, KEYWORD_GROUP) && !parse_group_by(parser, core))
        return false;
    if (parser_accept(parser, KEYWORD_HAVING) && !parser_expr(parser, &core->having))
        return false;
    return !parser_at_windows(parser) || parser_windows(parser, &core->windows, &core->window_count);
}

static bool parse_values(struct parser *parser, struct select_core *core)
{
    size_t capacity = 0;

    if (!parser_expect(parser, KEYWORD_VALUES))
        return false;
    do {
        struct expr_list list = {0};

        if (!parser_expect(parser, TOKEN_OPEN) || !parser_expr_list(parser, &list) ||
            !parser_expect(parser, TOKEN_CLOSE))
            return false;
        ARENA_PUSH(parser->arena, core->rows, core->row_count, capacity) =
            (struct values_row){list.items, list.count};
    } while (parser_accept(parser, TOKEN_COMMA));
    return true;
}

static enum compound parse_compound(struct parser *parser)
{
    if (parser_accept(parser, KEYWORD_UNION))
        return parser_accept(parser, KEYWORD_ALL) ? COMPOUND_UNION_ALL : COMPOUND_UNION;
    if (parser_accept(parser, KEYWORD_INTERSECT))
        return COMPOUND_INTERSECT;
    return parser_accept(parser, KEYWORD_EXCEPT) ? COMPOUND_EXCEPT : COMPOUND_NONE;
}

static bool parse_cores(struct parser *parser, struct select *select)
{
    enum compound compound = COMPOUND_NONE;
    size_t capacity = 0;

    do {
        struct select_core core = {.compound = compound};

        if (!(parser_at(parser, KEYWORD_VALUES) ? parse_values(parser, &core)
                                                : parse_select_core(parser, &core)))
            return false;
        ARENA_PUSH(parser->arena, select->cores, select->core_count, capacity) = core;
        compound = parse_compound(parser);
    } while (compound != COMPOUND_NONE);
    return true;
}

/* LIMIT count, LIMIT count OFFSET skip, LIMIT skip, count */
static bool parse_limit(struct parser *parser, struct select *select)
{
    if (!parser_expr(parser, &select->limit))
        return false;
    if (parser_accept(parser, KEYWORD_OFFSET))
        return parser_expr(parser, &select->offset);
    if (!parser_accept(parser, TOKEN_COMMA))
        return true;
    select->offset = select->limit;
    return parser_expr(parser, &select->limit);
}

static bool parse_cte(struct parser *parser, struct cte *cte)
{
    *cte = (struct cte){0};
    if (!parser_expect_name(parser, NAME_ANY, "the name of a common table expression", &cte->name))
        return false;
    if (parser_at(parser, TOKEN_OPEN) &&
        !parser_name_list(parser, "the name of a column", &cte->columns, &cte->column_count))
        return false;
    if (!parser_expect(parser, KEYWORD_AS))
        return false;
    cte->not_materialized = parser_accept_pair(parser, KEYWORD_NOT, KEYWORD_MATERIALIZED);
    cte->materialized = !cte->not_materialized && parser_accept(parser, KEYWORD_MATERIALIZED);
    return parser_expect(parser, TOKEN_OPEN) && parser_select(parser, &cte->select) &&
           parser_expect(parser, TOKEN_CLOSE);
}

static bool parse_ctes(struct parser *parser, struct select *select)
{
    size_t capacity = 0;

    select->recursive = parser_accept(parser, KEYWORD_RECURSIVE);
    do {
        struct cte cte;

        if (!parse_cte(parser, &cte))
            return false;
        ARENA_PUSH(parser->arena, select->ctes, select->cte_count, capacity) = cte;
    } while (parser_accept(parser, TOKEN_COMMA));
    return true;
}

static bool parse_select(struct parser *parser, struct select *select)
{
    const char *start = parser_start(parser);

    if (parser_accept(parser, KEYWORD_WITH) && !parse_ctes(parser, select))
        return false;
    if (!parse_cores(parser, select))
        return false;
    if (parser_accept(parser, KEYWORD_ORDER) &&
        (!parser_expect(parser, KEYWORD_BY) ||
         !parser_order_terms(parser, &select->order, &select->order_count)))
        return false;
    if (parser_accept(parser, KEYWORD_LIMIT) && !parse_limit(parser, select))
        return false;
    select->sql = parser_since(parser, start);
    return true;
}

bool parser_select(struct parser *parser, struct select **select)
{
    const char *start = parser_start(parser);
    int tallest = parser->tallest;
    bool done;

    if (!parser_enter(parser))
        return false;
    parser->tallest = 0;
    *select = ARENA_NEW(parser->arena, struct select);
    done = parse_select(parser, *select);
    parser_leave(parser);
    (*select)->height = parser->tallest + 1;
    parser->tallest = (*select)->height > tallest ? (*select)->height : tallest;
    if (done && (*select)->height > EXPR_HEIGHT_MAXIMUM)
        return parser_error(parser, start, "a SELECT of more than %d levels", EXPR_HEIGHT_MAXIMUM);
    return done;
}
