/* Oddities of SQLite's DDL, and what ALTER TABLE makes of them: see catalog_check.h. */
#include "tests/unit.h"

#include "base/attributes.h"
#include "tests/unit/schema/catalog_check.h"

static void check_all(const char *const *statements, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_statements(statements[i]);
}

static void names(void **state)
{
    static const char *const statements[] = {
        "CREATE TABLE t(a)",
        "create table IF NOT EXISTS main.\"t\"(a int);",
        "CREATE TABLE t(key TEXT, \"order\" int, abort, value)",
        "CREATE TABLE t('single' INT, \"double\" INT, `back` INT, [brackets] INT)",
        "CREATE TABLE t(\"a\"\"b\" int, 'c''d' int, `e``f` int, [g\"h] int)",
        "CREATE TABLE \"a b\"(\"c d\" \"e f\", \"\" int)",
        "CREATE TABLE [t [1](a)",
        "CREATE TABLE 'it''s'(a REFERENCES 'p''q'('x''y'))",
        "CREATE TABLE t(a$b, _c, \xc3\xa9 int, \xe6\x97\xa5\xe6\x9c\xac text)",
        "CREATE TABLE t(left int, full text, cross, natural, outer, inner, right, CHECK(left>full))",
        "CREATE TABLE t(a, indexed int, CHECK(indexed > 1))",
        "CREATE TABLE t(generated, always, stored, virtual, as_ int)",
        "CREATE TABLE t(over, filter, window, partition, range, rows, groups, check(over>filter and window))",
        ("CREATE TABLE t(abort, action, after, analyze, asc, attach, before, begin, by, cascade, cast, "
         "column)"),
        "CREATE TABLE t(conflict, database, deferred, desc, detach, do, each, end, exclusive, explain, fail)",
        "CREATE TABLE t(for, ignore, immediate, initially, instead, like, glob, regexp, match, no, plan)",
        "CREATE TABLE t(query, key, of, offset, pragma, raise, recursive, release, replace, restrict, row)",
        "CREATE TABLE t(rollback, savepoint, temp, temporary, trigger, vacuum, view, virtual, with, without)",
        "CREATE TABLE t(nulls, first, last, current, following, preceding, unbounded, exclude, others, ties)",
        "CREATE TABLE t(materialized, reindex, rename, current_date, current_time, current_timestamp, if)",
        "CREATE TABLE t(if int, CHECK(if > 1), CHECK(replace(if, 1, like('x', 2))))",
        "CREATE TABLE temp(temp temp)",
        "CREATE TABLE t(true int, false, b, CHECK(true > 1), UNIQUE(true, false))",
        "CREATE TABLE t(a, rowid integer primary key)",
        "CREATE TABLE t(oid, _rowid_, rowid)",
    };

    (void)state;
    check_all(statements, ARRAY_LENGTH(statements));
}

