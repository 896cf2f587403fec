/* Keys and unique constraints. */
#include <string.h>

#include "plan/private.h"

static struct str joined_names(struct maker *maker, const struct plan_table *table,
                               const struct key_part *parts, size_t count)
{
    struct buf text;
    struct str joined;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_byte(&text, '_');
        if (parts[i].column >= 0)
            buf_str(&text, table->columns[parts[i].column].name);
        else
            buf_text(&text, "expr");
    }
    joined = buf_to_str(maker->arena, &text);
    buf_free(&text);
    return joined;
}

/* A key made in two steps: the index, which only reads the table, then the constraint that takes it over. */
void maker_add_key(struct maker *maker, size_t place, enum object_class class, const struct key *key,
                   struct str name)
{
    struct plan_table *table = &maker->plan->tables[place];
    struct key_part *parts = ARENA_ARRAY(maker->arena, struct key_part, key->part_count);
    struct plan_object object = {
        .class = class, .table = place, .name = name, .parts = key->parts, .part_count = key->part_count};
    struct buf sql;

    /* USING INDEX wants the default order; a key has none. */
    for (size_t i = 0; i < key->part_count; i++)
        parts[i] = (struct key_part){.column = key->parts[i].column};
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    (void)maker_put_index(maker, table, parts, key->part_count, true, false, name, name, &sql);
    object.sql = buf_to_str(maker->arena, &sql);
    buf_clear(&sql);
    buf_text(&sql, "ALTER TABLE ");
    ident_quote_qualified(&sql, maker->plan->load_schema, table->name);
    buf_text(&sql, " ADD CONSTRAINT ");
    ident_quote(&sql, name);
    buf_text(&sql, class == OBJECT_PRIMARY_KEY ? " PRIMARY KEY USING INDEX " : " UNIQUE USING INDEX ");
    ident_quote(&sql, name);
    object.then_sql = buf_to_str(maker->arena, &sql);
    buf_free(&sql);
    maker_object(maker, object);
}

/* Uniqueness without case, which no constraint can say: a unique index on the folded columns. */
static void add_folded(struct maker *maker, size_t place, const struct key *key, struct str name,
                       struct str source_name)
{
    struct plan_table *table = &maker->plan->tables[place];
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (maker_put_index(maker, table, key->parts, key->part_count, true, true, name, source_name, &sql))
        maker_object(maker, (struct plan_object){.class = OBJECT_INDEX,
                                                 .table = place,
                                                 .name = name,
                                                 .parts = key->parts,
                                                 .part_count = key->part_count,
                                                 .sql = buf_to_str(maker->arena, &sql)});
    buf_free(&sql);
}

static struct str collation_name(struct str name)
{
    return name.len > 0 ? name : (struct str)STR("BINARY");
}

static bool same_columns(const struct key *a, const struct key *b)
{
    if (a == NULL || b == NULL || a->part_count != b->part_count)
        return false;
    for (size_t i = 0; i < a->part_count; i++)
        if (a->parts[i].column != b->parts[i].column ||
            !str_equal_nocase(collation_name(a->parts[i].collation), collation_name(b->parts[i].collation)))
            return false;
    return true;
}

static bool is_referenced(const struct maker *maker, const struct plan_table *table,
                          const struct key_part *parts, size_t count)
{
    for (size_t i = 0; i < maker->schema->table_count; i++) {
        for (size_t j = 0; j < maker->schema->tables[i].foreign_key_count; j++) {
            const struct foreign_key *foreign = &maker->schema->tables[i].foreign_keys[j];
            const struct table *parent;
            const int *columns;
            const char *why;

            if (foreign_key_target(maker->schema, foreign, &parent, &columns, maker->arena, &why) &&
                parent == table->source && key_parts_are(parts, count, columns, foreign->column_count))
                return true;
        }
    }
    return false;
}

void maker_add_exact(struct maker *maker, size_t place, const struct key_part *parts, size_t count,
                     struct str name)
{
    struct key key = {.parts = (struct key_part *)(uintptr_t)parts, .part_count = count};

    if (is_referenced(maker, &maker->plan->tables[place], parts, count))
        maker_add_key(
            maker, place, OBJECT_UNIQUE, &key,
            names_take(&maker->relations, names_compose(maker->arena, name, str_from("exact"), "")));
}

/* Those among the parts that are columns. */
struct columns maker_columns_of(struct maker *maker, const struct plan_table *table,
                                const struct key_part *parts, size_t count)
{
    int *places = ARENA_ARRAY(maker->arena, int, count + 1);
    struct columns columns = {.table = table, .places = places};

    for (size_t i = 0; i < count; i++)
        if (parts[i].column >= 0)
            places[columns.count++] = parts[i].column;
    return columns;
}

static struct str constraint_name(struct maker *maker, const struct plan_table *table, const struct key *key,
                                  const char *label)
{
    struct str columns = {NULL, 0};

    if (key->name.text.len > 0)
        return names_take(&maker->relations, maker_name(maker, key->name));
    if (strcmp(label, "pkey") != 0) {
        columns = joined_names(maker, table, key->parts, key->part_count);
    } else {
        struct columns of_key = maker_columns_of(maker, table, key->parts, key->part_count);
        struct str name = framework_primary_name(maker->arena, maker->plan->framework.id, &of_key);

        if (name.ptr != NULL)
            return names_take(&maker->relations, name);
    }
    return names_take(&maker->relations, names_compose(maker->arena, table->name, columns, label));
}

