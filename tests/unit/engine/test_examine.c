/* What is said of a file before SQLite opens it, and when SQLite cannot. */
#include "tests/unit.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

static void check(struct file *file, enum err_code code, const char *primary, const char *detail)
{
    bool good;

    err_clear(&file->err);
    good = sqlite_check(file->arena, &file->url, &file->err);
    if (good != (code == ERR_NONE) || file->err.code != code || strstr(file->err.primary, primary) == NULL ||
        strstr(file->err.detail, detail) == NULL)
        fail_msg("%s %s: %s", err_code_name(file->err.code), file->err.primary, file->err.detail);
    assert_true(good || file->err.hint[0] != '\0');
}

static void a_missing_file_is_not_made(void **state)
{
    struct file *file = *state;

    check(file, ERR_SOURCE_MISSING, "app.db: no such file", "");
    file_refused(file, ERR_SOURCE_MISSING, "app.db: no such file");
    assert_int_equal(file_size(file, ""), -1);
    file->url.path = str_from(arena_printf(file->arena, "%s/none/app.db", file->folder));
    check(file, ERR_SOURCE_MISSING, "none/app.db: no such file", "");
}

static void what_is_no_file_is_named(void **state)
{
    struct file *file = *state;

    file->url.path = str_from(file->folder);
    check(file, ERR_SOURCE_KIND, "a directory, not a database file", "");
    file->url.path = str_from("/dev/null");
    check(file, ERR_SOURCE_KIND, "/dev/null: not a regular file", "");
}

static void short_files_are_told_by_their_bytes(void **state)
{
    static const char header[] = "SQLite format 3";
    struct file *file = *state;

    file_write(file, "", 0);
    check(file, ERR_NONE, "", "");
    file_write(file, "\x7f", 1);
    check(file, ERR_SOURCE_KIND, "not a SQLite database", "only 1 bytes");
    file_write(file, "x", 1);
    check(file, ERR_SOURCE_KIND, "not a SQLite database", "starting with \"x\"");
    file_write(file, header, sizeof(header));
    check(file, ERR_SOURCE_KIND, "not a SQLite database", "only 16 bytes");
    file_write(file, " \n\t ", 4);
    check(file, ERR_SOURCE_KIND, "not a SQLite database", "it holds text");
}

static void texts_are_shown_and_other_bytes_are_not(void **state)
{
    struct file *file = *state;
    char bytes[300];

    file_write(file, "-- dump\nCREATE TABLE t (n);\n", 28);
    check(file, ERR_SOURCE_KIND, "not a SQLite database", "starting with \"-- dump CREATE TABLE");
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)("\xc3\xbc"[i % 2]); /* cut at byte 100, at a whole character */
    file_write(file, bytes, sizeof(bytes));
    check(file, ERR_SOURCE_KIND, "not a SQLite database", "it holds text");
    file_write(file, bytes + 1, sizeof(bytes) - 1);
    check(file, ERR_SOURCE_KIND, "not a SQLite database", "encrypted");
    memset(bytes, 0, sizeof(bytes));
    file_write(file, bytes, sizeof(bytes));
    check(file, ERR_SOURCE_KIND, "not a SQLite database", "encrypted");
}

static void make_pages(const struct file *file, const char *settings)
{
    file_run(file,
             arena_printf(file->arena,
                          "%s; CREATE TABLE t (v TEXT);"
                          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
                          "INSERT INTO t SELECT printf('%%0500d', i) FROM n",
                          settings));
}

static void a_file_cut_short_is_damaged_whatever_its_pages(void **state)
{
    static const char *const settings[] = {"PRAGMA page_size = 512", "PRAGMA page_size = 4096",
                                           "PRAGMA page_size = 65536"};
    struct file *file = *state;

    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        make_pages(file, settings[i]);
        check(file, ERR_NONE, "", "");
        assert_int_equal(truncate(file->path, file_size(file, "") - 1), 0);
        check(file, ERR_SOURCE_CORRUPT, "the file is cut short", "its header says");
        assert_int_equal(unlink(file->path), 0);
    }
}

static void a_file_with_more_bytes_than_pages_is_sound(void **state)
{
    struct file *file = *state;

    make_pages(file, "PRAGMA page_size = 4096");
    assert_int_equal(truncate(file->path, file_size(file, "") + 5000), 0);
    check(file, ERR_NONE, "", "");
}

/* Its newest pages are in the log. */
static void a_file_in_wal_mode_may_be_behind(void **state)
{
    struct file *file = *state;

    make_pages(file, "PRAGMA journal_mode = wal");
    assert_int_equal(truncate(file->path, 8192), 0);
    check(file, ERR_NONE, "", "");
}

