/* Catalogs of odd files, as the schema model shows them. */
#include "tests/unit.h"

#include <string.h>

#include "base/buf.h"
#include "file.h"
#include "schema/virtual.h"

static struct schema read_schema(struct file *file)
{
    struct engine *engine = file_open(file);
    struct schema schema;

    if (!engine_read_schema(engine, file->arena, &schema, &file->err))
        fail_msg("%s: %s", file->err.primary, file->err.detail);
    engine_close(engine);
    return schema;
}

static struct schema schema_of(struct file *file, const char *sql)
{
    file_run(file, sql);
    return read_schema(file);
}

static struct table *table_of(const struct schema *schema, const char *name)
{
    struct table *table = schema_table(schema, str_from(name));

    if (table == NULL)
        fail_msg("no table %s", name);
    return table;
}

static void an_empty_file_has_nothing(void **state)
{
    struct file *file = *state;
    struct schema schema;

    file_write(file, "", 0);
    schema = read_schema(file);
    assert_int_equal(schema.table_count + schema.view_count + schema.trigger_count + schema.unreadable_count,
                     0);
    assert_str_equal(schema.encoding, "UTF-8");
    assert_int_equal(schema.bytes, 0);
}

static void tables_of_sqlite_itself_are_none(void **state)
{
    struct file *file = *state;
    struct schema schema = schema_of(
        file, "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n); INSERT INTO t (n) VALUES (1);"
              "CREATE INDEX i ON t (n); ANALYZE");

    assert_int_equal(schema.table_count, 1);
    assert_int_equal(table_of(&schema, "t")->index_count, 1);
}

static void numbers_that_were_given_out_are_known(void **state)
{
    struct file *file = *state;
    struct schema schema = schema_of(
        file, "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, n);"
              "CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT);"
              "CREATE TABLE d (id INTEGER PRIMARY KEY AUTOINCREMENT);"
              "CREATE TABLE c (id INTEGER PRIMARY KEY);"
              "INSERT INTO a VALUES (5, 0), (9, 0); DELETE FROM a WHERE id = 9; INSERT INTO c VALUES (3);"
              "INSERT INTO sqlite_sequence VALUES ('gone', 7), ('b', '12'), ('d', NULL)");

    assert_int_equal(table_of(&schema, "a")->sequence, 9);
    assert_true(table_of(&schema, "a")->autoincrement);
    assert_int_equal(table_of(&schema, "b")->sequence, 12);
    assert_int_equal(table_of(&schema, "d")->sequence, -1);
    assert_int_equal(table_of(&schema, "c")->sequence, -1);
    assert_false(table_of(&schema, "c")->autoincrement);
}

static void the_range_of_rowids_bounds_the_rows(void **state)
{
    struct file *file = *state;
    struct schema schema = schema_of(
        file, "CREATE TABLE none (n); CREATE TABLE few (n); CREATE TABLE wide (id INTEGER PRIMARY KEY);"
              "CREATE TABLE below (id INTEGER PRIMARY KEY); CREATE TABLE keyed (k TEXT PRIMARY KEY) WITHOUT "
              "ROWID; INSERT INTO few VALUES (1), (2), (3); DELETE FROM few WHERE n = 2;"
              "INSERT INTO wide VALUES (-9223372036854775808), (9223372036854775807);"
              "INSERT INTO below VALUES (-10), (-3); INSERT INTO keyed VALUES ('a')");

    assert_int_equal(table_of(&schema, "none")->rows, 0);
    assert_int_equal(table_of(&schema, "few")->rows, 3);
    assert_int_equal(table_of(&schema, "wide")->rows, -1);
    assert_int_equal(table_of(&schema, "below")->rows, 8);
    assert_true(table_of(&schema, "below")->rowid_min == -10 && table_of(&schema, "below")->rowid_max == -3);
    assert_int_equal(table_of(&schema, "keyed")->rows, -1);
    assert_true(table_of(&schema, "keyed")->without_rowid);
    assert_null(table_of(&schema, "keyed")->rowid_name);
}

/* A column may take each of the three names away, in any case of letters. */
static void the_rowid_is_read_under_a_name_that_is_left(void **state)
{
    struct file *file = *state;
    struct schema schema = schema_of(file, "CREATE TABLE a (n); CREATE TABLE b (ROWID TEXT);"
                                           "CREATE TABLE c (rowid TEXT, _RowId_ TEXT);"
                                           "CREATE TABLE d (rowid, _rowid_, oid);"
                                           "CREATE TABLE e (id INTEGER PRIMARY KEY, rowid TEXT);"
                                           "INSERT INTO d VALUES (1, 2, 3)");

    assert_string_equal(table_of(&schema, "a")->rowid_name, "rowid");
    assert_string_equal(table_of(&schema, "b")->rowid_name, "_rowid_");
    assert_string_equal(table_of(&schema, "c")->rowid_name, "oid");
    assert_null(table_of(&schema, "d")->rowid_name);
    assert_int_equal(table_of(&schema, "d")->rows, -1);
    assert_string_equal(table_of(&schema, "e")->rowid_name, "_rowid_");
    assert_int_equal(table_of(&schema, "e")->rowid_column, 0);
}

