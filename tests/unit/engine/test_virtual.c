/* Virtual tables of the modules that SQLite has, of those that it has not, and what belongs to them. */
#include "tests/unit.h"

#include <string.h>

#include "file.h"
#include "schema/virtual.h"

static struct schema schema_of(struct file *file, const char *sql)
{
    struct engine *engine;
    struct schema schema;

    file_run(file, sql);
    engine = file_open(file);
    if (!engine_read_schema(engine, file->arena, &schema, &file->err))
        fail_msg("%s: %s", file->err.primary, file->err.detail);
    engine_close(engine);
    return schema;
}

static struct table *table_of(const struct schema *schema, const char *name)
{
    struct table *table = schema_table(schema, str_from(name));

    if (table == NULL)
        fail_msg("no table %s", name);
    return table;
}

/* "name TYPE, name TYPE" */
static const char *columns_of(struct file *file, const struct schema *schema, const char *name)
{
    const struct table *table = table_of(schema, name);
    struct buf text;
    const char *columns;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < table->column_count; i++)
        buf_printf(&text, "%s%.*s%s%.*s", i > 0 ? ", " : "", STR_ARGS(table->columns[i].name.text),
                   table->columns[i].declared.len > 0 ? " " : "", STR_ARGS(table->columns[i].declared));
    columns = file_text(file, buf_to_str(file->arena, &text));
    buf_free(&text);
    return columns;
}

static void texts_of_full_text_tables_are_rows(void **state)
{
    struct file *file = *state;
    struct schema schema = schema_of(
        file,
        "CREATE VIRTUAL TABLE a USING fts5 (Title, \"The Body\", uid UNINDEXED, tokenize='porter ascii');"
        "CREATE VIRTUAL TABLE b USING fts4 (title varchar(20), body, tokenize=simple, languageid=\"lid\");"
        "CREATE VIRTUAL TABLE c USING fts3;"
        "INSERT INTO a (Title) VALUES ('x'), ('y')");

    assert_string_equal(columns_of(file, &schema, "a"), "rowid INTEGER, Title TEXT, The Body TEXT, uid");
    assert_int_equal(table_of(&schema, "a")->columns[1].name.quote, QUOTE_NONE);
    assert_int_equal(table_of(&schema, "a")->columns[2].name.quote, QUOTE_DOUBLE);
    assert_string_equal(columns_of(file, &schema, "b"), "rowid INTEGER, title TEXT, body TEXT, lid");
    assert_string_equal(columns_of(file, &schema, "c"), "rowid INTEGER, content TEXT");
    assert_int_equal(table_of(&schema, "a")->kind, TABLE_ORDINARY);
    assert_int_equal(table_of(&schema, "a")->rowid_column, 0);
    assert_int_equal(table_of(&schema, "a")->rows, 2);
    assert_int_equal(table_of(&schema, "c")->rows, 0);
    assert_null(table_of(&schema, "a")->read_sql.ptr);
}

static void boxes_are_rows(void **state)
{
    struct file *file = *state;
    struct schema schema = schema_of(file, "CREATE VIRTUAL TABLE a USING rtree (id, x0, x1, +note TEXT);"
                                           "CREATE VIRTUAL TABLE b USING rtree_i32 (k, x0, x1)");

    assert_string_equal(columns_of(file, &schema, "a"), "id INTEGER, x0 REAL, x1 REAL, note");
    assert_string_equal(columns_of(file, &schema, "b"), "k INTEGER, x0 INTEGER, x1 INTEGER");
    assert_int_equal(table_of(&schema, "a")->kind, TABLE_ORDINARY);
}