static void random_bytes_behind_a_header_are_damage(void **state)
{
    struct file *file = *state;
    unsigned char page[4096];
    FILE *stream;

    make_pages(file, "PRAGMA page_size = 4096");
    for (size_t i = 0; i < sizeof(page); i++)
        page[i] = (unsigned char)(i * 31 + 7);
    stream = fopen(file->path, "r+b");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, 100, SEEK_SET), 0);
    assert_int_equal(fwrite(page, 1, 3000, stream), 3000);
    assert_int_equal(fclose(stream), 0);
    file_refused(file, ERR_SOURCE_CORRUPT, "the file is damaged");
}

static void a_lock_is_waited_for_and_then_told(void **state)
{
    struct file *file = *state;
    sqlite3 *holder;

    make_pages(file, "PRAGMA journal_mode = delete");
    assert_int_equal(sqlite3_open(file->path, &holder), SQLITE_OK);
    assert_int_equal(sqlite3_exec(holder, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    file_refused(file, ERR_SOURCE_LOCKED, "another program keeps it locked");
    (void)sqlite3_close(holder);
    engine_close(file_open(file));
}

static void nothing_can_be_written(void **state)
{
    static const char *const statements[] = {
        "INSERT INTO t VALUES ('x')",
        "DELETE FROM t",
        "CREATE TABLE u (n)",
        "DROP TABLE t",
        "VACUUM",
        "PRAGMA user_version = 7",
        "PRAGMA journal_mode = wal; SELECT 1 FROM u",
        "REINDEX",
    };
    struct file *file = *state;
    struct engine *engine;

    make_pages(file, "PRAGMA journal_mode = delete");
    engine = file_open(file);
    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
        err_clear(&file->err);
        if (engine_exec(engine, str_from(statements[i]), &file->err) && i != 5 && i != 7)
            fail_msg("%s", statements[i]);
    }
    assert_int_equal(file_int(engine, "SELECT count(*) FROM t"), 500);
    assert_int_equal(file_int(engine, "PRAGMA user_version"), 0);
    engine_close(engine);
    assert_int_equal(file_size(file, "-wal"), -1);
    assert_int_equal(file_size(file, "-journal"), -1);
}

static void every_path_is_a_name_and_no_syntax(void **state)
{
    static const char *const names[] = {"a b.db",   "100%.db",    "%41",       "what?mode=rwc", "a#b",
                                        "it's",     "say \"hi\"", "a&b=c",     "back\\slash",   "\xc3\xbc.db",
                                        "\xff\xfe", "line\nend",  ":memory:x", "file:x",        "a;b"};
    struct file *file = *state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct engine *engine;

        file->path = arena_printf(file->arena, "%s/%s", file->folder, names[i]);
        file->url.path = str_from(file->path);
        file_run(file, "CREATE TABLE t (n); INSERT INTO t VALUES (42)");
        check(file, ERR_NONE, "", "");
        engine = file_open(file);
        assert_int_equal(file_int(engine, "SELECT n FROM t"), 42);
        engine_close(engine);
    }
}

/* Then SQLite looks at no log and takes no lock. */
/* In SQLite's URI two slashes at the start would name another machine. */
static void a_path_may_begin_with_two_slashes(void **state)
{
    struct file *file = *state;
    struct engine *engine;

    file_run(file, "CREATE TABLE t (n); INSERT INTO t VALUES (42)");
    file->url.path = str_from(arena_printf(file->arena, "/%s", file->path));
    engine = file_open(file);
    assert_int_equal(file_int(engine, "SELECT n FROM t"), 42);
    engine_close(engine);
}

static void immutable_files_are_read_without_locks_and_never_with_a_log(void **state)
{
    struct file *file = *state;
    struct engine *engine;
    sqlite3 *writer;

    make_pages(file, "PRAGMA journal_mode = wal");
    file->url.immutable = true;
    engine = file_open(file);
    assert_int_equal(file_int(engine, "SELECT count(*) FROM t"), 500);
    engine_close(engine);
    assert_int_equal(file_size(file, "-shm"), -1);
    assert_int_equal(sqlite3_open(file->path, &writer), SQLITE_OK);
    assert_int_equal(sqlite3_exec(writer, "DELETE FROM t", NULL, NULL, NULL), SQLITE_OK);
    file_refused(file, ERR_REFUSED, "immutable=1 was asked for, and there is a -wal file");
    (void)sqlite3_close(writer);
    engine_close(file_open(file));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, file_setup, file_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_missing_file_is_not_made),
        TEST(what_is_no_file_is_named),
        TEST(short_files_are_told_by_their_bytes),
        TEST(texts_are_shown_and_other_bytes_are_not),
        TEST(a_file_cut_short_is_damaged_whatever_its_pages),
        TEST(a_file_with_more_bytes_than_pages_is_sound),
        TEST(a_file_in_wal_mode_may_be_behind),
        TEST(random_bytes_behind_a_header_are_damage),
        TEST(a_lock_is_waited_for_and_then_told),
        TEST(nothing_can_be_written),
        TEST(every_path_is_a_name_and_no_syntax),
        TEST(a_path_may_begin_with_two_slashes),
        TEST(immutable_files_are_read_without_locks_and_never_with_a_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
