#include "schema/expr.h"

#include "schema/select.h"

typedef bool visitor(void *context, const struct expr *node);

static bool walk_list(struct expr *const *items, size_t count, visitor *visit, void *context)
{
    for (size_t i = 0; i < count; i++)
        if (!expr_walk(items[i], visit, context))
            return false;
    return true;
}

static bool walk_order(const struct order_term *order, size_t count, visitor *visit, void *context)
{
    for (size_t i = 0; i < count; i++)
        if (!expr_walk(order[i].expr, visit, context))
            return false;
    return true;
}

static bool walk_window(const struct window *over, visitor *visit, void *context)
{
    return over == NULL || (walk_list(over->partitions, over->partition_count, visit, context) &&
                            walk_order(over->order, over->order_count, visit, context));
}

bool expr_walk(const struct expr *expr, bool (*visit)(void *context, const struct expr *node), void *context)
{
    if (expr == NULL)
        return true;
    return visit(context, expr) && expr_walk(expr->operand, visit, context) &&
           walk_list(expr->items, expr->item_count, visit, context) &&
           expr_walk(expr->otherwise, visit, context) &&
           walk_order(expr->order, expr->order_count, visit, context) &&
           expr_walk(expr->filter, visit, context) && walk_window(expr->over, visit, context);
}
