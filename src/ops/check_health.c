/* Tables, their keys and sequences, and what frameworks say of their migrations. */
#include "ops/check_intern.h"

#define OWN_TABLES                                                                                           \
    "n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'pgrade_record') AND NOT EXISTS "       \
    "(SELECT FROM "                                                                                          \
    "pg_depend AS e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')"

/* One statement for each ledger that is there. */
static const char ledgers_sql[] =
    "SELECT CASE WHEN NOT has_table_privilege(c.oid, 'SELECT') THEN format('SELECT ''skipped'', %L, NULL', "
    "format('the role may not read %s', c.oid::regclass)) "
    "WHEN relname = 'alembic_version' THEN format('SELECT CASE WHEN count(*) = 1 THEN ''ok'' ELSE ''advice'' "
    "END, "
    "CASE count(*) WHEN 1 THEN ''%1$s is at '' || max(version_num) WHEN 0 THEN ''%1$s is empty: Alembic "
    "takes the "
    "database for new'' ELSE ''%1$s has several heads: '' || string_agg(version_num, '', '') END, "
    "CASE count(*) WHEN 0 THEN ''flask db upgrade; where the tables are there already: flask db stamp head'' "
    "ELSE ''flask db merge heads'' END FROM %1$s', c.oid::regclass) "
    "WHEN relname = '_prisma_migrations' THEN format('SELECT ''problem'', ''the migration '' || "
    "migration_name || "
    "'' of Prisma began and did not end'', ''npx prisma migrate resolve --rolled-back '' || migration_name "
    "FROM "
    "%1$s WHERE finished_at IS NULL AND rolled_back_at IS NULL', c.oid::regclass) "
    "WHEN relname = 'knex_migrations_lock' THEN format('SELECT ''problem'', ''Knex holds its migration lock: "
    "a "
    "migration runs, or was killed'', ''npx knex migrate:unlock'' FROM %1$s WHERE is_locked = 1', "
    "c.oid::regclass) "
    "ELSE format('SELECT ''ok'', ''%1$s has '' || count(*) || '' entries'', NULL FROM %1$s', "
    "c.oid::regclass) END "
    "FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind = 'r' "
    "AND " OWN_TABLES
    " AND has_schema_privilege(n.oid, 'USAGE') AND relname IN ('alembic_version', 'django_migrations', "
    "'schema_migrations', 'SequelizeMeta', 'knex_migrations', 'knex_migrations_lock', '_prisma_migrations', "
    "'__drizzle_migrations') ORDER BY n.nspname, relname";

/* Sequences that belong to a column, and count upwards. */
static const char behind_sql[] =
    "SELECT CASE WHEN has_table_privilege(t.oid, 'SELECT') AND has_sequence_privilege(s.oid, 'SELECT') "
    "THEN format('SELECT ''problem'', %1$L || m || %2$L || last_value, %3$L FROM (SELECT max(%4$I) AS m FROM "
    "%5$s) "
    "AS x, %6$s AS s WHERE m > CASE WHEN is_called THEN last_value ELSE last_value - 1 END', "
    "format('%s.%s is already at ', t.oid::regclass, a.attname), "
    "format(', and its sequence %s only at ', s.oid::regclass), "
    "format('SELECT pg_catalog.setval(%L, (SELECT pg_catalog.max(%I) FROM %s))', s.oid::regclass, a.attname, "
    "t.oid::regclass), a.attname, t.oid::regclass, s.oid::regclass) "
    "ELSE format('SELECT ''skipped'', %L, NULL', format('the role may not read %s', t.oid::regclass)) END "
    "FROM pg_depend AS d JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_class AS t ON "
    "t.oid = "
    "d.refobjid JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid JOIN pg_sequence "
    "AS q ON "
    "q.seqrelid = s.oid JOIN pg_type AS y ON y.oid = a.atttypid WHERE d.classid = 'pg_class'::regclass AND "
    "d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0 AND "
    "q.seqincrement > 0 "
    "AND y.typname IN ('int2', 'int4', 'int8') ORDER BY t.oid::regclass::text";

/* The smaller of what the sequence and the column can hold. */
static const char exhaustion_sql[] =
    "SELECT 'problem', format('%s has used %s %% of its numbers: %s of %s', what, last_value * 100 / most, "
    "last_value, most), mend FROM (SELECT s.last_value, "
    "coalesce(format('%s.%s', t.oid::regclass, a.attname), format('%I.%I', s.schemaname, s.sequencename)) AS "
    "what, "
    "least(s.max_value, CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 "
    "ELSE "
    "s.max_value END) AS most, coalesce(format('ALTER TABLE %s ALTER COLUMN %I TYPE bigint; ', "
    "t.oid::regclass, "
    "a.attname), '') || format('ALTER SEQUENCE %I.%I AS bigint', s.schemaname, s.sequencename) AS mend "
    "FROM pg_sequences AS s JOIN pg_class AS c ON c.relname = s.sequencename JOIN pg_namespace AS n ON n.oid "
    "= "
    "c.relnamespace AND n.nspname = s.schemaname LEFT JOIN pg_depend AS d ON d.objid = c.oid AND d.classid = "
    "'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0 LEFT JOIN pg_class AS t ON t.oid "
    "= "
    "d.refobjid LEFT JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid "
    "WHERE NOT s.cycle AND s.increment_by > 0) AS x WHERE last_value::numeric * 4 > most::numeric * 3 UNION "
    "ALL "
    "SELECT 'skipped', format('the role may not read %s', string_agg(c.oid::regclass::text, ', ' ORDER BY "
    "c.oid::regclass::text)), NULL FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE "
    "CASE WHEN c.relkind = 'S' THEN NOT has_sequence_privilege(c.oid, 'USAGE, SELECT') ELSE false END AND "
    "" OWN_TABLES " HAVING count(*) > 0";

