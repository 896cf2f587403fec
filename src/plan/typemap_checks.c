/*
 * typemap_checks.c: what a CHECK says about the type of a column.
 *
 * SQLite has few types, so frameworks and people write the missing ones as CHECKs.  Everything here is about
 * one column; a CHECK lets NULL pass by itself, except where typeof() is asked.
 */
#include <string.h>

#include "plan/typemap_rules.h"

struct subject {
    const struct table *table;
    const struct column *column;
    const struct pg_type *type;
};

static bool is_op(const struct expr *expr, const char *op)
{
    return expr->kind == EXPR_BINARY && strcmp(expr->op, op) == 0;
}

static bool is_equality(const struct expr *expr)
{
    return is_op(expr, "=") || is_op(expr, "IS");
}

static bool is_column(const struct expr *expr, const struct subject *subject)
{
    return expr->kind == EXPR_COLUMN && str_equal_nocase(expr->name, subject->column->name.text) &&
           (expr->table.ptr == NULL || str_equal_nocase(expr->table, subject->table->name.text));
}

static bool is_call(const struct expr *expr, const char *function, const struct subject *subject)
{
    return expr->kind == EXPR_FUNCTION && str_is_nocase(expr->name, function) && expr->item_count == 1 &&
           is_column(expr->items[0], subject);
}

/* A text; also in double quotes, which SQLite takes for a text where no column has the name. */
static bool is_text(const struct expr *expr, const struct table *table, struct str *text)
{
    if (expr->kind == EXPR_TEXT) {
        *text = expr->text;
        return true;
    }
    *text = expr->name;
    return expr->kind == EXPR_COLUMN && expr->quote == QUOTE_DOUBLE && expr->table.ptr == NULL &&
           table_column(table, expr->name) < 0;
}

static bool is_number(const struct expr *expr, int64_t number)
{
    return (expr->kind == EXPR_INTEGER || expr->kind == EXPR_BOOLEAN) && expr->integer == number;
}

static bool is_list(const struct expr *expr)
{
    return expr->kind == EXPR_IN && !expr->negated && !expr->in_table && expr->select == NULL;
}

/* x of "x OR column IS NULL", or the whole. */
static const struct expr *without_null(const struct expr *expr, const struct subject *subject)
{
    if (!is_op(expr, "OR"))
        return expr;
    for (size_t i = 0; i < 2; i++) {
        const struct expr *side = expr->items[i];

        if (side->kind == EXPR_ISNULL && !side->negated && is_column(side->items[0], subject))
            return expr->items[1 - i];
    }
    return expr;
}

enum flags {
    FLAG_0 = 1,
    FLAG_1 = 2,
    FLAG_OTHER = 4
};

/* Which numbers are listed. */
static int flags_listed(struct expr *const *items, size_t count)
{
    int flags = 0;

    for (size_t i = 0; i < count; i++) {
        if (is_number(items[i], 0))
            flags |= FLAG_0;
        else if (is_number(items[i], 1))
            flags |= FLAG_1;
        else if (items[i]->kind != EXPR_NULL)
            flags |= FLAG_OTHER;
    }
    return flags;
}

/* Of which values of the column the expression is true. */
static int flags_of(const struct expr *expr, const struct subject *subject)
{
    if (is_op(expr, "OR"))
        return flags_of(expr->items[0], subject) | flags_of(expr->items[1], subject);
    if (expr->item_count < 2 || !is_column(expr->items[0], subject))
        return FLAG_OTHER;
    if (is_equality(expr) || is_list(expr))
        return flags_listed(expr->items + 1, expr->item_count - 1);
    if (expr->kind == EXPR_BETWEEN && !expr->negated && is_number(expr->items[1], 0) &&
        is_number(expr->items[2], 1))
        return FLAG_0 | FLAG_1;
    return FLAG_OTHER;
}

static bool is_json_valid(const struct expr *expr, const struct subject *subject)
{
    if (is_equality(expr) && is_number(expr->items[1], 1))
        expr = expr->items[0];
    return is_call(expr, "json_valid", subject);
}

bool check_says_json(const struct table *table, const struct column *column)
{
    struct subject subject = {.table = table, .column = column};

    for (size_t i = 0; i < table->check_count; i++)
        if (is_json_valid(without_null(table->checks[i].expr, &subject), &subject))
            return true;
    return false;
}

/* The list of column IN ('a', 'b'), or NULL. */
static const struct expr *label_list(const struct expr *expr, const struct subject *subject)
{
    struct str text;

    expr = without_null(expr, subject);
    if (!is_list(expr) || expr->item_count < 2 || !is_column(expr->items[0], subject))
        return NULL;
    for (size_t i = 1; i < expr->item_count; i++)
        if (!is_text(expr->items[i], subject->table, &text))
            return NULL;
    return expr;
}

const struct check *check_of_labels(const struct table *table, const struct column *column, bool named)
{
    struct subject subject = {.table = table, .column = column};

    for (size_t i = 0; i < table->check_count; i++)
        if ((table->checks[i].name.text.ptr != NULL) == named &&
            label_list(table->checks[i].expr, &subject) != NULL)
            return &table->checks[i];
    return NULL;
}