static void types(void **state)
{
    static const char *const statements[] = {
        "CREATE TABLE t(a VARCHAR(255), b DECIMAL(10,-2), c NUMERIC( 10 , 2 ), d varchar(+10), e N(1.5,2))",
        "CREATE TABLE t(a DOUBLE   PRECISION, b unsigned\n\tbig int, c native character (70) NOT NULL)",
        "CREATE TABLE t(a \"my type\" (10), b \"a\" b c, c [x y] default 1, d `q` , e 'INT' not null)",
        "CREATE TABLE t(a INT GENERATED ALWAYS)",
        "CREATE TABLE t(a INT ALWAYS, b GENERATED, c GENERATED ALWAYS, d int generated)",
        "CREATE TABLE t(a GENERATED ALWAYS AS (1), b)",
        "CREATE TABLE t(a INT \"GENERATED\" ALWAYS AS (1), b)",
        "CREATE TABLE t(a INT \"X GENERATED ALWAYS\", b, c 'X GENERATED' ALWAYS)",
        "CREATE TABLE t(a VERY LONG TYPE ALWAYS, b this_is_no_always, c this_is generated always)",
        "CREATE TABLE t(a DECIMAL(10,2) GENERATED ALWAYS AS (b) STORED, b)",
        "CREATE TABLE t(a \"INTEGER\" PRIMARY KEY)",
        "CREATE TABLE t(a [integer] PRIMARY KEY, b)",
        "CREATE TABLE t(a \"INTEGER\" x PRIMARY KEY, b)",
        "CREATE TABLE t(a \"INTEGER\"\"x\" PRIMARY KEY, b \"INTEGER\" 'x' UNIQUE, c '' text, d '''' x, e "
        "\"\"(10))",
        "CREATE TABLE t(a []UNI, b [b][c], c [my type] (10), d [x] y, e `a` `b`, f [a--b], g '/* x */' , h "
        "'x  y')",
        "CREATE TABLE t(a \"INTEGER\" 'x' PRIMARY KEY)",
        "CREATE TABLE t(a [INTEGER]x PRIMARY KEY)",
        "CREATE TABLE t(a INTEGER(8) PRIMARY KEY)",
        "CREATE TABLE t(a INTEGER x PRIMARY KEY)",
        "CREATE TABLE t(a INT PRIMARY KEY)",
        "CREATE TABLE t(a inTeger/**/PRIMARY KEY)",
        "CREATE TABLE t(a current_date, b CURRENT_DATE DEFAULT current_date)",
        "CREATE TABLE t(a hidden int, b)",
        "CREATE TABLE t(a key, b int key, c desc, d asc references p)",
        "CREATE TABLE t(a any, b int, c integer, d real, e text, f blob, g Any primary key) strict",
        "CREATE TABLE t(a text primary key, b int not null) strict",
        "CREATE TABLE t(a integer primary key, b int) strict",
        "CREATE TABLE t(a int primary key), strict, without rowid, strict",
    };

    (void)state;
    check_all(statements, ARRAY_LENGTH(statements));
}

static void keys(void **state)
{
    static const char *const statements[] = {
        "CREATE TABLE t(a INTEGER PRIMARY KEY)",
        "CREATE TABLE t(a INTEGER PRIMARY KEY ASC)",
        "CREATE TABLE t(a INTEGER PRIMARY KEY DESC)",
        "CREATE TABLE t(a INTEGER, PRIMARY KEY(a DESC))",
        "CREATE TABLE t(a INTEGER, PRIMARY KEY(a AUTOINCREMENT))",
        "CREATE TABLE t(a INTEGER, PRIMARY KEY(a DESC AUTOINCREMENT) ON CONFLICT REPLACE)",
        "CREATE TABLE t(a INTEGER, PRIMARY KEY('a' COLLATE nocase))",
        "CREATE TABLE t(a INTEGER, PRIMARY KEY((a)))",
        "CREATE TABLE t(a INTEGER, PRIMARY KEY(\"A\"))",
        "CREATE TABLE t(a INTEGER PRIMARY KEY ON CONFLICT REPLACE AUTOINCREMENT)",
        "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, b)",
        "CREATE TABLE t(b, a INTEGER NOT NULL CONSTRAINT pk PRIMARY KEY)",
        "CREATE TABLE t(a INTEGER, b, PRIMARY KEY(a, b, a))",
        "CREATE TABLE t(a INTEGER, b, PRIMARY KEY(a, a))",
        "CREATE TABLE t(a INTEGER, b, PRIMARY KEY(b, a DESC))",
        "CREATE TABLE t(a INTEGER PRIMARY KEY, UNIQUE(a))",
        "CREATE TABLE t(a INTEGER PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE t(a, b, c, PRIMARY KEY(c, a)) WITHOUT ROWID",
        "CREATE TABLE t(a, b, c, PRIMARY KEY(c, a)) without rowid;",
        "CREATE TABLE t(a any primary key, b int) without rowid, strict",
        "CREATE TABLE t(a any primary key, b int) STRICT , WITHOUT ROWID -- done",
        "CREATE TABLE t(a UNIQUE, b UNIQUE ON CONFLICT IGNORE, UNIQUE(a, b) ON CONFLICT FAIL)",
        "CREATE TABLE t(a UNIQUE, UNIQUE(a), UNIQUE('a'), UNIQUE([a]))",
        "CREATE TABLE t(a TEXT UNIQUE COLLATE NOCASE, b TEXT COLLATE RTRIM PRIMARY KEY)",
        "CREATE TABLE t(a TEXT COLLATE NOCASE, UNIQUE(a COLLATE BINARY), UNIQUE(a), UNIQUE(a COLLATE rtrim))",
        "CREATE TABLE t(a TEXT, UNIQUE(a COLLATE nocase COLLATE rtrim DESC))",
        "CREATE TABLE t(a collate 'nocase', b collate \"nocase\" collate rtrim, c collate [binary])",
        "CREATE TABLE t(a, b int default 1 unique not null, c check(1)check(2)not null unique)",
        "CREATE TABLE t(a, b, UNIQUE(a) UNIQUE(b) CHECK(a) PRIMARY KEY(b, a))",
        ("CREATE TABLE t(a, CONSTRAINT x UNIQUE(a) CHECK(a) CONSTRAINT y CHECK(a) FOREIGN KEY(a) REFERENCES "
         "p)"),
    };

    (void)state;
    check_all(statements, ARRAY_LENGTH(statements));
}

