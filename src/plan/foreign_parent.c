/* What a foreign key references: the parent and its columns, as SQLite finds them. */
#include "plan/private.h"

static bool has_part(const struct key_part *parts, size_t count, int column)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].column == column)
            return true;
    return false;
}

static bool has_column(const int *columns, size_t count, int column)
{
    for (size_t i = 0; i < count; i++)
        if (columns[i] == column)
            return true;
    return false;
}

bool key_parts_are(const struct key_part *parts, size_t part_count, const int *columns, size_t count)
{
    if (part_count != count)
        return false;
    /* Both ways: an index may name a column twice. */
    for (size_t i = 0; i < count; i++)
        if (!has_part(parts, count, columns[i]) || !has_column(columns, count, parts[i].column))
            return false;
    return true;
}

/* SQLite wants the parent's columns to be its primary key, or under a unique constraint or index of their
 * own. */
static bool is_unique(const struct table *parent, const int *columns, size_t count)
{
    if (parent->primary != NULL &&
        key_parts_are(parent->primary->parts, parent->primary->part_count, columns, count))
        return true;
    for (size_t i = 0; i < parent->unique_count; i++)
        if (key_parts_are(parent->uniques[i].parts, parent->uniques[i].part_count, columns, count))
            return true;
    for (size_t i = 0; i < parent->index_count; i++)
        if (parent->indexes[i].unique && parent->indexes[i].where == NULL &&
            key_parts_are(parent->indexes[i].parts, parent->indexes[i].part_count, columns, count))
            return true;
    return false;
}

static bool implicit_columns(const struct table *parent, const struct foreign_key *key, int *found,
                             const char **why)
{
    *why = "it names no columns, and the parent's primary key does not have as many";
    if (parent->primary == NULL || parent->primary->part_count != key->column_count)
        return false;
    for (size_t i = 0; i < key->column_count; i++)
        found[i] = parent->primary->parts[i].column;
    return true;
}

static bool named_columns(const struct table *parent, const struct foreign_key *key, int *found,
                          const char **why)
{
    for (size_t i = 0; i < key->column_count; i++) {
        found[i] = table_column(parent, key->parent_columns[i].text);
        *why = "the parent has no column of that name";
        if (found[i] < 0)
            return false;
    }
    *why =
        "the parent's columns are not unique, so SQLite itself could not enforce it (foreign key mismatch)";
    return is_unique(parent, found, key->column_count);
}

bool foreign_key_target(const struct schema *schema, const struct foreign_key *key,
                        const struct table **parent, const int **columns, struct arena *arena,
                        const char **why)
{
    int *found = ARENA_ARRAY(arena, int, key->column_count + 1);

    *columns = found;
    *parent = schema_table(schema, key->parent.text);
    *why = "its parent table does not exist";
    if (*parent == NULL || (*parent)->kind != TABLE_ORDINARY)
        return false;
    *why = "its parent table has more columns than PostgreSQL takes";
    if ((*parent)->column_count > TABLE_COLUMNS_MAXIMUM)
        return false;
    *why = "PostgreSQL takes at most 32 columns in a key";
    if (key->column_count > KEY_COLUMNS_MAXIMUM)
        return false;
    for (size_t i = 0; i < key->column_count; i++) {
        *why = "a column of it does not exist";
        if (key->columns[i] < 0)
            return false;
    }
    return key->parent_columns == NULL ? implicit_columns(*parent, key, found, why)
                                       : named_columns(*parent, key, found, why);
}

bool plan_parent_column(const struct plan *plan, const struct foreign_key *key, size_t part, size_t *table,
                        int *column)
{
    struct arena *arena = arena_new();
    const struct table *parent;
    const int *columns;
    const char *why;
    bool found = foreign_key_target(plan->schema, key, &parent, &columns, arena, &why);

    bool planned = false;

    for (size_t i = 0; found && !planned && i < plan->table_count; i++) {
        if (plan->tables[i].source != parent)
            continue;
        planned = true;
        found = !(*table == i && *column == columns[part]);
        *table = i;
        *column = columns[part];
    }
    arena_free(arena);
    return found && planned;
}
