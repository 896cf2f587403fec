/*
 * The parsed model against SQLite itself: each text is executed in an empty database, and what is then in
 * sqlite_schema must parse into what SQLite's own pragmas tell.
 */
#include "tests/unit.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "schema/parse.h"

enum {
    ROWS_MAXIMUM = 64,
    FIELDS_MAXIMUM = 10
};

struct rows {
    char *fields[ROWS_MAXIMUM][FIELDS_MAXIMUM];
    int count;
};

struct catalog {
    sqlite3 *database;
    struct arena *arena;
    const char *statements; /* what is being tested, for messages */
};

/* NULL becomes "". */
static struct rows query(struct catalog *catalog, const char *sql, struct str name)
{
    sqlite3_stmt *statement = NULL;
    struct rows rows = {.count = 0};

    assert_int_equal(sqlite3_prepare_v2(catalog->database, sql, -1, &statement, NULL), SQLITE_OK);
    if (sqlite3_bind_parameter_count(statement) > 0)
        sqlite3_bind_text(statement, 1, name.ptr, (int)name.len, SQLITE_TRANSIENT);
    while (sqlite3_step(statement) == SQLITE_ROW && rows.count < ROWS_MAXIMUM) {
        for (int i = 0; i < sqlite3_column_count(statement) && i < FIELDS_MAXIMUM; i++) {
            struct str text = {(const char *)sqlite3_column_text(statement, i),
                               (size_t)sqlite3_column_bytes(statement, i)};

            rows.fields[rows.count][i] = arena_copy(catalog->arena, text.ptr, text.len);
        }
        rows.count++;
    }
    sqlite3_finalize(statement);
    return rows;
}

#define check(catalog, condition)                                                                            \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            fail_msg("%s\n  does not hold: %s", (catalog)->statements, #condition);                          \
    } while (0)

/* SQLite's texts keep the white space that the model folds. */
static bool same_type(struct str declared, const char *text)
{
    size_t i = 0;

    for (; *text != '\0'; text++) {
        if (ascii_is_space(*text) && ascii_is_space(text[1]))
            continue;
        if (i >= declared.len ||
            ascii_lower(declared.ptr[i++]) != ascii_lower(ascii_is_space(*text) ? ' ' : *text))
            return false;
    }
    return i == declared.len;
}

static void check_metadata(struct catalog *catalog, const struct table *table, const struct column *column,
                           bool is_rowid)
{
    const char *collation = NULL;
    int not_null;
    int in_key;
    int autoincrement;

    assert_int_equal(sqlite3_table_column_metadata(catalog->database, "main",
                                                   str_cstr(catalog->arena, table->name.text),
                                                   str_cstr(catalog->arena, column->name.text), NULL,
                                                   &collation, &not_null, &in_key, &autoincrement),
                     SQLITE_OK);
    check(catalog,
          str_is_nocase(column->collation.ptr == NULL ? str_from("BINARY") : column->collation, collation));
    check(catalog, autoincrement == (is_rowid && table->autoincrement));
}

static void check_default(struct catalog *catalog, const struct column *column, const char *text)
{
    const struct expr *value = column->default_value;
    struct str brackets;

    check(catalog, (value == NULL) == (text[0] == '\0'));
    if (value == NULL)
        return;
    brackets = str_printf(catalog->arena, "(%.*s)", STR_ARGS(value->sql));
    check(catalog, str_is(value->sql, text) || (value->parenthesised && str_is(brackets, text)));
}

static void check_columns(struct catalog *catalog, const struct table *table)
{
    struct rows rows = query(catalog,
                             "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM "
                             "pragma_table_xinfo(?)",
                             table->name.text);

    check(catalog, (int)table->column_count == rows.count);
    for (int i = 0; i < rows.count; i++) {
        const struct column *column = &table->columns[i];
        char **row = rows.fields[i];
        int hidden = column->generated == GENERATED_NO ? 0 : column->generated == GENERATED_VIRTUAL ? 2 : 3;

        check(catalog, str_is(column->name.text, row[0]));
        check(catalog, same_type(column->declared, row[1]));
        check(catalog, column->not_null == (row[2][0] == '1'));
        if (column->generated == GENERATED_NO)
            check_default(catalog, column, row[3]);
        check(catalog, column->key_position == atoi(row[4]));
        check(catalog, hidden == atoi(row[5]));
        check(catalog, (column->generated_as == NULL) == (hidden == 0));
        check_metadata(catalog, table, column, i == table->rowid_column);
    }
}