static void constraints(void **state)
{
    static const char *const statements[] = {
        "CREATE TABLE t(a INT NOT NULL NULL, b NULL, c NULL ON CONFLICT FAIL NOT NULL ON CONFLICT IGNORE)",
        "CREATE TABLE t(a, CONSTRAINT x)",
        "CREATE TABLE t(a CONSTRAINT x CONSTRAINT y, b CONSTRAINT z NOT NULL)",
        "CREATE TABLE t(a, CONSTRAINT x CONSTRAINT y UNIQUE(a), CONSTRAINT z)",
        ("CREATE TABLE t(a CONSTRAINT 'x y' CHECK (a > 0) CONSTRAINT \"q\" DEFAULT 5 CONSTRAINT r COLLATE "
         "rtrim)"),
        "CREATE TABLE t(a, CHECK(a) ON CONFLICT REPLACE)",
        "CREATE TABLE t(a, check(\"zz\"), check('zz' > a), check((a) in (1,2,3) and not a isnull))",
        "CREATE TABLE t(a int default -'x', b default indexed, c default - null, d default +5)",
        "CREATE TABLE t(a default [abc], b default \"true\", c default tRuE, d default false, e default `x`)",
        "CREATE TABLE t(a default cast, b default raise, c default generated, d default like, e default asc)",
        "CREATE TABLE t(a default (1), b default ( 'x' || 2 ), c default ((3)), d default (true))",
        ("CREATE TABLE t(a default 0x10, b default 0x8000000000000000, c default 1e5, d default .5, e "
         "default "
         "5.)"),
        "CREATE TABLE t(a int default 0x10000000000000000, b default -9223372036854775808)",
        "CREATE TABLE t(a default x'00ff', b default CURRENT_TIMESTAMP, c default -current_date)",
        "CREATE TABLE t(a default 'it''s', b default '', c default null not null, d default 1 default 2)",
        "CREATE TABLE t(a default (datetime('now','localtime')), b default (strftime('%s', 'now')) not null)",
        "CREATE TABLE t(a DEFERRABLE INITIALLY DEFERRED, b NOT DEFERRABLE)",
        "CREATE TABLE t(a REFERENCES p, b REFERENCES p(x), c REFERENCES t, d references [p q](\"r s\"))",
        ("CREATE TABLE t(a REFERENCES p ON DELETE SET NULL ON UPDATE SET DEFAULT, b REFERENCES p ON DELETE "
         "CASCADE, c REFERENCES p ON UPDATE RESTRICT ON DELETE NO ACTION)"),
        "CREATE TABLE t(a REFERENCES p ON INSERT CASCADE ON DELETE SET NULL MATCH FULL ON DELETE RESTRICT)",
        "CREATE TABLE t(a REFERENCES p DEFERRABLE INITIALLY DEFERRED NOT NULL NOT DEFERRABLE)",
        ("CREATE TABLE t(a, b, FOREIGN KEY(a, 'b') REFERENCES p(x, y) ON DELETE CASCADE NOT DEFERRABLE "
         "INITIALLY DEFERRED CONSTRAINT z FOREIGN KEY(b) REFERENCES p DEFERRABLE)"),
        ("CREATE TABLE t(a, CONSTRAINT \"fk a\" FOREIGN KEY(a) REFERENCES \"p\" MATCH SIMPLE DEFERRABLE "
         "INITIALLY IMMEDIATE, CHECK(1))"),
        ("CREATE TABLE t(a, b INT AS (a+1), c AS (a) STORED NOT NULL, d TEXT GENERATED ALWAYS AS (a||b) "
         "VIRTUAL "
         "UNIQUE)"),
        ("CREATE TABLE t(a, b as(a)stored check(b>0)collate nocase, c int not null generated always as (b) "
         "virtual)"),
        "CREATE TABLE t(a TEXT CHECK(json_valid(a)) DEFAULT '{}' NOT NULL, CHECK(length(a) BETWEEN 1 AND 9))",
    };

    (void)state;
    check_all(statements, ARRAY_LENGTH(statements));
}

