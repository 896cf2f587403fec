/* Several readers of one state, while others write. */
#include "tests/unit.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"

enum {
    READERS = 4
};

static struct snapshot begin_by(struct file *file, bool in_place)
{
    struct engine_options options = {.busy_ms = 10000, .in_place = in_place};
    struct snapshot snapshot;

    err_clear(&file->err);
    if (!snapshot_open(file->arena, &file->url, &options, READERS, &snapshot, &file->err))
        fail_msg("%s: %s", file->err.primary, file->err.detail);

    assert_in_range(snapshot.reader_count, 1, READERS);
    return snapshot;
}

static struct snapshot begin(struct file *file)
{
    return begin_by(file, false);
}

static bool changed(struct file *file, struct snapshot *snapshot)
{
    bool written = true;

    if (!snapshot_changed(snapshot, &written, &file->err))
        fail_msg("%s: %s", file->err.primary, file->err.detail);
    return written;
}

static void all_read(const struct snapshot *snapshot, const char *sql, long long expected)
{
    for (size_t i = 0; i < snapshot->reader_count; i++)
        assert_int_equal(file_int(snapshot->readers[i], sql), expected);
}

static void readers_keep_their_state_while_another_process_commits(void **state)
{
    struct file *file = *state;
    struct snapshot snapshot;

    file_run(file, "PRAGMA journal_mode = wal; CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)");
    snapshot = begin(file);
    assert_int_equal(snapshot.reader_count, READERS);
    assert_true(snapshot.wal);
    assert_false(changed(file, &snapshot));
    file_run_elsewhere(file, "INSERT INTO t VALUES (2)");
    file_run_elsewhere(file, "CREATE TABLE u (n INTEGER); DELETE FROM t");
    all_read(&snapshot, "SELECT count(*) FROM t", 1);
    all_read(&snapshot, "SELECT count(*) FROM sqlite_schema", 1);
    assert_true(changed(file, &snapshot));
    snapshot_close(&snapshot);

    snapshot = begin(file);
    all_read(&snapshot, "SELECT count(*) FROM t", 0);
    assert_false(changed(file, &snapshot));
    snapshot_close(&snapshot);
}

static void a_transaction_that_is_rolled_back_changes_nothing(void **state)
{
    struct file *file = *state;
    struct snapshot snapshot;

    file_run(file, "PRAGMA journal_mode = wal; CREATE TABLE t (n INTEGER)");
    snapshot = begin(file);
    file_run_elsewhere(file, "BEGIN; INSERT INTO t VALUES (1); ROLLBACK");
    assert_false(changed(file, &snapshot));
    snapshot_close(&snapshot);
}

