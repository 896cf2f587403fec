/* Keys, unique constraints, indexes and checks: all that one table has for itself. */
#include <string.h>

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

static const struct collation *collation_of(struct str name, const struct pg_type *type)
{
    if (name.len == 0 || !pg_kind_is_textual(type->kind))
        return &collations[0];
    for (size_t i = 0; i < ARRAY_LENGTH(collations); i++)
        if (str_is_nocase(name, collations[i].name))
            return &collations[i];
    return NULL;
}

static bool has_folding(const struct plan_table *table, const struct key_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].column >= 0 &&
            collation_of(parts[i].collation, &table->columns[parts[i].column].type) != &collations[0])
            return true;
    return false;
}

/* json has no order, so it can be in no key and no B-tree. */
static const struct plan_column *without_order(const struct plan_table *table, const struct key_part *parts,
                                               size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].column >= 0 && table->columns[parts[i].column].type.kind == PG_JSON)
            return &table->columns[parts[i].column];
    return NULL;
}

static void push(struct maker *maker, struct plan_object object)
{
    struct plan *plan = maker->plan;

    ARENA_PUSH(maker->arena, plan->objects, plan->object_count, plan->object_capacity) = object;
}

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

/* One part of an index: a column, folded where its collation folds, or an expression.  False: it is not
 * carried. */
static bool put_part(struct maker *maker, const struct plan_table *table, const struct key_part *part,
                     bool folded, struct str index, struct buf *out)
{
    if (part->column >= 0) {
        const struct plan_column *column = &table->columns[part->column];
        const struct collation *collation =
            folded ? collation_of(part->collation, &column->type) : &collations[0];

        if (collation == NULL) {
            maker_not_carried(maker, OBJECT_INDEX, table->source->name.text, index, (struct str){NULL, 0},
                              "the collation %.*s is the application's own", STR_ARGS(part->collation));
            return false;
        }
        buf_text(out, collation->before);
        ident_quote(out, column->name);
        buf_text(out, collation->after);
    } else {
        struct str sql =
            maker_translate(maker, table, part->expr, TRANSLATE_VALUE, NULL, OBJECT_INDEX, index);

        if (sql.ptr == NULL)
            return false;
        buf_printf(out, "(%.*s)", STR_ARGS(sql));
    }
    if (part->descending)
        buf_text(out, " DESC");
    return true;
}

static bool put_index(struct maker *maker, const struct plan_table *table, const struct key_part *parts,
                      size_t count, bool unique, bool folded, struct str name, struct str source_name,
                      struct buf *out)
{
    buf_printf(out, "CREATE %sINDEX ", unique ? "UNIQUE " : "");
    ident_quote(out, name);
    buf_text(out, " ON ");
    ident_quote_qualified(out, maker->plan->load_schema, table->name);
    buf_text(out, " (");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_text(out, ", ");
        if (!put_part(maker, table, &parts[i], folded, source_name, out))
            return false;
    }
    buf_byte(out, ')');
    return true;
}

/* A key made in two steps: the index, which only reads the table, then the constraint that takes it over. */
static void add_constraint(struct maker *maker, size_t place, enum object_class class, const struct key *key,
                           struct str name)
{
    struct plan_table *table = &maker->plan->tables[place];
    struct key_part *parts = ARENA_ARRAY(maker->arena, struct key_part, key->part_count);
    struct plan_object object = {.class = class, .table = place, .name = name};
    struct buf sql;

    /* USING INDEX wants the default order; a key has none. */
    for (size_t i = 0; i < key->part_count; i++)
        parts[i] = (struct key_part){.column = key->parts[i].column};
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    (void)put_index(maker, table, parts, key->part_count, true, false, name, name, &sql);
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
    push(maker, object);
}

/* Uniqueness without case, which no constraint can say: a unique index on the folded columns. */
static void add_folded(struct maker *maker, size_t place, const struct key *key, struct str name,
                       struct str source_name)
{
    struct plan_table *table = &maker->plan->tables[place];
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (put_index(maker, table, key->parts, key->part_count, true, true, name, source_name, &sql))
        push(maker,
             (struct plan_object){
                 .class = OBJECT_INDEX, .table = place, .name = name, .sql = buf_to_str(maker->arena, &sql)});
    buf_free(&sql);
}