static void blanks(void **state)
{
    static const char *const statements[] = {
        "CREATE TABLE t(a -- the first\n, b /* the second, with ) and ' */ int -- ', c\n, c)",
        "CREATE/**/TABLE/* x */t/**/(/**/a/**/INT/**/NOT/**/NULL/**/)/**/",
        "CREATE TABLE t(a) -- no line end",
        "CREATE TABLE t(a) /* never closed",
        "CREATE TABLE t\n(\r\n\ta\t\f INT\r\n)\n\n",
        ("\xef\xbb\xbf"
         "CREATE TABLE t(\xef\xbb\xbf a int)"),
        "CREATE TABLE t(a \v int)",
        "CREATE TABLE t(a DEFAULT 'x -- y', b DEFAULT \"/* z\")",
        "CREATE TABLE t(a int /* int */ references p, b check(a--\n>1))",
        "CREATE TABLE t(a CHECK(a<>-1 AND a!=- -1 AND a- -1>0 AND a/1>0))",
    };

    (void)state;
    check_all(statements, ARRAY_LENGTH(statements));
}

static void altered(void **state)
{
    static const char *const statements[] = {
        "CREATE TABLE t(a INTEGER PRIMARY KEY); ALTER TABLE t ADD COLUMN b TEXT NOT NULL DEFAULT 'x'",
        "CREATE TABLE t(a) -- comment\n; ALTER TABLE t ADD b int default (1+1); ALTER TABLE t ADD 'c' [d e]",
        "CREATE TABLE t(a, UNIQUE(a)); ALTER TABLE t ADD b REFERENCES p(x) ON DELETE SET NULL",
        "CREATE TABLE t(a, CHECK(a > 0)) ; ALTER TABLE t ADD COLUMN b CHECK (b > 0)",
        "CREATE TABLE t(a PRIMARY KEY) WITHOUT ROWID; ALTER TABLE t ADD b AS (a || 1)",
        "CREATE TABLE t(a int) STRICT; ALTER TABLE t ADD b any; ALTER TABLE t ADD c text collate nocase",
        "CREATE TABLE t(a, b, CHECK(a > b), UNIQUE(b)); ALTER TABLE t RENAME COLUMN a TO \"order\"",
        ("CREATE TABLE t(a, b CHECK(b > 'a')); ALTER TABLE t RENAME a TO 'x''y'; ALTER TABLE t RENAME b TO "
         "\"q\"\"r\""),
        ("CREATE TABLE t(a, b AS (a)); CREATE INDEX i ON t(a, b DESC); ALTER TABLE t RENAME a TO c; ALTER "
         "TABLE "
         "t RENAME TO 'new name'"),
        ("CREATE TABLE p(x PRIMARY KEY); CREATE TABLE c(x REFERENCES p(x)); ALTER TABLE p RENAME TO "
         "\"select\"; "
         "ALTER TABLE \"select\" RENAME x TO [from]"),
        ("CREATE TABLE t(a, b, c); CREATE VIEW v AS SELECT a, b FROM t; ALTER TABLE t DROP COLUMN c; ALTER "
         "TABLE t RENAME b TO \"group\""),
        "CREATE TABLE t AS SELECT 1 AS a, 'x' AS \"b c\", 2.5 AS [select], CAST(1 AS TEXT) d",
        "CREATE TABLE s(\"a b\" int, c varchar(3)); CREATE TABLE t AS SELECT * FROM s",
        ("CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b); INSERT INTO t(b) VALUES(1); ALTER TABLE t "
         "ADD c"),
    };

    (void)state;
    check_all(statements, ARRAY_LENGTH(statements));
}

