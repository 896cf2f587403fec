/* The server as a whole, and how it is set for this role. */
#include <inttypes.h>

#include "base/clock.h"
#include "engine/postgres/postgres.h"
#include "ops/check_intern.h"

enum {
    ASKED = 4,
    CLOCK_TOLERANCE_US = 5 * 1000 * 1000,
    TEXT_TIME = 10 /* of "2027-11-11" */
};

/* "Versioning Policy" at postgresql.org; five years each. */
static const struct {
    int major;
    const char *last_day;
} ends[] = {
    {12, "2024-11-21"}, {13, "2025-11-13"}, {14, "2026-11-12"}, {15, "2027-11-11"},
    {16, "2028-11-09"}, {17, "2029-11-08"}, {18, "2030-11-14"},
};

const char *check_end_of_life(int major, int64_t wall_us, bool *over)
{
    struct arena *arena = arena_new();
    struct str today = str_slice(clock_text(arena, wall_us), 0, TEXT_TIME);
    const char *end = NULL;

    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
        if (ends[i].major == major)
            end = ends[i].last_day;
    *over = end != NULL && str_compare(today, str_from(end)) > 0;
    arena_free(arena);
    return end;
}

static void check_version(struct check_run *run)
{
    int version = pgrade_version(run->db);
    bool over;
    const char *end = check_end_of_life(version / 10000, clock_wall_us(), &over);

    if (over)
        check_found(run, CHECK_ADVICE, (struct str){NULL, 0},
                    "PostgreSQL %d.%d: nothing has been mended in version %d since %s", version / 10000,
                    version % 10000, version / 10000, end);
    else if (end != NULL)
        check_ok(run, "PostgreSQL %d.%d, looked after until %s", version / 10000, version % 10000, end);
    else
        check_ok(run, "PostgreSQL %d.%d", version / 10000, version % 10000);
}

/* -1: it cannot be asked. */
static int64_t number(struct pgrade_database *db, const char *sql)
{
    struct pgrade_rows *rows;
    int64_t value = -1;
    bool found;

    if (!pgrade_run(db, sql, NULL, 0, &rows, NULL))
        return -1;
    if (pgrade_next(rows, &found, NULL) && found && pgrade_cell(rows, 0)->type == PGRADE_INTEGER)
        value = pgrade_cell(rows, 0)->integer;
    return pgrade_rows_close(rows, NULL) ? value : -1;
}

/*
 * A pooler gives its clients numbers of its own for the process behind them.  In transaction mode several
 * statements of one client, or one each of two clients that are both connected, may get the same process or
 * several; in session mode a client keeps its own.
 */
static void check_pooler(struct check_run *run)
{
    static const char ask[] = "SELECT pg_catalog.pg_backend_pid()";
    struct err ignored = {.code = ERR_NONE};
    struct pgrade_database *other = NULL;
    int64_t first = number(run->db, ask);
    bool shared = false;

    if (first == postgres_process(core_engine(run->db))) {
        check_ok(run, "none: the server itself answers");
        return;
    }
    if (core_open(&run->report->url, run->request->options, &other, &ignored))
        for (int i = 0; i < ASKED && !shared; i++)
            shared = number(other, ask) == first || number(run->db, ask) != first;
    pgrade_close(other);
    if (!shared) {
        check_ok(run, "a pooler answers (pgbouncer or another), and a client keeps its session");
        return;
    }
    check_found(
        run, CHECK_ADVICE,
        (struct str)STR("let the application run through the pooler; give migrations, backups and "
                        "`pgrade upgrade` the URL of the server itself"),
        "a pooler in transaction mode answers (pgbouncer or another): each transaction may get another "
        "session, so SET, advisory locks, LISTEN and temporary tables do not hold");
}

