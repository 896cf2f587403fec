/* Statements, their rows, and the calls that every engine has. */
#include "tests/unit.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "file.h"

static struct rows *query(struct file *file, struct engine *engine, const char *sql)
{
    struct rows *rows;

    err_clear(&file->err);
    if (!engine_query(engine, str_from(sql), NULL, 0, &rows, &file->err))
        fail_msg("%s: %s", file->err.primary, file->err.detail);
    return rows;
}

static bool next(struct file *file, struct rows *rows)
{
    bool found = false;

    if (!rows_next(rows, &found, &file->err))
        fail_msg("%s: %s", file->err.primary, file->err.detail);
    return found;
}

static void each_storage_class_comes_as_itself(void **state)
{
    struct file *file = *state;
    struct engine *engine;
    struct rows *rows;

    file_write(file, "", 0);
    engine = file_open(file);
    rows = query(file, engine,
                 "SELECT NULL, 9223372036854775807, -0.5, 'text', x'00ff', '', x'', CAST(x'610062' AS TEXT), "
                 "CAST(x'ff' AS TEXT)");
    assert_int_equal(rows->width, 9);
    assert_true(next(file, rows));
    assert_int_equal(rows->cells[0].kind, VALUE_NULL);
    assert_true(rows->cells[1].kind == VALUE_INTEGER && rows->cells[1].integer == INT64_MAX);
    assert_true(rows->cells[2].kind == VALUE_REAL && rows->cells[2].real + 0.5 == 0);
    assert_int_equal(rows->cells[3].kind, VALUE_TEXT);
    assert_str_equal(rows->cells[3].bytes, "text");
    assert_true(rows->cells[4].kind == VALUE_BLOB && rows->cells[4].bytes.len == 2);
    assert_memory_equal(rows->cells[4].bytes.ptr, "\0\xff", 2);
    assert_true(rows->cells[5].kind == VALUE_TEXT && rows->cells[5].bytes.len == 0);
    assert_true(rows->cells[6].kind == VALUE_BLOB && rows->cells[6].bytes.len == 0);
    assert_true(rows->cells[7].kind == VALUE_TEXT && rows->cells[7].bytes.len == 3);
    assert_memory_equal(rows->cells[7].bytes.ptr, "a\0b", 3);
    assert_true(rows->cells[8].kind == VALUE_TEXT && rows->cells[8].bytes.len == 1);
    assert_false(next(file, rows));
    rows_close(rows);
    rows_close(NULL);
    engine_close(engine);
    engine_close(NULL);
}

static void texts_of_a_utf16_file_come_as_utf8(void **state)
{
    struct file *file = *state;
    struct engine *engine;
    struct rows *rows;

    file_run(file, "PRAGMA encoding = 'UTF-16be'; CREATE TABLE t (v); INSERT INTO t VALUES "
                   "('\xc3\xbc\xf0\x9f\x98\x80'), ('')");
    engine = file_open(file);
    rows = query(file, engine, "SELECT v FROM t ORDER BY rowid");
    assert_true(next(file, rows));
    assert_str_equal(rows->cells[0].bytes, "\xc3\xbc\xf0\x9f\x98\x80");
    assert_true(next(file, rows));
    assert_true(rows->cells[0].kind == VALUE_TEXT && rows->cells[0].bytes.len == 0);
    rows_close(rows);
    engine_close(engine);
}

static void one_value_of_one_row(void **state)
{
    struct file *file = *state;
    struct str params[] = {STR("it's; DROP"), {NULL, 0}, {"", 0}};
    struct engine *engine;
    struct value value;

    file_write(file, "", 0);
    engine = file_open(file);
    assert_true(engine_value(engine, file->arena,
                             (struct str)STR("SELECT ?1 || typeof(?2) || typeof(?3) || length(?3)"), params,
                             3, &value, &file->err));
    assert_str_equal(value.bytes, "it's; DROPnulltext0");
    assert_true(
        engine_value(engine, file->arena, (struct str)STR("SELECT 1 WHERE 0"), NULL, 0, &value, &file->err));
    assert_int_equal(value.kind, VALUE_NULL);
    assert_int_equal(file_int(engine, "SELECT 'text'"), 0);
    assert_int_equal(file_int(engine, "SELECT -5"), -5);
    engine_close(engine);
}

