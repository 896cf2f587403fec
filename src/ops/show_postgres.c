/* Databases and tables of a PostgreSQL server. */
#include "base/buf.h"
#include "ops/show_intern.h"
#include "schema/ident.h"

enum {
    CHEAP_BYTES = 8 * 1024 * 1024, /* tables up to this size are counted */
    BATCH = 200                    /* tables that one statement counts: each takes a lock, and its indexes */
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

/* Sizes and rights cost a look at each table's files: they are left out where only names are wanted. */
#define TABLES(sizes_and_rights, which)                                                                      \
    "SELECT n.nspname::text, c.relname::text, c.relkind::text, c.relispartition, "                           \
    "c.reltuples::bigint, " sizes_and_rights                                                                 \
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "                  \
    "WHERE " which " ORDER BY n.nspname <> 'public', n.nspname, c.relname"
#define SIZES                                                                                                \
    "pg_catalog.pg_table_size(c.oid), pg_catalog.pg_indexes_size(c.oid), "                                   \
    "pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND "                                                   \
    "pg_catalog.has_table_privilege(c.oid, 'SELECT') AND NOT pg_catalog.row_security_active(c.oid)"
#define OWN                                                                                                  \
    "c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

static const char tables_sql[] = TABLES(SIZES, OWN);
static const char names_sql[] = TABLES("NULL::bigint, NULL::bigint, false", OWN);
static const char one_sql[] = TABLES(SIZES, "c.oid = $1::regclass");

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

static void take_table(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_tables *tables = context;
    struct str schema = show_text(arena, &cells[0]);
    struct str kind = show_text(arena, &cells[2]);
    bool stored = str_is(kind, "r") || str_is(kind, "m");

    ARENA_PUSH(arena, tables->items, tables->items_count, tables->items_capacity) =
        (struct show_entry){.schema = str_is(schema, "public") ? (struct str){NULL, 0} : schema,
                            .name = show_text(arena, &cells[1]),
                            .kind = kind_of(kind, show_truth(&cells[3])),
                            .rows = stored ? show_number(&cells[4]) : -1,
                            .bytes = stored ? show_number(&cells[5]) : -1,
                            .index_bytes = stored ? show_number(&cells[6]) : -1,
                            .countable = stored && show_truth(&cells[7])};
}

static void put_name(struct buf *sql, const struct show_entry *entry)
{
    ident_quote(sql, entry->schema.ptr == NULL ? str_from("public") : entry->schema);
    buf_byte(sql, '.');
    ident_quote(sql, entry->name);
}

static void take_count(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_tables *tables = context;
    int64_t which = show_number(&cells[0]);

    (void)arena;
    if (which < 0 || (size_t)which >= tables->items_count)
        return;
    tables->items[which].rows = show_number(&cells[1]);
    tables->items[which].rows_exact = true;
}

/* Those from `first` to `end` by one statement, since a server that is far away takes its time for each. */
static bool count_together(const struct show_question *question, struct show_tables *tables, size_t first,
                           size_t end)
{
    struct err ignored = {.code = ERR_NONE};
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = first; i < end; i++) {
        if (!tables->items[i].countable ||
            (!question->options->exact && tables->items[i].bytes > CHEAP_BYTES))
            continue;
        buf_printf(&sql, "%sSELECT %zu::bigint, pg_catalog.count(*) FROM ONLY ",
                   sql.len > 0 ? " UNION ALL " : "", i);
        put_name(&sql, &tables->items[i]);
    }
    done = sql.len == 0 || show_ask(question, sql.ptr, (struct str){NULL, 0}, take_count, tables, &ignored);
    buf_free(&sql);
    return done;
}

/* A table that cannot be read, or is dropped meanwhile, keeps the others of its batch from being counted. */
static void count_rows(const struct show_question *question, struct show_tables *tables)
{
    for (size_t first = 0; first < tables->items_count; first += BATCH) {
        size_t end = first + BATCH < tables->items_count ? first + BATCH : tables->items_count;

        if (count_together(question, tables, first, end))
            continue;
        for (size_t i = first; i < end; i++)
            (void)count_together(question, tables, i, i + 1);
    }
}

bool show_postgres_tables(const struct show_question *question, struct show_tables *tables, struct err *err)
{
    if (!show_ask(question, tables_sql, (struct str){NULL, 0}, take_table, tables, err))
        return false;
    count_rows(question, tables);
    return true;
}

bool show_postgres_names(const struct show_question *question, struct show_tables *tables, struct err *err)
{
    return show_ask(question, names_sql, (struct str){NULL, 0}, take_table, tables, err);
}

bool show_postgres_entry(const struct show_question *question, struct show_entry *entry, struct err *err)
{
    struct show_tables found = {.items = NULL};
    struct buf name;
    bool done;

    buf_init(&name, BUF_TEXT_MAXIMUM);
    put_name(&name, entry);
    done = show_ask(question, one_sql, buf_view(&name), take_table, &found, err);
    buf_free(&name);
    if (!done || found.items_count == 0)
        return done;
    count_rows(question, &found);
    *entry = found.items[0];
    return true;
}