static void check_clock(struct check_run *run)
{
    int64_t before = clock_wall_us();
    int64_t server =
        number(run->db, "SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::bigint");
    int64_t after = clock_wall_us();
    int64_t ahead = server > after ? server - after : server < before ? server - before : 0;

    if (server < 0)
        check_skip(run, "the server does not tell its time");
    else if (ahead > CLOCK_TOLERANCE_US || ahead < -CLOCK_TOLERANCE_US)
        check_found(run, CHECK_ADVICE, (struct str){NULL, 0},
                    "the server's clock is %" PRId64 " s %s this machine's",
                    (ahead < 0 ? -ahead : ahead) / 1000000, ahead > 0 ? "ahead of" : "behind");
    else
        check_ok(run, "less than %d s from this machine's", CLOCK_TOLERANCE_US / 1000000);
}

static const char writable_sql[] =
    "SELECT CASE WHEN pg_is_in_recovery() OR setting = 'on' THEN 'problem' ELSE 'ok' END, "
    "CASE WHEN pg_is_in_recovery() THEN 'the server is a standby (in recovery): it can only be read' "
    "WHEN setting = 'on' THEN 'default_transaction_read_only is on: \"cannot execute INSERT in a read-only "
    "transaction\"' ELSE 'the server takes writes' END, "
    "CASE WHEN pg_is_in_recovery() THEN 'give the host of the primary, or all hosts with "
    "?target_session_attrs=read-write' "
    "WHEN source IN ('user', 'database', 'database user') THEN format('BEGIN READ WRITE; ALTER %s RESET "
    "default_transaction_read_only; COMMIT', CASE source WHEN 'user' THEN format('ROLE %I', current_user) "
    "WHEN 'database' THEN format('DATABASE %I', current_database()) ELSE format('ROLE %I IN DATABASE %I', "
    "current_user, current_database()) END) "
    "WHEN source = 'client' THEN 'take default_transaction_read_only out of the options of the URL, and of "
    "PGOPTIONS' "
    "ELSE 'ALTER SYSTEM SET default_transaction_read_only = off; SELECT pg_reload_conf()   -- or free the "
    "disk: "
    "providers set it when it is full' END "
    "FROM pg_catalog.pg_settings WHERE name = 'default_transaction_read_only'";

static const char encoding_sql[] =
    "SELECT CASE WHEN e IN ('UTF8') THEN 'ok' ELSE 'problem' END, "
    "CASE WHEN e = 'UTF8' THEN 'UTF8' ELSE format('the database is encoded in %s: characters that it has not "
    "are refused', e) END, "
    "'CREATE DATABASE ... TEMPLATE template0 ENCODING ''UTF8'', then move the rows there' "
    "FROM (SELECT pg_encoding_to_char(encoding)::text AS e FROM pg_catalog.pg_database "
    "WHERE datname = current_database()) AS d";

/* As the role and the database have it: this session has its own. */
static const char client_sql[] =
    "SELECT 'advice', format('sessions of %s speak %s: \"character ... has no equivalent in encoding\"', "
    "current_user, e), "
    "format('ALTER %s SET client_encoding = ''UTF8''', CASE WHEN s.setdatabase = 0 THEN format('ROLE %I', "
    "current_user) "
    "WHEN s.setrole = 0 THEN format('DATABASE %I', current_database()) ELSE format('ROLE %I IN DATABASE %I', "
    "current_user, current_database()) END) FROM pg_catalog.pg_db_role_setting AS s CROSS JOIN LATERAL "
    "(SELECT "
    "split_part(c, '=', 2) AS e FROM unnest(s.setconfig) AS c WHERE c ~ '^client_encoding=') AS c "
    "WHERE s.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)) AND "
    "s.setdatabase IN "
    "(0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())) "
    "AND upper(translate(e, '-', '')) NOT IN ('UTF8', 'UNICODE')";