/* The list is the check's expression, or one of the two sides of its OR. */
static const struct expr *list_in(const struct expr *expr)
{
    if (expr->kind == EXPR_IN)
        return expr;
    return expr->items[0]->kind == EXPR_IN ? expr->items[0] : expr->items[1];
}

const struct str *check_labels(struct arena *arena, const struct table *table, const struct check *check,
                               size_t *count)
{
    const struct expr *list = list_in(check->expr);
    struct str *labels = ARENA_ARRAY(arena, struct str, list->item_count);

    *count = 0;
    for (size_t i = 1; i < list->item_count; i++) {
        bool repeated = false;
        struct str label;

        if (!is_text(list->items[i], table, &label))
            continue;
        for (size_t j = 0; j < *count; j++)
            repeated = repeated || str_equal(labels[j], label);
        if (!repeated)
            labels[(*count)++] = label;
    }
    return labels;
}

int64_t check_longest_label(const struct table *table, const struct check *check)
{
    const struct expr *list = list_in(check->expr);
    int64_t longest = 0;

    for (size_t i = 1; i < list->item_count; i++) {
        struct str label;
        int64_t characters;

        if (!is_text(list->items[i], table, &label))
            continue;
        characters = (int64_t)str_utf8_count(label);
        longest = characters > longest ? characters : longest;
    }
    return longest;
}

static bool has_label(const struct pg_type *type, struct str label)
{
    for (size_t i = 0; i < type->label_count; i++)
        if (str_equal(type->labels[i], label))
            return true;
    return false;
}

/* Every label of the type is in the list: then the list allows whatever the type does. */
static bool lists_labels(const struct expr *expr, const struct subject *subject)
{
    const struct expr *list = label_list(expr, subject);
    size_t count = 0;

    if (list == NULL)
        return false;
    for (size_t i = 1; i < list->item_count; i++) {
        struct str label;

        count += is_text(list->items[i], subject->table, &label) && has_label(subject->type, label);
    }
    return count >= subject->type->label_count;
}

enum storage {
    STORAGE_INTEGER = 1,
    STORAGE_REAL = 2,
    STORAGE_TEXT = 4,
    STORAGE_BLOB = 8,
    STORAGE_NULL = 16
};

static int storage_of(struct str name)
{
    static const struct {
        const char *name;
        int storage;
    } classes[] = {
        {"integer", STORAGE_INTEGER}, {"real", STORAGE_REAL}, {"text", STORAGE_TEXT},
        {"blob", STORAGE_BLOB},       {"null", STORAGE_NULL},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(classes); i++)
        if (str_is(name, classes[i].name))
            return classes[i].storage;
    return 0;
}

/* The storage classes that typeof(column) = 'x' or IN ('x', 'y') allows; 0: it is something else. */
static int storages_of(const struct expr *expr, const struct subject *subject)
{
    int storages = 0;

    if ((!is_equality(expr) && !is_list(expr)) || !is_call(expr->items[0], "typeof", subject))
        return 0;
    for (size_t i = 1; i < expr->item_count; i++) {
        struct str name;

        if (!is_text(expr->items[i], subject->table, &name))
            return 0;
        storages |= storage_of(name);
    }
    return storages;
}

/* The classes that all must be allowed, so that the type holds nothing that the CHECK would refuse.  Dates,
 * UUIDs and the like come from any class: the type itself is the narrower statement. */
static int storages_needed(enum pg_kind kind)
{
    if (kind == PG_BOOL || pg_kind_is_integer(kind))
        return STORAGE_INTEGER;
    if (kind == PG_NUMERIC)
        return STORAGE_INTEGER | STORAGE_REAL;
    if (kind == PG_FLOAT4 || kind == PG_FLOAT8)
        return STORAGE_REAL;
    if (kind == PG_BYTEA)
        return STORAGE_BLOB;
    return pg_kind_is_textual(kind) || kind == PG_JSON || kind == PG_JSONB ? STORAGE_TEXT : 0;
}

static bool spells_storage(const struct expr *expr, const struct subject *subject, bool null_allowed)
{
    int storages = storages_of(expr, subject);
    int needed = storages_needed(subject->type->kind);

    if (!null_allowed && !subject->column->not_null)
        needed |= STORAGE_NULL;
    return storages != 0 && (storages & needed) == needed;
}

static bool spells(const struct expr *expr, const struct subject *subject, bool null_allowed)
{
    const struct expr *rest = without_null(expr, subject);

    if (rest != expr)
        return spells(rest, subject, true);
    if (is_op(expr, "AND"))
        return spells(expr->items[0], subject, null_allowed) && spells(expr->items[1], subject, null_allowed);
    if (spells_storage(expr, subject, null_allowed))
        return true;
    switch (subject->type->kind) {
    case PG_BOOL: return flags_of(expr, subject) == (FLAG_0 | FLAG_1);
    case PG_JSON:
    case PG_JSONB: return is_json_valid(expr, subject);
    case PG_ENUM: return lists_labels(expr, subject);
    default: return false;
    }
}

bool check_spells_type(const struct table *table, const struct check *check, const struct column *column,
                       const struct pg_type *type)
{
    struct subject subject = {.table = table, .column = column, .type = type};

    return spells(check->expr, &subject, false);
}
