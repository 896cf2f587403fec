/* Indexes, and unique ones that are constraints for the framework. */
#include "plan/private.h"

/* A unique index on whole columns of all rows, which the framework makes as a constraint.  False: it is an
 * index there too. */
static bool add_as_constraint(struct maker *maker, size_t place, const struct index *index, struct str name,
                              enum unique_kind kind)
{
    struct plan_table *table = &maker->plan->tables[place];
    struct key key = {.parts = index->parts, .part_count = index->part_count};

    if (kind == UNIQUE_IS_INDEX)
        return false;
    if (kind == UNIQUE_IS_PRIMARY_KEY) {
        struct columns columns = maker_columns_of(maker, table, index->parts, index->part_count);

        table->key = (int *)(uintptr_t)columns.places;
        table->key_count = columns.count;
        table->key_name = name;
    }
    maker_add_key(maker, place, kind == UNIQUE_IS_PRIMARY_KEY ? OBJECT_PRIMARY_KEY : OBJECT_UNIQUE, &key,
                  name);
    return true;
}

static enum unique_kind kind_of_unique(struct maker *maker, const struct plan_table *table,
                                       const struct index *index)
{
    struct columns columns = maker_columns_of(maker, table, index->parts, index->part_count);
    enum unique_kind kind = framework_unique_kind(maker->plan->framework.id, &columns, index->name.text);
    bool nullable = false;

    if (!index->unique || index->where != NULL || columns.count < index->part_count ||
        maker_has_folding(table, index->parts, index->part_count))
        return UNIQUE_IS_INDEX;
    for (size_t i = 0; i < index->part_count; i++) {
        if (index->parts[i].descending)
            return UNIQUE_IS_INDEX;
        nullable = nullable || !table->columns[columns.places[i]].not_null;
    }
    return kind == UNIQUE_IS_PRIMARY_KEY && (nullable || table->key_count > 0) ? UNIQUE_IS_INDEX : kind;
}

/* As the framework calls it on PostgreSQL, with a note where that is another name than on SQLite. */
static struct str index_name(struct maker *maker, const struct plan_table *table, const struct index *index,
                             enum unique_kind kind)
{
    struct columns columns = maker_columns_of(maker, table, index->parts, index->part_count);
    bool cut = index->name.text.len > IDENT_MAXIMUM;
    struct str wanted = maker_name(maker, index->name);
    struct str theirs =
        cut || kind == UNIQUE_IS_PRIMARY_KEY
            ? framework_index_name(maker->arena, maker->plan->framework.id, &columns, index->name.text)
            : wanted;
    struct str name;

    if (wanted.len == 0)
        theirs = wanted = names_compose(maker->arena, table->name, str_from("index"), "");
    if (theirs.len > IDENT_MAXIMUM)
        theirs = wanted;
    name = names_take(&maker->relations, theirs);
    if (str_equal(name, theirs) && !str_equal(theirs, wanted))
        maker_note(maker, index->name.text, "is named %.*s, as %s names it on PostgreSQL", STR_ARGS(name),
                   maker->plan->framework.name);
    else
        maker_note_name(maker, index->name.text, wanted, name);
    return name;
}

/* The parts of rows that the condition lets in; NULL ptr: columns of all rows, which nothing computes. */
static struct str row_sql(struct maker *maker, const struct plan_table *table, const struct index *index,
                          struct str where)
{
    bool computed = where.ptr != NULL;
    struct key_part *parts = ARENA_ARRAY(maker->arena, struct key_part, index->part_count + 1);
    struct str made = {NULL, 0};
    struct buf sql;

    for (size_t i = 0; i < index->part_count; i++) {
        parts[i] = index->parts[i];
        parts[i].descending = false;
        computed = computed || parts[i].column < 0;
    }
    if (!computed)
        return made;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (where.ptr != NULL)
        buf_printf(&sql, "CASE WHEN %.*s THEN ", STR_ARGS(where));
    buf_text(&sql, "ROW");
    if (maker_put_parts(maker, table, parts, index->part_count, index->unique, false, index->name.text,
                        &sql)) {
        buf_text(&sql, where.ptr != NULL ? " END" : "");
        made = buf_to_str(maker->arena, &sql);
    }
    buf_free(&sql);
    return made;
}

static void add_index(struct maker *maker, size_t place, const struct index *index)
{
    struct plan_table *table = &maker->plan->tables[place];
    struct str source_name = table->source->name.text;
    struct str obstacle = maker_find_obstacle(maker, table, index->parts, index->part_count);
    enum unique_kind kind = kind_of_unique(maker, table, index);
    struct str where = {NULL, 0};
    struct str name;
    struct buf sql;

    if (obstacle.ptr != NULL) {
        maker_not_carried(maker, OBJECT_INDEX, source_name, index->name.text, index->sql, "%.*s",
                          STR_ARGS(obstacle));
        return;
    }
    if (index->where != NULL) {
        where = maker_translate(maker, table, index->where, TRANSLATE_CONDITION, NULL, OBJECT_INDEX,
                                index->name.text);
        if (where.ptr == NULL)
            return;
    }
    name = index_name(maker, table, index, kind);
    if (add_as_constraint(maker, place, index, name, kind))
        return;
    if (!index->unique && index->where == NULL)
        maker_add_like(maker, place, index->parts, index->part_count, name);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (maker_put_index(maker, table, index->parts, index->part_count, index->unique, true, name,
                        index->name.text, &sql)) {
        if (where.ptr != NULL)
            buf_printf(&sql, " WHERE %.*s", STR_ARGS(where));
        maker_object(maker, (struct plan_object){.class = OBJECT_INDEX,
                                                 .table = place,
                                                 .name = name,
                                                 .parts = index->parts,
                                                 .part_count = index->part_count,
                                                 .sql = buf_to_str(maker->arena, &sql),
                                                 .row_sql = row_sql(maker, table, index, where),
                                                 .source_sql = index->sql});
        if (index->unique && index->where == NULL &&
            maker_has_folding(table, index->parts, index->part_count))
            maker_add_exact(maker, place, index->parts, index->part_count, name);
    }
    buf_free(&sql);
}

void maker_indexes(struct maker *maker, size_t place)
{
    const struct table *source = maker->plan->tables[place].source;

    for (size_t i = 0; i < source->index_count; i++)
        add_index(maker, place, &source->indexes[i]);
}