/* A program that has the file open to write, and does nothing with it. */
static sqlite3 *open_idle(struct file *file)
{
    sqlite3 *idle;

    assert_int_equal(sqlite3_open(file->path, &idle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(idle, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL), SQLITE_OK);
    return idle;
}

static void a_file_that_nobody_writes_is_not_copied(void **state)
{
    struct file *file = *state;
    struct snapshot snapshot;

    file_run(file, "CREATE TABLE t (n INTEGER)");
    snapshot = begin(file);
    snapshot_look(&snapshot);
    assert_null(snapshot.copy.directory);
    assert_int_equal(snapshot.reader_count, READERS);
    assert_false(changed(file, &snapshot));
    all_read(&snapshot, "SELECT count(*) FROM t", 0);
    snapshot_close(&snapshot);
}

static void a_writer_that_comes_later_gets_its_way(void **state)
{
    struct file *file = *state;
    struct snapshot snapshot;

    file_run(
        file,
        "CREATE TABLE t (n INTEGER); CREATE TABLE big (b BLOB); INSERT INTO big VALUES (randomblob(300000))");
    snapshot = begin(file);
    file_run_elsewhere(
        file, "PRAGMA busy_timeout = 60000; INSERT INTO t VALUES (1); UPDATE big SET b = zeroblob(300000)");
    assert_true(changed(file, &snapshot));
    assert_non_null(snapshot.copy.directory);
    assert_in_range(snapshot.copy.stall_us, 1, 60000000);
    assert_true(snapshot.copy.bytes > 300000);
    all_read(&snapshot, "SELECT count(*) FROM t", 0);
    all_read(&snapshot, "SELECT count(*) FROM big WHERE b = zeroblob(300000)", 0);
    file_run_elsewhere(file, "DELETE FROM big");
    all_read(&snapshot, "SELECT count(*) FROM big", 1);
    snapshot_close(&snapshot);
}

/* In the middle of a statement, with most of its pages not read yet. */
static void a_reader_goes_over_to_the_copy_unnoticed(void **state)
{
    struct file *file = *state;
    struct snapshot snapshot;
    struct rows *rows;
    bool found = true;
    long long sum = 0;

    file_run(
        file,
        "CREATE TABLE t (n INTEGER, b BLOB); WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k "
        "LIMIT 3000) INSERT INTO t SELECT i, zeroblob(3000) FROM k");
    snapshot = begin(file);
    assert_true(engine_query(snapshot.readers[1], (struct str)STR("SELECT n, length(b) FROM t"), NULL, 0,
                             &rows, &file->err));
    for (int i = 0; rows_next(rows, &found, &file->err) && found; i++) {
        sum += rows->cells[0].integer + rows->cells[1].integer;
        if (i == 10)
            file_run_elsewhere(file, "PRAGMA busy_timeout = 60000; UPDATE t SET n = -n, b = NULL; VACUUM");
    }
    rows_close(rows);
    assert_int_equal(sum, 3000LL * 3001 / 2 + 3000LL * 3000);
    assert_true(changed(file, &snapshot));
    snapshot_close(&snapshot);
}

static void a_copy_lets_writers_go_on(void **state)
{
    struct file *file = *state;
    struct snapshot snapshot;
    sqlite3 *writer;
    sqlite3 *idle;

    file_run(file, "CREATE TABLE t (n INTEGER)");
    idle = open_idle(file);
    snapshot = begin(file);
    (void)sqlite3_close(idle);
    assert_non_null(snapshot.copy.directory);
    assert_int_equal(snapshot.reader_count, READERS);
    assert_false(changed(file, &snapshot));
    assert_int_equal(sqlite3_open(file->path, &writer), SQLITE_OK);
    assert_int_equal(sqlite3_exec(writer, "BEGIN; INSERT INTO t VALUES (1)", NULL, NULL, NULL), SQLITE_OK);
    assert_false(changed(file, &snapshot));
    assert_int_equal(sqlite3_exec(writer, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(writer);
    assert_true(changed(file, &snapshot));
    all_read(&snapshot, "SELECT count(*) FROM t", 0);
    snapshot_close(&snapshot);
}

static void a_copy_ends_when_it_is_interrupted(void **state)
{
    struct file *file = *state;
    volatile sig_atomic_t interrupted = 1;
    struct engine_options options = {.interrupted = &interrupted};
    struct snapshot snapshot;
    sqlite3 *idle;

    file_run(file, "CREATE TABLE t (n INTEGER)");
    idle = open_idle(file);
    assert_false(snapshot_open(file->arena, &file->url, &options, 1, &snapshot, &file->err));
    assert_int_equal(file->err.code, ERR_CANCELED);
    (void)sqlite3_close(idle);
    snapshot_close(&snapshot);
}

static void a_rollback_journal_keeps_writers_out(void **state)
{
    struct file *file = *state;
    struct snapshot snapshot;
    sqlite3 *writer;

    file_run(file, "CREATE TABLE t (n INTEGER)");
    snapshot = begin_by(file, true);
    assert_false(snapshot.wal);
    assert_int_equal(sqlite3_open(file->path, &writer), SQLITE_OK);
    assert_int_equal(sqlite3_exec(writer, "INSERT INTO t VALUES (1)", NULL, NULL, NULL), SQLITE_BUSY);
    (void)sqlite3_close(writer);
    assert_false(changed(file, &snapshot));
    all_read(&snapshot, "SELECT count(*) FROM t", 0);
    snapshot_close(&snapshot);
    file_run(file, "INSERT INTO t VALUES (1)");
}

/*
 * Of two programs that use a file in WAL mode the last one to leave moves the log into the file and removes
 * it.  A further connection of this process must not make another believe that it is the last: its commits
 * would go with the log.
 */
static void a_connection_more_does_not_cost_others_their_commits(void **state)
{
    struct file *file = *state;
    struct engine_options options = {.opened_before = true};
    struct snapshot snapshot;
    struct engine *more;

    file_run(file, "PRAGMA journal_mode = wal; CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)");
    snapshot = begin(file);
    file_run_elsewhere(file, "INSERT INTO t VALUES (2)");
    assert_true(engine_open(&file->url, &options, &more, &file->err));
    assert_int_equal(file_int(more, "SELECT count(*) FROM t"), 2);
    file_run_elsewhere(file, "INSERT INTO t VALUES (3)");
    assert_true(file_size(file, "-wal") > 0);
    assert_int_equal(file_int(more, "SELECT count(*) FROM t"), 3);
    engine_close(more);
    file_run_elsewhere(file, "INSERT INTO t VALUES (4)");
    assert_true(file_size(file, "-wal") > 0);
    all_read(&snapshot, "SELECT count(*) FROM t", 1);
    snapshot_close(&snapshot);

    more = file_open(file);
    assert_int_equal(file_int(more, "SELECT count(*) FROM t"), 4);
    engine_close(more);
}

/* Each commit moves one from a to b, so a state is whole when their sum is. */
static pid_t keep_writing(const struct file *file)
{
    pid_t child = fork();
    sqlite3 *connection;

    assert_true(child >= 0);
    if (child != 0)
        return child;
    (void)sqlite3_open(file->path, &connection);
    (void)sqlite3_busy_timeout(connection, 60000);
    (void)sqlite3_exec(connection, "PRAGMA synchronous = off", NULL, NULL, NULL);
    for (;;)
        (void)sqlite3_exec(connection,
                           "BEGIN IMMEDIATE; UPDATE t SET n = n - 1 WHERE id = 'a';"
                           "UPDATE t SET n = n + 1 WHERE id = 'b'; COMMIT",
                           NULL, NULL, NULL);
}

static void check_while_written(struct file *file, const char *mode)
{
    long long last = -1;
    int progressed = 0;
    pid_t child;

    file_run(file, arena_printf(file->arena,
                                "PRAGMA journal_mode = %s; CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER);"
                                "INSERT INTO t VALUES ('a', 0), ('b', 0)",
                                mode));
    child = keep_writing(file);
    for (int round = 0; round < 400 && progressed < 20; round++) {
        struct snapshot snapshot = begin(file);
        long long moved = file_int(snapshot.readers[0], "SELECT n FROM t WHERE id = 'b'");

        all_read(&snapshot, "SELECT sum(n) FROM t", 0);
        all_read(&snapshot, "SELECT n FROM t WHERE id = 'b'", moved);
        progressed += moved != last;
        last = moved;
        (void)changed(file, &snapshot);
        snapshot_close(&snapshot);
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(progressed >= 20);
}

static void all_readers_see_one_state_however_busy_the_writer_is(void **state)
{
    check_while_written(*state, "wal");
}

static void the_same_with_a_rollback_journal(void **state)
{
    check_while_written(*state, "delete");
}

static void nothing_is_left_beside_a_file_in_wal_mode(void **state)
{
    struct file *file = *state;
    struct snapshot snapshot;

    file_run(file, "PRAGMA journal_mode = wal; CREATE TABLE t (n INTEGER)");
    assert_int_equal(file_size(file, "-wal"), -1);
    snapshot = begin(file);
    all_read(&snapshot, "SELECT count(*) FROM t", 0);
    snapshot_close(&snapshot);
    assert_int_equal(file_size(file, "-wal"), -1);
    assert_int_equal(file_size(file, "-shm"), -1);
}

static void what_others_wrote_meanwhile_is_left_to_them(void **state)
{
    struct file *file = *state;
    struct snapshot snapshot;
    long long before;
    long long logged;

    file_run(file, "PRAGMA journal_mode = wal; CREATE TABLE t (n INTEGER)");
    before = file_size(file, "");
    snapshot = begin(file);
    file_run_elsewhere(file, "CREATE TABLE u (n INTEGER); INSERT INTO t VALUES (1)");
    logged = file_size(file, "-wal");
    assert_true(logged > 0);
    snapshot_close(&snapshot);
    assert_int_equal(file_size(file, "-wal"), logged);
    assert_int_equal(file_size(file, ""), before);
}

static void a_missing_file_leaves_nothing_open(void **state)
{
    struct file *file = *state;
    struct engine_options options = {.busy_ms = 50};
    struct snapshot snapshot;

    assert_false(snapshot_open(file->arena, &file->url, &options, READERS, &snapshot, &file->err));
    assert_int_equal(file->err.code, ERR_SOURCE_MISSING);
    snapshot_close(&snapshot);
    assert_int_equal(file_size(file, ""), -1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, file_setup, file_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(readers_keep_their_state_while_another_process_commits),
        TEST(a_transaction_that_is_rolled_back_changes_nothing),
        TEST(a_file_that_nobody_writes_is_not_copied),
        TEST(a_writer_that_comes_later_gets_its_way),
        TEST(a_reader_goes_over_to_the_copy_unnoticed),
        TEST(a_copy_lets_writers_go_on),
        TEST(a_copy_ends_when_it_is_interrupted),
        TEST(a_rollback_journal_keeps_writers_out),
        TEST(a_connection_more_does_not_cost_others_their_commits),
        TEST(all_readers_see_one_state_however_busy_the_writer_is),
        TEST(the_same_with_a_rollback_journal),
        TEST(nothing_is_left_beside_a_file_in_wal_mode),
        TEST(what_others_wrote_meanwhile_is_left_to_them),
        TEST(a_missing_file_leaves_nothing_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