static const char collation_sql[] =
    "SELECT CASE WHEN actual IS NULL THEN 'ok' WHEN stored IS DISTINCT FROM actual THEN 'problem' ELSE 'ok' "
    "END, "
    "CASE WHEN actual IS NULL THEN format('%s has no versions', locale) "
    "WHEN stored IS DISTINCT FROM actual THEN format('the database was made with version %s of its "
    "collation, and "
    "the server has %s now: indexes on text may be in the wrong order', coalesce(stored, 'unknown'), actual) "
    "ELSE format('%s, version %s', locale, stored) END, "
    "format('REINDEX DATABASE %1$I; ALTER DATABASE %1$I REFRESH COLLATION VERSION', name) "
    "FROM (SELECT datname AS name, coalesce(j->>'datlocale', j->>'daticulocale', j->>'datcollate') AS "
    "locale, "
    "datcollversion AS stored, pg_database_collation_actual_version(d.oid) AS actual "
    "FROM pg_catalog.pg_database AS d, to_jsonb(d) AS j WHERE datname = current_database()) AS d";

static const char collations_sql[] =
    "SELECT 'problem', format('the collation %s was made with version %s, and the server has %s now; used by "
    "%s', "
    "c.oid::regcollation, c.collversion, a.version, string_agg(i.indexrelid::regclass::text, ', ' ORDER BY "
    "i.indexrelid::regclass::text)), "
    "string_agg(format('REINDEX INDEX %s; ', i.indexrelid::regclass), '' ORDER BY "
    "i.indexrelid::regclass::text) || "
    "format('ALTER COLLATION %s REFRESH VERSION', c.oid::regcollation) FROM pg_collation AS c CROSS JOIN "
    "LATERAL (SELECT "
    "pg_collation_actual_version(c.oid) AS version) AS a JOIN pg_index AS i ON c.oid = ANY (i.indcollation) "
    "WHERE c.collversion <> a.version GROUP BY c.oid, c.collversion, a.version";

static const char extensions_sql[] =
    "SELECT 'advice', format('the extension %s is at version %s, and the server has %s', e.extname, "
    "e.extversion, "
    "a.default_version), format('ALTER EXTENSION %I UPDATE', e.extname) FROM pg_extension AS e JOIN "
    "pg_available_extensions AS a ON a.name = e.extname WHERE a.default_version <> e.extversion "
    "AND EXISTS (SELECT FROM pg_extension_update_paths(e.extname) AS p WHERE p.source = e.extversion AND "
    "p.target = "
    "a.default_version AND p.path IS NOT NULL) ORDER BY e.extname";

static const char zone_sql[] =
    "SELECT CASE WHEN setting IN ('UTC', 'Etc/UTC', 'GMT', 'Etc/GMT') THEN 'ok' ELSE 'advice' END, "
    "CASE WHEN setting IN ('UTC', 'Etc/UTC', 'GMT', 'Etc/GMT') THEN setting ELSE "
    "format('sessions of %s have the time zone %s: timestamps without a zone are taken for local ones', "
    "current_user, setting) END, CASE source WHEN 'client' THEN 'take the time zone out of the options of "
    "the URL, "
    "and of PGTZ and PGOPTIONS' WHEN 'database user' THEN format('ALTER ROLE %I IN DATABASE %I SET TimeZone "
    "= "
    "''UTC''', current_user, current_database()) ELSE format('ALTER ROLE %I SET TimeZone = ''UTC''', "
    "current_user) END "
    "FROM pg_catalog.pg_settings WHERE name = 'TimeZone'";

/* 80 of 100, and likewise of the limits of the role and of the database, which -1 stands for none of. */
static const char used_sql[] =
    "SELECT CASE WHEN used * 5 >= most * 4 THEN 'problem' ELSE 'ok' END, "
    "format('%s of %s connections that %s may have are taken', used, most, who), "
    "'SELECT usename, application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3   -- shows "
    "who has "
    "them' FROM (SELECT 'all users' AS who, "
    "(SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend') AS used, "
    "current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS "
    "most "
    "UNION ALL SELECT format('the role %s', rolname), (SELECT count(*) FROM pg_catalog.pg_stat_activity "
    "WHERE usename = rolname), rolconnlimit FROM pg_catalog.pg_roles WHERE rolname = current_user AND "
    "rolconnlimit "
    ">= 0 UNION ALL SELECT format('the database %s', datname), (SELECT count(*) FROM "
    "pg_catalog.pg_stat_activity AS a WHERE a.datname = d.datname), datconnlimit FROM pg_catalog.pg_database "
    "AS d "
    "WHERE datname = current_database() AND datconnlimit >= 0) AS x ORDER BY used * 5 >= most * 4";