void maker_add_like(struct maker *maker, size_t place, const struct key_part *parts, size_t count,
                    struct str index)
{
    const struct plan_table *table = &maker->plan->tables[place];
    struct columns columns = maker_columns_of(maker, table, parts, count);
    const char *operators;
    struct str name;
    struct buf sql;

    /* LIKE on a column without case goes by no order of bytes. */
    if (columns.count != 1 || count != 1 || nocase_is_native(&table->columns[columns.places[0]]))
        return;
    name = framework_like_name(maker->arena, maker->plan->framework.id, &columns, index, &operators);
    if (name.ptr == NULL)
        return;
    name = names_take(&maker->relations, name);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "CREATE INDEX ");
    ident_quote(&sql, name);
    buf_text(&sql, " ON ");
    ident_quote_qualified(&sql, maker->plan->load_schema, table->name);
    buf_text(&sql, " (");
    ident_quote(&sql, table->columns[columns.places[0]].name);
    buf_printf(&sql, " %s)", operators);
    maker_object(maker, (struct plan_object){.class = OBJECT_INDEX,
                                             .table = place,
                                             .name = name,
                                             .sql = buf_to_str(maker->arena, &sql)});
    buf_free(&sql);
    maker->like_indexes++;
}

static void primary_key(struct maker *maker, size_t place)
{
    struct plan_table *table = &maker->plan->tables[place];
    const struct key *key = table->source->primary;
    struct str obstacle;
    bool nullable = false;

    if (key == NULL)
        return;
    obstacle = maker_find_obstacle(maker, table, key->parts, key->part_count);
    if (obstacle.ptr != NULL) {
        maker_not_carried(maker, OBJECT_PRIMARY_KEY, table->source->name.text, key->name.text,
                          (struct str){NULL, 0}, "%.*s", STR_ARGS(obstacle));
        return;
    }
    table->key_name = constraint_name(maker, table, key, "pkey");
    table->key_count = key->part_count;
    table->key = ARENA_ARRAY(maker->arena, int, key->part_count);
    for (size_t i = 0; i < key->part_count; i++) {
        table->key[i] = key->parts[i].column;
        nullable = nullable || !table->columns[table->key[i]].not_null;
    }
    if (nullable) {
        maker_not_carried(maker, OBJECT_PRIMARY_KEY, table->source->name.text, table->key_name,
                          (struct str){NULL, 0},
                          "it holds NULLs, which SQLite allows; it is carried as a unique constraint");
        maker->plan->not_carried[maker->plan->not_carried_count - 1].allowed = true;
    }
    maker_add_key(maker, place, nullable ? OBJECT_UNIQUE : OBJECT_PRIMARY_KEY, key, table->key_name);
    maker_add_like(maker, place, key->parts, key->part_count, (struct str){NULL, 0});
    if (maker_has_folding(table, key->parts, key->part_count))
        add_folded(maker, place, key,
                   names_take(&maker->relations,
                              names_compose(maker->arena, table->name, str_from("pkey"), "nocase")),
                   table->key_name);
}

static void unique_key(struct maker *maker, size_t place, const struct key *key)
{
    struct plan_table *table = &maker->plan->tables[place];
    struct str obstacle = maker_find_obstacle(maker, table, key->parts, key->part_count);
    struct str name;

    if (obstacle.ptr != NULL) {
        maker_not_carried(maker, OBJECT_UNIQUE, table->source->name.text, key->name.text,
                          (struct str){NULL, 0}, "%.*s", STR_ARGS(obstacle));
        return;
    }
    name = constraint_name(maker, table, key, "key");
    if (!maker_has_folding(table, key->parts, key->part_count)) {
        maker_add_key(maker, place, OBJECT_UNIQUE, key, name);
        if (key->name.text.len == 0)
            maker_add_like(maker, place, key->parts, key->part_count, (struct str){NULL, 0});
        return;
    }
    add_folded(maker, place, key, name, name);
    maker_add_exact(maker, place, key->parts, key->part_count, name);
}

/* The key before unique number `place` that is on the same columns: SQLite itself makes one index of both. */
static const struct key *first_of(const struct table *source, size_t place)
{
    if (same_columns(&source->uniques[place], source->primary))
        return source->primary;
    for (size_t i = 0; i < place; i++)
        if (same_columns(&source->uniques[place], &source->uniques[i]))
            return &source->uniques[i];
    return NULL;
}

static void note_repeated(struct maker *maker, const struct plan_table *table, const struct key *key,
                          const struct key *first)
{
    struct str columns = joined_names(maker, table, key->parts, key->part_count);
    struct str name = key->name.text.len > 0 ? key->name.text : columns;

    maker_note(maker, maker_path(maker, table->source->name.text, name),
               "is unique once: %s%s%.*s is on the same columns, and SQLite makes one index of both too",
               first == table->source->primary ? "the primary key" : "a unique constraint",
               first->name.text.len > 0 ? " " : "", STR_ARGS(first->name.text));
}

void maker_keys(struct maker *maker, size_t place)
{
    const struct table *source = maker->plan->tables[place].source;

    primary_key(maker, place);
    for (size_t i = 0; i < source->unique_count; i++) {
        const struct key *first = first_of(source, i);

        if (first == NULL)
            unique_key(maker, place, &source->uniques[i]);
        else
            note_repeated(maker, &maker->plan->tables[place], &source->uniques[i], first);
    }
}
