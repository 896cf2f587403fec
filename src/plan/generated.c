/* Generated columns: whether PostgreSQL can compute them, and in which order they are decided. */
#include <string.h>

#include "plan/private.h"

/* What of the generated columns is known while they are decided. */
struct generated_order {
    const struct table *table;
    bool *decided;
};

static bool is_decided(void *context, const struct expr *node)
{
    const struct generated_order *generated = context;
    int place = node->kind == EXPR_COLUMN ? table_column(generated->table, node->name) : -1;

    return place < 0 || generated->decided[place];
}

static bool is_column(const struct table *table, const struct expr *node)
{
    return node->kind == EXPR_COLUMN && table_column(table, node->name) >= 0;
}

/* One of its arguments, unchanged. */
static bool is_choice(const struct expr *node)
{
    return node->kind == EXPR_FUNCTION &&
           (str_is_nocase(node->name, "coalesce") || str_is_nocase(node->name, "ifnull") ||
            str_is_nocase(node->name, "iif"));
}

static bool depends(const struct table *table, const struct expr *node);

/* coalesce('a', c) is 'a' whatever c is. */
static bool coalesce_depends(const struct table *table, const struct expr *node)
{
    size_t place = 0;

    while (place < node->item_count && node->items[place]->kind == EXPR_NULL)
        place++;
    return place < node->item_count && depends(table, node->items[place]);
}

/* Whether it is more than a constant to PostgreSQL's planner, which takes the branches of a constant
 * condition away: one of them may be constant. */
static bool depends(const struct table *table, const struct expr *node)
{
    bool is_function = node->kind == EXPR_FUNCTION;
    bool found = is_column(table, node);

    if (is_function && (str_is_nocase(node->name, "coalesce") || str_is_nocase(node->name, "ifnull")))
        return coalesce_depends(table, node);
    if ((node->kind == EXPR_CASE && node->operand == NULL) ||
        (is_function && str_is_nocase(node->name, "iif")))
        return node->item_count > 0 && depends(table, node->items[0]);
    for (size_t i = 0; !found && i < node->item_count; i++)
        found = depends(table, node->items[i]);
    return found || (node->operand != NULL && depends(table, node->operand)) ||
           (node->otherwise != NULL && depends(table, node->otherwise));
}

struct constants {
    const struct table *table;
    bool has_text;
    bool has_empty; /* x IN (), which is FALSE whatever x is */
};

static bool is_empty_list(const struct expr *node)
{
    return node->kind == EXPR_IN && node->item_count == 1 && node->select == NULL && !node->in_table;
}