static void storage_belongs_to_its_module(void **state)
{
    static const char *const shadows[] = {"f_data", "f_idx",     "f_content",  "f_docsize", "f_config",
                                          "g_stat", "g_content", "g_segments", "g_segdir",  "g_docsize",
                                          "r_node", "r_parent",  "r_rowid",    "word_data"};
    struct file *file = *state;
    struct schema schema =
        schema_of(file, "CREATE VIRTUAL TABLE f USING fts5 (a); CREATE VIRTUAL TABLE g USING fts4 (a);"
                        "CREATE VIRTUAL TABLE r USING rtree (id, a, b); CREATE TABLE f_own (n);"
                        "CREATE TABLE words_content (a); CREATE INDEX i ON words_content (a);"
                        "CREATE VIRTUAL TABLE word USING fts5 (a);"
                        "CREATE VIRTUAL TABLE words USING fts5 (a, content='words_content');"
                        "CREATE TABLE rr_node (n)");

    for (size_t i = 0; i < ARRAY_LENGTH(shadows); i++)
        if (table_of(&schema, shadows[i])->kind != TABLE_SHADOW)
            fail_msg("%s", shadows[i]);
    assert_int_equal(table_of(&schema, "f_own")->kind, TABLE_ORDINARY);
    assert_int_equal(table_of(&schema, "rr_node")->kind, TABLE_ORDINARY);
    /* the texts of another table, by a name that would be storage elsewhere */
    assert_int_equal(table_of(&schema, "words_content")->kind, TABLE_ORDINARY);
    assert_int_equal(table_of(&schema, "words_content")->index_count, 1);
}

/* The names of storage that the options leave out, or that has other columns, are anybody's. */
static void a_name_alone_makes_no_storage(void **state)
{
    static const char *const ordinary[] = {"a_stat",    "a_docsize", "b_docsize",
                                           "c_docsize", "d_content", "e_node"};
    struct file *file = *state;
    struct schema schema = schema_of(
        file, "CREATE VIRTUAL TABLE a USING fts3 (x); CREATE TABLE a_stat (player TEXT, points INT);"
              "CREATE TABLE a_docsize (docid INTEGER PRIMARY KEY, size BLOB);"
              "CREATE VIRTUAL TABLE b USING fts4 (x, matchinfo=fts3);"
              "CREATE TABLE b_docsize (docid INTEGER PRIMARY KEY, size BLOB);"
              "CREATE VIRTUAL TABLE c USING fts5 (x, columnsize=0);"
              "CREATE TABLE c_docsize (id INTEGER PRIMARY KEY, sz BLOB);"
              "CREATE VIRTUAL TABLE d USING fts5 (x, content='');"
              "CREATE TABLE d_content (id INTEGER PRIMARY KEY, c0);"
              "PRAGMA writable_schema = on; INSERT INTO sqlite_schema VALUES"
              " ('table', 'e', 'e', 0, 'CREATE VIRTUAL TABLE e USING geopoly (label)');"
              "CREATE TABLE e_node (nodeno INTEGER PRIMARY KEY, data, mine)");

    for (size_t i = 0; i < ARRAY_LENGTH(ordinary); i++)
        if (table_of(&schema, ordinary[i])->kind != TABLE_ORDINARY)
            fail_msg("%s", ordinary[i]);
    assert_int_equal(table_of(&schema, "b_stat")->kind, TABLE_SHADOW);
}

static void an_index_alone_has_no_rows(void **state)
{
    struct file *file = *state;
    struct schema schema =
        schema_of(file, "CREATE TABLE t (id INTEGER PRIMARY KEY, a);"
                        "CREATE VIRTUAL TABLE none USING fts5 (a, content='');"
                        "CREATE VIRTUAL TABLE none4 USING fts4 (content=\"\", a);"
                        "CREATE VIRTUAL TABLE other USING fts5 (a, content=t, content_rowid=id);"
                        "CREATE VIRTUAL TABLE vocabulary USING fts5vocab (none, 'row')");

    assert_int_equal(table_of(&schema, "none")->kind, TABLE_VIRTUAL);
    assert_true(table_of(&schema, "none")->virtual->external);
    assert_int_equal(table_of(&schema, "none")->virtual->content.len, 0);
    assert_int_equal(table_of(&schema, "none4")->kind, TABLE_VIRTUAL);
    assert_int_equal(table_of(&schema, "other")->kind, TABLE_VIRTUAL);
    assert_str_equal(table_of(&schema, "other")->virtual->content, "t");
    assert_str_equal(table_of(&schema, "other")->virtual->content_key, "id");
    assert_int_equal(table_of(&schema, "vocabulary")->virtual->kind, VIRTUAL_VIEW);
}