static bool same_columns(const struct key *a, const struct key *b)
{
    if (a == NULL || b == NULL || a->part_count != b->part_count)
        return false;
    for (size_t i = 0; i < a->part_count; i++)
        if (a->parts[i].column != b->parts[i].column)
            return false;
    return true;
}

static bool is_referenced(const struct maker *maker, const struct plan_table *table, const struct key *key)
{
    for (size_t i = 0; i < maker->schema->table_count; i++) {
        for (size_t j = 0; j < maker->schema->tables[i].foreign_key_count; j++) {
            const struct foreign_key *foreign = &maker->schema->tables[i].foreign_keys[j];
            const struct table *parent;
            const int *columns;
            const char *why;
            bool same;

            if (!foreign_key_target(maker->schema, foreign, &parent, &columns, maker->arena, &why) ||
                parent != table->source || foreign->column_count != key->part_count)
                continue;
            same = true;
            for (size_t k = 0; k < key->part_count; k++)
                same = same && columns[k] == key->parts[k].column;
            if (same)
                return true;
        }
    }
    return false;
}

static struct str constraint_name(struct maker *maker, const struct plan_table *table, const struct key *key,
                                  const char *label)
{
    struct str columns = {NULL, 0};

    if (key->name.text.len > 0)
        return names_take(&maker->relations, names_as_written(maker->arena, key->name));
    if (strcmp(label, "pkey") != 0)
        columns = joined_names(maker, table, key->parts, key->part_count);
    return names_take(&maker->relations, names_compose(maker->arena, table->name, columns, label));
}

static void primary_key(struct maker *maker, size_t place)
{
    struct plan_table *table = &maker->plan->tables[place];
    const struct key *key = table->source->primary;
    const struct plan_column *orderless;
    bool nullable = false;

    if (key == NULL)
        return;
    orderless = without_order(table, key->parts, key->part_count);
    if (orderless != NULL) {
        maker_not_carried(maker, OBJECT_PRIMARY_KEY, table->source->name.text, key->name.text,
                          (struct str){NULL, 0}, "the column %.*s is json, which has no order",
                          STR_ARGS(orderless->name));
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
    add_constraint(maker, place, nullable ? OBJECT_UNIQUE : OBJECT_PRIMARY_KEY, key, table->key_name);
    if (has_folding(table, key->parts, key->part_count))
        add_folded(maker, place, key,
                   names_take(&maker->relations,
                              names_compose(maker->arena, table->name, str_from("pkey"), "nocase")),
                   table->key_name);
}

static void unique_key(struct maker *maker, size_t place, const struct key *key)
{
    struct plan_table *table = &maker->plan->tables[place];
    const struct plan_column *orderless = without_order(table, key->parts, key->part_count);
    struct str name;

    if (orderless != NULL) {
        maker_not_carried(maker, OBJECT_UNIQUE, table->source->name.text, key->name.text,
                          (struct str){NULL, 0}, "the column %.*s is json, which has no order",
                          STR_ARGS(orderless->name));
        return;
    }
    name = constraint_name(maker, table, key, "key");
    if (!has_folding(table, key->parts, key->part_count)) {
        add_constraint(maker, place, OBJECT_UNIQUE, key, name);
        return;
    }
    add_folded(maker, place, key, name, name);
    if (is_referenced(maker, table, key))
        add_constraint(
            maker, place, OBJECT_UNIQUE, key,
            names_take(&maker->relations, names_compose(maker->arena, name, str_from("exact"), "")));
}

void maker_keys(struct maker *maker, size_t place)
{
    const struct table *source = maker->plan->tables[place].source;

    primary_key(maker, place);
    for (size_t i = 0; i < source->unique_count; i++) {
        /* SQLite itself makes one index of two keys on the same columns. */
        bool again = same_columns(&source->uniques[i], source->primary);

        for (size_t j = 0; j < i; j++)
            again = again || same_columns(&source->uniques[i], &source->uniques[j]);
        if (!again)
            unique_key(maker, place, &source->uniques[i]);
    }
}

static void add_index(struct maker *maker, size_t place, const struct index *index)
{
    struct plan_table *table = &maker->plan->tables[place];
    struct str source_name = table->source->name.text;
    const struct plan_column *orderless = without_order(table, index->parts, index->part_count);
    struct str wanted = names_as_written(maker->arena, index->name);
    struct str where = {NULL, 0};
    struct str name;
    struct buf sql;

    if (orderless != NULL) {
        maker_not_carried(maker, OBJECT_INDEX, source_name, index->name.text, index->sql,
                          "the column %.*s is json, which has no order", STR_ARGS(orderless->name));
        return;
    }
    if (index->where != NULL) {
        where = maker_translate(maker, table, index->where, TRANSLATE_CONDITION, NULL, OBJECT_INDEX,
                                index->name.text);
        if (where.ptr == NULL)
            return;
    }
    if (wanted.len == 0)
        wanted = names_compose(maker->arena, table->name, str_from("index"), "");
    name = names_take(&maker->relations, wanted);
    maker_note_name(maker, index->name.text, wanted, name);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (put_index(maker, table, index->parts, index->part_count, index->unique, true, name, index->name.text,
                  &sql)) {
        if (where.ptr != NULL)
            buf_printf(&sql, " WHERE %.*s", STR_ARGS(where));
        push(maker,
             (struct plan_object){
                 .class = OBJECT_INDEX, .table = place, .name = name, .sql = buf_to_str(maker->arena, &sql)});
    }
    buf_free(&sql);
}

void maker_indexes(struct maker *maker, size_t place)
{
    const struct table *source = maker->plan->tables[place].source;

    for (size_t i = 0; i < source->index_count; i++)
        add_index(maker, place, &source->indexes[i]);
}

/* The column that a check is about, when it is about one alone. */
struct about {
    const struct table *table;
    int column;
    bool several;
};

static bool note_column(void *context, const struct expr *node)
{
    struct about *about = context;
    int column = node->kind == EXPR_COLUMN ? table_column(about->table, node->name) : -1;

    if (column >= 0 && about->column >= 0 && column != about->column)
        about->several = true;
    if (column >= 0)
        about->column = column;
    return true;
}

static bool spelled_by_type(const struct plan_table *table, const struct check *check)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (check_spells_type(table->source, check, table->columns[i].source, &table->columns[i].type))
            return true;
    return false;
}