/* Of numbers a number; any other function may make a text of them, or read them as one. */
static bool is_of_numbers(const struct expr *function)
{
    static const char *const names[] = {"abs",  "coalesce", "ifnull", "iif",    "likelihood", "likely",
                                        "max",  "min",      "nullif", "round",  "sign",       "unlikely",
                                        "ceil", "floor",    "trunc",  "mod",    "pow",        "power",
                                        "sqrt", "exp",      "ln",     "ceiling"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (str_is_nocase(function->name, names[i]))
            return true;
    return false;
}

static bool makes_text(const struct expr *node)
{
    return node->kind == EXPR_LIKE || (node->kind == EXPR_FUNCTION && !is_of_numbers(node)) ||
           (node->kind == EXPR_BINARY && strcmp(node->op, "||") == 0) ||
           (node->kind == EXPR_CAST && affinity_of(node->text) == AFFINITY_TEXT);
}

static bool note_leaf(void *context, const struct expr *node)
{
    struct constants *found = context;
    bool column = is_column(found->table, node);

    found->has_empty = found->has_empty || is_empty_list(node);
    found->has_text = found->has_text || makes_text(node) || node->kind == EXPR_TEXT ||
                      (node->kind == EXPR_COLUMN && !column);
    return true;
}

/* PostgreSQL computes what is constant in the expression of a generated column before it knows collations,
 * and then fails: lower('A') || c.  A literal alone, also behind coalesce(), is nothing to compute. */
static bool computes_no_constant_text(void *context, const struct expr *node)
{
    struct constants found = {.table = context};

    if (node->kind == EXPR_TEXT || node->kind == EXPR_COLUMN || node->kind == EXPR_CASE || is_choice(node))
        return true;
    (void)expr_walk(node, note_leaf, &found);
    return (depends(found.table, node) && !found.has_empty) || !found.has_text;
}

static const struct ordinary_column *find_ordinary(const struct maker *maker, const struct table *table,
                                                   const struct column *column)
{
    for (size_t i = 0; i < maker->options->ordinary_count; i++) {
        const struct ordinary_column *ordinary = &maker->options->ordinary[i];

        if (str_equal_nocase(ordinary->table, table->name.text) &&
            str_equal_nocase(ordinary->column, column->name.text))
            return ordinary;
    }
    return NULL;
}

/* NULL ptr: nothing is known against it. */
static struct str why_not_generated(const struct table *table, const struct column *column,
                                    const struct ordinary_column *ordinary)
{
    const struct expr *expr = column->generated_as;

    if (expr == NULL)
        return str_from("its expression is unknown");
    if (ordinary != NULL)
        return ordinary->reason;
    if (!expr_walk(expr, computes_no_constant_text, (void *)(uintptr_t)table))
        return str_from("it computes a text of constants, which PostgreSQL takes in no generated column");
    return (struct str){NULL, 0};
}

static void leave_ordinary(struct maker *maker, const struct plan_table *table, const struct column *column,
                           struct str why, struct str bare)
{
    static const char then[] = "; its values are carried, as an ordinary column";

    maker_not_carried(maker, OBJECT_GENERATED, table->source->name.text, column->name.text,
                      column->generated_as == NULL ? (struct str){NULL, 0} : column->generated_as->sql,
                      "%.*s%s", STR_ARGS(why), then);
    if (bare.ptr != NULL)
        maker->plan->not_carried[maker->plan->not_carried_count - 1].bare_reason =
            str_printf(maker->arena, "%.*s%s", STR_ARGS(bare), then);
}

/* No program gives it a value, so a NOT NULL would refuse every new row. */
static void leave_empty(struct maker *maker, const struct plan_table *table, struct plan_column *column)
{
    if (!column->not_null || column->source->key_position > 0)
        return;
    column->not_null = false;
    maker_note(maker, maker_path(maker, table->source->name.text, column->source->name.text),
               "may be NULL in new rows, since nothing computes it");
}

static void decide_generated(struct maker *maker, struct plan_table *table, struct plan_column *column)
{
    const struct expr *expr = column->source->generated_as;
    const struct ordinary_column *ordinary = find_ordinary(maker, table->source, column->source);
    struct str why = why_not_generated(table->source, column->source, ordinary);

    if (why.ptr != NULL)
        leave_ordinary(maker, table, column->source, why,
                       ordinary == NULL ? (struct str){NULL, 0} : ordinary->bare_reason);
    else
        column->generated_sql = maker_translate(maker, table, expr, TRANSLATE_OF_TYPE, &column->type,
                                                OBJECT_GENERATED, column->source->name.text);
    if (column->generated_sql.ptr == NULL)
        leave_empty(maker, table, column);
    else if (column->source->generated == GENERATED_VIRTUAL)
        maker_generated_kind(maker, table, column);
}

/* Those that others read first.  SQLite refuses to read columns that read each other in a circle. */
void maker_generated(struct maker *maker, struct plan_table *table)
{
    struct generated_order generated = {.table = table->source,
                                        .decided = ARENA_ARRAY(maker->arena, bool, table->column_count + 1)};
    bool changed = true;

    for (size_t i = 0; i < table->column_count; i++)
        generated.decided[i] = table->columns[i].source->generated == GENERATED_NO;
    while (changed) {
        changed = false;
        for (size_t i = 0; i < table->column_count; i++) {
            const struct expr *expr = table->columns[i].source->generated_as;

            if (generated.decided[i] || (expr != NULL && !expr_walk(expr, is_decided, &generated)))
                continue;
            decide_generated(maker, table, &table->columns[i]);
            generated.decided[i] = changed = true;
        }
    }
    for (size_t i = 0; i < table->column_count; i++)
        if (!generated.decided[i])
            maker_not_carried(maker, OBJECT_GENERATED, table->source->name.text,
                              table->columns[i].source->name.text,
                              table->columns[i].source->generated_as->sql,
                              "it reads itself by way of other generated columns");
}
