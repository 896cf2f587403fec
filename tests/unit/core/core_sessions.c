/* Transactions, read-only, timeouts, canceling, lost connections, locks. */
#include "core_tests.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static void transactions_keep_or_take_back(void **state)
{
    struct core *core = *state;

    core_do(core, "CREATE TABLE t (i integer)");
    assert_int_equal(pgrade_state(core->db), PGRADE_STATE_IDLE);
    assert_true(pgrade_begin(core->db, PGRADE_WRITE, NULL));
    core_do(core, "INSERT INTO t VALUES (1)");
    assert_int_equal(pgrade_state(core->db), PGRADE_STATE_TRANSACTION);
    assert_true(pgrade_rollback(core->db, NULL));
    assert_int_equal(core_integer(core, "SELECT count(*) FROM t"), 0);
    assert_true(pgrade_begin(core->db, PGRADE_WRITE, NULL));
    core_do(core, "INSERT INTO t VALUES (1)");
    assert_true(pgrade_commit(core->db, NULL));
    assert_true(pgrade_begin(core->db, PGRADE_READ, NULL));
    assert_int_equal(core_integer(core, "SELECT count(*) FROM t"), 1);
    assert_true(pgrade_commit(core->db, NULL));
    assert_int_equal(pgrade_state(core->db), PGRADE_STATE_IDLE);
}

static void transactions_do_not_nest(void **state)
{
    struct core *core = *state;

    assert_false(pgrade_commit(core->db, &core->error));
    assert_int_equal(core->error.kind, PGRADE_KIND_TRANSACTION);
    assert_string_equal(core->error.sqlstate, "25P01");
    assert_false(pgrade_rollback(core->db, &core->error));
    assert_true(pgrade_begin(core->db, PGRADE_WRITE, NULL));
    assert_false(pgrade_begin(core->db, PGRADE_WRITE, &core->error));
    assert_int_equal(core->error.kind, PGRADE_KIND_TRANSACTION);
    assert_string_equal(core->error.sqlstate, "25001");
    assert_true(pgrade_rollback(core->db, NULL));
}

static void a_failed_transaction_is_not_committed(void **state)
{
    struct core *core = *state;

    core_do(core, "CREATE TABLE t (i integer)");
    assert_true(pgrade_begin(core->db, PGRADE_WRITE, NULL));
    core_do(core, "INSERT INTO t VALUES (1)");
    core_fails(core, "SELECT * FROM nowhere", PGRADE_KIND_STATEMENT, "42P01");
    if (!core->postgres) {
        assert_true(pgrade_commit(core->db, NULL));
        assert_int_equal(core_integer(core, "SELECT count(*) FROM t"), 1);
        return;
    }
    assert_int_equal(pgrade_state(core->db), PGRADE_STATE_FAILED);
    core_fails(core, "SELECT 1", PGRADE_KIND_TRANSACTION, "25P02");
    assert_false(pgrade_commit(core->db, &core->error));
    assert_int_equal(core->error.kind, PGRADE_KIND_TRANSACTION);
    assert_int_equal(pgrade_state(core->db), PGRADE_STATE_IDLE);
    assert_int_equal(core_integer(core, "SELECT count(*) FROM t"), 0);
}

/* Runs it on another connection. */
static bool on(struct core *core, struct pgrade_database *db, const char *sql)
{
    return pgrade_run(db, sql, NULL, 0, NULL, &core->error);
}

static void read_only_means_it(void **state)
{
    static const char *const attempts[] = {
        "INSERT INTO t VALUES (2)",
        "DELETE FROM t",
        "DROP TABLE t",
        "CREATE TABLE u (i integer)",
    };
    struct core *core = *state;
    struct pgrade_options options = {.read_only = true};
    struct pgrade_database *db;

    core_do(core, "CREATE TABLE t (i integer)");
    core_do(core, "INSERT INTO t VALUES (1)");
    db = core_again(core, &options);
    for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
        assert_false(on(core, db, attempts[i]));
        assert_int_equal(core->error.kind, PGRADE_KIND_READ_ONLY);
        assert_string_equal(core->error.sqlstate, "25006");
    }
    assert_true(on(core, db, "SELECT * FROM t"));
    assert_int_equal(pgrade_state(db), PGRADE_STATE_IDLE);
    assert_true(on(core, db, "BEGIN"));
    assert_false(on(core, db, "INSERT INTO t VALUES (2)"));
    assert_int_equal(core->error.kind, PGRADE_KIND_READ_ONLY);
    assert_true(on(core, db, "ROLLBACK"));
    if (core->postgres) {
        assert_true(on(core, db, "BEGIN READ WRITE"));
        assert_false(on(core, db, "SET TRANSACTION READ WRITE"));
        assert_true(on(core, db, "ROLLBACK"));
        assert_true(on(core, db, "SET default_transaction_read_only = off"));
        assert_false(on(core, db, "INSERT INTO t VALUES (2)"));
    }
    pgrade_close(db);
    assert_int_equal(core_integer(core, "SELECT count(*) FROM t"), 1);
}

static const char *endless(const struct core *core)
{
    return core->postgres ? "SELECT pg_sleep(600)"
                          : "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "
                            "count(*) FROM n";
}