static const char *action_name(enum fk_action action)
{
    static const char *const names[] = {
        [FK_NO_ACTION] = "NO ACTION", [FK_RESTRICT] = "RESTRICT",       [FK_CASCADE] = "CASCADE",
        [FK_SET_NULL] = "SET NULL",   [FK_SET_DEFAULT] = "SET DEFAULT",
    };

    return names[action];
}

static void check_foreign_keys(struct catalog *catalog, const struct table *table)
{
    struct rows rows = query(catalog,
                             "SELECT \"table\", \"from\", \"to\", on_update, on_delete FROM "
                             "pragma_foreign_key_list(?) ORDER BY id DESC, seq",
                             table->name.text);
    int at = 0;

    for (size_t i = 0; i < table->foreign_key_count; i++) {
        const struct foreign_key *key = &table->foreign_keys[i];

        for (size_t j = 0; j < key->column_count; j++) {
            char **row = rows.fields[at++];

            check(catalog, at <= rows.count);
            check(catalog, str_is(key->parent.text, row[0]));
            check(catalog, str_is(table->columns[key->columns[j]].name.text, row[1]));
            check(catalog,
                  str_is(key->parent_columns == NULL ? str_from("") : key->parent_columns[j].text, row[2]));
            check(catalog, strcmp(action_name(key->on_update), row[3]) == 0);
            check(catalog, strcmp(action_name(key->on_delete), row[4]) == 0);
        }
    }
    check(catalog, at == rows.count);
}

/* cid, descending, collation of the parts written, those named twice once. */
static struct rows index_parts(struct catalog *catalog, const char *index)
{
    struct rows all =
        query(catalog, "SELECT cid, \"desc\", coll FROM pragma_index_xinfo(?) WHERE key", str_from(index));
    struct rows once = {.count = 0};

    for (int i = 0; i < all.count; i++) {
        bool seen = false;

        for (int j = 0; j < once.count; j++)
            seen = seen || (strcmp(once.fields[j][0], all.fields[i][0]) == 0 &&
                            strcmp(once.fields[j][2], all.fields[i][2]) == 0);
        if (!seen || atoi(all.fields[i][0]) < 0)
            memcpy(once.fields[once.count++], all.fields[i], sizeof(all.fields[i]));
    }
    return once;
}

static bool same_parts(const struct rows *rows, const struct key_part *parts, size_t count)
{
    if (rows->count != (int)count)
        return false;
    for (size_t i = 0; i < count; i++) {
        char *const *row = rows->fields[i];
        struct str collation = parts[i].collation.ptr == NULL ? str_from("BINARY") : parts[i].collation;
        int cid = parts[i].column >= 0 ? parts[i].column : -2;

        if (atoi(row[0]) != cid || (parts[i].expr == NULL) != (cid >= 0) ||
            parts[i].descending != (row[1][0] == '1') || !str_is_nocase(collation, row[2]))
            return false;
    }
    return true;
}

/* Every key has its automatic index, but that of the rowid; SQLite makes one for keys that are equal. */
static void check_keys(struct catalog *catalog, const struct table *table)
{
    struct rows lists = query(catalog, "SELECT name, origin FROM pragma_index_list(?)", table->name.text);
    bool *found = ARENA_ARRAY(catalog->arena, bool, table->unique_count);
    bool primary_found = false;

    for (int i = 0; i < lists.count; i++) {
        struct rows parts = index_parts(catalog, lists.fields[i][0]);
        bool known = lists.fields[i][1][0] == 'c';

        for (size_t j = 0; j < table->unique_count; j++) {
            const struct key *key = &table->uniques[j];

            found[j] = found[j] || same_parts(&parts, key->parts, key->part_count);
            known = known || same_parts(&parts, key->parts, key->part_count);
        }
        if (table->primary != NULL && table->rowid_column < 0 &&
            same_parts(&parts, table->primary->parts, table->primary->part_count))
            known = primary_found = true;
        check(catalog, known);
    }
    for (size_t j = 0; j < table->unique_count; j++)
        check(catalog, found[j] || table->uniques[j].parts[0].column == table->rowid_column);
    check(catalog, primary_found == (table->primary != NULL && table->rowid_column < 0));
}

