/* Indexes that are broken, missing, or of no use. */
#include "ops/check_intern.h"

/* That of a partition belongs to that of the whole; of the identity that is replicated, and of constraints,
 * there is need whether queries use them or not. */
#define NEEDED                                                                                               \
    "(SELECT indexrelid FROM pg_index WHERE indisreplident UNION ALL SELECT inhrelid FROM pg_inherits "      \
    "UNION ALL SELECT conindid FROM pg_constraint WHERE conindid <> 0) "

static const char invalid_sql[] =
    "SELECT 'problem', format('%s of %s is invalid: its making was interrupted, no query uses it, every "
    "write keeps "
    "it up', i.indexrelid::regclass, i.indrelid::regclass), format('REINDEX INDEX CONCURRENTLY %s', "
    "i.indexrelid::regclass) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid "
    "WHERE NOT i.indisvalid AND c.relkind = 'i' AND NOT EXISTS (SELECT FROM pg_locks AS l WHERE l.relation = "
    "i.indexrelid AND l.mode = 'ShareUpdateExclusiveLock') AND NOT EXISTS (SELECT FROM pg_locks AS l WHERE "
    "l.relation = i.indrelid AND l.mode = 'ShareUpdateExclusiveLock') ORDER BY 2";

/* Of tables that are more than a few pages. */
static const char keys_sql[] =
    "SELECT 'advice', format('%s of %s has no index on its columns: each DELETE of a parent reads the whole "
    "table', "
    "quote_ident(k.conname), k.conrelid::regclass), format('CREATE INDEX CONCURRENTLY ON %s (%s)', "
    "k.conrelid::regclass, (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY o) FROM unnest(k.conkey) "
    "WITH "
    "ORDINALITY AS u(n, o) JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = n)) "
    "FROM pg_constraint AS k WHERE k.contype = 'f' AND pg_relation_size(k.conrelid) > 131072 AND NOT EXISTS "
    "(SELECT FROM pg_index AS i WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indpred IS NULL AND "
    "(string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(k.conkey)] @> k.conkey) "
    "ORDER BY k.conrelid::regclass::text, k.conname";

static const char duplicate_sql[] =
    "SELECT DISTINCT ON (b.indexrelid) 'advice', format('%s does what %s does', b.indexrelid::regclass, "
    "a.indexrelid::regclass), format('DROP INDEX%s %s', CASE c.relkind WHEN 'i' THEN ' CONCURRENTLY' END, "
    "b.indexrelid::regclass) FROM pg_index AS a JOIN pg_index AS b ON "
    "a.indrelid = b.indrelid AND a.indexrelid <> b.indexrelid AND a.indkey::text = b.indkey::text AND "
    "a.indclass::text = b.indclass::text AND a.indcollation::text = b.indcollation::text AND "
    "a.indoption::text = "
    "b.indoption::text AND a.indexprs::text IS NOT DISTINCT FROM b.indexprs::text AND a.indpred::text IS NOT "
    "DISTINCT FROM b.indpred::text JOIN pg_class AS c ON c.oid = b.indexrelid JOIN pg_namespace AS n ON "
    "n.oid = "
    "c.relnamespace WHERE n.nspname !~ '^pg_' AND a.indisvalid AND b.indisvalid AND b.indexrelid NOT "
    "IN " NEEDED "AND (b.indisunique <= a.indisunique) AND "
    "((b.indisunique < a.indisunique) OR EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = "
    "a.indexrelid) OR "
    "a.indexrelid < b.indexrelid) ORDER BY b.indexrelid, a.indexrelid";

/* Not by the time of the server's start: statistics outlive it. */
#define STATISTICS                                                                                           \
    "(SELECT current_setting('pgrade.settle')::int AS days, coalesce(stats_reset, "                          \
    "pg_postmaster_start_time()) AS "                                                                        \
    "since, blks_hit, blks_read FROM pg_stat_database WHERE datname = current_database()) AS s "

static const char unused_sql[] =
    "SELECT 'skipped', format('statistics are too young to tell: they begin at %s', to_char(since AT TIME "
    "ZONE 'UTC', "
    "'YYYY-MM-DD HH24:MI \"UTC\"')), "
    "NULL FROM " STATISTICS "WHERE since > now() - make_interval(days => days) UNION ALL "
    "SELECT 'advice', format('%s of %s was not used since %s, and takes %s', i.indexrelid::regclass, "
    "i.indrelid::regclass, since::date, pg_size_pretty(pg_relation_size(i.indexrelid))), "
    "format('DROP INDEX CONCURRENTLY %s   -- unless a standby uses it', i.indexrelid::regclass) "
    "FROM " STATISTICS
    ", pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_namespace AS n ON n.oid = "
    "c.relnamespace WHERE since <= now() - make_interval(days => days) AND n.nspname !~ '^pg_' AND NOT "
    "i.indisunique AND i.indisvalid AND pg_relation_size(i.indexrelid) > 131072 AND "
    "pg_stat_get_numscans(i.indexrelid) = 0 AND i.indexrelid NOT IN " NEEDED
    "AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.contype = "
    "'f' AND "
    "k.conrelid = i.indrelid AND (string_to_array(i.indkey::text, ' "
    "')::int2[])[1:cardinality(k.conkey)] @> "
    "k.conkey)";

static const char cache_sql[] =
    "SELECT CASE WHEN since > now() - make_interval(days => days) OR hit + read < 100000 THEN 'skipped' WHEN "
    "hit < "
    "(hit + read) * 0.9 THEN 'advice' ELSE 'ok' END, "
    "CASE WHEN since > now() - make_interval(days => days) THEN format('statistics are too young to tell: "
    "they begin "
    "at %s', to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI \"UTC\"')) WHEN hit + read < 100000 THEN "
    "'too little was read to tell' ELSE "
    "format('%s %% of the pages that were wanted were in memory', hit * 100 / (hit + read)) END, "
    "'raise shared_buffers to a quarter of the memory, take a larger plan, or look which statements read "
    "much: "
    "pgrade check --only slowest' FROM (SELECT days, since, blks_hit AS hit, blks_read AS read "
    "FROM " STATISTICS ") AS x";

const struct check_entry check_index_checks[] = {
    {.name = "invalid-indexes",
     .looks = "indexes that an interrupted CREATE INDEX CONCURRENTLY left",
     .why = "they cost every write and help no query; a unique one guarantees nothing",
     .mend = "REINDEX INDEX CONCURRENTLY, or DROP INDEX",
     .fixable = true,
     .sql = invalid_sql},
    {.name = "foreign-key-indexes",
     .looks = "foreign keys without an index on the columns that refer",
     .why = "to delete or change a parent, the whole table that refers is read, under a lock",
     .mend = "CREATE INDEX CONCURRENTLY",
     .sql = keys_sql},
    {.name = "duplicate-indexes",
     .looks = "indexes that do the same as another",
     .why = "each costs disk, and time at every write",
     .mend = "DROP INDEX CONCURRENTLY the one that belongs to no key",
     .sql = duplicate_sql},
    {.name = "unused-indexes",
     .looks =
         "indexes that no query used since statistics began; those of keys and foreign keys are left out",
     .why = "each costs disk, and time at every write",
     .mend = "DROP INDEX CONCURRENTLY, after a look at standbys and at reports that run once a year",
     .sql = unused_sql},
    {.name = "cache",
     .looks = "how many of the pages that were wanted were in memory",
     .why = "a page from disk takes a hundred times as long",
     .mend = "more memory, or statements that read less",
     .sql = cache_sql},
    {.name = NULL},
};
