/* Databases and tables of a PostgreSQL server. */
#include "base/buf.h"
#include "ops/show_intern.h"
#include "schema/ident.h"

enum {
    CHEAP_BYTES = 8 * 1024 * 1024 /* tables up to this size are counted */
};

/* to_jsonb() because the column of the locale has had three names (15: daticulocale, 17: datlocale). */
static const char databases_sql[] =
    "SELECT d.datname::text, pg_catalog.pg_get_userbyid(d.datdba)::text, "
    "pg_catalog.pg_encoding_to_char(d.encoding)::text, "
    "coalesce(j->>'datlocale', j->>'daticulocale', j->>'datcollate')"
    " || CASE WHEN j->>'datlocprovider' = 'i' THEN ' (ICU)' ELSE '' END, "
    "CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT') "
    "THEN pg_catalog.pg_database_size(d.oid) END, "
    "coalesce(s.numbackends, 0)::bigint, d.datname = pg_catalog.current_database() "
    "FROM pg_catalog.pg_database d CROSS JOIN LATERAL pg_catalog.to_jsonb(d) j "
    "LEFT JOIN pg_catalog.pg_stat_database s ON s.datid = d.oid "
    "WHERE NOT d.datistemplate ORDER BY d.datname";

static const char tables_sql[] =
    "SELECT n.nspname::text, c.relname::text, c.relkind::text, c.relispartition, c.reltuples::bigint, "
    "pg_catalog.pg_table_size(c.oid), pg_catalog.pg_indexes_size(c.oid), "
    "pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND "
    "pg_catalog.has_table_privilege(c.oid, 'SELECT') AND NOT pg_catalog.row_security_active(c.oid) "
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' "
    "AND n.nspname <> 'information_schema' ORDER BY n.nspname <> 'public', n.nspname, c.relname";

static void take_database(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_databases *databases = context;

    ARENA_PUSH(arena, databases->items, databases->items_count, databases->items_capacity) =
        (struct show_database){.name = show_text(arena, &cells[0]),
                               .owner = show_text(arena, &cells[1]),
                               .encoding = show_text(arena, &cells[2]),
                               .collation = show_text(arena, &cells[3]),
                               .bytes = show_number(&cells[4]),
                               .connections = show_number(&cells[5]),
                               .current = show_truth(&cells[6])};
}

bool show_postgres_databases(const struct show_question *question, struct show_databases *databases,
                             struct err *err)
{
    return show_ask(question, databases_sql, (struct str){NULL, 0}, take_database, databases, err);
}

static struct str kind_of(struct str kind, bool partition)
{
    static const struct {
        char kind;
        const char *name;
    } kinds[] = {
        {'p', "partitioned table"}, {'v', "view"}, {'m', "materialized view"}, {'f', "foreign table"}};

    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (kind.len > 0 && kind.ptr[0] == kinds[i].kind)
            return str_from(kinds[i].name);
    return str_from(partition ? "partition" : "table");
}

struct listing {
    struct show_tables *tables;
    bool *readable;
    size_t readable_count;
    size_t readable_capacity;
};

static void take_table(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct listing *listing = context;
    struct show_tables *tables = listing->tables;
    struct str schema = show_text(arena, &cells[0]);
    struct str kind = show_text(arena, &cells[2]);
    bool stored = str_is(kind, "r") || str_is(kind, "m");

    ARENA_PUSH(arena, tables->items, tables->items_count, tables->items_capacity) =
        (struct show_entry){.schema = str_is(schema, "public") ? (struct str){NULL, 0} : schema,
                            .name = show_text(arena, &cells[1]),
                            .kind = kind_of(kind, show_truth(&cells[3])),
                            .rows = stored ? show_number(&cells[4]) : -1,
                            .bytes = stored ? show_number(&cells[5]) : -1,
                            .index_bytes = stored ? show_number(&cells[6]) : -1};
    ARENA_PUSH(arena, listing->readable, listing->readable_count, listing->readable_capacity) =
        stored && show_truth(&cells[7]);
}

static void count_rows(const struct show_question *question, struct show_entry *entry)
{
    struct buf sql;
    int64_t count;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT pg_catalog.count(*) FROM ONLY ");
    ident_quote(&sql, entry->schema.ptr == NULL ? str_from("public") : entry->schema);
    buf_byte(&sql, '.');
    ident_quote(&sql, entry->name);
    count = show_one_number(question, sql.ptr, (struct str){NULL, 0});
    buf_free(&sql);
    if (count < 0)
        return;
    entry->rows = count;
    entry->rows_exact = true;
}

bool show_postgres_tables(const struct show_question *question, struct show_tables *tables, struct err *err)
{
    struct listing listing = {.tables = tables};

    if (!show_ask(question, tables_sql, (struct str){NULL, 0}, take_table, &listing, err))
        return false;
    for (size_t i = 0; i < tables->items_count; i++)
        if (listing.readable[i] && (question->options->exact || tables->items[i].bytes <= CHEAP_BYTES))
            count_rows(question, &tables->items[i]);
    return true;
}
