/* What the SQLite side has, as a plan for a fresh target would make it. */
#include "ops/verify_facts.h"

struct planning {
    struct arena *arena;
    const struct verify *verify;
    const struct plan *plan;
    struct facts *facts;
};

static struct str table_name(const struct planning *it, size_t place)
{
    return it->verify->fresh_fill.tables[place] == NULL ? (struct str){NULL, 0}
                                                        : it->verify->fresh_fill.tables[place]->name;
}

static struct str column_name(const struct planning *it, size_t table, int column)
{
    const struct existing_column *there = it->verify->fresh_fill.columns[table][column];

    return there == NULL ? it->plan->tables[table].columns[column].name : there->name;
}

static void put_name(struct buf *out, struct str name)
{
    buf_printf(out, "%s%.*s", out->len > 0 ? ", " : "", STR_ARGS(name));
}

static struct str part_text(const struct planning *it, const struct plan_object *object,
                            const struct key_part *part)
{
    if (part->column < 0)
        return str_from("*");
    return str_printf(it->arena, part->collation.ptr == NULL ? "%.*s" : "%.*s\001",
                      STR_ARGS(column_name(it, object->table, part->column)));
}

static struct str parts_text(const struct planning *it, const struct plan_object *object)
{
    struct buf text;
    struct str made;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < object->part_count; i++)
        put_name(&text, part_text(it, object, &object->parts[i]));
    made = buf_to_str(it->arena, &text);
    buf_free(&text);
    return made;
}

static void add_foreign_key(const struct planning *it, const struct plan_object *object)
{
    const struct foreign_key *key = object->key;
    static const char actions[] = "arcnd"; /* by enum fk_action, as pg_constraint has them */
    struct buf text;

    if (table_name(it, object->parent).ptr == NULL)
        return;
    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < key->column_count; i++)
        put_name(&text, column_name(it, object->table, key->columns[i]));
    buf_printf(&text, " -> %.*s (", STR_ARGS(table_name(it, object->parent)));
    for (size_t i = 0; i < key->column_count; i++)
        buf_printf(&text, "%s%.*s", i > 0 ? ", " : "",
                   STR_ARGS(column_name(it, object->parent, object->parent_columns[i])));
    buf_byte(&text, ')');
    facts_add(it->arena, it->facts, "foreign key", table_name(it, object->table),
              buf_to_str(it->arena, &text),
              str_printf(it->arena, "%c%c", actions[key->on_delete], actions[key->on_update]));
    buf_free(&text);
}

static void add_object(const struct planning *it, const struct plan_object *object)
{
    struct str table = table_name(it, object->table);
    struct str none = {NULL, 0};

    if (table.ptr == NULL)
        return;
    if (object->class == OBJECT_FOREIGN_KEY)
        add_foreign_key(it, object);
    if (object->part_count == 0) /* what a framework has on PostgreSQL alone */
        return;
    if (object->class == OBJECT_PRIMARY_KEY)
        facts_add(it->arena, it->facts, "primary key", table, parts_text(it, object), none);
    if (object->class == OBJECT_UNIQUE ||
        (object->class == OBJECT_INDEX && str_starts_with_nocase(object->sql, "CREATE UNIQUE")))
        facts_add(it->arena, it->facts, "unique key", table, parts_text(it, object), none);
    else if (object->class == OBJECT_INDEX)
        facts_add(it->arena, it->facts, "index", table, parts_text(it, object), none);
}

/* SQLite has a default of which no plan makes one: what PostgreSQL has there is compared with nothing. */
static bool has_other_default(const struct planning *it, const struct table *table,
                              const struct column *column)
{
    if (!verify_is_sqlite(it->verify, 1))
        return false;
    for (size_t i = 0; i < it->plan->not_carried_count; i++) {
        const struct not_carried *object = &it->plan->not_carried[i];

        if (object->class == OBJECT_DEFAULT && str_equal(object->table, table->name.text) &&
            str_equal(object->name, column->name.text))
            return true;
    }
    return false;
}

static void add_table(const struct planning *it, size_t place)
{
    const struct plan_table *table = &it->plan->tables[place];
    struct str name = table_name(it, place);
    struct str none = {NULL, 0};
    size_t checks = 0;

    for (size_t i = 0; i < table->column_count; i++) {
        const struct plan_column *column = &table->columns[i];

        if (it->verify->fresh_fill.columns[place][i] == NULL)
            continue;
        if (column->not_null)
            facts_add(it->arena, it->facts, "NOT NULL", name, column_name(it, place, (int)i), none);
        if (column->default_sql.ptr != NULL || column->identity != IDENTITY_NO ||
            has_other_default(it, table->source, column->source))
            facts_add(it->arena, it->facts, "default", name, column_name(it, place, (int)i), none);
    }
    for (size_t i = 0; i < it->plan->object_count; i++)
        checks += it->plan->objects[i].table == place && it->plan->objects[i].class == OBJECT_CHECK;
    for (size_t i = 0; i < checks; i++)
        facts_add(it->arena, it->facts, "CHECK", name, str_printf(it->arena, "number %zu", i + 1), none);
}

void verify_facts_of_plan(const struct verify *verify, struct facts *facts)
{
    const struct planning it = {verify->arena, verify, &verify->fresh, facts};

    for (size_t i = 0; i < it.plan->table_count; i++)
        if (table_name(&it, i).ptr != NULL)
            add_table(&it, i);
    for (size_t i = 0; i < it.plan->object_count; i++)
        add_object(&it, &it.plan->objects[i]);
    for (size_t i = 0; i < it.plan->view_count; i++)
        facts_add(it.arena, facts, "view", str_from(""), it.plan->views[i].name, (struct str){NULL, 0});
}