#define NO_SUCH_TOKENIZER                                                                                    \
    "PRAGMA writable_schema = on; UPDATE sqlite_schema SET sql = replace(sql, 'ascii', 'theirs')"

/* The tokenizer is the application's: the module refuses the table, and its storage is read. */
static void texts_are_read_where_the_module_cannot(void **state)
{
    struct file *file = *state;
    struct schema schema =
        schema_of(file, "CREATE VIRTUAL TABLE f USING fts5 (title, body, tokenize=ascii);"
                        "INSERT INTO f (rowid, title, body) VALUES (7, 'one', 'two');" NO_SUCH_TOKENIZER);
    const struct table *table = table_of(&schema, "f");
    struct engine *engine = file_open(file);
    struct buf sql;

    assert_int_equal(table->kind, TABLE_ORDINARY);
    assert_non_null(strstr(file_text(file, table->virtual->trouble), "theirs"));
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT count(*) FROM ");
    table_put_from(&sql, table);
    buf_text(&sql, " WHERE \"rowid\" = 7 AND title = 'one' AND body = 'two'");
    assert_int_equal(file_int(engine, sql.ptr), 1);
    buf_free(&sql);
    engine_close(engine);
}

/* Geopoly is in few builds: its catalog is written by hand. */
static void shapes_are_read_from_their_storage(void **state)
{
    struct file *file = *state;
    struct schema schema =
        schema_of(file, "CREATE TABLE g_rowid (rowid INTEGER PRIMARY KEY, nodeno, a0, a1);"
                        "INSERT INTO g_rowid VALUES (1, 1, x'00', 'north'); PRAGMA writable_schema = on;"
                        "INSERT INTO sqlite_schema VALUES ('table', 'g', 'g', 0,"
                        " 'CREATE VIRTUAL TABLE g USING geopoly (label)')");

    assert_string_equal(columns_of(file, &schema, "g"), "rowid INTEGER, _shape, label");
    assert_int_equal(table_of(&schema, "g")->kind, TABLE_ORDINARY);
    assert_int_equal(table_of(&schema, "g_rowid")->kind, TABLE_SHADOW);
}

static void what_cannot_be_read_at_all_says_why(void **state)
{
    struct file *file = *state;
    struct schema schema = schema_of(
        file, "PRAGMA writable_schema = on; INSERT INTO sqlite_schema VALUES"
              " ('table', 'lost', 'lost', 0, 'CREATE VIRTUAL TABLE lost USING fts5 (a, tokenize=theirs)'),"
              " ('table', 'packed', 'packed', 0,"
              "  'CREATE VIRTUAL TABLE packed USING fts4 (a, compress=zip, uncompress=unzip)'),"
              " ('table', 'empty', 'empty', 0, 'CREATE VIRTUAL TABLE empty USING rtree ()'),"
              " ('table', 'torn', 'torn', 0, 'CREATE VIRTUAL TABLE torn USING fts5 (a')");
    static const char *const names[] = {"lost", "packed", "empty", "torn"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        assert_int_equal(table_of(&schema, names[i])->kind, TABLE_VIRTUAL);
        assert_true(table_of(&schema, names[i])->virtual->trouble.len > 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, file_setup, file_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(texts_of_full_text_tables_are_rows), TEST(boxes_are_rows),
        TEST(storage_belongs_to_its_module),      TEST(a_name_alone_makes_no_storage),
        TEST(an_index_alone_has_no_rows),         TEST(texts_are_read_where_the_module_cannot),
        TEST(shapes_are_read_from_their_storage), TEST(what_cannot_be_read_at_all_says_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