static const char keyless_sql[] =
    "SELECT 'advice', format('%s has no primary key', c.oid::regclass), "
    "format('ALTER TABLE %s ADD COLUMN %s bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY   -- or a key "
    "of its "
    "own columns', c.oid::regclass, CASE WHEN EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid "
    "AND "
    "a.attname = 'id' AND NOT a.attisdropped) THEN 'row_id' ELSE 'id' END) FROM pg_class AS c JOIN "
    "pg_namespace AS n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND " OWN_TABLES
    " AND NOT EXISTS (SELECT FROM pg_index AS i "
    "WHERE i.indrelid = c.oid AND i.indisprimary) ORDER BY n.nspname, c.relname";

static const char unvalidated_sql[] =
    "SELECT 'advice', format('%s of %s is not validated: rows that were there before may have no parent', "
    "quote_ident(k.conname), k.conrelid::regclass), format('ALTER TABLE %s VALIDATE CONSTRAINT %I', "
    "k.conrelid::regclass, k.conname) FROM pg_constraint AS k WHERE k.contype = 'f' AND NOT k.convalidated "
    "AND to_jsonb(k)->>'conenforced' IS DISTINCT FROM 'false' AND k.conparentid = 0 ORDER BY "
    "k.conrelid::regclass::text, k.conname";

static const char analysed_sql[] =
    "SELECT 'advice', format('%s was never analysed: the planner guesses how many rows it has', "
    "c.oid::regclass), "
    "format('ANALYZE %s', c.oid::regclass) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = "
    "c.relnamespace "
    "WHERE c.relkind = 'r' AND " OWN_TABLES " AND c.reltuples <= 0 AND pg_relation_size(c.oid) > 0 "
    "AND pg_stat_get_last_analyze_time(c.oid) IS NULL AND pg_stat_get_last_autoanalyze_time(c.oid) IS NULL "
    "ORDER BY n.nspname, c.relname";

/* As the statistics have it; an estimate. */
static const char bloat_sql[] =
    "SELECT 'advice', format('%s: about %s of %s row versions are dead', c.oid::regclass, dead, dead + "
    "live), "
    "format('VACUUM (ANALYZE) %s', c.oid::regclass) FROM (SELECT c.oid, c.relname, c.relnamespace, "
    "pg_stat_get_dead_tuples(c.oid) AS dead, pg_stat_get_live_tuples(c.oid) AS live FROM pg_class AS c "
    "WHERE c.relkind = 'r') AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE " OWN_TABLES
    " AND dead > 1000 AND dead * 4 > live ORDER BY dead DESC LIMIT 20";

static const char wraparound_sql[] =
    "SELECT CASE WHEN age(datfrozenxid) > 1000000000 THEN 'problem' ELSE 'ok' END, "
    "format('the oldest transaction is %s transactions old; at 2,146,000,000 the server refuses writes', "
    "age(datfrozenxid)), 'VACUUM (FREEZE)   -- and end what keeps it from being done: long transactions, old "
    "replication slots, prepared transactions' FROM pg_database WHERE datname = current_database()";

const struct check_entry check_health_checks[] = {
    {.name = "ledgers",
     .looks = "the tables in which migration frameworks keep their versions",
     .why = "a migration that broke off, or a ledger that is empty, stops the next deployment",
     .mend = "the framework's own commands: flask db stamp, prisma migrate resolve, knex migrate:unlock",
     .generates = true,
     .sql = ledgers_sql},
    {.name = "sequences",
     .looks = "whether sequences stand behind the ids that are in their tables",
     .why = "the next INSERT gets an id that is there already: \"duplicate key value\"",
     .mend = "SELECT setval(sequence, (SELECT max(id) FROM table))",
     .fixable = true,
     .generates = true,
     .sql = behind_sql},
    {.name = "exhaustion",
     .looks = "whether sequences, or the columns that they fill, have used three quarters of their numbers",
     .why = "at the end every INSERT fails: \"integer out of range\"",
     .mend = "ALTER COLUMN ... TYPE bigint, which rewrites the table",
     .sql = exhaustion_sql},
    {.name = "keyless",
     .looks = "tables without a primary key",
     .why = "single rows cannot be told apart, and logical replication cannot carry their changes",
     .mend = "ALTER TABLE ... ADD PRIMARY KEY",
     .sql = keyless_sql},
    {.name = "unvalidated",
     .looks = "foreign keys that were never validated",
     .why = "rows without a parent may be in the table",
     .mend = "ALTER TABLE ... VALIDATE CONSTRAINT ...; if it fails it names a row",
     .fixable = true,
     .sql = unvalidated_sql},
    {.name = "analysed",
     .looks = "tables that were never analysed",
     .why = "the planner chooses by statistics, and guesses where it has none",
     .mend = "ANALYZE",
     .fixable = true,
     .sql = analysed_sql},
    {.name = "bloat",
     .looks = "tables of which a good part is dead, by the server's estimate",
     .why = "what is dead is read again and again, and takes disk and cache",
     .mend = "VACUUM; where it comes back, autovacuum_vacuum_scale_factor for that table",
     .sql = bloat_sql},
    {.name = "wraparound",
     .looks = "how far the database is from the end of its transaction numbers",
     .why = "near the end the server refuses all writes",
     .mend = "VACUUM (FREEZE)",
     .sql = wraparound_sql},
    {.name = NULL},
};
