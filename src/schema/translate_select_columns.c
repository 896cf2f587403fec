/* The result columns of a SELECT core: * and expressions, each with its name and type; and the
 * rows of VALUES. */
#include "schema/ident.h"
#include "schema/translate_query.h"

struct columns {
    struct core_result *result;
    size_t capacity;
};

static void add_column(struct translator *tr, struct columns *columns, struct term term, struct name name,
                       struct str target, bool is_alias, bool chances)
{
    struct core_result *result = columns->result;
    size_t place = result->count;

    if (place >= columns->capacity) {
        size_t capacity = columns->capacity == 0 ? 16 : 2 * columns->capacity;
        struct term *terms = ARENA_ARRAY(tr->arena, struct term, capacity);
        struct name *names = ARENA_ARRAY(tr->arena, struct name, capacity);
        struct str *targets = ARENA_ARRAY(tr->arena, struct str, capacity);
        bool *all = ARENA_ARRAY(tr->arena, bool, capacity);
        bool *aliases = ARENA_ARRAY(tr->arena, bool, capacity);

        for (size_t i = 0; i < place; i++) {
            terms[i] = result->terms[i];
            names[i] = result->names[i];
            targets[i] = result->targets[i];
            all[i] = result->chances[i];
            aliases[i] = result->is_alias[i];
        }
        result->terms = terms;
        result->names = names;
        result->targets = targets;
        result->chances = all;
        result->is_alias = aliases;
        columns->capacity = capacity;
    }
    result->terms[place] = term;
    result->names[place] = name;
    result->targets[place] = target;
    result->chances[place] = chances;
    result->is_alias[place] = is_alias;
    result->count++;
}

static bool is_chances(const struct query *query, const struct expr *expr)
{
    struct found_column found;
    bool ambiguous;

    if (expr->kind == EXPR_FUNCTION)
        return str_is_nocase(expr->name, "group_concat") && expr->order_count == 0;
    return expr->kind == EXPR_COLUMN && query_find(query, expr, &found, &ambiguous) &&
           query->sources[found.source].relation->columns[found.column].order_is_chances;
}

static bool add_source_column(struct translator *tr, struct columns *columns, size_t source, size_t place)
{
    struct query *query = &columns->result->query;
    const struct relation_column *column = &query->sources[source].relation->columns[place];
    struct term term;

    if (!source_column(tr, query, source, place, &term) ||
        (query->is_aggregate && !query_bare_column(tr, query, source, place, &term)))
        return false;
    add_column(tr, columns, term, (struct name){column->name, QUOTE_DOUBLE}, column->target.name, false,
               column->order_is_chances);
    return true;
}

/* Whether a join further right shows the column as one with its own: then * means whichever of them is there.
 */
static bool is_merged_later(const struct query *query, size_t source, struct str name)
{
    for (size_t i = source + 1; query->outer_joins_right && i < query->source_count; i++)
        for (size_t j = 0; j < query->sources[i].relation->column_count; j++)
            if (query->sources[i].merged[j] &&
                str_equal_nocase(query->sources[i].relation->columns[j].name, name))
                return true;
    return false;
}

static bool add_merged_column(struct translator *tr, struct columns *columns,
                              const struct relation_column *column)
{
    struct expr *expr = ARENA_NEW(tr->arena, struct expr);
    struct term term;

    *expr = (struct expr){.kind = EXPR_COLUMN, .name = column->name, .quote = QUOTE_BACKTICK};
    if (!query_value(tr, expr, &term))
        return false;
    add_column(tr, columns, term, (struct name){column->name, QUOTE_DOUBLE}, column->target.name, false,
               column->order_is_chances);
    return true;
}

