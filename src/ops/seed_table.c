/* The table that a file is of: its columns, its keys, and who refers to it. */
#include <string.h>

#include "base/buf.h"
#include "ops/seed_intern.h"
#include "schema/ident.h"

/* Between names in one text: no name has it. */
#define MARK "\x01"

static const char postgres_columns[] =
    "SELECT a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, "
    "a.atthasdef OR a.attidentity <> '', a.attgenerated <> '', a.attidentity = 'a' "
    "FROM pg_catalog.pg_attribute a "
    "WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

/* Those that ON CONFLICT takes for any row: no condition, no expression, not deferrable. */
static const char postgres_keys[] =
    "SELECT pg_catalog.string_agg(a.attname::text, E'\\x01' ORDER BY k.n) "
    "FROM pg_catalog.pg_index i CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::int2[]) "
    "WITH ORDINALITY k(attnum, n) "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum "
    "WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indisvalid AND i.indimmediate "
    "AND i.indpred IS NULL AND i.indexprs IS NULL AND k.n <= i.indnkeyatts "
    "GROUP BY i.indexrelid, i.indisprimary ORDER BY NOT i.indisprimary, i.indexrelid";

static const char postgres_children[] =
    "SELECT DISTINCT conrelid::regclass::text FROM pg_catalog.pg_constraint "
    "WHERE contype = 'f' AND confrelid = $1::regclass AND conrelid <> confrelid AND conparentid = 0 "
    "ORDER BY 1";

static const char sqlite_columns[] =
    "SELECT name, type, \"notnull\", dflt_value IS NOT NULL OR (pk > 0 AND upper(type) = 'INTEGER'), "
    "hidden IN (2, 3), 0 FROM pragma_table_xinfo($1) WHERE hidden <> 1";

static const char sqlite_keys[] =
    "SELECT names FROM (SELECT 0 AS rank, 0 AS seq, group_concat(name, char(1)) AS names FROM "
    "(SELECT name FROM pragma_table_xinfo($1) WHERE pk > 0 ORDER BY pk) HAVING count(*) > 0 "
    "UNION ALL SELECT 1, l.seq, (SELECT group_concat(name, char(1)) FROM "
    "(SELECT name FROM pragma_index_info(l.name) ORDER BY seqno) HAVING count(*) = count(name)) "
    "FROM pragma_index_list($1) l WHERE l.\"unique\" = 1 AND l.partial = 0 AND l.origin <> 'pk') "
    "WHERE names IS NOT NULL ORDER BY rank, seq DESC";

static const char sqlite_children[] =
    "SELECT DISTINCT '\"' || replace(m.name, '\"', '\"\"') || '\"' FROM sqlite_schema m, "
    "pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND lower(f.\"table\") = lower($1) "
    "AND lower(m.name) <> lower($1) ORDER BY 1";

/*
 * Statements of many rows differ from many statements where somebody looks between: triggers and rules, a row
 * that refers to another of its table, defaults and checks by functions of the user, which may read anything.
 */
static const char postgres_plain[] =
    "SELECT c.relkind = 'r' AND NOT c.relrowsecurity "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal) "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_rewrite WHERE ev_class = c.oid) "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conrelid = c.oid "
    "AND confrelid = c.oid) "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d LEFT JOIN pg_catalog.pg_attrdef a "
    "ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND a.oid = d.objid "
    "LEFT JOIN pg_catalog.pg_constraint k ON d.classid = 'pg_catalog.pg_constraint'::regclass "
    "AND k.oid = d.objid WHERE d.refclassid = 'pg_catalog.pg_proc'::regclass "
    "AND c.oid IN (a.adrelid, k.conrelid)) "
    "FROM pg_catalog.pg_class c WHERE c.oid = $1::regclass";

static const char sqlite_plain[] =
    "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = lower($1)) "
    "AND NOT EXISTS (SELECT 1 FROM pragma_foreign_key_list($1) WHERE lower(\"table\") = lower($1))";

