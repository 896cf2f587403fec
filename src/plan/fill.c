#include "plan/fill_intern.h"

#include "base/attributes.h"

/* Tables and columns of the target, which begin with their name. */
struct named {
    const void *items;
    size_t size; /* of one */
    size_t count;
};

static struct str name_at(const struct named *named, size_t i)
{
    return *(const struct str *)(const void *)((const char *)named->items + i * named->size);
}

/* The most exact spelling first: as pgrade would name it, as the source does, and without case where that
 * names one alone.  The place; count: there is none. */
static size_t find_named(const struct named *named, struct str planned, struct str spelled)
{
    size_t alike = 0;
    size_t found = named->count;

    for (size_t i = 0; i < named->count; i++)
        if (str_equal(name_at(named, i), planned))
            return i;
    for (size_t i = 0; i < named->count; i++)
        if (str_equal(name_at(named, i), spelled))
            return i;
    for (size_t i = 0; i < named->count; i++)
        if (str_equal_nocase(name_at(named, i), spelled)) {
            found = i;
            alike++;
        }
    return alike == 1 ? found : named->count;
}

static const struct existing_table *find_table(const struct plan_table *table,
                                               const struct existing *existing)
{
    struct named named = {existing->tables, sizeof(*existing->tables), existing->count};
    size_t place = find_named(&named, table->name, table->source->name.text);

    return place < named.count ? &existing->tables[place] : NULL;
}

static const struct existing_column *find_column(const struct plan_column *column,
                                                 const struct existing_table *table)
{
    struct named named = {table->columns, sizeof(*table->columns), table->column_count};
    size_t place = find_named(&named, column->name, column->source->name.text);

    return place < named.count ? &table->columns[place] : NULL;
}

size_t fill_count_matches(const struct plan *plan, const struct existing *existing)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->table_count; i++)
        count += find_table(&plan->tables[i], existing) != NULL;
    return count;
}

static const char *const kind_names[FILL_KIND_COUNT] = {
    [FILL_TABLE] = "table",
    [FILL_OBSTACLE] = "obstacle",
    [FILL_LEDGER] = "ledger",
    [FILL_ROWS] = "rows",
    [FILL_COLUMN] = "column",
    [FILL_GENERATED] = "generated column",
    [FILL_TYPE] = "type",
    [FILL_NOT_NULL] = "not null",
    [FILL_UNIQUE] = "unique",
    [FILL_CHECK] = "check",
    [FILL_EXCLUSION] = "exclusion",
    [FILL_FOREIGN_KEY] = "foreign key",
    [FILL_STALE] = "materialized view",
    [FILL_REST] = "not compared",
};

const char *fill_kind_name(enum fill_kind kind)
{
    return kind_names[kind];
}

void fill_differ(struct arena *arena, struct fill *fill, enum fill_kind kind, bool stops, struct str about,
                 struct str text)
{
    ARENA_PUSH(arena, fill->differences, fill->difference_count, fill->difference_capacity) =
        (struct fill_difference){kind, about, text, stops};
    fill->stops += stops;
}

size_t fill_count_stops(const struct fill *fill, enum fill_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < fill->difference_count; i++)
        count += fill->differences[i].stops && fill->differences[i].kind == kind;
    return count;
}

static struct str path(struct arena *arena, struct str table, struct str column)
{
    return str_printf(arena, "%.*s.%.*s", STR_ARGS(table), STR_ARGS(column));
}

const struct existing_column *fill_column(const struct plan *plan, const struct fill *fill, struct str table,
                                          struct str column)
{
    for (size_t i = 0; i < plan->table_count; i++)
        for (size_t j = 0; fill->tables[i] != NULL && j < plan->tables[i].column_count; j++)
            if (str_equal_nocase(plan->tables[i].source->name.text, table) &&
                str_equal_nocase(plan->tables[i].columns[j].source->name.text, column))
                return fill->columns[i][j];
    return NULL;
}

bool fill_converts(const struct plan_column *column, const struct existing_column *there)
{
    return there->loadable && !there->generated && there->type.kind != PG_ENUM &&
           !pg_type_equal(&there->type, &column->type);
}

static void match_column(struct arena *arena, struct fill *fill, const struct plan_table *table,
                         const struct plan_column *column, const struct existing_column *there)
{
    struct str about = path(arena, table->source->name.text, column->source->name.text);

    if (there == NULL) {
        fill_differ(arena, fill, FILL_COLUMN, true, about, str_from("the target's table has no such column"));
        return;
    }
    if (there->generated) {
        fill_differ(arena, fill, FILL_GENERATED, false, about,
                    str_from("the target computes it; what the source holds stays"));
        return;
    }
    if (!there->loadable) {
        fill_differ(arena, fill, FILL_TYPE, true, about,
                    str_printf(arena, "is of type %.*s there, which pgrade does not load",
                               STR_ARGS(there->type_text)));
        return;
    }
    if (fill_converts(column, there))
        fill_differ(arena, fill, FILL_TYPE, false, about,
                    str_printf(arena, "becomes %.*s, as the target has it; on its own pgrade would take %.*s",
                               STR_ARGS(there->type_text), STR_ARGS(pg_type_text(arena, &column->type))));
}