static void a_module_that_is_not_there_hurts_no_other_table(void **state)
{
    struct file *file = *state;
    struct schema schema =
        schema_of(file, "CREATE TABLE t (n); PRAGMA writable_schema = on; INSERT INTO sqlite_schema VALUES "
                        "('table', 'odd', 'odd', 0, 'CREATE VIRTUAL TABLE odd USING no_such_module (a, b)')");

    assert_int_equal(table_of(&schema, "odd")->kind, TABLE_VIRTUAL);
    assert_int_equal(table_of(&schema, "odd")->virtual->kind, VIRTUAL_UNKNOWN);
    assert_int_equal(table_of(&schema, "t")->kind, TABLE_ORDINARY);
}

/* What a newer SQLite wrote, or somebody with an editor. */
static void objects_that_this_sqlite_cannot_read_are_named(void **state)
{
    struct file *file = *state;
    struct schema schema = schema_of(
        file,
        "CREATE TABLE t (n); INSERT INTO t VALUES (1); PRAGMA writable_schema = on;"
        "INSERT INTO sqlite_schema VALUES ('view', 'v', 'v', 0, 'CREATE VIEW v AS SELECT FROM NEWER SYNTAX');"
        "INSERT INTO sqlite_schema VALUES ('trigger', 'g', 't', 0, 'CREATE TRIGGER g AFTER NEWER ON t DO')");

    assert_int_equal(schema.view_count, 1);
    assert_true(schema.views[0].damage.len > 0);
    assert_int_equal(schema.trigger_count, 1);
    assert_int_equal(table_of(&schema, "t")->column_count, 1);
    assert_int_equal(table_of(&schema, "t")->rows, 1);
}

static void a_view_of_what_is_gone_is_damaged(void **state)
{
    struct file *file = *state;
    struct schema schema =
        schema_of(file, "CREATE TABLE t (n); CREATE VIEW good AS SELECT n FROM t;"
                        "CREATE VIEW bad AS SELECT m FROM gone; CREATE VIEW named (a) AS SELECT 1");

    assert_int_equal(schema.view_count, 3);
    assert_null(schema.views[0].damage.ptr);
    assert_non_null(strstr(file_text(file, schema.views[1].damage), "no such table: main.gone"));
    assert_int_equal(schema.views[2].column_count, 1);
}

/* ALTER TABLE and hand-made changes leave a text that differs from what SQLite took in. */
static void the_catalog_decides_where_the_text_says_less(void **state)
{
    struct file *file = *state;
    struct schema schema =
        schema_of(file, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'x');"
                        "ALTER TABLE t ADD COLUMN b VARCHAR(20) NOT NULL DEFAULT 'it''s';"
                        "ALTER TABLE t RENAME COLUMN a TO \"new a\"; ALTER TABLE t RENAME TO \"T two\"");
    const struct table *table = table_of(&schema, "t TWO");

    assert_null(table->damage.ptr);
    assert_int_equal(table->column_count, 3);
    assert_str_equal(table->columns[1].name.text, "new a");
    assert_str_equal(table->columns[2].declared, "VARCHAR(20)");
    assert_true(table->columns[2].not_null);
    assert_non_null(table->columns[2].default_value);
}

static void every_name_that_sqlite_takes_is_read(void **state)
{
    struct file *file = *state;
    struct schema schema = schema_of(
        file, "CREATE TABLE \"a\"\"b\" (\"c\"\"d\" TEXT, [e f] TEXT, `g``h` TEXT, 'i''j' TEXT);"
              "CREATE TABLE \"\" (\"\" TEXT); CREATE TABLE \"select\" (\"from\" TEXT);"
              "CREATE TABLE \"\xc3\x84\" (\"\xe6\x95\xb0\" TEXT); CREATE TABLE \"x.y\" (\"z w\" TEXT)");

    assert_str_equal(table_of(&schema, "a\"b")->columns[0].name.text, "c\"d");
    assert_str_equal(table_of(&schema, "a\"b")->columns[1].name.text, "e f");
    assert_str_equal(table_of(&schema, "a\"b")->columns[2].name.text, "g`h");
    assert_str_equal(table_of(&schema, "a\"b")->columns[3].name.text, "i'j");
    assert_int_equal(table_of(&schema, "")->column_count, 1);
    assert_str_equal(table_of(&schema, "select")->columns[0].name.text, "from");
    assert_str_equal(table_of(&schema, "\xc3\x84")->columns[0].name.text, "\xe6\x95\xb0");
    assert_str_equal(table_of(&schema, "x.y")->columns[0].name.text, "z w");
}

