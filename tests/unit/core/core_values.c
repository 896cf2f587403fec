/* Parameters, rows, types. */
#include "core_tests.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct pgrade_value *row_of(struct core *core, struct pgrade_rows *rows)
{
    bool found = false;

    if (!pgrade_next(rows, &found, &core->error) || !found)
        fail_msg("no row: %s", core->error.message);
    return pgrade_cell(rows, 0);
}

static struct pgrade_rows *run(struct core *core, const char *sql, const struct pgrade_value *params,
                               size_t count)
{
    struct pgrade_rows *rows;

    if (!pgrade_run(core->db, sql, params, count, &rows, &core->error))
        fail_msg("%s: %s", sql, core->error.message);
    return rows;
}

static void each_type_of_parameter_comes_back(void **state)
{
    struct core *core = *state;
    struct pgrade_value values[] = {pgrade_null(),
                                    pgrade_integer(INT64_MIN),
                                    pgrade_real(0.1),
                                    pgrade_text("h\xc3\xa9llo 'quoted'"),
                                    pgrade_blob("\0\xff\\x00", 6),
                                    pgrade_text(""),
                                    pgrade_blob(NULL, 0)};
    const struct pgrade_value *cells;
    struct pgrade_rows *rows;

    core_do(core,
            core->postgres
                ? "CREATE TABLE t (n text, i bigint, r double precision, t text, b bytea, e text, z bytea)"
                : "CREATE TABLE t (n TEXT, i INTEGER, r REAL, t TEXT, b BLOB, e TEXT, z BLOB)");
    rows = run(core, "INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6, $7)", values, 7);
    assert_int_equal(pgrade_columns(rows), 0);
    assert_null(pgrade_cell(rows, 0));
    assert_int_equal(pgrade_changed(rows), 1);
    assert_true(pgrade_rows_close(rows, NULL));
    rows = run(core, "SELECT * FROM t", NULL, 0);
    assert_int_equal(pgrade_columns(rows), 7);
    cells = row_of(core, rows);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(cells[i].type, values[i].type);
    assert_true(cells[1].integer == INT64_MIN);
    assert_true(!(cells[2].real < 0.1) && !(cells[2].real > 0.1));
    assert_string_equal(cells[3].bytes, "h\xc3\xa9llo 'quoted'");
    assert_int_equal(cells[4].size, 6);
    assert_memory_equal(cells[4].bytes, "\0\xff\\x00", 6);
    assert_true(cells[5].size == 0 && cells[5].bytes[0] == '\0');
    assert_int_equal(cells[6].size, 0);
    assert_null(pgrade_cell(rows, 7));
    assert_true(pgrade_rows_close(rows, NULL));
}

static void a_parameter_is_found_by_its_number(void **state)
{
    struct core *core = *state;
    struct pgrade_value values[] = {pgrade_text("first"), pgrade_text("second")};
    struct pgrade_rows *rows =
        run(core, "SELECT CAST($2 AS text), CAST($1 AS text), CAST($2 AS text)", values, 2);
    const struct pgrade_value *cells = row_of(core, rows);

    assert_string_equal(cells[0].bytes, "second");
    assert_string_equal(cells[1].bytes, "first");
    assert_string_equal(cells[2].bytes, "second");
    assert_true(pgrade_rows_close(rows, NULL));
}

static void columns_have_names_and_types(void **state)
{
    struct core *core = *state;
    struct pgrade_rows *rows;

    core_do(core, "CREATE TABLE t (id bigint, name varchar(20), price numeric(8, 2))");
    rows = run(core, "SELECT id, name AS called, price, 1 + 1 AS sum FROM t", NULL, 0);
    assert_int_equal(pgrade_columns(rows), 4);
    assert_string_equal(pgrade_column_name(rows, 1), "called");
    assert_string_equal(pgrade_column_type(rows, 0), "bigint");
    assert_string_equal(pgrade_column_type(rows, 1), core->postgres ? "character varying" : "varchar(20)");
    if (core->postgres)
        assert_string_equal(pgrade_column_type(rows, 3), "integer");
    else
        assert_null(pgrade_column_type(rows, 3));
    assert_null(pgrade_column_name(rows, 4));
    assert_true(pgrade_rows_close(rows, NULL));
}

