/*
 * A source that goes on being used may get a table or a column that nobody planned: the rows of the planned
 * ones are then as they were, and what is in the new ones would be lost in silence.
 */
#include "ops/guard_schema.h"
#include "ops/fingerprint.h"
#include "plan/selection.h"

struct listing {
    const struct plan *plan;
    const bool *differs;
    struct buf *names;
    size_t *changed;
};

static bool is_named(const struct listing *listing, struct str table)
{
    for (size_t i = 0; i < listing->plan->table_count; i++)
        if (listing->differs[i] && str_equal(listing->plan->tables[i].source->name.text, table))
            return true;
    return false;
}

static void put(const struct listing *listing, struct str kind, struct str name, const char *what)
{
    if (str_is(kind, "table") && is_named(listing, name))
        return;
    buf_printf(listing->names, "%s%.*s %.*s (%s)", *listing->changed > 0 ? ", " : "", STR_ARGS(kind),
               STR_ARGS(name), what);
    ++*listing->changed;
}

/* Without tables that were left out, and without the indexes of those that the other one has not. */
static struct schema carried(struct arena *arena, const struct schema *schema, const struct schema *other,
                             const struct selection *selection)
{
    struct schema kept = *schema;

    kept.tables = ARENA_ARRAY(arena, struct table, schema->table_count + 1);
    kept.table_count = 0;
    for (size_t i = 0; i < schema->table_count; i++) {
        struct table table = schema->tables[i];

        if (selection_excludes(arena, selection, table.name.text).ptr != NULL)
            continue;
        if (schema_table(other, table.name.text) == NULL)
            table.index_count = 0;
        kept.tables[kept.table_count++] = table;
    }
    return kept;
}

static const struct fingerprint *find(const struct fingerprints *all, const struct fingerprint *wanted)
{
    for (size_t i = 0; i < all->count; i++)
        if (str_equal(all->items[i].kind, wanted->kind) && str_equal(all->items[i].name, wanted->name))
            return &all->items[i];
    return NULL;
}

static void compare(struct arena *arena, const struct schema *before, const struct schema *now,
                    const struct listing *listing)
{
    struct fingerprints old;
    struct fingerprints new;

    fingerprints_of(arena, before, &old);
    fingerprints_of(arena, now, &new);
    for (size_t i = 0; i < old.count; i++) {
        const struct fingerprint *there = find(&new, &old.items[i]);

        if (there == NULL || !str_equal(there->hash, old.items[i].hash))
            put(listing, old.items[i].kind, old.items[i].name, there == NULL ? "gone" : "altered");
    }
    for (size_t i = 0; i < new.count; i++)
        if (find(&old, &new.items[i]) == NULL)
            put(listing, new.items[i].kind, new.items[i].name, "new");
}

static void compare_sequences(const struct schema *before, const struct schema *now,
                              const struct listing *listing)
{
    for (size_t i = 0; i < before->table_count; i++) {
        const struct table *there = schema_table(now, before->tables[i].name.text);

        if (there != NULL && there->autoincrement && there->sequence > before->tables[i].sequence)
            put(listing, str_from("table"), there->name.text, "gave numbers");
    }
}

bool guard_schema(struct arena *arena, const struct upgrade_options *options,
                  const struct upgrade_result *result, struct engine *reader, const bool *differs,
                  struct buf *names, size_t *changed, struct err *err)
{
    const struct selection *selection = &options->plan.selection;
    const struct listing listing = {&result->prepared.plan, differs, names, changed};
    const struct schema *planned = &result->prepared.schema;
    struct schema before;
    struct schema read;
    struct schema now;

    if (!engine_read_schema(reader, arena, &read, err))
        return false;
    before = carried(arena, planned, &read, selection);
    now = carried(arena, &read, planned, selection);
    compare(arena, &before, &now, &listing);
    compare_sequences(&before, &now, &listing);
    return true;
}
