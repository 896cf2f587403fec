/* select_scope.h: the tables over which the tests of SELECT, and docs/translation.md, speak: `sample`, with
 * the columns of translate_scope.h, and `other`. */
#ifndef PGRADE_TESTS_SELECT_SCOPE_H
#define PGRADE_TESTS_SELECT_SCOPE_H

#include "schema/parse.h"
#include "schema/translate_select.h"
#include "tests/unit/schema/translate_scope.h"

enum {
    SAMPLE_COLUMNS = ARRAY_LENGTH(scope_columns)
};

static const struct scope_column other_columns[] = {
    {"id", "INTEGER", {.kind = PG_INT8}, NULL, 0},
    {"i", "INTEGER", {.kind = PG_INT4}, NULL, 0},
    {"name", "TEXT", {.kind = PG_TEXT}, NULL, 0},
};

/* The tables, and the arena in which they are. */
struct select_tables {
    struct arena *arena;
    struct relation sample;
    struct relation other;
};

static inline void select_table(struct arena *arena, struct relation *relation, const char *name,
                                const struct scope_column *columns, size_t count)
{
    static const size_t first[] = {0};
    static const struct relation_key primary[] = {{.columns = first, .count = 1, .is_primary = true}};

    *relation = (struct relation){.schema = STR("public"),
                                  .name = str_from(name),
                                  .column_count = count,
                                  .keys = primary,
                                  .key_count = 1,
                                  .rowid = 0};
    relation->columns = ARENA_ARRAY(arena, struct relation_column, count);
    for (size_t i = 0; i < count; i++)
        relation->columns[i] =
            (struct relation_column){.name = str_from(columns[i].name),
                                     .target = {.name = str_from(columns[i].name),
                                                .type = columns[i].type,
                                                .affinity = affinity_of(str_from(columns[i].declared)),
                                                .collation = str_from(columns[i].collation),
                                                .time_unit = columns[i].time_unit}};
}

static inline const struct relation *select_find(void *context, struct str name, const char **why)
{
    struct select_tables *tables = context;

    *why = "there is no such table";
    if (str_is_nocase(name, "sample"))
        return &tables->sample;
    return str_is_nocase(name, "other") ? &tables->other : NULL;
}

static inline struct str select_spell(void *context, struct name name)
{
    struct select_tables *tables = context;

    return name.quote == QUOTE_NONE ? str_lower(tables->arena, name.text) : name.text;
}

/* The SELECT as the body of a view; results live in the arena. */
static inline bool select_translate(struct arena *arena, const char *sql, bool collate_c,
                                    struct translated_select *out, struct err *err)
{
    struct select_tables tables = {.arena = arena};
    struct select_scope scope = {select_find, select_spell, &tables, collate_c};
    struct view view;

    select_table(arena, &tables.sample, "sample", scope_columns, SAMPLE_COLUMNS);
    select_table(arena, &tables.other, "other", other_columns, ARRAY_LENGTH(other_columns));
    if (!parse_view(arena, str_printf(arena, "CREATE VIEW v AS %s", sql), &view, err))
        return false;
    if (view.select == NULL)
        return err_set(err, ERR_SYNTAX, "%.*s", STR_ARGS(view.damage));
    return translate_select(arena, view.select, view.columns, view.column_count, &scope, out, err);
}

#endif