/* One line a type: what it is written as, and what comes. */
static void types_of_postgresql_are_mapped(void **state)
{
    static const struct {
        const char *sql;
        enum pgrade_type type;
        const char *text;
    } rows[] = {
        {"true", PGRADE_INTEGER, NULL},
        {"12.30::numeric", PGRADE_TEXT, "12.30"},
        {"'NaN'::numeric", PGRADE_TEXT, "NaN"},
        {"'2026-03-01'::date", PGRADE_TEXT, "2026-03-01"},
        {"'2026-03-01 12:00:00.5'::timestamp", PGRADE_TEXT, "2026-03-01 12:00:00.5"},
        {"'12:30'::time", PGRADE_TEXT, "12:30:00"},
        {"'{\"a\": 1}'::jsonb", PGRADE_TEXT, "{\"a\": 1}"},
        {"ARRAY[1, 2]", PGRADE_TEXT, "{1,2}"},
        {"'x'::bytea", PGRADE_BLOB, NULL},
        {"0.1::real", PGRADE_REAL, NULL},
        {"NULL::date", PGRADE_NULL, NULL},
    };
    struct core *core = *state;
    char sql[128];

    if (!core->postgres)
        return;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pgrade_rows *got;
        const struct pgrade_value *cell;

        (void)snprintf(sql, sizeof(sql), "SELECT %s", rows[i].sql);
        got = run(core, sql, NULL, 0);
        cell = row_of(core, got);
        assert_int_equal(cell->type, rows[i].type);
        if (rows[i].text != NULL)
            assert_string_equal(cell->bytes, rows[i].text);
        assert_true(pgrade_rows_close(got, NULL));
    }
    assert_int_equal(core_integer(core, "SELECT true"), 1);
}

/* The cluster of the tests has DateStyle SQL, DMY and extra_float_digits 0. */
static void settings_of_the_server_change_no_value(void **state)
{
    struct core *core = *state;
    struct pgrade_rows *rows;
    const struct pgrade_value *cells;

    if (!core->postgres)
        return;
    rows = run(core, "SELECT 1.0000000000000002::float8, 'infinity'::float8", NULL, 0);
    cells = row_of(core, rows);
    assert_true(cells[0].real > 1);
    assert_true(isinf(cells[1].real));
    assert_true(pgrade_rows_close(rows, NULL));
}

static void many_rows_come_one_at_a_time(void **state)
{
    struct core *core = *state;
    struct pgrade_rows *rows =
        run(core,
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n",
            NULL, 0);
    int64_t sum = 0;
    bool found = true;

    while (pgrade_next(rows, &found, &core->error) && found)
        sum += pgrade_cell(rows, 0)->integer;
    assert_int_equal(sum, 200010000);
    assert_true(pgrade_next(rows, &found, &core->error));
    assert_false(found);
    assert_true(pgrade_rows_close(rows, NULL));
}

static void what_was_changed_is_counted(void **state)
{
    struct core *core = *state;
    struct pgrade_rows *rows;
    bool found = true;

    core_do(core, "CREATE TABLE t (i integer)");
    core_do(core, "INSERT INTO t VALUES (1), (2), (3)");
    rows = run(core, "UPDATE t SET i = i + 1 WHERE i > 1", NULL, 0);
    assert_int_equal(pgrade_changed(rows), 2);
    assert_true(pgrade_rows_close(rows, NULL));
    rows = run(core, "CREATE TABLE u (i integer)", NULL, 0);
    assert_int_equal(pgrade_changed(rows), -1);
    assert_true(pgrade_rows_close(rows, NULL));
    rows = run(core, "DELETE FROM t RETURNING i", NULL, 0);
    while (pgrade_next(rows, &found, &core->error) && found)
        assert_true(pgrade_cell(rows, 0)->integer > 0);
    assert_int_equal(pgrade_changed(rows), 3);
    assert_true(pgrade_rows_close(rows, NULL));
    rows = run(core, "SELECT 1", NULL, 0);
    assert_true(pgrade_next(rows, &found, NULL) && pgrade_next(rows, &found, NULL) && !found);
    assert_int_equal(pgrade_changed(rows), -1);
    assert_true(pgrade_rows_close(rows, NULL));
}

/* What a statement writes is written, also when nobody looks at the rows that it returns. */
static void closing_early_takes_nothing_back(void **state)
{
    struct core *core = *state;
    struct pgrade_rows *rows;

    core_do(core, "CREATE TABLE t (i integer)");
    rows = run(core, "INSERT INTO t VALUES (1), (2), (3) RETURNING i", NULL, 0);
    (void)row_of(core, rows);
    assert_true(pgrade_rows_close(rows, &core->error));
    assert_int_equal(core_integer(core, "SELECT count(*) FROM t"), 3);
}

const struct CMUnitTest core_values[] = {
    cmocka_unit_test(each_type_of_parameter_comes_back),
    cmocka_unit_test(a_parameter_is_found_by_its_number),
    cmocka_unit_test(columns_have_names_and_types),
    cmocka_unit_test(types_of_postgresql_are_mapped),
    cmocka_unit_test(settings_of_the_server_change_no_value),
    cmocka_unit_test(many_rows_come_one_at_a_time),
    cmocka_unit_test(what_was_changed_is_counted),
    cmocka_unit_test(closing_early_takes_nothing_back),
    {.name = NULL},
};