/* A column that the source has not, and that gets no value by itself. */
static void match_others(struct arena *arena, struct fill *fill, size_t place, const struct plan_table *table)
{
    const struct existing_table *there = fill->tables[place];

    for (size_t i = 0; i < there->column_count; i++) {
        const struct existing_column *column = &there->columns[i];
        bool stops = column->not_null && !column->has_default && !column->identity && !column->generated;
        bool matched = false;

        for (size_t j = 0; j < table->column_count; j++)
            matched = matched || fill->columns[place][j] == column;
        if (matched)
            continue;
        fill_differ(arena, fill, FILL_COLUMN, stops, path(arena, there->name, column->name),
                    str_from(stops ? "is NOT NULL without a default, and the source has no such column"
                                   : "the source has no such column: it gets its default"));
    }
}

static void match_table(struct arena *arena, struct fill *fill, size_t place, const struct plan_table *table)
{
    const struct existing_table *there = fill->tables[place];

    fill->columns[place] = ARENA_ARRAY(arena, const struct existing_column *, table->column_count + 1);
    if (there == NULL) {
        /* Whether it has rows is known where the rowids are: a table that cannot be told from an empty one
         * counts as one with rows. */
        bool empty = table->source->rows == 0;

        fill_differ(arena, fill, FILL_TABLE, !empty, table->source->name.text,
                    str_from(empty ? "the target has no such table; it has no rows"
                                   : "the target has no such table"));
        return;
    }
    if (there->obstacle != NULL)
        fill_differ(arena, fill, FILL_OBSTACLE, true, there->name,
                    there->mend.ptr == NULL
                        ? str_from(there->obstacle)
                        : str_printf(arena, "%s: %.*s", there->obstacle, STR_ARGS(there->mend)));
    for (size_t i = 0; i < table->column_count; i++) {
        fill->columns[place][i] = find_column(&table->columns[i], there);
        match_column(arena, fill, table, &table->columns[i], fill->columns[place][i]);
    }
    match_others(arena, fill, place, table);
}

static void match_rest(struct arena *arena, const struct plan *plan, const struct existing *existing,
                       struct fill *fill)
{
    for (size_t i = 0; i < existing->count; i++) {
        bool matched = false;

        for (size_t j = 0; j < plan->table_count; j++)
            matched = matched || fill->tables[j] == &existing->tables[i];
        if (!matched && !existing->tables[i].is_view && !existing->tables[i].partition)
            fill_differ(arena, fill, FILL_TABLE, false, existing->tables[i].name,
                        str_from("the source has no such table: it stays as it is"));
    }
}

static void put_object(struct buf *names, const char *class, struct str name)
{
    buf_printf(names, "%s%s %.*s", names->len > 0 ? ", " : "", class, STR_ARGS(name));
}

/* Constraints are compared by themselves. */
static bool is_rest(enum object_class class)
{
    return class == OBJECT_INDEX || class == OBJECT_VIEW || class == OBJECT_TRIGGER;
}

static bool is_constraint(const struct plan *plan, const struct plan_object *object)
{
    const struct table *source = plan->tables[object->table].source;

    for (size_t i = 0; i < source->index_count; i++)
        if (source->indexes[i].unique && str_equal_nocase(source->indexes[i].name.text, object->name))
            return true;
    return false;
}

/* What else the source has.  The target's own objects hold, whatever they are: whether the application made
 * these too is for somebody to look at. */
static void match_objects(struct arena *arena, const struct plan *plan, struct fill *fill)
{
    struct buf names;

    buf_init(&names, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < plan->object_count; i++)
        if (is_rest(plan->objects[i].class) && !is_constraint(plan, &plan->objects[i]))
            put_object(&names, object_class_name(plan->objects[i].class), plan->objects[i].name);
    for (size_t i = 0; i < plan->view_count; i++)
        put_object(&names, object_class_name(OBJECT_VIEW), plan->views[i].name);
    for (size_t i = 0; i < plan->not_carried_count; i++)
        if (is_rest(plan->not_carried[i].class))
            put_object(&names, object_class_name(plan->not_carried[i].class), plan->not_carried[i].name);
    if (names.len > 0)
        fill_differ(arena, fill, FILL_REST, false, str_from("besides its tables the source has"),
                    str_printf(arena,
                               "%.*s; the target keeps its own, and nobody looked whether they are the same",
                               STR_ARGS(buf_view(&names))));
    buf_free(&names);
}