/* All columns of a source; of those that USING merges, `*` shows one: sqlite3's selectExpander(). */
static bool add_source(struct translator *tr, struct columns *columns, size_t place, bool merge)
{
    const struct query *query = &columns->result->query;
    const struct source *source = &query->sources[place];

    for (size_t j = 0; j < source->relation->column_count; j++) {
        const struct relation_column *column = &source->relation->columns[j];

        if (merge && source->merged[j])
            continue;
        if (is_merged_later(query, place, column->name) ? !add_merged_column(tr, columns, column)
                                                        : !add_source_column(tr, columns, place, j))
            return false;
    }
    return true;
}

/* `*` and `table.*` */
static bool add_star(struct translator *tr, struct columns *columns, const struct result_column *star)
{
    const struct query *query = &columns->result->query;
    bool all = star->table.text.ptr == NULL;
    bool found = false;

    for (size_t i = 0; i < query->source_count; i++) {
        if (!all && !str_equal_nocase(query->sources[i].alias, star->table.text))
            continue;
        found = true;
        if (!add_source(tr, columns, i, all))
            return false;
    }
    return found || refuse(tr, "there is no such table", "%.*s.*", STR_ARGS(star->table.text));
}

/* sqlite3ColumnsFromExprList() of SQLite's select.c. */
static void name_column(struct translator *tr, const struct query *query, const struct result_column *column,
                        struct name *name, struct str *target)
{
    struct found_column found;
    bool ambiguous;
    const struct expr *expr = column->expr;

    *target = (struct str){NULL, 0};
    if (column->alias.text.ptr != NULL) {
        *name = column->alias;
        return;
    }
    while (expr->kind == EXPR_COLLATE)
        expr = expr->items[0];
    *name = (struct name){str_dup(tr->arena, str_trim(column->sql)), QUOTE_DOUBLE};
    if (expr->kind != EXPR_COLUMN)
        return;
    if (query_find(query, expr, &found, &ambiguous)) {
        const struct relation_column *from = &query->sources[found.source].relation->columns[found.column];

        name->text = from->name;
        *target = from->target.name;
    } else {
        *name = (struct name){expr->name, expr->quote};
    }
}

static bool add_expression(struct translator *tr, struct columns *columns, const struct result_column *column)
{
    const struct query *query = &columns->result->query;
    struct term term;
    struct name name;
    struct str target;

    if (!query_value(tr, column->expr, &term))
        return false;
    name_column(tr, query, column, &name, &target);
    add_column(tr, columns, term, name, target, column->alias.text.ptr != NULL,
               is_chances(query, column->expr));
    return true;
}

bool core_columns(struct translator *tr, struct core_result *result)
{
    const struct select_core *core = result->query.core;
    struct columns columns = {.result = result};

    for (size_t i = 0; i < core->column_count; i++)
        if (core->columns[i].star ? !add_star(tr, &columns, &core->columns[i])
                                  : !add_expression(tr, &columns, &core->columns[i]))
            return false;
    return result->count > 0 || refuse(tr, "there are no columns", "SELECT *");
}

/* ---- VALUES ---- */

bool core_values(struct translator *tr, struct core_result *result)
{
    const struct select_core *core = result->query.core;
    struct columns columns = {.result = result};

    result->rows = ARENA_ARRAY(tr->arena, struct term *, core->row_count);
    result->row_count = core->row_count;
    for (size_t i = 0; i < core->row_count; i++) {
        result->rows[i] = ARENA_ARRAY(tr->arena, struct term, core->rows[i].item_count);
        if (core->rows[i].item_count != core->rows[0].item_count)
            return refuse(tr, "its rows have different lengths", "VALUES");
        for (size_t j = 0; j < core->rows[i].item_count; j++)
            if (!query_value(tr, core->rows[i].items[j], &result->rows[i][j]))
                return false;
    }
    for (size_t j = 0; j < core->rows[0].item_count; j++)
        add_column(tr, &columns, result->rows[0][j],
                   (struct name){str_printf(tr->arena, "column%zu", j + 1), QUOTE_NONE},
                   (struct str){NULL, 0}, false, false);
    return true;
}
