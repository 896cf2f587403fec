/* CREATE TRIGGER: what SQLite takes is taken, and the tree holds what was written. */
#include "tests/unit.h"

#include <sqlite3.h>
#include <string.h>

#include "schema/parse.h"
#include "schema/trigger.h"

static const char tables[] = "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, \"c d\");"
                             "CREATE TABLE u (id INTEGER PRIMARY KEY, n);"
                             "CREATE INDEX u_n ON u (n);"
                             "CREATE VIEW v AS SELECT a, b FROM t;";

/* Most are right, some are not. */
static const char *const triggers[] = {
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END",
    "CREATE TRIGGER x INSERT ON t BEGIN SELECT 1; SELECT 2; END;",
    "CREATE TRIGGER IF NOT EXISTS main.x BEFORE DELETE ON t FOR EACH ROW WHEN old.a NOT NULL BEGIN SELECT 1; "
    "END",
    "CREATE TRIGGER x UPDATE OF a, \"c d\" ON t BEGIN UPDATE u SET n = n + 1, id = 2 WHERE id = new.id; END",
    "CREATE TRIGGER 'x' INSTEAD OF UPDATE ON v WHEN (new.a > 1) BEGIN DELETE FROM u; END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT INTO u VALUES (new.id, 1), (2, 3); END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT OR IGNORE INTO u (n) SELECT a FROM t WHERE a > 1; END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN REPLACE INTO u (id, n) VALUES (1, 2); END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT INTO u (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET n "
    "= 1; END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE OR FAIL u SET (id, n) = (1, 2) FROM t WHERE t.a = u.n; "
    "END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT RAISE(ABORT, 'it''s') WHERE new.a = 1; END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT CASE WHEN new.a THEN RAISE(IGNORE) ELSE 1 END; END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN /* none */ DELETE FROM u WHERE n IN (SELECT a FROM t); -- c\n "
    "END",
    "CREATE TRIGGER \"begin\" AFTER INSERT ON t BEGIN SELECT 1 AS each, 2 AS \"for\"; END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1 END",
    "CREATE TRIGGER x AFTER INSERT ON t FOR EACH STATEMENT BEGIN SELECT 1; END",
    "CREATE TRIGGER x AFTER INSERT ON t SELECT 1; END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN CREATE TABLE z (a); END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE u SET n; END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT INTO u DEFAULT VALUES; END",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1;",
};

static void triggers_are_accepted_as_by_sqlite(void **state)
{
    struct arena *arena = arena_new();
    size_t accepted = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(triggers); i++) {
        struct err err = {.code = ERR_NONE};
        struct trigger trigger;
        sqlite3 *database;
        bool takes;

        assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
        assert_int_equal(sqlite3_exec(database, tables, NULL, NULL, NULL), SQLITE_OK);
        takes = sqlite3_exec(database, triggers[i], NULL, NULL, NULL) == SQLITE_OK;
        if (!parse_trigger(arena, str_from(triggers[i]), &trigger, &err))
            fail_msg("%s\n  %s", triggers[i], err.primary);
        if ((trigger.body != NULL) != takes)
            fail_msg("%s\n  SQLite: %s\n  here: %.*s", triggers[i], sqlite3_errmsg(database),
                     STR_ARGS(trigger.damage));
        accepted += takes;
        sqlite3_close(database);
    }
    assert_int_equal(accepted, 14);
    arena_free(arena);
}

static const struct trigger_body *body_of(struct arena *arena, const char *sql)
{
    struct err err = {.code = ERR_NONE};
    struct trigger trigger;

    if (!parse_trigger(arena, str_from(sql), &trigger, &err) || trigger.body == NULL)
        fail_msg("%s\n  %s%.*s", sql, err.primary, STR_ARGS(trigger.damage));
    return trigger.body;
}

static void the_tree_holds_what_was_written(void **state)
{
    struct arena *arena = arena_new();
    const struct trigger_body *body = body_of(
        arena, "CREATE TRIGGER x AFTER UPDATE OF a, \"c d\" ON t FOR EACH ROW WHEN new.a > old.a BEGIN"
               " UPDATE OR IGNORE u SET n = n + 1, (a, b) = (1, 2) WHERE id = new.id;"
               " INSERT OR REPLACE INTO u (id, n) VALUES (1, 2) ON CONFLICT DO NOTHING;"
               " DELETE FROM u NOT INDEXED WHERE n = 1; SELECT RAISE(ROLLBACK, 'no'); END");

    (void)state;
    assert_int_equal(body->timing, TRIGGER_AFTER);
    assert_int_equal(body->event, TRIGGER_UPDATE);
    assert_int_equal(body->column_count, 2);
    assert_str_equal(body->columns[1].text, "c d");
    assert_str_equal(body->when->sql, "new.a > old.a");
    assert_int_equal(body->step_count, 4);
    assert_int_equal(body->steps[0].kind, STEP_UPDATE);
    assert_int_equal(body->steps[0].conflict, CONFLICT_IGNORE);
    assert_int_equal(body->steps[0].assignment_count, 2);
    assert_str_equal(body->steps[0].assignments[0].value->sql, "n + 1");
    assert_true(body->steps[0].assignments[1].several);
    assert_str_equal(body->steps[0].where->sql, "id = new.id");
    assert_int_equal(body->steps[1].conflict, CONFLICT_REPLACE);
    assert_int_equal(body->steps[1].column_count, 2);
    assert_true(body->steps[1].upsert);
    assert_int_equal(body->steps[1].select->cores[0].row_count, 1);
    assert_str_equal(body->steps[2].sql, "DELETE FROM u NOT INDEXED WHERE n = 1");
    assert_int_equal(body->steps[3].kind, STEP_SELECT);
    assert_int_equal(body_of(arena, triggers[1])->timing, TRIGGER_BEFORE);
    assert_int_equal(body_of(arena, triggers[4])->timing, TRIGGER_INSTEAD_OF);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(triggers_are_accepted_as_by_sqlite),
        cmocka_unit_test(the_tree_holds_what_was_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
