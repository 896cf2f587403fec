#include "tests/unit/schema/expr_text.h"

#include <inttypes.h>

#include "schema/select.h"

static void put_list(struct buf *out, struct expr *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_text(out, ", ");
        expr_text(out, items[i]);
    }
}

static void put_text(struct buf *out, struct str text)
{
    buf_byte(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            buf_byte(out, '\'');
        buf_byte(out, text.ptr[i]);
    }
    buf_byte(out, '\'');
}

static void put_column(struct buf *out, const struct expr *expr)
{
    static const char *const opening[] = {"", "\"", "`", "[", "'"};
    static const char *const closing[] = {"", "\"", "`", "]", "'"};

    if (expr->schema.ptr != NULL)
        buf_printf(out, "%.*s.", STR_ARGS(expr->schema));
    if (expr->table.ptr != NULL)
        buf_printf(out, "%.*s.", STR_ARGS(expr->table));
    buf_printf(out, "%s%.*s%s", opening[expr->quote], STR_ARGS(expr->name), closing[expr->quote]);
}

static void put_leaf(struct buf *out, const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_NULL: buf_text(out, "NULL"); break;
    case EXPR_INTEGER: buf_printf(out, "%" PRId64, expr->integer); break;
    case EXPR_REAL: buf_str(out, expr->text); break;
    case EXPR_TEXT: put_text(out, expr->text); break;
    case EXPR_BOOLEAN: buf_text(out, expr->integer != 0 ? "TRUE" : "FALSE"); break;
    case EXPR_COLUMN: put_column(out, expr); break;
    case EXPR_BLOB:
        buf_text(out, "x'");
        for (size_t i = 0; i < expr->text.len; i++)
            buf_printf(out, "%02x", (unsigned)(unsigned char)expr->text.ptr[i]);
        buf_byte(out, '\'');
        break;
    default: buf_str(out, expr->name);
    }
}

static void put_call(struct buf *out, const struct expr *expr)
{
    buf_printf(out, "%.*s(%s%s", STR_ARGS(expr->name), expr->star ? "*" : "",
               expr->distinct ? "DISTINCT " : "");
    put_list(out, expr->items, expr->item_count);
    for (size_t i = 0; i < expr->order_count; i++) {
        buf_text(out, i == 0 ? " ORDER BY " : ", ");
        expr_text(out, expr->order[i].expr);
        buf_text(out, expr->order[i].descending ? " DESC" : "");
    }
    buf_byte(out, ')');
    if (expr->filter != NULL) {
        buf_text(out, " FILTER (WHERE ");
        expr_text(out, expr->filter);
        buf_byte(out, ')');
    }
    if (expr->windowed)
        buf_printf(out, " OVER %.*s", STR_ARGS(expr->over->name.text));
}

static void put_case(struct buf *out, const struct expr *expr)
{
    buf_text(out, "CASE");
    if (expr->operand != NULL) {
        buf_byte(out, ' ');
        expr_text(out, expr->operand);
    }
    for (size_t i = 0; i < expr->item_count; i++) {
        buf_text(out, i % 2 == 0 ? " WHEN " : " THEN ");
        expr_text(out, expr->items[i]);
    }
    if (expr->otherwise != NULL) {
        buf_text(out, " ELSE ");
        expr_text(out, expr->otherwise);
    }
    buf_text(out, " END");
}

static void put_in(struct buf *out, const struct expr *expr)
{
    expr_text(out, expr->items[0]);
    buf_text(out, expr->negated ? " NOT IN " : " IN ");
    if (expr->in_table) {
        put_leaf(out, &(struct expr){.kind = EXPR_COLUMN, .table = expr->schema, .name = expr->name});
        if (expr->item_count == 1)
            return;
    }
    buf_byte(out, '(');
    if (expr->select != NULL)
        buf_str(out, expr->select->sql);
    put_list(out, expr->items + 1, expr->item_count - 1);
    buf_byte(out, ')');
}

static void put_operation(struct buf *out, const struct expr *expr)
{
    const char *negation = expr->negated ? " NOT " : " ";

    switch (expr->kind) {
    case EXPR_UNARY:
        buf_printf(out, "%s ", expr->op);
        expr_text(out, expr->items[0]);
        return;
    case EXPR_IN: put_in(out, expr); return;
    default: expr_text(out, expr->items[0]);
    }
    switch (expr->kind) {
    case EXPR_ISNULL: buf_text(out, expr->negated ? " NOTNULL" : " ISNULL"); break;
    case EXPR_COLLATE: buf_printf(out, " COLLATE %.*s", STR_ARGS(expr->name)); break;
    case EXPR_BETWEEN:
        buf_printf(out, "%sBETWEEN ", negation);
        expr_text(out, expr->items[1]);
        buf_text(out, " AND ");
        expr_text(out, expr->items[2]);
        break;
    default:
        buf_printf(out, "%s%s ", expr->kind == EXPR_LIKE ? negation : " ", expr->op);
        expr_text(out, expr->items[1]);
        if (expr->item_count == 3) {
            buf_text(out, " ESCAPE ");
            expr_text(out, expr->items[2]);
        }
    }
}

void expr_text(struct buf *out, const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_FUNCTION: put_call(out, expr); break;
    case EXPR_CASE: put_case(out, expr); break;
    case EXPR_CAST:
        buf_text(out, "CAST(");
        expr_text(out, expr->items[0]);
        buf_printf(out, " AS %.*s)", STR_ARGS(expr->text));
        break;
    case EXPR_RAISE: buf_printf(out, "RAISE(%.*s)", STR_ARGS(expr->name)); break;
    case EXPR_EXISTS:
    case EXPR_SUBQUERY:
        buf_printf(out, "%s%s(%.*s)", expr->negated ? "NOT " : "", expr->kind == EXPR_EXISTS ? "EXISTS " : "",
                   STR_ARGS(expr->select->sql));
        break;
    case EXPR_ROW:
        buf_byte(out, '(');
        put_list(out, expr->items, expr->item_count);
        buf_byte(out, ')');
        break;
    case EXPR_UNARY:
    case EXPR_BINARY:
    case EXPR_ISNULL:
    case EXPR_LIKE:
    case EXPR_BETWEEN:
    case EXPR_IN:
    case EXPR_COLLATE:
        buf_byte(out, '(');
        put_operation(out, expr);
        buf_byte(out, ')');
        break;
    default: put_leaf(out, expr);
    }
}