static void indexes(void **state)
{
    static const char *const statements[] = {
        ("CREATE TABLE t(a, b TEXT COLLATE NOCASE, c); CREATE INDEX i ON t(a); CREATE UNIQUE INDEX IF NOT "
         "EXISTS "
         "main.j ON t(b DESC, c ASC); CREATE INDEX k ON t(b COLLATE BINARY, c COLLATE RTRIM DESC)"),
        "CREATE TABLE t(a, b COLLATE NOCASE); CREATE INDEX i ON t(lower(a), b, a+1 DESC, (b), ((a)))",
        "CREATE TABLE t(a, b); CREATE INDEX i ON t('a', \"b\", [a], `b`); CREATE INDEX j ON t(\"nosuch\", a)",
        ("CREATE TABLE t(a, b); CREATE UNIQUE INDEX i ON t(a) WHERE b IS NOT NULL; CREATE INDEX j ON t(b) "
         "WHERE "
         "a > 5 AND b LIKE 'x%'"),
        "CREATE TABLE \"t t\"(\"a a\"); CREATE INDEX \"i i\" ON \"t t\"(\"a a\" COLLATE \"nocase\")",
        "CREATE TABLE t(a, b); CREATE INDEX i ON T(A COLLATE nocase COLLATE rtrim, a || b COLLATE nocase)",
        "CREATE TABLE t(a, b); CREATE INDEX i /* x */ ON t -- y\n(a /* z */ desc) where(b)",
        ("CREATE TABLE t(a, b); CREATE INDEX i ON t(lower(a) COLLATE nocase, (a COLLATE rtrim), -b, a IS "
         "NULL)"),
        "CREATE TABLE t(key, desc); CREATE INDEX i ON t(key, desc desc, key asc)",
        ("CREATE TABLE t(j TEXT); CREATE INDEX i ON t(json_extract(j, '$.x'), j->>'$.y', CASE WHEN j THEN 1 "
         "END)"),
        "CREATE TABLE t(a, b); CREATE INDEX 'i''j' ON 't'('a')",
        "CREATE TABLE t(a PRIMARY KEY, b UNIQUE) WITHOUT ROWID; CREATE INDEX i ON t(b, a)",
        "CREATE TABLE t(a, b AS (a) STORED); CREATE INDEX i ON t(b); CREATE INDEX j ON t(a, a)",
    };

    (void)state;
    check_all(statements, ARRAY_LENGTH(statements));
}

static void other_objects(void **state)
{
    static const char *const statements[] = {
        ("CREATE TABLE t(a, b); CREATE VIEW v AS SELECT * FROM t; CREATE VIEW IF NOT EXISTS w(x, \"y z\") AS "
         "VALUES(1, 2), (3, 4)"),
        ("CREATE TABLE t(a, b); CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END; CREATE TRIGGER IF "
         "NOT "
         "EXISTS before BEFORE UPDATE OF a, b ON \"t\" FOR EACH ROW WHEN new.a > 1 BEGIN DELETE FROM t; END"),
        "CREATE TABLE t(a); CREATE TRIGGER 'x y' DELETE ON main.t BEGIN SELECT raise(abort, 'no'); END",
        "CREATE VIEW v AS SELECT 1 AS a; CREATE TRIGGER r INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE f USING fts5(a, b, tokenize = 'porter ascii')",
        "CREATE VIRTUAL TABLE IF NOT EXISTS main.\"f f\" USING fts4(content=\"\", \"a b\")",
        "CREATE VIRTUAL TABLE r USING rtree(id, x0, x1, +note)",
    };

    (void)state;
    check_all(statements, ARRAY_LENGTH(statements));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),   cmocka_unit_test(types),         cmocka_unit_test(keys),
        cmocka_unit_test(blanks),  cmocka_unit_test(constraints),   cmocka_unit_test(altered),
        cmocka_unit_test(indexes), cmocka_unit_test(other_objects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