static void a_statement_that_takes_too_long_is_ended(void **state)
{
    struct core *core = *state;
    struct pgrade_options options = {.timeout_ms = 100};
    struct pgrade_database *db = core_again(core, &options);

    assert_false(on(core, db, endless(core)));
    assert_int_equal(core->error.kind, PGRADE_KIND_CANCELED);
    assert_string_equal(core->error.sqlstate, "57014");
    assert_non_null(strstr(core->error.message, "timeout"));
    assert_true(on(core, db, "SELECT 1"));
    pgrade_close(db);
}

struct canceler {
    struct pgrade_database *db;
    atomic_bool done;
};

/* Again and again: a call before the statement runs is none. */
static void *cancel(void *context)
{
    struct canceler *canceler = context;

    while (!atomic_load(&canceler->done))
        pgrade_cancel(canceler->db);
    return NULL;
}

static void another_thread_cancels(void **state)
{
    struct core *core = *state;
    struct canceler canceler = {.db = core->db};
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, cancel, &canceler), 0);
    core_fails(core, endless(core), PGRADE_KIND_CANCELED, "57014");
    atomic_store(&canceler.done, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void a_lock_of_somebody_else(void **state)
{
    struct core *core = *state;
    struct pgrade_options options = {.timeout_ms = 100};
    struct pgrade_database *db;

    core_do(core, "CREATE TABLE t (i integer)");
    db = core_again(core, &options);
    assert_true(pgrade_begin(core->db, PGRADE_WRITE, NULL));
    core_do(core, core->postgres ? "LOCK TABLE t" : "INSERT INTO t VALUES (1)");
    if (core->postgres)
        assert_true(pgrade_begin(db, PGRADE_WRITE, NULL));
    assert_false(on(core, db, core->postgres ? "LOCK TABLE t NOWAIT" : "INSERT INTO t VALUES (2)"));
    assert_string_equal(core->error.sqlstate, "55P03");
    assert_int_equal(core->error.kind, PGRADE_KIND_RETRY);
    pgrade_close(db);
    assert_true(pgrade_commit(core->db, NULL));
}

static void a_lost_connection_is_seen(void **state)
{
    struct core *core = *state;
    struct pgrade_database *other;
    struct pgrade_rows *rows;
    struct pgrade_value pid;
    char sql[128];
    bool found;

    if (!core->postgres)
        return;
    other = core_again(core, NULL);
    assert_true(pgrade_run(other, "SELECT pg_backend_pid()", NULL, 0, &rows, NULL));
    assert_true(pgrade_next(rows, &found, NULL) && found);
    pid = *pgrade_cell(rows, 0);
    assert_true(pgrade_rows_close(rows, NULL));
    assert_true(pgrade_run(core->db, "SELECT pg_terminate_backend($1)", &pid, 1, NULL, NULL));
    (void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM pg_stat_activity WHERE pid = %lld",
                   (long long)pid.integer);
    while (core_integer(core, sql) > 0)
        continue;
    assert_int_equal(pgrade_state(other), PGRADE_STATE_LOST);
    assert_false(on(core, other, "SELECT 1"));
    assert_int_equal(core->error.kind, PGRADE_KIND_CONNECTION);
    pgrade_close(other);
}

static void hear(void *context, const char *text)
{
    (void)snprintf(context, 200, "%s", text);
}

static void remarks_are_passed_on(void **state)
{
    struct core *core = *state;
    char heard[200] = "";
    struct pgrade_options options = {.notice = hear, .notice_context = heard, .application_name = "tester"};
    struct pgrade_database *db = core_again(core, &options);

    assert_true(on(core, db, "DROP TABLE IF EXISTS nowhere"));
    pgrade_close(db);
    if (!core->postgres)
        return;
    assert_non_null(strstr(heard, "nowhere"));
    db = core->db;
    core->db = core_again(core, &options);
    assert_string_equal(core_text(core, "SELECT current_setting('application_name')"), "tester");
    pgrade_close(db);
}

static void a_file_is_made_only_when_asked(void **state)
{
    struct core *core = *state;
    struct pgrade_options both = {.create = true, .read_only = true};
    struct pgrade_database *db;
    char path[128];

    if (core->postgres)
        return;
    (void)snprintf(path, sizeof(path), "%s/other.db", core->folder);
    assert_false(pgrade_open(path, NULL, &db, NULL));
    assert_false(pgrade_open(path, &both, &db, NULL));
    assert_int_equal(remove(path), -1);
}

static void engines_tell_what_they_are(void **state)
{
    struct core *core = *state;

    assert_string_equal(pgrade_engine(core->db), core->postgres ? "postgres" : "sqlite");
    assert_true(pgrade_version(core->db) > (core->postgres ? 120000 : 30000));
}

const struct CMUnitTest core_sessions[] = {
    cmocka_unit_test(transactions_keep_or_take_back),
    cmocka_unit_test(transactions_do_not_nest),
    cmocka_unit_test(a_failed_transaction_is_not_committed),
    cmocka_unit_test(read_only_means_it),
    cmocka_unit_test(a_statement_that_takes_too_long_is_ended),
    cmocka_unit_test(another_thread_cancels),
    cmocka_unit_test(a_lock_of_somebody_else),
    cmocka_unit_test(a_lost_connection_is_seen),
    cmocka_unit_test(remarks_are_passed_on),
    cmocka_unit_test(a_file_is_made_only_when_asked),
    cmocka_unit_test(engines_tell_what_they_are),
    {.name = NULL},
};
