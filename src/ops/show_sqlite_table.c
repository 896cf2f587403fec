/* One table of a file.  Checks and expressions stand in its SQL only. */
#include "base/buf.h"
#include "ops/show_intern.h"
#include "schema/parse.h"

static const char sql_sql[] =
    "SELECT sql FROM sqlite_schema WHERE type = 'table' AND lower(name) = lower($1)";

static const char columns_sql[] =
    "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo($1) WHERE hidden <> 1";

static const char indexes_sql[] =
    "SELECT l.name, (SELECT group_concat(x.name || iif(x.\"desc\", ' DESC', ''), ', ') FROM (SELECT * FROM "
    "pragma_index_xinfo(l.name) WHERE key = 1 ORDER BY seqno) x), l.\"unique\", l.origin = 'pk', s.sql, "
    "(SELECT sum(pgsize) FROM dbstat WHERE name = l.name AND aggregate = 1) "
    "FROM pragma_index_list($1) l LEFT JOIN sqlite_schema s ON s.name = l.name AND s.type = 'index' "
    "ORDER BY l.origin <> 'pk', l.name";

static const char foreign_keys_sql[] =
    "SELECT $1, group_concat(\"from\", ', '), \"table\", group_concat(\"to\", ', '), on_delete, on_update "
    "FROM (SELECT * FROM pragma_foreign_key_list($1) ORDER BY id, seq) GROUP BY id ORDER BY id";

static const char referenced_by_sql[] =
    "SELECT child, group_concat(\"from\", ', '), parent, group_concat(\"to\", ', '), on_delete, on_update "
    "FROM (SELECT m.name AS child, f.id, f.\"from\", f.\"to\", f.\"table\" AS parent, f.on_delete, "
    "f.on_update "
    "FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' "
    "AND lower(f.\"table\") = lower($1) ORDER BY m.name, f.id, f.seq) GROUP BY child, id ORDER BY child, id";

static const char triggers_sql[] = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND "
                                   "lower(tbl_name) = lower($1) ORDER BY name";

struct reading {
    struct show_table *table;
    struct table parsed;
};

static void take_sql(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    *(struct str *)context = show_text(arena, &cells[0]);
}

static struct str generated_as(const struct reading *reading, struct str name)
{
    int column = reading->parsed.columns == NULL ? -1 : table_column(&reading->parsed, name);

    if (column < 0 || reading->parsed.columns[column].generated_as == NULL)
        return str_from("?");
    return reading->parsed.columns[column].generated_as->sql;
}

static void take_column(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct reading *reading = context;
    struct show_table *table = reading->table;
    struct str name = show_text(arena, &cells[0]);
    bool generated = show_number(&cells[5]) > 1;

    ARENA_PUSH(arena, table->columns, table->columns_count, table->columns_capacity) =
        (struct show_column){.name = name,
                             .type = show_text(arena, &cells[1]),
                             .not_null = show_truth(&cells[2]),
                             .default_value = show_text(arena, &cells[3]),
                             .generated = generated ? generated_as(reading, name) : (struct str){NULL, 0},
                             .key_position = show_number(&cells[4])};
}

/* Expressions have no name in the PRAGMA; in the SQL all parts are as they were written. */
static void read_parts(struct arena *arena, struct str sql, struct show_index *index)
{
    struct err ignored = {.code = ERR_NONE};
    struct index parsed;
    struct str parts = {NULL, 0};

    if (sql.ptr == NULL || !parse_index(arena, sql, &parsed, &ignored))
        return;
    for (size_t i = 0; i < parsed.part_count; i++) {
        struct str part = parsed.part_names[i].text.ptr != NULL ? parsed.part_names[i].text
                          : parsed.parts[i].expr != NULL        ? parsed.parts[i].expr->sql
                                                                : str_from("?");

        parts = str_printf(arena, "%.*s%s%.*s%s", STR_ARGS(parts), i > 0 ? ", " : "", STR_ARGS(part),
                           parsed.parts[i].descending ? " DESC" : "");
    }
    index->columns = parts;
    if (parsed.where != NULL)
        index->where = parsed.where->sql;
}

static void take_index(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct reading *reading = context;
    struct show_table *table = reading->table;
    struct show_index index = {.name = show_text(arena, &cells[0]),
                               .columns = show_text(arena, &cells[1]),
                               .method = str_from("btree"),
                               .unique = show_truth(&cells[2]),
                               .primary = show_truth(&cells[3]),
                               .bytes = show_number(&cells[5])};

    read_parts(arena, show_text(arena, &cells[4]), &index);
    ARENA_PUSH(arena, table->indexes, table->indexes_count, table->indexes_capacity) = index;
}

static struct show_reference reference_of(struct arena *arena, const struct pgrade_value *cells)
{
    return (struct show_reference){.table = show_text(arena, &cells[0]),
                                   .columns = show_text(arena, &cells[1]),
                                   .parent = show_text(arena, &cells[2]),
                                   .parent_columns = show_text(arena, &cells[3]),
                                   .on_delete = show_text(arena, &cells[4]),
                                   .on_update = show_text(arena, &cells[5])};
}

static void take_foreign_key(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_table *table = ((struct reading *)context)->table;

    ARENA_PUSH(arena, table->foreign_keys, table->foreign_keys_count, table->foreign_keys_capacity) =
        reference_of(arena, cells);
}

static void take_referenced_by(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_table *table = ((struct reading *)context)->table;

    ARENA_PUSH(arena, table->referenced_by, table->referenced_by_count, table->referenced_by_capacity) =
        reference_of(arena, cells);
}

static void take_trigger(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_table *table = ((struct reading *)context)->table;

    ARENA_PUSH(arena, table->triggers, table->triggers_count, table->triggers_capacity) =
        (struct show_trigger){show_text(arena, &cells[0]), show_text(arena, &cells[1]), false};
}

static void take_checks(struct arena *arena, const struct reading *reading)
{
    struct show_table *table = reading->table;

    for (size_t i = 0; i < reading->parsed.check_count; i++)
        ARENA_PUSH(arena, table->checks, table->checks_count, table->checks_capacity) =
            (struct show_check){reading->parsed.checks[i].name.text, reading->parsed.checks[i].expr->sql};
}

bool show_sqlite_table(const struct show_question *question, const struct show_entry *entry,
                       struct show_table *table, struct err *err)
{
    struct reading reading = {.table = table};
    struct err unreadable = {.code = ERR_NONE};
    struct str sql = {NULL, 0};

    if (!show_ask(question, sql_sql, entry->name, take_sql, &sql, err))
        return false;
    if (sql.ptr == NULL || !parse_table(question->arena, sql, &reading.parsed, &unreadable))
        reading.parsed = (struct table){.columns = NULL};
    take_checks(question->arena, &reading);
    return show_ask(question, columns_sql, entry->name, take_column, &reading, err) &&
           show_ask(question, indexes_sql, entry->name, take_index, &reading, err) &&
           show_ask(question, foreign_keys_sql, entry->name, take_foreign_key, &reading, err) &&
           show_ask(question, referenced_by_sql, entry->name, take_referenced_by, &reading, err) &&
           show_ask(question, triggers_sql, entry->name, take_trigger, &reading, err);
}
