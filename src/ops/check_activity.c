/* What goes on right now. */
#include "ops/check_intern.h"

/* Others' transactions are hidden from a role that may not look; pg_stat_activity has NULL there. */
static const char long_sql[] =
    "SELECT 'advice', format('process %s (%s) is in a transaction for %s s, now %s: VACUUM cannot clean "
    "behind it', "
    "pid, coalesce(nullif(application_name, ''), usename::text), extract(epoch FROM now() - "
    "xact_start)::bigint, "
    "state), format('SELECT pg_terminate_backend(%s)   -- it is rolled back', pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND "
    "xact_start <= now() - "
    "make_interval(secs => current_setting('pgrade.long')::int) UNION ALL "
    "SELECT 'skipped', format('of %s sessions of other roles nothing may be seen: GRANT pg_read_all_stats TO "
    "%I', "
    "count(*), current_user), NULL FROM pg_stat_activity WHERE datname = current_database() AND backend_type "
    "IS NULL "
    "AND pid <> pg_backend_pid() HAVING count(*) > 0";

static const char locks_sql[] =
    "SELECT 'problem', format('process %s waits for a lock that process %s holds', l.pid, "
    "array_to_string(pg_blocking_pids(l.pid), ', ')), format('SELECT pg_terminate_backend(%s)   -- ends the "
    "one that "
    "holds it, and rolls it back', (pg_blocking_pids(l.pid))[1]) FROM pg_locks AS l WHERE NOT l.granted AND "
    "cardinality(pg_blocking_pids(l.pid)) > 0 AND coalesce(l.database, 0) IN (0, (SELECT oid FROM "
    "pg_database WHERE "
    "datname = current_database())) GROUP BY l.pid";

/* Statements without values but for those of the language of roles, which may hold a password. */
static const char slowest_sql[] =
    "SELECT CASE WHEN e.oid IS NULL THEN 'SELECT ''skipped'', ''pg_stat_statements is not there: CREATE "
    "EXTENSION "
    "pg_stat_statements, where the server loads it''' "
    "ELSE format('SELECT ''advice'', ''takes '' || mean_exec_time::bigint || '' ms on average, '' || calls "
    "|| "
    "'' times: '' || left(regexp_replace(query, ''\\s+'', '' '', ''g''), 100), ''EXPLAIN (ANALYZE, BUFFERS) "
    "'' || "
    "left(regexp_replace(query, ''\\s+'', '' '', ''g''), 200) FROM %1$I.pg_stat_statements WHERE dbid = "
    "(SELECT oid FROM pg_database WHERE datname = current_database()) AND mean_exec_time >= "
    "current_setting(''pgrade.slow'')::float8 AND query <> ''<insufficient privilege>'' AND query !~* "
    "''password'' ORDER BY "
    "total_exec_time DESC LIMIT 5', "
    "n.nspname) END FROM (SELECT 1) AS x LEFT JOIN pg_extension AS e ON e.extname = 'pg_stat_statements' "
    "LEFT JOIN "
    "pg_namespace AS n ON n.oid = e.extnamespace";

const struct check_entry check_activity_checks[] = {
    {.name = "long-transactions",
     .looks = "transactions that are open for long (--long SECONDS)",
     .why = "VACUUM cannot remove what died since, tables grow, and locks are held",
     .mend = "end them; idle_in_transaction_session_timeout ends them by itself",
     .sql = long_sql},
    {.name = "locks",
     .looks = "sessions that wait for a lock of another",
     .why = "a web request that waits looks like a server that hangs",
     .mend = "end the session that holds the lock, and give migrations a lock_timeout",
     .sql = locks_sql},
    {.name = "slowest",
     .looks = "the statements that took most time, of those that are slow on average (--slow MILLISECONDS)",
     .why = "a few statements make up most of what an application waits for",
     .mend = "EXPLAIN (ANALYZE, BUFFERS) shows where the time goes; often an index is missing",
     .since = 130000,
     .generates = true,
     .sql = slowest_sql},
    {.name = NULL},
};