static void generated_columns_and_keys_are_told_apart(void **state)
{
    struct file *file = *state;
    struct schema schema = schema_of(
        file,
        "CREATE TABLE t (a INT, b INT AS (a * 2) STORED, c INT GENERATED ALWAYS AS (a + b) VIRTUAL,"
        " d TEXT NOT NULL, PRIMARY KEY (d, a)) WITHOUT ROWID; CREATE TABLE i (id INT PRIMARY KEY);"
        "CREATE TABLE r (id INTEGER PRIMARY KEY DESC); CREATE TABLE k (\"id\" \"INTEGER\" PRIMARY KEY)");
    const struct table *table = table_of(&schema, "t");

    assert_int_equal(table->columns[0].generated, GENERATED_NO);
    assert_int_equal(table->columns[1].generated, GENERATED_STORED);
    assert_int_equal(table->columns[2].generated, GENERATED_VIRTUAL);
    assert_int_equal(table->columns[0].key_position, 2);
    assert_int_equal(table->columns[3].key_position, 1);
    assert_int_equal(table->rowid_column, -1);
    assert_int_equal(table_of(&schema, "i")->rowid_column, -1);
    /* "INTEGER PRIMARY KEY DESC" is no rowid: a documented quirk. */
    assert_int_equal(table_of(&schema, "r")->rowid_column, -1);
    assert_int_equal(table_of(&schema, "k")->rowid_column, 0);
}

static void a_table_whose_text_was_spoilt_is_named_and_the_others_are_read(void **state)
{
    struct file *file = *state;
    struct schema schema = schema_of(
        file, "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a, b); CREATE INDEX i ON t (a);"
              "PRAGMA writable_schema = on;"
              "UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a, b' WHERE name = 't'");

    assert_null(schema_table(&schema, str_from("t")));
    assert_int_equal(schema.unreadable_count, 1);
    assert_string_equal(schema.unreadable[0].what, "table");
    assert_str_equal(schema.unreadable[0].name, "t");
    assert_str_equal(schema.unreadable[0].sql, "CREATE TABLE t (a, b");
    assert_true(schema.unreadable[0].reason.len > 0);
    assert_int_equal(table_of(&schema, "p")->column_count, 1);
}

static void utf16_files_are_read_like_others(void **state)
{
    struct file *file = *state;
    struct schema schema = schema_of(
        file,
        "PRAGMA encoding = 'UTF-16le'; CREATE TABLE \"t\xc3\xa4\" (\"n\xc3\xb6\" TEXT DEFAULT '\xc3\xbc');"
        "CREATE INDEX i ON \"t\xc3\xa4\" (\"n\xc3\xb6\")");

    assert_str_equal(schema.encoding, "UTF-16le");
    assert_str_equal(table_of(&schema, "t\xc3\xa4")->columns[0].name.text, "n\xc3\xb6");
    assert_int_equal(table_of(&schema, "t\xc3\xa4")->index_count, 1);
}

static void a_wide_table_and_many_tables_are_read(void **state)
{
    struct file *file = *state;
    struct buf sql;
    struct schema schema;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (int i = 0; i < 300; i++)
        buf_printf(&sql, "CREATE TABLE t%d (n); ", i);
    buf_text(&sql, "CREATE TABLE wide (c0");
    for (int i = 1; i < 1999; i++)
        buf_printf(&sql, ", c%d", i);
    buf_text(&sql, ")");
    schema = schema_of(file, str_cstr(file->arena, buf_view(&sql)));
    buf_free(&sql);
    assert_int_equal(schema.table_count, 301);
    assert_int_equal(table_of(&schema, "wide")->column_count, 1999);
    assert_str_equal(table_of(&schema, "wide")->columns[1998].name.text, "c1998");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, file_setup, file_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_file_has_nothing),
        TEST(tables_of_sqlite_itself_are_none),
        TEST(numbers_that_were_given_out_are_known),
        TEST(the_range_of_rowids_bounds_the_rows),
        TEST(the_rowid_is_read_under_a_name_that_is_left),
        TEST(a_module_that_is_not_there_hurts_no_other_table),
        TEST(objects_that_this_sqlite_cannot_read_are_named),
        TEST(a_view_of_what_is_gone_is_damaged),
        TEST(the_catalog_decides_where_the_text_says_less),
        TEST(every_name_that_sqlite_takes_is_read),
        TEST(generated_columns_and_keys_are_told_apart),
        TEST(a_table_whose_text_was_spoilt_is_named_and_the_others_are_read),
        TEST(utf16_files_are_read_like_others),
        TEST(a_wide_table_and_many_tables_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