static void check_table(struct catalog *catalog, struct str sql)
{
    struct table table = {.rows = 7, .sequence = -1};
    struct err err = {0};
    struct rows kind;

    if (!parse_table(catalog->arena, sql, &table, &err))
        fail_msg("%s\n  %s", catalog->statements, err.primary);
    check(catalog, table.rows == 7 && table.sequence == -1);
    kind =
        query(catalog, "SELECT wr, strict FROM pragma_table_list(?) WHERE schema = 'main'", table.name.text);
    check(catalog, kind.count == 1);
    check(catalog, table.without_rowid == (kind.fields[0][0][0] == '1'));
    check(catalog, table.strict == (kind.fields[0][1][0] == '1'));
    check_columns(catalog, &table);
    check_foreign_keys(catalog, &table);
    check_keys(catalog, &table);
}

static void check_index(struct catalog *catalog, struct str sql, struct str table_sql)
{
    struct table table = {0};
    struct index index;
    struct err err = {0};
    struct rows parts;
    struct rows list;

    if (!parse_table(catalog->arena, table_sql, &table, &err) ||
        !parse_index(catalog->arena, sql, &index, &err) ||
        !index_resolve(catalog->arena, &index, &table, &err))
        fail_msg("%s\n  %s", catalog->statements, err.primary);
    parts =
        query(catalog, "SELECT cid, \"desc\", coll FROM pragma_index_xinfo(?) WHERE key", index.name.text);
    check(catalog, same_parts(&parts, index.parts, index.part_count));
    list = query(catalog,
                 "SELECT l.\"unique\", l.partial FROM sqlite_schema s, pragma_index_list(s.tbl_name) l "
                 "WHERE s.type = 'index' AND s.name = ?1 AND l.name = ?1",
                 index.name.text);
    check(catalog, index.unique == (list.fields[0][0][0] == '1'));
    check(catalog, (index.where != NULL) == (list.fields[0][1][0] == '1'));
    check(catalog, str_equal_nocase(index.table.text, table.name.text));
}

static void check_view(struct catalog *catalog, struct str sql)
{
    struct view view;
    struct err err = {0};

    check(catalog, parse_view(catalog->arena, sql, &view, &err));
    if (view.select == NULL)
        fail_msg("%s\n  %.*s", catalog->statements, STR_ARGS(view.damage));
}

static void check_trigger(struct catalog *catalog, struct str sql, const char *name, const char *table)
{
    struct trigger trigger;
    struct err err = {0};

    check(catalog, parse_trigger(catalog->arena, sql, &trigger, &err));
    check(catalog, str_is(trigger.name.text, name));
    check(catalog, str_is_nocase(trigger.table.text, table));
}

static void check_virtual(struct catalog *catalog, struct str sql, const char *name)
{
    struct table table = {0};
    struct err err = {0};

    check(catalog, parse_virtual_table(catalog->arena, sql, &table, &err));
    check(catalog, str_is(table.name.text, name));
}

static void check_schema(struct catalog *catalog)
{
    struct rows rows = query(catalog,
                             "SELECT s.type, s.name, s.tbl_name, s.sql, t.sql FROM sqlite_schema s "
                             "LEFT JOIN sqlite_schema t ON t.type = 'table' AND t.name = s.tbl_name "
                             "WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
                             str_from(""));

    check(catalog, rows.count > 0);
    for (int i = 0; i < rows.count; i++) {
        char **row = rows.fields[i];
        struct str sql = str_from(row[3]);

        if (strcmp(row[0], "index") == 0)
            check_index(catalog, sql, str_from(row[4]));
        else if (strcmp(row[0], "view") == 0)
            check_view(catalog, sql);
        else if (strcmp(row[0], "trigger") == 0)
            check_trigger(catalog, sql, row[1], row[2]);
        else if (str_starts_with_nocase(sql, "CREATE VIRTUAL"))
            check_virtual(catalog, sql, row[1]);
        else
            check_table(catalog, sql);
    }
}

static void check_statements(const char *statements)
{
    struct catalog catalog = {.arena = arena_new(), .statements = statements};
    char *message = NULL;

    assert_int_equal(sqlite3_open(":memory:", &catalog.database), SQLITE_OK);
    if (sqlite3_exec(catalog.database, statements, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s\n  SQLite itself: %s", statements, message);
    check_schema(&catalog);
    sqlite3_close(catalog.database);
    arena_free(catalog.arena);
}

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
