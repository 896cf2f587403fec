/* One table of a PostgreSQL database. */
#include "base/buf.h"
#include "ops/show_intern.h"
#include "schema/ident.h"

static const char about_sql[] = "SELECT pg_catalog.pg_get_userbyid(c.relowner)::text, "
                                "pg_catalog.obj_description(c.oid, 'pg_class') "
                                "FROM pg_catalog.pg_class c WHERE c.oid = $1::regclass";

static const char columns_sql[] =
    "SELECT a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, "
    "pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attgenerated <> '', a.attidentity <> '', "
    "coalesce((SELECT pg_catalog.array_position(i.indkey::int2[], a.attnum) + 1 "
    "FROM pg_catalog.pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary), 0)::bigint "
    "FROM pg_catalog.pg_attribute a "
    "LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
    "WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

static const char indexes_sql[] =
    "SELECT c.relname::text, (SELECT pg_catalog.string_agg("
    "pg_catalog.pg_get_indexdef(i.indexrelid, k, true) || "
    "CASE WHEN (i.indoption::int2[])[k - 1] & 1 = 1 THEN ' DESC' ELSE '' END, ', ' ORDER BY k) "
    "FROM pg_catalog.generate_series(1, i.indnkeyatts) k), "
    "pg_catalog.pg_get_expr(i.indpred, i.indrelid), m.amname::text, i.indisunique, i.indisprimary, "
    "NOT i.indisvalid, pg_catalog.pg_relation_size(c.oid) "
    "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
    "JOIN pg_catalog.pg_am m ON m.oid = c.relam "
    "WHERE i.indrelid = $1::regclass ORDER BY NOT i.indisprimary, c.relname";

static const char checks_sql[] =
    "SELECT conname::text, pg_catalog.pg_get_expr(conbin, conrelid) FROM pg_catalog.pg_constraint "
    "WHERE conrelid = $1::regclass AND contype = 'c' ORDER BY conname";

/* PostgreSQL's own letters for the actions: pg_constraint.confdeltype. */
#define ACTION(column)                                                                                       \
    "CASE " column " WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' "            \
    "WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END"
#define NAMES(keys, table)                                                                                   \
    "(SELECT pg_catalog.string_agg(a.attname, ', ' ORDER BY k.n) "                                           \
    "FROM pg_catalog.unnest(" keys ") WITH ORDINALITY k(attnum, n) "                                         \
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = " table " AND a.attnum = k.attnum)"
#define REFERENCES                                                                                           \
    "SELECT o.conname::text, o.conrelid::regclass::text, " NAMES(                                            \
        "o.conkey",                                                                                          \
        "o.conrelid") ", "                                                                                   \
                      "o.confrelid::regclass::text, " NAMES("o.confkey", "o.confrelid") ", " ACTION(         \
                          "o.confdeltype") ", " ACTION("o.confupdtype") ", NOT o.convalidated "              \
                                                                        "FROM pg_catalog.pg_constraint o "   \
                                                                        "WHERE o.contype = 'f' AND "         \
                                                                        "o.conparentid = 0 AND "

static const char foreign_keys_sql[] = REFERENCES "o.conrelid = $1::regclass ORDER BY o.conname";
static const char referenced_by_sql[] =
    REFERENCES "o.confrelid = $1::regclass ORDER BY o.conrelid::regclass::text, o.conname";

static const char triggers_sql[] =
    "SELECT tgname::text, pg_catalog.pg_get_triggerdef(oid, true), tgenabled = 'D' "
    "FROM pg_catalog.pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal ORDER BY tgname";

static void take_about(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_table *table = context;

    table->owner = show_text(arena, &cells[0]);
    table->comment = show_text(arena, &cells[1]);
}

static void take_column(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_table *table = context;
    struct str expression = show_text(arena, &cells[3]);
    bool generated = show_truth(&cells[4]);
    struct str nothing = {NULL, 0};

    ARENA_PUSH(arena, table->columns, table->columns_count, table->columns_capacity) =
        (struct show_column){.name = show_text(arena, &cells[0]),
                             .type = show_text(arena, &cells[1]),
                             .not_null = show_truth(&cells[2]),
                             .default_value = generated ? nothing : expression,
                             .generated = generated ? expression : nothing,
                             .identity = show_truth(&cells[5]),
                             .key_position = show_number(&cells[6])};
}

static void take_index(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_table *table = context;

    ARENA_PUSH(arena, table->indexes, table->indexes_count, table->indexes_capacity) =
        (struct show_index){.name = show_text(arena, &cells[0]),
                            .columns = show_text(arena, &cells[1]),
                            .where = show_text(arena, &cells[2]),
                            .method = show_text(arena, &cells[3]),
                            .unique = show_truth(&cells[4]),
                            .primary = show_truth(&cells[5]),
                            .invalid = show_truth(&cells[6]),
                            .bytes = show_number(&cells[7])};
}

static void take_check(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_table *table = context;

    ARENA_PUSH(arena, table->checks, table->checks_count, table->checks_capacity) =
        (struct show_check){show_text(arena, &cells[0]), show_text(arena, &cells[1])};
}

static struct show_reference reference_of(struct arena *arena, const struct pgrade_value *cells)
{
    return (struct show_reference){.name = show_text(arena, &cells[0]),
                                   .table = show_text(arena, &cells[1]),
                                   .columns = show_text(arena, &cells[2]),
                                   .parent = show_text(arena, &cells[3]),
                                   .parent_columns = show_text(arena, &cells[4]),
                                   .on_delete = show_text(arena, &cells[5]),
                                   .on_update = show_text(arena, &cells[6]),
                                   .not_valid = show_truth(&cells[7])};
}

static void take_foreign_key(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_table *table = context;

    ARENA_PUSH(arena, table->foreign_keys, table->foreign_keys_count, table->foreign_keys_capacity) =
        reference_of(arena, cells);
}

static void take_referenced_by(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_table *table = context;

    ARENA_PUSH(arena, table->referenced_by, table->referenced_by_count, table->referenced_by_capacity) =
        reference_of(arena, cells);
}

static void take_trigger(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_table *table = context;

    ARENA_PUSH(arena, table->triggers, table->triggers_count, table->triggers_capacity) =
        (struct show_trigger){show_text(arena, &cells[0]), show_text(arena, &cells[1]),
                              show_truth(&cells[2])};
}

bool show_postgres_table(const struct show_question *question, const struct show_entry *entry,
                         struct show_table *table, struct err *err)
{
    struct arena *arena = question->arena;
    struct str name;
    struct buf quoted;

    buf_init(&quoted, BUF_TEXT_MAXIMUM);
    ident_quote(&quoted, entry->schema.ptr == NULL ? str_from("public") : entry->schema);
    buf_byte(&quoted, '.');
    ident_quote(&quoted, entry->name);
    name = buf_to_str(arena, &quoted);
    buf_free(&quoted);
    return show_ask(question, about_sql, name, take_about, table, err) &&
           show_ask(question, columns_sql, name, take_column, table, err) &&
           show_ask(question, indexes_sql, name, take_index, table, err) &&
           show_ask(question, checks_sql, name, take_check, table, err) &&
           show_ask(question, foreign_keys_sql, name, take_foreign_key, table, err) &&
           show_ask(question, referenced_by_sql, name, take_referenced_by, table, err) &&
           show_ask(question, triggers_sql, name, take_trigger, table, err);
}
