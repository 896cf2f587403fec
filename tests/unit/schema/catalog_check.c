#include "tests/unit.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "schema/parse.h"
#include "tests/unit/schema/catalog_check.h"

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

/* SQLite's texts keep the white space that the model folds between words. */
static bool same_type(struct str declared, const char *text)
{
    size_t i = 0;

    if (str_is_nocase(declared, text))
        return true;
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

void check_statements(const char *statements)
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
