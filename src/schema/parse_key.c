/* A part of a key or of an index. */
#include "schema/parser.h"

/* Names in an index may be written as texts, 'a'; TRUE is a column here if there is one. */
static bool is_plain_name(const struct expr *expr)
{
    return expr->kind == EXPR_TEXT || expr->kind == EXPR_BOOLEAN ||
           (expr->kind == EXPR_COLUMN && expr->table.ptr == NULL);
}

bool parser_key_part(struct parser *parser, struct key_part *part, struct name *name)
{
    struct expr *expr;

    *part = (struct key_part){.column = -1};
    *name = (struct name){0};
    if (!parser_expr(parser, &expr))
        return false;
    /* Of several collations the last one, which is the outermost, counts. */
    for (; expr->kind == EXPR_COLLATE; expr = expr->items[0])
        if (part->collation.ptr == NULL)
            part->collation = expr->name;
    if (!is_plain_name(expr))
        part->expr = expr;
    else if (expr->kind == EXPR_TEXT)
        *name = (struct name){expr->text, QUOTE_SINGLE};
    else
        *name = (struct name){expr->name, expr->quote};
    part->descending = parser_accept(parser, KEYWORD_DESC);
    if (!part->descending)
        (void)parser_accept(parser, KEYWORD_ASC);
    return true;
}
