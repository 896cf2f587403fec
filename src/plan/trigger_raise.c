/*
 * SELECT in a trigger: its rows go nowhere, so that all it does is RAISE().
 *
 *     SELECT RAISE(ABORT, 'text') WHERE condition
 *     SELECT CASE WHEN condition THEN RAISE(ABORT, 'text') ... END
 */
#include "plan/triggers.h"

static bool refuse(struct trigger_maker *at, const char *what, const char *why)
{
    err_set(at->failure, ERR_DECISION, "%s", what);
    return err_detail(at->failure, "%s", why);
}

static bool is_no_raise(void *context, const struct expr *node)
{
    (void)context;
    return node->kind != EXPR_RAISE;
}

static bool raises(const struct expr *expr)
{
    return expr != NULL && !expr_walk(expr, is_no_raise, NULL);
}

static void put_check(struct trigger_maker *at, struct str condition)
{
    buf_printf(at->check, "EXPLAIN SELECT %.*s", STR_ARGS(condition));
    trigger_put_rows(at, " FROM ", at->check);
    buf_text(at->check, ";\n");
}

/* `word` condition THEN */
static bool put_condition(struct trigger_maker *at, const char *word, const struct expr *condition)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    done = trigger_expr(at, condition, TRANSLATE_CONDITION, NULL, &sql);
    if (done) {
        buf_printf(at->body, "    %s %.*s THEN\n", word, STR_ARGS(buf_view(&sql)));
        put_check(at, buf_view(&sql));
    }
    buf_free(&sql);
    return done;
}

/* The class of integrity constraint violations, which is what SQLite's own error is. */
static bool put_raise(struct trigger_maker *at, const struct expr *raise)
{
    const struct trigger_body *body = at->trigger->body;

    if (str_is(raise->name, "IGNORE")) {
        if (body->timing == TRIGGER_AFTER && !at->alone)
            return refuse(at, "RAISE(IGNORE)", "other triggers of the same kind would run all the same");
        trigger_return(at, "        ", "NULL");
        return true;
    }
    at->fails = at->fails || str_is(raise->name, "FAIL");
    if (str_utf8_valid_prefix(raise->text) < raise->text.len)
        return refuse(at, "RAISE()", "its text is not valid UTF-8");
    buf_text(at->body, "        RAISE EXCEPTION USING MESSAGE = ");
    literal_quote(at->body, raise->text);
    buf_text(at->body, ", ERRCODE = '23000';\n");
    return true;
}

static bool put_result(struct trigger_maker *at, const struct expr *expr);

/* operand = when, where the CASE has an operand. */
static const struct expr *condition_of(struct trigger_maker *at, const struct expr *expr, size_t branch)
{
    struct expr *equal;

    if (expr->operand == NULL)
        return expr->items[branch];
    equal = ARENA_NEW(at->maker->arena, struct expr);
    equal->kind = EXPR_BINARY;
    equal->op = "=";
    equal->items = ARENA_ARRAY(at->maker->arena, struct expr *, 2);
    equal->items[0] = expr->operand;
    equal->items[1] = expr->items[branch];
    equal->item_count = 2;
    equal->sql = expr->sql;
    equal->height = expr->height;
    return equal;
}

static bool put_case(struct trigger_maker *at, const struct expr *expr)
{
    for (size_t i = 0; i + 1 < expr->item_count; i += 2) {
        if (!put_condition(at, i == 0 ? "IF" : "ELSIF", condition_of(at, expr, i)) ||
            !put_result(at, expr->items[i + 1]))
            return false;
    }
    if (raises(expr->otherwise)) {
        buf_text(at->body, "    ELSE\n");
        if (!put_result(at, expr->otherwise))
            return false;
    }
    buf_text(at->body, "    END IF;\n");
    return true;
}

/* What is evaluated and thrown away must at least be something that PostgreSQL knows: a function of the
 * application's may do anything. */
static bool put_result(struct trigger_maker *at, const struct expr *expr)
{
    struct buf ignored;
    bool done;

    if (expr->kind == EXPR_RAISE)
        return put_raise(at, expr);
    if (raises(expr))
        return expr->kind == EXPR_CASE ? put_case(at, expr)
                                       : refuse(at, "RAISE()", "it is within another expression");
    buf_init(&ignored, BUF_TEXT_MAXIMUM);
    done = trigger_expr(at, expr, TRANSLATE_VALUE, NULL, &ignored);
    buf_free(&ignored);
    if (done)
        buf_text(at->body, "        NULL;\n");
    return done;
}

static bool put_columns(struct trigger_maker *at, const struct select_core *core)
{
    for (size_t i = 0; i < core->column_count; i++)
        if (!put_result(at, core->columns[i].expr))
            return false;
    return true;
}

bool trigger_select(struct trigger_maker *at, const struct select *select)
{
    const struct select_core *core = &select->cores[0];

    if (select->core_count != 1 || select->cte_count > 0 || select->limit != NULL || core->from_count > 0 ||
        core->group_count > 0 || core->having != NULL || core->row_count > 0)
        return refuse(at, "a SELECT", "it reads other rows");
    for (size_t i = 0; i < core->column_count; i++)
        if (core->columns[i].star)
            return refuse(at, "a SELECT", "it reads other rows");
    if (core->where == NULL)
        return put_columns(at, core);
    if (!put_condition(at, "IF", core->where) || !put_columns(at, core))
        return false;
    buf_text(at->body, "    END IF;\n");
    return true;
}