void fill_match(struct arena *arena, const struct plan *plan, const struct existing *existing,
                struct fill *fill)
{
    *fill = (struct fill){.stops = 0};
    fill->tables = ARENA_ARRAY(arena, const struct existing_table *, plan->table_count + 1);
    fill->columns = ARENA_ARRAY(arena, const struct existing_column **, plan->table_count + 1);
    for (size_t i = 0; i < plan->table_count; i++) {
        fill->tables[i] = find_table(&plan->tables[i], existing);
        match_table(arena, fill, i, &plan->tables[i]);
    }
    match_rest(arena, plan, existing, fill);
    fill_compare_constraints(arena, plan, fill);
    match_objects(arena, plan, fill);
}

bool fill_has_unit(const struct existing_column *column)
{
    return column->type.kind == PG_DATE || column->type.kind == PG_TIMESTAMP ||
           column->type.kind == PG_TIMESTAMPTZ;
}

/* A unit that an earlier plan found is nothing to a column that takes the numbers as they are. */
static void drop_units(struct arena *arena, const struct plan *plan, const struct fill *fill,
                       struct plan_options *options)
{
    struct unit_override *kept = ARENA_ARRAY(arena, struct unit_override, options->unit_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < options->unit_count; i++) {
        const struct existing_column *there =
            fill_column(plan, fill, options->units[i].table, options->units[i].column);

        if (there == NULL || !options->units[i].found || fill_has_unit(there))
            kept[count++] = options->units[i];
    }
    options->units = kept;
    options->unit_count = count;
}

void fill_options(struct arena *arena, const struct plan *plan, const struct fill *fill,
                  struct plan_options *options)
{
    size_t columns = 0;
    struct rename *renames;
    struct type_override *overrides;

    for (size_t i = 0; i < plan->table_count; i++)
        columns += plan->tables[i].column_count;
    renames = ARENA_ARRAY(arena, struct rename, options->rename_count + columns + plan->table_count + 1);
    overrides = ARENA_ARRAY(arena, struct type_override, options->override_count + columns + 1);
    for (size_t i = 0; i < options->rename_count; i++)
        renames[i] = options->renames[i];
    for (size_t i = 0; i < options->override_count; i++)
        overrides[i] = options->overrides[i];
    for (size_t i = 0; i < plan->table_count; i++) {
        struct str table = plan->tables[i].source->name.text;

        if (fill->tables[i] == NULL)
            continue;
        renames[options->rename_count++] = (struct rename){.table = table, .name = fill->tables[i]->name};
        for (size_t j = 0; j < plan->tables[i].column_count; j++) {
            const struct existing_column *there = fill->columns[i][j];
            struct str column = plan->tables[i].columns[j].source->name.text;

            if (there == NULL)
                continue;
            renames[options->rename_count++] =
                (struct rename){.table = table, .column = column, .name = there->name};
            if (there->loadable)
                overrides[options->override_count++] =
                    (struct type_override){.table = table,
                                           .column = column,
                                           .type = there->type,
                                           .reason = str_from("as the target has it")};
        }
    }
    drop_units(arena, plan, fill, options);
    options->renames = renames;
    options->overrides = overrides;
    options->fill = true;
}

void fill_adapt(struct plan *plan, const struct fill *fill)
{
    size_t kept = 0;

    plan->load_schema = plan->target_schema;
    for (size_t i = 0; i < plan->table_count; i++) {
        struct plan_table table = plan->tables[i];

        if (fill->tables[i] == NULL)
            continue;
        for (size_t j = 0; j < table.column_count; j++) {
            const struct existing_column *there = fill->columns[i][j];

            table.columns[j].not_null = there->not_null;
            table.columns[j].generated_sql =
                there->generated ? str_from("the target's") : (struct str){NULL, 0};
        }
        table.partitioned = fill->tables[i]->partitioned;
        plan->tables[kept++] = table;
    }
    plan->table_count = kept;
}

bool fill_is_seed(const struct framework *framework, struct str table)
{
    /* django/contrib/{contenttypes,auth,sites}: made by the post_migrate signal; Rails:
     * ActiveRecord::InternalMetadata; Knex: lib/migrations/migrate/table-creator.js. */
    static const char *const seeds[] = {"django_content_type", "auth_permission", "django_site",
                                        "ar_internal_metadata", "knex_migrations_lock"};

    if (framework->ledger.ptr != NULL && str_equal_nocase(framework->ledger, table))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(seeds); i++)
        if (str_is_nocase(table, seeds[i]))
            return true;
    return false;
}