static struct str check_name(struct maker *maker, size_t place, const struct check *check)
{
    const struct plan_table *table = &maker->plan->tables[place];
    struct about about = {.table = table->source, .column = -1};
    struct str column = {NULL, 0};

    if (check->name.text.len > 0)
        return names_take(&maker->constraints[place], names_as_written(maker->arena, check->name));
    (void)expr_walk(check->expr, note_column, &about);
    if (about.column >= 0 && !about.several)
        column = table->columns[about.column].name;
    return names_take(&maker->constraints[place], names_compose(maker->arena, table->name, column, "check"));
}

static void add_check(struct maker *maker, size_t place, const struct check *check)
{
    const struct plan_table *table = &maker->plan->tables[place];
    struct plan_object object = {.class = OBJECT_CHECK, .table = place};
    struct str condition;
    struct buf sql;

    if (spelled_by_type(table, check))
        return;
    condition = maker_translate(maker, table, check->expr, TRANSLATE_CONDITION, NULL, OBJECT_CHECK,
                                check->name.text.len > 0 ? check->name.text : check->expr->sql);
    if (condition.ptr == NULL)
        return;
    object.name = check_name(maker, place, check);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "ALTER TABLE ");
    ident_quote_qualified(&sql, maker->plan->load_schema, table->name);
    buf_text(&sql, " ADD CONSTRAINT ");
    ident_quote(&sql, object.name);
    buf_printf(&sql, " CHECK (%.*s)", STR_ARGS(condition));
    object.sql = buf_to_str(maker->arena, &sql);
    buf_clear(&sql);
    buf_text(&sql, "SELECT count(*) OVER (), t::text FROM ");
    ident_quote_qualified(&sql, maker->plan->load_schema, table->name);
    buf_printf(&sql, " AS t WHERE NOT (%.*s) LIMIT 20", STR_ARGS(condition));
    object.probe_sql = buf_to_str(maker->arena, &sql);
    buf_free(&sql);
    push(maker, object);
}

void maker_checks(struct maker *maker, size_t place)
{
    const struct table *source = maker->plan->tables[place].source;

    for (size_t i = 0; i < source->check_count; i++)
        add_check(maker, place, &source->checks[i]);
}