static void a_wrong_statement_is_told_with_the_reason(void **state)
{
    struct file *file = *state;
    struct engine *engine;
    struct rows *rows;

    file_write(file, "", 0);
    engine = file_open(file);
    assert_false(engine_exec(engine, (struct str)STR("SELECT absent"), &file->err));
    assert_int_equal(file->err.code, ERR_DATABASE);
    assert_non_null(strstr(file->err.primary, "app.db: a statement failed: SELECT absent"));
    assert_non_null(strstr(file->err.detail, "no such column: absent"));
    err_clear(&file->err);
    assert_false(engine_query(engine, (struct str)STR("SELEC"), NULL, 0, &rows, &file->err));
    assert_null(rows);
    assert_non_null(strstr(file->err.detail, "syntax error"));
    /* A name in quotes that is none must not become a text. */
    err_clear(&file->err);
    assert_false(engine_query(engine, (struct str)STR("SELECT \"absent\""), NULL, 0, &rows, &file->err));
    engine_close(engine);
}

static void what_an_engine_does_not_have_is_said(void **state)
{
    struct file *file = *state;
    struct engine *engine;

    file_write(file, "", 0);
    engine = file_open(file);
    assert_false(engine_copy_in(engine, (struct str)STR("COPY t FROM STDIN"), &file->err));
    assert_int_equal(file->err.code, ERR_USAGE);
    assert_string_equal(file->err.primary, "sqlite has no COPY");
    err_clear(&file->err);
    assert_false(engine_copy_out(engine, (struct str)STR("COPY t TO STDOUT"), &file->err));
    engine_close(engine);
}

static const char endless[] =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

static void *cancel_soon(void *engine)
{
    for (int i = 0; i < 100; i++) {
        (void)usleep(10000);
        engine_cancel(engine);
    }
    return NULL;
}

static void a_statement_is_canceled_from_another_thread(void **state)
{
    struct file *file = *state;
    struct engine *engine;
    pthread_t thread;
    int64_t value;

    file_write(file, "", 0);
    engine = file_open(file);
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, engine), 0);
    assert_false(engine_int(engine, str_from(endless), &value, &file->err));
    assert_int_equal(file->err.code, ERR_CANCELED);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(file_int(engine, "SELECT 1"), 1);
    engine_close(engine);
}

static void count_lines(void *context, enum log_level level, const char *line)
{
    int *lines = context;

    assert_int_equal(level, LOG_TRACE);
    assert_non_null(strstr(line, "sqlite: SELECT"));
    ++*lines;
}

static void a_traced_engine_does_the_same_and_tells_it(void **state)
{
    struct file *file = *state;
    struct engine *engine;
    struct schema schema;
    struct rows *rows;
    int lines = 0;

    file_run(file, "CREATE TABLE t (n); INSERT INTO t VALUES (1), (2)");
    engine = engine_trace(file_open(file));
    assert_ptr_not_equal(engine_unwrap(engine), engine);
    assert_ptr_equal(engine_unwrap(engine_unwrap(engine)), engine_unwrap(engine));
    log_to(count_lines, &lines);
    log_at(LOG_TRACE);
    rows = query(file, engine, "SELECT n FROM t ORDER BY n");
    assert_true(next(file, rows) && next(file, rows) && !next(file, rows));
    rows_close(rows);
    assert_int_equal(file_int(engine, "SELECT count(*) FROM t"), 2);
    assert_true(engine_execf(engine, &file->err, "SELECT %d", 7));
    log_at(LOG_NOTICE);
    log_to(NULL, NULL);
    assert_int_equal(lines, 3);
    assert_true(engine_read_schema(engine, file->arena, &schema, &file->err));
    assert_int_equal(schema.table_count, 1);
    engine_cancel(engine);
    engine_close(engine);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, file_setup, file_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_storage_class_comes_as_itself),
        TEST(texts_of_a_utf16_file_come_as_utf8),
        TEST(one_value_of_one_row),
        TEST(a_wrong_statement_is_told_with_the_reason),
        TEST(what_an_engine_does_not_have_is_said),
        TEST(a_statement_is_canceled_from_another_thread),
        TEST(a_traced_engine_does_the_same_and_tells_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
