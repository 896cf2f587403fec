/* CREATE INDEX: its parts, columns folded as their collations fold, and expressions. */
#include "plan/private.h"

/* What a collation of SQLite means for the uniqueness and the order of an index. */
static const struct collation {
    const char *name;
    const char *before; /* around the column, so that the index compares as SQLite does */
    const char *after;
} collations[] = {
    {"BINARY", "", ""},
    {"NOCASE", "lower(", " COLLATE \"C\")"}, /* folds ASCII only, as SQLite's NOCASE */
    {"RTRIM", "rtrim(", ", ' ')"},
};

/* On columns that compare without case by themselves the others need words: by NOCASE_... - NOCASE_CITEXT. */
static const struct collation by_bytes[] = {{"BINARY", "(", "::text)"}, {"BINARY", "", " COLLATE \"C\""}};
static const struct collation without_spaces[] = {{"RTRIM", "rtrim(", "::text, ' ')"},
                                                  {"RTRIM", "rtrim(", " COLLATE \"C\", ' ')"}};

static const struct collation *collation_of_native(struct str name, const struct plan_column *column)
{
    size_t form = (size_t)(column->nocase - NOCASE_CITEXT);

    if (str_is_nocase(name, "NOCASE"))
        return &collations[0];
    if (name.len == 0 || str_is_nocase(name, "BINARY"))
        return &by_bytes[form];
    return str_is_nocase(name, "RTRIM") ? &without_spaces[form] : NULL;
}

static const struct collation *collation_of(struct str name, const struct plan_column *column)
{
    if (nocase_is_native(column))
        return collation_of_native(name, column);
    if (name.len == 0 || !pg_kind_is_textual(column->type.kind))
        return &collations[0];
    for (size_t i = 0; i < ARRAY_LENGTH(collations); i++)
        if (str_is_nocase(name, collations[i].name))
            return &collations[i];
    return NULL;
}

bool collation_folds(struct str name, const struct plan_column *column, const char **before,
                     const char **after)
{
    const struct collation *collation = collation_of(name, column);

    if (collation == NULL || collation == &collations[0])
        return false;
    *before = collation->before;
    *after = collation->after;
    return true;
}

bool maker_has_folding(const struct plan_table *table, const struct key_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].column >= 0 &&
            collation_of(parts[i].collation, &table->columns[parts[i].column]) != &collations[0])
            return true;
    return false;
}

/* The column that an expression is no more than: likely(c), +c; -1: it is more. */
static int mere_column(const struct table *source, const struct expr *expr)
{
    while (expr->kind != EXPR_COLUMN) {
        bool plus = expr->kind == EXPR_UNARY && expr->op[0] == '+';
        bool hint = expr->kind == EXPR_FUNCTION && expr->item_count > 0 &&
                    (str_is_nocase(expr->name, "likely") || str_is_nocase(expr->name, "unlikely") ||
                     str_is_nocase(expr->name, "likelihood"));

        if (!plus && !hint && expr->kind != EXPR_COLLATE)
            return -1;
        expr = expr->items[0];
    }
    return table_column(source, expr->name);
}

/* json has no order, so it can be in no key and no B-tree. */
static const struct plan_column *without_order(const struct plan_table *table, const struct key_part *parts,
                                               size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int column = parts[i].column >= 0 ? parts[i].column : mere_column(table->source, parts[i].expr);

        if (column >= 0 && table->columns[column].type.kind == PG_JSON)
            return &table->columns[column];
    }
    return NULL;
}

struct str maker_find_obstacle(struct maker *maker, const struct plan_table *table,
                               const struct key_part *parts, size_t count)
{
    const struct plan_column *orderless = without_order(table, parts, count);

    if (orderless != NULL)
        return str_printf(maker->arena, "the column %.*s is json, which has no order",
                          STR_ARGS(orderless->name));
    if (count > KEY_COLUMNS_MAXIMUM)
        return str_printf(maker->arena, "it has %zu columns, and PostgreSQL takes at most %d in a key", count,
                          KEY_COLUMNS_MAXIMUM);
    return (struct str){NULL, 0};
}

/* NULL or one string literal: PostgreSQL finds no order for it while its type is unknown. */
static bool is_untyped(struct str sql)
{
    size_t at = str_starts_with(sql, "E'") ? 2 : 1;

    if (str_is(sql, "NULL"))
        return true;
    if (!str_starts_with(sql, "'") && at == 1)
        return false;
    while (at < sql.len && (sql.ptr[at] != '\'' || (at + 1 < sql.len && sql.ptr[at + 1] == '\'')))
        at += sql.ptr[at] == '\'' || sql.ptr[at] == '\\' ? 2 : 1;
    return at + 1 == sql.len;
}

/* One part of an index: a column, folded where its collation folds, or an expression.  False: it is not
 * carried. */
static bool put_part(struct maker *maker, const struct plan_table *table, const struct key_part *part,
                     bool unique, bool folded, struct str index, struct buf *out)
{
    if (part->column >= 0) {
        const struct plan_column *column = &table->columns[part->column];
        const struct collation *collation = folded ? collation_of(part->collation, column) : &collations[0];

        if (collation == NULL) {
            maker_not_carried(maker, OBJECT_INDEX, table->source->name.text, index, (struct str){NULL, 0},
                              "the collation %.*s is the application's own", STR_ARGS(part->collation));
            return false;
        }
        buf_text(out, collation->before);
        ident_quote(out, column->name);
        buf_text(out, collation->after);
    } else {
        struct expr *operand = part->expr;
        const struct expr collate = {.kind = EXPR_COLLATE,
                                     .name = part->collation,
                                     .items = &operand,
                                     .item_count = 1,
                                     .sql = part->expr->sql};
        struct str sql =
            maker_translate(maker, table, part->collation.len > 0 ? &collate : part->expr,
                            unique ? TRANSLATE_KEY : TRANSLATE_SEARCH, NULL, OBJECT_INDEX, index);

        if (sql.ptr == NULL)
            return false;
        buf_printf(out, is_untyped(sql) ? "(%.*s::text)" : "(%.*s)", STR_ARGS(sql));
    }
    if (part->descending)
        buf_text(out, " DESC");
    return true;
}

bool maker_put_parts(struct maker *maker, const struct plan_table *table, const struct key_part *parts,
                     size_t count, bool unique, bool folded, struct str source_name, struct buf *out)
{
    buf_byte(out, '(');
    for (size_t i = 0; i < count; i++) {
        buf_text(out, i > 0 ? ", " : "");
        if (!put_part(maker, table, &parts[i], unique, folded, source_name, out))
            return false;
    }
    buf_byte(out, ')');
    return true;
}

bool maker_put_index(struct maker *maker, const struct plan_table *table, const struct key_part *parts,
                     size_t count, bool unique, bool folded, struct str name, struct str source_name,
                     struct buf *out)
{
    buf_printf(out, "CREATE %sINDEX ", unique ? "UNIQUE " : "");
    ident_quote(out, name);
    buf_text(out, " ON ");
    ident_quote_qualified(out, maker->plan->load_schema, table->name);
    buf_byte(out, ' ');
    return maker_put_parts(maker, table, parts, count, unique, folded, source_name, out);
}
