/* The public library: test_core tests it on a SQLite file, test_core URL on PostgreSQL. */
#include "core_tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *server_url;

static int setup(void **state)
{
    struct core *core = calloc(1, sizeof(*core));
    struct pgrade_options options = {.create = true};

    assert_non_null(core);
    core->postgres = server_url != NULL;
    if (core->postgres) {
        (void)snprintf(core->url, sizeof(core->url), "%s", server_url);
    } else {
        (void)snprintf(core->folder, sizeof(core->folder), "/tmp/pgrade-core-XXXXXX");
        assert_non_null(mkdtemp(core->folder));
        (void)snprintf(core->url, sizeof(core->url), "sqlite:///%s/app.db", core->folder);
    }
    *state = core;
    if (!pgrade_open(core->url, &options, &core->db, &core->error))
        fail_msg("%s: %s", core->error.message, core->error.detail);
    if (core->postgres)
        core_do(core, "DROP SCHEMA public CASCADE");
    if (core->postgres)
        core_do(core, "CREATE SCHEMA public");
    return 0;
}

static int teardown(void **state)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    struct core *core = *state;
    char path[128];

    pgrade_close(core->db);
    for (size_t i = 0; core->folder[0] != '\0' && i < 4; i++) {
        (void)snprintf(path, sizeof(path), "%s/app.db%s", core->folder, suffixes[i]);
        (void)unlink(path);
    }
    if (core->folder[0] != '\0')
        (void)rmdir(core->folder);
    free(core);
    return 0;
}

struct pgrade_database *core_again(struct core *core, const struct pgrade_options *options)
{
    struct pgrade_database *db;

    if (!pgrade_open(core->url, options, &db, &core->error))
        fail_msg("%s: %s", core->error.message, core->error.detail);
    return db;
}

void core_do(struct core *core, const char *sql)
{
    if (!pgrade_run(core->db, sql, NULL, 0, NULL, &core->error))
        fail_msg("%s: %s", sql, core->error.message);
}

void core_fails(struct core *core, const char *sql, enum pgrade_kind kind, const char *sqlstate)
{
    if (pgrade_run(core->db, sql, NULL, 0, NULL, &core->error))
        fail_msg("%s succeeded", sql);
    if (core->error.kind != kind || (sqlstate != NULL && strcmp(core->error.sqlstate, sqlstate) != 0))
        fail_msg("%s: kind %d, SQLSTATE %s: %s", sql, core->error.kind, core->error.sqlstate,
                 core->error.message);
    assert_true(core->error.message[0] != '\0');
}

static struct pgrade_rows *first_row(struct core *core, const char *sql)
{
    struct pgrade_rows *rows;
    bool found = false;

    if (!pgrade_run(core->db, sql, NULL, 0, &rows, &core->error) ||
        !pgrade_next(rows, &found, &core->error) || !found)
        fail_msg("%s: %s", sql, core->error.message);
    return rows;
}

int64_t core_integer(struct core *core, const char *sql)
{
    struct pgrade_rows *rows = first_row(core, sql);
    int64_t integer = pgrade_cell(rows, 0)->integer;

    assert_int_equal(pgrade_cell(rows, 0)->type, PGRADE_INTEGER);
    assert_true(pgrade_rows_close(rows, &core->error));
    return integer;
}

const char *core_text(struct core *core, const char *sql)
{
    static char text[4096];
    struct pgrade_rows *rows = first_row(core, sql);

    assert_int_equal(pgrade_cell(rows, 0)->type, PGRADE_TEXT);
    (void)snprintf(text, sizeof(text), "%s", pgrade_cell(rows, 0)->bytes);
    assert_true(pgrade_rows_close(rows, &core->error));
    return text;
}

int main(int count, char **words)
{
    static const struct CMUnitTest *const lists[] = {core_values, core_errors, core_sessions};
    struct CMUnitTest tests[64];
    size_t used = 0;

    server_url = count > 1 ? words[1] : NULL;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        for (const struct CMUnitTest *test = lists[i]; test->name != NULL; test++) {
            tests[used] = *test;
            tests[used].setup_func = setup;
            tests[used++].teardown_func = teardown;
        }
    return _cmocka_run_group_tests("core", tests, used, NULL, NULL);
}
