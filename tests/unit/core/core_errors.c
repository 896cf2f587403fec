/* The same mistake is the same kind and the same SQLSTATE on both engines. */
#include "core_tests.h"

#include <string.h>

static void wrong_statements(void **state)
{
    static const struct {
        const char *sql;
        enum pgrade_kind kind;
        const char *sqlstate;
    } wrong[] = {
        {"SELEC 1", PGRADE_KIND_STATEMENT, "42601"},
        {"SELECT 'open", PGRADE_KIND_STATEMENT, "42601"},
        {"SELECT * FROM nowhere", PGRADE_KIND_STATEMENT, "42P01"},
        {"SELECT absent FROM child", PGRADE_KIND_STATEMENT, "42703"},
        {"SELECT no_such(1)", PGRADE_KIND_STATEMENT, "42883"},
        {"SELECT id FROM child AS a, child AS b", PGRADE_KIND_STATEMENT, "42702"},
        {"CREATE TABLE child (id integer)", PGRADE_KIND_STATEMENT, "42P07"},
        {"INSERT INTO child (id, wrong) VALUES (1, 2)", PGRADE_KIND_STATEMENT, "42703"},
        {"SELECT 1; SELECT 2", PGRADE_KIND_STATEMENT, "42601"},
        {"INSERT INTO child VALUES (1, 1, 'x', 1)", PGRADE_KIND_UNIQUE, "23505"},
        {"INSERT INTO child VALUES (2, 99, 'y', 1)", PGRADE_KIND_FOREIGN_KEY, "23503"},
        {"INSERT INTO child VALUES (2, 1, NULL, 1)", PGRADE_KIND_NOT_NULL, "23502"},
        {"INSERT INTO child VALUES (2, 1, 'y', -1)", PGRADE_KIND_CHECK, "23514"},
        {"SELECT 9223372036854775807 + 1 FROM child WHERE abs(id) = 1 AND abs(-9223372036854775807 - 1) > 0",
         PGRADE_KIND_DATA, "22003"},
        {"ROLLBACK TO SAVEPOINT nowhere", PGRADE_KIND_TRANSACTION, NULL},
        {"SELECT $1", PGRADE_KIND_MISUSE, NULL},
    };
    struct core *core = *state;

    if (!core->postgres)
        core_do(core, "PRAGMA foreign_keys = on");
    core_do(core, "CREATE TABLE parent (id integer PRIMARY KEY)");
    core_do(core, "CREATE TABLE child (id integer PRIMARY KEY, parent_id integer REFERENCES parent (id), "
                  "name varchar(9) NOT NULL, n integer CONSTRAINT positive CHECK (n > 0))");
    core_do(core, "INSERT INTO parent VALUES (1)");
    core_do(core, "INSERT INTO child VALUES (1, 1, 'x', 1)");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (strcmp(wrong[i].sql, "SELECT $1") == 0 && core->postgres)
            continue; /* the server says by itself how many values there should have been */
        core_fails(core, wrong[i].sql, wrong[i].kind, wrong[i].sqlstate);
    }
    assert_int_equal(core_integer(core, "SELECT count(*) FROM child"), 1);
}

static void a_failure_names_its_place(void **state)
{
    struct core *core = *state;

    core_do(core, "CREATE TABLE t (id integer PRIMARY KEY, name text NOT NULL, "
                  "n integer CONSTRAINT positive CHECK (n > 0))");
    core_fails(core, "INSERT INTO t VALUES (1, NULL, 1)", PGRADE_KIND_NOT_NULL, "23502");
    assert_string_equal(core->error.table, "t");
    assert_string_equal(core->error.column, "name");
    core_fails(core, "INSERT INTO t VALUES (1, 'x', 0)", PGRADE_KIND_CHECK, "23514");
    assert_string_equal(core->error.constraint, "positive");
    core_do(core, "INSERT INTO t VALUES (1, 'x', 1)");
    core_fails(core, "INSERT INTO t VALUES (1, 'x', 1)", PGRADE_KIND_UNIQUE, "23505");
    assert_string_equal(core->error.table, "t");
    assert_int_equal(core->error.native == 0, core->postgres);
    core_fails(core, "SELECT 1 +* 2", PGRADE_KIND_STATEMENT, core->postgres ? "42883" : "42601");
    assert_true(core->error.position > 0);
}

