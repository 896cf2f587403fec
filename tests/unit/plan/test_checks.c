/* test_checks.c: CHECKs that only spell the type. */
#include "tests/unit.h"

#include <string.h>

#include "plan/typemap.h"
#include "tests/unit/plan/fixture.h"

static bool spells(const char *column_and_check, enum pg_kind kind)
{
    struct arena *arena = arena_new();
    sqlite3 *db = fixture_make(str_printf(arena, "CREATE TABLE t (other, c %s)", column_and_check).ptr);
    struct schema schema = fixture_schema(arena, db);
    const struct table *table = &schema.tables[0];
    struct pg_type type = pg_type_of(kind);
    bool result;

    assert_int_equal(table->check_count, 1);
    result = check_spells_type(table, &table->checks[0], &table->columns[1], &type);
    sqlite3_close(db);
    arena_free(arena);
    return result;
}

static void check_all(const char *const *checks, size_t count, enum pg_kind kind, bool expected)
{
    for (size_t i = 0; i < count; i++)
        if (spells(checks[i], kind) != expected)
            fail_msg("%s is judged wrongly for %s", checks[i], pg_kind_name(kind));
}

static void booleans(void **state)
{
    static const char *const yes[] = {
        "BOOLEAN CHECK (c IN (0, 1))",
        "BOOLEAN, CONSTRAINT x CHECK (c IN (1, 0))",
        "BOOLEAN CHECK (t.c IN (0, 1, NULL))",
        "BOOLEAN CHECK (\"C\" IN (0, 1) OR c IS NULL)",
        "BOOLEAN CHECK (c IS NULL OR c IN (0, 1))",
        "BOOLEAN CHECK (c IN (TRUE, FALSE))",
        "BOOLEAN CHECK (c = 0 OR c = 1)",
        "BOOLEAN CHECK (c BETWEEN 0 AND 1)",
        "BOOLEAN NOT NULL CHECK (typeof(c) = 'integer' AND c IN (0, 1))",
    };
    static const char *const no[] = {
        "BOOLEAN CHECK (c IN (0))",
        "BOOLEAN CHECK (c = 1)",
        "BOOLEAN CHECK (c IN (0, 1, 2))",
        "BOOLEAN CHECK (c NOT IN (0, 1))",
        "BOOLEAN CHECK (c IN (0, 1) AND other > 1)",
        "BOOLEAN CHECK (c IN (0, 1) OR other IS NULL)",
        "BOOLEAN CHECK (c IN (0, 1) OR c IS NOT NULL)",
        "BOOLEAN CHECK (other IN (0, 1))",
        "BOOLEAN CHECK (c IN ('0', '1'))",
        "BOOLEAN CHECK (c IN (0, other))",
        "BOOLEAN CHECK (c NOT BETWEEN 0 AND 1)",
        "BOOLEAN CHECK (typeof(c) = 'integer' AND c IN (0, 1))", /* refuses NULL too */
    };

    (void)state;
    check_all(yes, ARRAY_LENGTH(yes), PG_BOOL, true);
    check_all(no, ARRAY_LENGTH(no), PG_BOOL, false);
    check_all(yes, 6, PG_INT8, false);
}

static void json(void **state)
{
    static const char *const yes[] = {
        "TEXT CHECK (json_valid(c))",
        "text CHECK ((JSON_VALID(\"c\") OR \"c\" IS NULL))",
        "TEXT CHECK (json_valid(c) = 1)",
    };
    static const char *const no[] = {
        "TEXT CHECK (json_valid(other))",       "TEXT CHECK (json_valid(c) = 0)",
        "TEXT CHECK (NOT json_valid(c))",       "TEXT CHECK (json_valid(c) AND json_type(c) = 'array')",
        "TEXT CHECK (json_valid(c) OR c = '')",
    };

    (void)state;
    check_all(yes, ARRAY_LENGTH(yes), PG_JSONB, true);
    check_all(yes, ARRAY_LENGTH(yes), PG_JSON, true);
    check_all(yes, ARRAY_LENGTH(yes), PG_TEXT, false);
    check_all(no, ARRAY_LENGTH(no), PG_JSONB, false);
}

static void storage_classes(void **state)
{
    (void)state;
    assert_true(spells("INTEGER NOT NULL CHECK (typeof(c) = 'integer')", PG_INT8));
    assert_true(spells("INTEGER NOT NULL CHECK (typeof(c) IS \"integer\")", PG_INT8));
    assert_true(spells("INTEGER CHECK (typeof(c) IN ('integer', 'null'))", PG_INT8));
    assert_true(spells("INTEGER CHECK (typeof(c) = 'integer' OR c IS NULL)", PG_INT8));
    assert_true(spells("REAL NOT NULL CHECK (typeof(c) IN ('real', 'integer'))", PG_FLOAT8));
    assert_true(spells("NUMERIC NOT NULL CHECK (typeof(c) IN ('real', 'integer'))", PG_NUMERIC));
    assert_true(spells("TEXT NOT NULL CHECK (typeof(c) = 'text')", PG_VARCHAR));
    assert_true(spells("BLOB NOT NULL CHECK (typeof(c) = 'blob')", PG_BYTEA));
    assert_true(spells("DATETIME NOT NULL CHECK (typeof(c) = 'integer')", PG_TIMESTAMP));
    /* a NULL has a class of its own, which this refuses: NOT NULL would be lost */
    assert_false(spells("INTEGER CHECK (typeof(c) = 'integer')", PG_INT8));
    assert_false(spells("NUMERIC NOT NULL CHECK (typeof(c) = 'integer')", PG_NUMERIC));
    assert_false(spells("INTEGER NOT NULL CHECK (typeof(c) = 'text')", PG_INT8));
    assert_false(spells("INTEGER NOT NULL CHECK (typeof(c) <> 'integer')", PG_INT8));
    assert_false(spells("INTEGER NOT NULL CHECK (typeof(c) NOT IN ('text'))", PG_INT8));
    assert_false(spells("INTEGER NOT NULL CHECK (typeof(other) = 'integer')", PG_INT8));
    assert_false(spells("TEXT NOT NULL CHECK (typeof(c) = 'text' AND length(c) = 36)", PG_TEXT));
}

static void enums(void **state)
{
    static const struct str labels[] = {STR("a"), STR("b")};
    struct pg_type type = pg_type_of(PG_ENUM);
    struct arena *arena = arena_new();
    sqlite3 *db = fixture_make("CREATE TABLE t (c VARCHAR(1), CHECK (c IN ('b', 'a')), CHECK (c IN ('a')), "
                               "CHECK (c IS NULL OR c IN ('a', 'b', 'c')), CHECK (c <> 'b'))");
    struct schema schema = fixture_schema(arena, db);
    const struct table *table = &schema.tables[0];

    (void)state;
    type.labels = labels;
    type.label_count = ARRAY_LENGTH(labels);
    assert_int_equal(table->check_count, 4);
    assert_true(check_spells_type(table, &table->checks[0], &table->columns[0], &type));
    assert_false(check_spells_type(table, &table->checks[1], &table->columns[0], &type));
    assert_true(check_spells_type(table, &table->checks[2], &table->columns[0], &type));
    assert_false(check_spells_type(table, &table->checks[3], &table->columns[0], &type));
    sqlite3_close(db);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(booleans),
        cmocka_unit_test(json),
        cmocka_unit_test(storage_classes),
        cmocka_unit_test(enums),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
