/*
 * Which of SQLite's virtual columns stay virtual.
 *
 * PostgreSQL computes a generated column when it is read since version 18, within the bounds that its
 * documentation has under "Generated Columns" and that ComputeIndexAttrs(), ATAddForeignKeyConstraint() and
 * CheckAttributeType() hold.
 */
#include "plan/private.h"
#include "schema/lexer.h"

enum {
    VIRTUAL_SINCE = 18 /* PostgreSQL's major version */
};

/* The column that is looked for in expressions, or what it reads that is no type of PostgreSQL's own. */
struct reading {
    const struct plan_table *table;
    int place;
};

static bool is_another(void *context, const struct expr *node)
{
    const struct reading *reading = context;

    return node->kind != EXPR_COLUMN || table_column(reading->table->source, node->name) != reading->place;
}

static bool mentions(const struct reading *reading, const struct expr *expr)
{
    return expr != NULL && !expr_walk(expr, is_another, (void *)(uintptr_t)reading);
}

static bool is_part(const struct reading *reading, const struct key_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].column == reading->place || mentions(reading, parts[i].expr))
            return true;
    return false;
}

static bool is_in_key(const struct reading *reading)
{
    const struct table *source = reading->table->source;
    bool found =
        source->primary != NULL && is_part(reading, source->primary->parts, source->primary->part_count);

    for (size_t i = 0; !found && i < source->unique_count; i++)
        found = is_part(reading, source->uniques[i].parts, source->uniques[i].part_count);
    for (size_t i = 0; !found && i < source->index_count; i++)
        found = is_part(reading, source->indexes[i].parts, source->indexes[i].part_count) ||
                mentions(reading, source->indexes[i].where);
    for (size_t i = 0; !found && i < source->foreign_key_count; i++)
        for (size_t j = 0; j < source->foreign_keys[i].column_count; j++)
            found = found || source->foreign_keys[i].columns[j] == reading->place;
    return found;
}

/* Also by way of another generated column, whose expression is written out in this one. */
static bool reads_own_types_only(void *context, const struct expr *node)
{
    const struct plan_table *table = context;
    int place = node->kind == EXPR_COLUMN ? table_column(table->source, node->name) : -1;
    const struct plan_column *column = place < 0 ? NULL : &table->columns[place];

    if (column == NULL)
        return true;
    return column->type.kind != PG_ENUM &&
           (column->generated_sql.ptr == NULL ||
            expr_walk(column->source->generated_as, reads_own_types_only, context));
}

/* By its name alone: NEW.name, OLD.name, or what only looks like it. */
static bool is_named(const struct maker *maker, struct str sql, struct str name)
{
    struct lexer lexer;
    struct token token;

    lexer_begin(&lexer, sql);
    do {
        token = lexer_next(&lexer);
        if (token_names(&token, NAME_ANY) && str_equal_nocase(token_unquote(maker->arena, &token), name))
            return true;
    } while (token.kind != TOKEN_END && token.kind != TOKEN_ILLEGAL);
    return false;
}

static bool is_in_trigger(const struct maker *maker, const struct table *source, struct str name)
{
    for (size_t i = 0; i < maker->schema->trigger_count; i++)
        if (str_equal_nocase(maker->schema->triggers[i].table.text, source->name.text) &&
            is_named(maker, maker->schema->triggers[i].sql, name))
            return true;
    return false;
}

/* NULL: it may be virtual. */
static const char *why_stored(const struct maker *maker, const struct plan_table *table,
                              const struct plan_column *column)
{
    struct reading reading = {table, column->source_position};

    if (column->type.kind == PG_ENUM ||
        !expr_walk(column->source->generated_as, reads_own_types_only, (void *)(uintptr_t)table))
        return "PostgreSQL takes its own types alone in virtual columns";
    if (is_in_key(&reading))
        return "PostgreSQL takes no virtual columns in indexes and keys";
    if (is_in_trigger(maker, table->source, column->source->name.text))
        return "PostgreSQL does not compute virtual columns for triggers";
    return NULL;
}

void maker_generated_kind(struct maker *maker, const struct plan_table *table, struct plan_column *column)
{
    static const char stored[] = "is computed when a row is written and stored, no longer when it is read";
    struct str path = maker_path(maker, table->source->name.text, column->source->name.text);
    int version = maker->options->target_version;
    const char *why = why_stored(maker, table, column);

    column->is_virtual = why == NULL && (version == 0 || version >= VIRTUAL_SINCE);
    if (why == NULL && version == 0)
        maker_note(maker, path, "stays virtual on PostgreSQL %d and later; before that it %s", VIRTUAL_SINCE,
                   stored);
    else if (why != NULL && (version == 0 || version >= VIRTUAL_SINCE))
        maker_note(maker, path, "%s: %s", stored, why);
    else if (!column->is_virtual)
        maker_note(maker, path, "%s (PostgreSQL has virtual columns since version %d)", stored,
                   VIRTUAL_SINCE);
}

bool plan_has_virtual(const struct plan *plan)
{
    for (size_t i = 0; i < plan->table_count; i++)
        for (size_t j = 0; j < plan->tables[i].column_count; j++)
            if (plan->tables[i].columns[j].source->generated == GENERATED_VIRTUAL)
                return true;
    return false;
}