static const char size_sql[] =
    "SELECT 'ok', format('%s', pg_size_pretty(pg_database_size(current_database())))";

const struct check_entry check_server_checks[] = {
    {.name = "version",
     .looks = "the server's version, and until when it is looked after",
     .why = "holes in a version that is not looked after stay open",
     .mend = "pg_upgrade, the provider's button, or a dump restored into a newer server",
     .run = check_version},
    {.name = "pooler",
     .looks = "whether a pooler answers instead of the server, and how it hands out sessions",
     .why = "in transaction mode nothing that belongs to a session holds from one statement to the next",
     .mend = "the URL of the server itself for what needs a session",
     .run = check_pooler},
    {.name = "pool-settings",
     .looks = "pgbouncer's settings, where it answers and lets the role into its console",
     .why = "a pool that is too small makes requests wait, one that is too large takes the server's last "
            "connection",
     .mend = "pgbouncer.ini, then RELOAD in its console or systemctl reload pgbouncer",
     .run = check_pool},
    {.name = "writable",
     .looks = "whether the server takes writes from this role",
     .why = "a standby and a read-only role refuse every INSERT",
     .mend = "the primary's host, or RESET default_transaction_read_only",
     .sql = writable_sql},
    {.name = "encoding",
     .looks = "the encoding of the database",
     .why = "only UTF8 holds all characters that an application may be sent",
     .mend = "a new database made with ENCODING 'UTF8'",
     .sql = encoding_sql},
    {.name = "client-encoding",
     .looks = "whether role or database make sessions speak another encoding than UTF8",
     .why = "the application is told, and stores, other characters than those that were meant",
     .mend = "ALTER ROLE ... SET client_encoding = 'UTF8'",
     .sql = client_sql},
    {.name = "collation",
     .looks = "whether the system's collation is still the one with which indexes were made",
     .why = "after an upgrade of the system indexes on text may miss rows, and let duplicates in",
     .mend = "REINDEX, then ALTER DATABASE ... REFRESH COLLATION VERSION",
     .since = 150000,
     .sql = collation_sql},
    {.name = "named-collations",
     .looks = "the same for collations by name that indexes use",
     .why = "their indexes may miss rows too",
     .mend = "REINDEX those indexes, then ALTER COLLATION ... REFRESH VERSION",
     .sql = collations_sql},
    {.name = "extensions",
     .looks = "whether extensions are at the version that the server has",
     .why = "after an upgrade of the server they stay behind, with their old mistakes",
     .mend = "ALTER EXTENSION ... UPDATE",
     .sql = extensions_sql},
    {.name = "timezone",
     .looks = "the time zone of this role's sessions",
     .why = "timestamps without a zone mean another moment in each zone",
     .mend = "ALTER ROLE ... SET TimeZone = 'UTC'",
     .sql = zone_sql},
    {.name = "clock",
     .looks = "the difference between the server's clock and this machine's",
     .why = "tokens expire early or late, and rows seem to come from the future",
     .mend = "timedatectl set-ntp true, on the machine that is wrong",
     .run = check_clock},
    {.name = "connections",
     .looks = "how many connections are used, against the limits of server, role and database",
     .why = "when all are taken whoever comes next is refused",
     .mend = "smaller pools, fewer workers, or pgbouncer before the server",
     .sql = used_sql},
    {.name = "size",
     .looks = "the size of the database",
     .why = "plans of providers end at a size, and a full disk stops all writes",
     .mend = "compare it with the provider's plan",
     .sql = size_sql},
    {.name = NULL},
};
