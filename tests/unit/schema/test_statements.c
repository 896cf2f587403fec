/* Where statements end. */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "schema/statements.h"

/* The texts of all statements, joined with '|', and what is open at the end behind a '~'. */
static const char *split(const char *text, enum sql_dialect dialect)
{
    static char joined[512];
    struct str rest = str_from(text);
    struct statement statement;
    size_t used = 0;

    joined[0] = '\0';
    do {
        statement = statement_next(rest, dialect);
        if (statement.text.len > 0)
            used += (size_t)snprintf(joined + used, sizeof(joined) - used, "%s%.*s", used > 0 ? "|" : "",
                                     STR_ARGS(statement.text));
        rest = str_slice(rest, statement.end, rest.len);
    } while (statement.complete);
    if (statement.open != 0)
        (void)snprintf(joined + used, sizeof(joined) - used, "~%c", statement.open);
    return joined;
}

static const struct {
    enum sql_dialect dialect;
    const char *text;
    const char *found;
} lines[] = {
    {SQL_SQLITE, "", ""},
    {SQL_SQLITE, " ; ;-- nothing\n;/* ; */", ""},
    {SQL_SQLITE, "SELECT 1; SELECT 2", "SELECT 1|SELECT 2"},
    {SQL_SQLITE, "SELECT ';', \";\", `;`, [;]; B", "SELECT ';', \";\", `;`, [;]|B"},
    {SQL_SQLITE, "SELECT 'it''s;'; B", "SELECT 'it''s;'|B"},
    {SQL_SQLITE, "A -- ;\n B; C", "A -- ;\n B|C"},
    {SQL_SQLITE, "-- ahead\nA -- behind\n; C", "A|C"},
    {SQL_SQLITE, "A /* ; /* */ B; C", "A /* ; /* */ B|C"},
    {SQL_SQLITE, "SELECT $a$; B $a$; C", "SELECT $a$|B $a$|C"},
    {SQL_SQLITE, "SELECT (1; B", "SELECT (1|B"},
    {SQL_SQLITE,
     "create temp trigger t after insert on x begin select case when 1 then 2 end; delete from y; end; B",
     "create temp trigger t after insert on x begin select case when 1 then 2 end; delete from y; end|B"},
    {SQL_SQLITE, "BEGIN; INSERT INTO t VALUES (1); END; B", "BEGIN|INSERT INTO t VALUES (1)|END|B"},
    {SQL_SQLITE, "SELECT 'open; B", "SELECT 'open; B~'"},
    {SQL_SQLITE, "A /* open; B", "A~*"},
    {SQL_SQLITE, "CREATE TRIGGER t BEGIN A; B", "CREATE TRIGGER t BEGIN A; B~B"},
    {SQL_POSTGRES, "DO $$ BEGIN A; END $$; B", "DO $$ BEGIN A; END $$|B"},
    {SQL_POSTGRES, "SELECT $q$ $$ ; $q $q$; B", "SELECT $q$ $$ ; $q $q$|B"},
    {SQL_POSTGRES, "SELECT a$b, $1; B", "SELECT a$b, $1|B"},
    {SQL_POSTGRES, "SELECT E'\\';', '\\'; B", "SELECT E'\\';', '\\'|B"},
    {SQL_POSTGRES, "SELECT some'x\\'; B", "SELECT some'x\\'|B"},
    {SQL_POSTGRES, "A /* ; /* */ ; */ B; C", "A /* ; /* */ ; */ B|C"},
    {SQL_POSTGRES, "CREATE RULE r AS ON INSERT TO t DO (A; B); C",
     "CREATE RULE r AS ON INSERT TO t DO (A; B)|C"},
    {SQL_POSTGRES, "CREATE OR REPLACE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN 1 THEN 2 END; B; END; C",
     "CREATE OR REPLACE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN 1 THEN 2 END; B; END|C"},
    {SQL_POSTGRES, "CREATE FUNCTION f() AS $x$ BEGIN; $x$; C", "CREATE FUNCTION f() AS $x$ BEGIN; $x$|C"},
    {SQL_POSTGRES, "BEGIN; A; END; C", "BEGIN|A|END|C"},
    {SQL_POSTGRES, "SELECT ';'::text, \"a;\"; B", "SELECT ';'::text, \"a;\"|B"},
    {SQL_POSTGRES, "SELECT $$ open", "SELECT $$ open~$"},
    {SQL_POSTGRES, "SELECT (1", "SELECT (1~("},
    {SQL_POSTGRES, "SELECT \"open", "SELECT \"open~\""},
};

static void each_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
        assert_string_equal(split(lines[i].text, lines[i].dialect), lines[i].found);
}

static void the_first_word(void **state)
{
    (void)state;
    assert_str_equal(statement_word(str_from(" /* x */ -- y\n select 1"), SQL_SQLITE), "select");
    assert_str_equal(statement_word(str_from("(SELECT 1)"), SQL_POSTGRES), "");
    assert_str_equal(statement_word(str_from(""), SQL_POSTGRES), "");
}

static void places_are_those_of_the_text(void **state)
{
    struct str text = str_from("\n-- one\nA;\n\nB");
    struct statement statement = statement_next(text, SQL_SQLITE);

    (void)state;
    assert_int_equal(statement.start, 8);
    assert_int_equal(statement.end, 10);
    assert_true(statement.complete);
    statement = statement_next(str_slice(text, statement.end, text.len), SQL_SQLITE);
    assert_int_equal(statement.start, 2);
    assert_false(statement.complete);
}

static void ends_of_transactions(void **state)
{
    static const char *const ends[] = {"COMMIT",
                                       "end",
                                       "ABORT work",
                                       "/* x */ Rollback",
                                       "ROLLBACK WORK",
                                       "commit and chain",
                                       "ROLLBACK TRANSACTION",
                                       "PREPARE TRANSACTION 'x'"};
    static const char *const others[] = {"",
                                         "COMMENT ON TABLE t IS 'COMMIT'",
                                         "ROLLBACK TO s",
                                         "ROLLBACK WORK TO SAVEPOINT s",
                                         "COMMIT PREPARED 'x'",
                                         "ROLLBACK PREPARED 'x'",
                                         "PREPARE p AS SELECT 1",
                                         "SAVEPOINT s",
                                         "BEGIN"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
        assert_true(statement_ends_transaction(str_from(ends[i]), SQL_POSTGRES));
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        assert_false(statement_ends_transaction(str_from(others[i]), SQL_POSTGRES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line),
        cmocka_unit_test(the_first_word),
        cmocka_unit_test(places_are_those_of_the_text),
        cmocka_unit_test(ends_of_transactions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
