#include "tests/unit.h"

#include "tests/unit/plan/fixture.h"

#include <stdio.h>
#include <string.h>

#include "schema/parse.h"
#include "survey/survey.h"

sqlite3 *fixture_open(const char *path)
{
    char url[4096];
    sqlite3 *db = NULL;

    (void)snprintf(url, sizeof(url), "file:%s?immutable=1", path);
    if (sqlite3_open_v2(url, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) == SQLITE_OK)
        return db;
    sqlite3_close(db);
    return NULL;
}

sqlite3 *fixture_make(const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    return db;
}

static struct str text_of(struct arena *arena, sqlite3_stmt *statement, int place)
{
    const unsigned char *text = sqlite3_column_text(statement, place);

    if (text == NULL)
        return (struct str){NULL, 0};
    return str_dup(arena, (struct str){(const char *)text, (size_t)sqlite3_column_bytes(statement, place)});
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    return statement;
}

static void add_table(struct arena *arena, struct schema *schema, struct str sql)
{
    struct table table = {.rowid_column = -1, .sequence = -1};
    struct err err = {.code = ERR_NONE};
    bool is_virtual = str_starts_with_nocase(sql, "create virtual");

    if (!(is_virtual ? parse_virtual_table(arena, sql, &table, &err) : parse_table(arena, sql, &table, &err)))
        fail_msg("%.*s: %s", STR_ARGS(sql), err.primary);
    table.kind = is_virtual ? TABLE_VIRTUAL : TABLE_ORDINARY;
    table.sql = sql;
    ARENA_PUSH(arena, schema->tables, schema->table_count, schema->table_capacity) = table;
}

static void add_index(struct arena *arena, struct schema *schema, struct str sql)
{
    struct index index = {.unique = false};
    struct err err = {.code = ERR_NONE};
    struct table *table;

    if (!parse_index(arena, sql, &index, &err))
        fail_msg("%.*s: %s", STR_ARGS(sql), err.primary);
    table = schema_table(schema, index.table.text);
    if (table != NULL) {
        struct index *indexes = ARENA_ARRAY(arena, struct index, table->index_count + 1);

        if (!index_resolve(arena, &index, table, &err))
            fail_msg("%.*s: %s", STR_ARGS(sql), err.primary);
        if (table->index_count > 0)
            memcpy(indexes, table->indexes, table->index_count * sizeof(*indexes));
        indexes[table->index_count] = index;
        indexes[table->index_count++].sql = sql;
        table->indexes = indexes;
    }
}

struct schema fixture_schema(struct arena *arena, sqlite3 *db)
{
    struct schema schema = {.bytes = 0};
    sqlite3_stmt *statement =
        prepare(db, "SELECT type, sql FROM sqlite_master WHERE type IN ('table', 'index') "
                    "AND sql IS NOT NULL AND name <> 'sqlite_sequence' "
                    "AND name NOT GLOB 'sqlite_stat?' ORDER BY type = 'index', rowid");

    while (sqlite3_step(statement) == SQLITE_ROW) {
        struct str type = text_of(arena, statement, 0);

        if (str_is(type, "table"))
            add_table(arena, &schema, text_of(arena, statement, 1));
        else
            add_index(arena, &schema, text_of(arena, statement, 1));
    }
    sqlite3_finalize(statement);
    return schema;
}

static struct value cell_of(sqlite3_stmt *statement)
{
    static const enum value_kind kinds[] = {
        [SQLITE_INTEGER] = VALUE_INTEGER, [SQLITE_FLOAT] = VALUE_REAL, [SQLITE_TEXT] = VALUE_TEXT,
        [SQLITE_BLOB] = VALUE_BLOB,       [SQLITE_NULL] = VALUE_NULL,
    };
    struct value value = {.kind = kinds[sqlite3_column_type(statement, 0)]};

    value.integer = value.kind == VALUE_INTEGER ? sqlite3_column_int64(statement, 0) : 0;
    value.real = value.kind == VALUE_REAL ? sqlite3_column_double(statement, 0) : 0;
    if (value.kind == VALUE_TEXT || value.kind == VALUE_BLOB) {
        value.bytes.ptr = sqlite3_column_blob(statement, 0);
        value.bytes.len = (size_t)sqlite3_column_bytes(statement, 0);
    }
    return value;
}

struct column_facts fixture_facts(sqlite3 *db, const struct table *table, const struct column *column)
{
    struct column_facts facts = {.sampled = false};
    char *sql = sqlite3_mprintf("SELECT \"%.*w\" FROM \"%.*w\"", STR_ARGS(column->name.text),
                                STR_ARGS(table->name.text));
    sqlite3_stmt *statement = prepare(db, sql);

    sqlite3_free(sql);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        struct value value = cell_of(statement);

        survey_add(&facts, &value);
    }
    sqlite3_finalize(statement);
    return facts;
}
