/* translate_scope.h: the columns over which the tests of the translation, and docs/translation.md, speak. */
#ifndef PGRADE_TESTS_TRANSLATE_SCOPE_H
#define PGRADE_TESTS_TRANSLATE_SCOPE_H

#include <string.h>

#include "schema/translate.h"

struct scope_column {
    const char *name;
    const char *declared; /* in SQLite */
    struct pg_type type;
    const char *collation; /* NULL: BINARY */
    int time_unit;
};

static const struct str scope_labels[] = {STR("new"), STR("done"), STR("it's")};

static const struct scope_column scope_columns[] = {
    {"i", "INTEGER", {.kind = PG_INT4}, NULL, 0},
    {"j", "INT", {.kind = PG_INT2}, NULL, 0},
    {"b", "BIGINT", {.kind = PG_INT8}, NULL, 0},
    {"r", "REAL", {.kind = PG_FLOAT8}, NULL, 0},
    {"q", "REAL", {.kind = PG_FLOAT4}, NULL, 0},
    {"n", "DECIMAL(10,2)", {.kind = PG_NUMERIC, .precision = 10, .scale = 2}, NULL, 0},
    {"w", "NUMERIC", {.kind = PG_NUMERIC}, NULL, 0},
    {"t", "TEXT", {.kind = PG_TEXT}, NULL, 0},
    {"v", "VARCHAR(10)", {.kind = PG_VARCHAR, .length = 10}, NULL, 0},
    {"c", "CHAR(5)", {.kind = PG_CHAR, .length = 5}, NULL, 0},
    {"k", "TEXT", {.kind = PG_TEXT}, "NOCASE", 0},
    {"l", "TEXT", {.kind = PG_TEXT}, "RTRIM", 0},
    {"o", "STRING", {.kind = PG_TEXT}, NULL, 0},
    {"f", "BOOLEAN", {.kind = PG_BOOL}, NULL, 0},
    {"d", "DATETIME", {.kind = PG_TIMESTAMP, .precision = -1}, NULL, 0},
    {"z", "DATETIME", {.kind = PG_TIMESTAMPTZ, .precision = -1}, NULL, 0},
    {"y", "DATE", {.kind = PG_DATE}, NULL, 0},
    {"h", "TIME", {.kind = PG_TIME, .precision = -1}, NULL, 0},
    {"p", "INTEGER", {.kind = PG_TIMESTAMP, .precision = -1}, NULL, 1},
    {"x", "BLOB", {.kind = PG_BYTEA}, NULL, 0},
    {"g", "CHAR(36)", {.kind = PG_UUID}, NULL, 0},
    {"m", "TEXT", {.kind = PG_JSONB}, NULL, 0},
    {"u", "JSON", {.kind = PG_JSON}, NULL, 0},
    {"js", "TEXT", {.kind = PG_TEXT}, NULL, 0},
    {"e", "TEXT", {.kind = PG_ENUM, .name = STR("mood"), .labels = scope_labels, .label_count = 3}, NULL, 0},
    {"s", "TEXT", {.kind = PG_TEXT}, NULL, 0},
    {"MiXed", "INTEGER", {.kind = PG_INT4}, NULL, 0},
    {"app", "TEXT", {.kind = PG_TEXT}, "unaccent", 0},
};

/* What makes an ordinary text of the column k where it compares without case by itself; NULL: it does not. */
static const char *scope_plain;

static inline const struct scope_column *scope_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(scope_columns); i++)
        if (str_is_nocase(name, scope_columns[i].name))
            return &scope_columns[i];
    return NULL;
}

static inline bool scope_lookup(void *context, struct str table, struct str name,
                                struct translate_column *found)
{
    const struct scope_column *column = scope_find(name);

    (void)context;
    if (column == NULL || (table.ptr != NULL && !str_is_nocase(table, "sample")))
        return false;
    *found = (struct translate_column){.name = str_from(column->name),
                                       .type = column->type,
                                       .affinity = affinity_of(str_from(column->declared)),
                                       .collation = str_from(column->collation),
                                       .plain = str_is(name, "k") ? scope_plain : NULL,
                                       .time_unit = column->time_unit};
    return true;
}

#endif