static void take_column(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct seed_table *table = context;

    ARENA_PUSH(arena, table->columns, table->column_count, table->column_capacity) =
        (struct seed_column){.name = show_text(arena, &cells[0]),
                             .type = show_text(arena, &cells[1]),
                             .not_null = show_truth(&cells[2]),
                             .has_default = show_truth(&cells[3]),
                             .generated = show_truth(&cells[4]),
                             .always = show_truth(&cells[5])};
}

static void take_key(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct seed_table *table = context;
    struct str rest = show_text(arena, &cells[0]);
    struct seed_key key = {.columns = ARENA_ARRAY(arena, struct str, rest.len + 1)};

    while (rest.len > 0) {
        ptrdiff_t mark = str_find(rest, MARK[0]);
        size_t end = mark < 0 ? rest.len : (size_t)mark;

        key.columns[key.count++] = str_dup(arena, str_slice(rest, 0, end));
        rest = str_slice(rest, end + 1, rest.len);
    }
    ARENA_PUSH(arena, table->keys, table->key_count, table->key_capacity) = key;
}

static void take_child(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct seed_table *table = context;

    ARENA_PUSH(arena, table->children, table->child_count, table->child_capacity) =
        show_text(arena, &cells[0]);
}

static void take_plain(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    (void)arena;
    *(bool *)context = show_truth(&cells[0]);
}

static struct str quoted_name(struct arena *arena, const struct show_entry *entry)
{
    struct buf out;
    struct str name;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    if (entry->schema.ptr != NULL)
        ident_quote_qualified(&out, entry->schema, entry->name);
    else
        ident_quote(&out, entry->name);
    name = buf_to_str(arena, &out);
    buf_free(&out);
    return name;
}

static bool read_table(struct seed_run *run, const struct show_entry *entry, struct seed_table *table,
                       struct err *err)
{
    struct show_options none = {.exact = false};
    struct show_question question = {run->arena, run->db, &none};
    struct str name;

    table->quoted = quoted_name(run->arena, entry);
    table->shown = entry->schema.ptr == NULL
                       ? entry->name
                       : str_printf(run->arena, "%.*s.%.*s", STR_ARGS(entry->schema), STR_ARGS(entry->name));
    name = run->sqlite ? entry->name : table->quoted;
    return show_ask(&question, run->sqlite ? sqlite_columns : postgres_columns, name, take_column, table,
                    err) &&
           show_ask(&question, run->sqlite ? sqlite_keys : postgres_keys, name, take_key, table, err) &&
           show_ask(&question, run->sqlite ? sqlite_children : postgres_children, name, take_child, table,
                    err) &&
           show_ask(&question, run->sqlite ? sqlite_plain : postgres_plain, name, take_plain, &table->plain,
                    err);
}

static bool is_table(struct str kind)
{
    return str_is(kind, "table") || str_is(kind, "partitioned table") || str_is(kind, "partition") ||
           str_is(kind, "foreign table");
}

bool seed_table_find(struct seed_run *run, struct str name, struct seed_table **table, bool *found,
                     struct err *err)
{
    struct show_options quick = {.exact = false};
    struct show_tables tables = {.items = NULL};
    const struct show_entry *entry;
    struct err missing = {.code = ERR_NONE};

    *table = ARENA_NEW(run->arena, struct seed_table);
    if (!show_read_tables(run->arena, run->db, &quick, &tables, err))
        return false;
    *found = show_find(run->arena, &tables, name, true, &entry, &missing);
    if (!*found && missing.code == ERR_USAGE) { /* several of that name */
        *err = missing;
        return false;
    }
    if (!*found)
        return true;
    if (!is_table(entry->kind))
        return err_set(err, ERR_REFUSED, "%.*s is no table, but a %.*s", STR_ARGS(name),
                       STR_ARGS(entry->kind));
    return read_table(run, entry, *table, err);
}

/* As it stands, else without regard to case where that is one. */
const struct seed_column *seed_table_column(const struct seed_table *table, struct str name)
{
    const struct seed_column *folded = NULL;

    for (size_t i = 0; i < table->column_count; i++) {
        if (str_equal(table->columns[i].name, name))
            return &table->columns[i];
        if (str_equal_nocase(table->columns[i].name, name))
            folded = &table->columns[i];
    }
    return folded;
}