static void databases_that_cannot_be_opened(void **state)
{
    struct core *core = *state;
    struct pgrade_database *db;
    struct pgrade_error error;

    assert_false(pgrade_open("", NULL, &db, &error));
    assert_int_equal(error.kind, PGRADE_KIND_URL);
    assert_null(db);
    assert_false(pgrade_open("/nowhere/at/all.db", NULL, &db, &error));
    assert_int_equal(error.kind, PGRADE_KIND_CONNECTION);
    assert_string_equal(error.sqlstate, "58P01");
    assert_false(pgrade_open("postgresql://u:secret@127.0.0.1:1/db", NULL, &db, &error));
    assert_int_equal(error.kind, PGRADE_KIND_CONNECTION);
    assert_string_equal(error.sqlstate, "08001");
    assert_null(strstr(error.message, "secret"));
    assert_null(strstr(error.detail, "secret"));
    if (!core->postgres) {
        assert_false(pgrade_open("/", NULL, &db, &error));
        assert_int_equal(error.kind, PGRADE_KIND_DAMAGED);
        assert_false(pgrade_open("/etc/passwd", NULL, &db, &error));
        assert_int_equal(error.kind, PGRADE_KIND_DAMAGED);
    }
}

static void a_text_with_a_nul_is_no_text_of_postgresql(void **state)
{
    struct core *core = *state;
    struct pgrade_value value = {PGRADE_TEXT, 0, 0, "a\0b", 3};
    bool done = pgrade_run(core->db, "SELECT CAST($1 AS text)", &value, 1, NULL, &core->error);

    assert_int_equal(done, !core->postgres);
    if (!core->postgres)
        return;
    assert_int_equal(core->error.kind, PGRADE_KIND_DATA);
    assert_string_equal(core->error.sqlstate, "22021");
    assert_int_equal(core_integer(core, "SELECT 1"), 1);
}

static void one_statement_at_a_time(void **state)
{
    struct core *core = *state;
    struct pgrade_rows *rows;

    assert_true(pgrade_run(core->db, "SELECT 1", NULL, 0, &rows, NULL));
    core_fails(core, "SELECT 2", PGRADE_KIND_MISUSE, "55000");
    assert_true(pgrade_rows_close(rows, NULL));
    assert_true(pgrade_rows_close(NULL, NULL));
    assert_int_equal(core_integer(core, "SELECT 2"), 2);
}

/* The first half of the rows is no proof that there is a second. */
static void a_failure_after_rows_is_told(void **state)
{
    struct core *core = *state;
    struct pgrade_rows *rows;
    bool found = true;
    bool done;

    assert_true(pgrade_run(core->db,
                           core->postgres
                               ? "SELECT 1 / (3 - i) FROM generate_series(1, 5) AS i"
                               : "SELECT abs(-9223372036854775807 - (i > 2)) FROM (SELECT 1 AS i UNION ALL "
                                 "SELECT 2 UNION ALL SELECT 3)",
                           NULL, 0, &rows, NULL));
    while ((done = pgrade_next(rows, &found, &core->error)) && found)
        continue;
    assert_false(done);
    assert_int_equal(core->error.kind, PGRADE_KIND_DATA);
    (void)pgrade_rows_close(rows, NULL);
    assert_int_equal(core_integer(core, "SELECT 1"), 1);
}

static void copy_is_refused_and_leaves_the_connection_whole(void **state)
{
    struct core *core = *state;

    if (!core->postgres)
        return;
    core_do(core, "CREATE TABLE t (i integer)");
    core_fails(core, "COPY t FROM STDIN", PGRADE_KIND_STATEMENT, "0A000");
    core_fails(core, "COPY (SELECT generate_series(1, 1000)) TO STDOUT", PGRADE_KIND_STATEMENT, "0A000");
    assert_int_equal(core_integer(core, "SELECT count(*)::int FROM t"), 0);
}

const struct CMUnitTest core_errors[] = {
    cmocka_unit_test(wrong_statements),
    cmocka_unit_test(a_failure_names_its_place),
    cmocka_unit_test(databases_that_cannot_be_opened),
    cmocka_unit_test(a_text_with_a_nul_is_no_text_of_postgresql),
    cmocka_unit_test(one_statement_at_a_time),
    cmocka_unit_test(a_failure_after_rows_is_told),
    cmocka_unit_test(copy_is_refused_and_leaves_the_connection_whole),
    {.name = NULL},
};
