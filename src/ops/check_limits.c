/* What ends statements, connections, or the whole server after some time, and how much disk is left. */
#include <inttypes.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/flag.h"
#include "base/fs.h"
#include "base/log.h"
#include "ops/check_intern.h"

enum {
    LOOK_US = 100 * 1000,
    MEGABYTE = 1024 * 1024,
    FEW_MEGABYTES = 200
};

/* Of a minute and more nobody but a migration or a backup takes notice. */
static const char timeouts_sql[] =
    "SELECT 'advice', format('%s = %s: %s', name, current_setting(name), CASE name WHEN "
    "'idle_session_timeout' THEN "
    "'the server ends sessions that do nothing for so long, and who uses one next is told \"could not "
    "receive data "
    "from server\" or \"server closed the connection unexpectedly\"' "
    "ELSE 'what takes longer is ended: \"canceling statement due to statement timeout\"; migrations, backups "
    "and "
    "CREATE INDEX often do' END), "
    "CASE source WHEN 'user' THEN format('ALTER ROLE %I SET %s = 0', current_user, name) "
    "WHEN 'database' THEN format('ALTER DATABASE %I SET %s = 0', current_database(), name) "
    "WHEN 'database user' THEN format('ALTER ROLE %I IN DATABASE %I SET %s = 0', current_user, "
    "current_database(), "
    "name) WHEN 'client' THEN format('take %s out of the URL''s options, or of PGOPTIONS', name) "
    "ELSE format('ALTER ROLE %I SET %s = 0', current_user, name) END || CASE name WHEN "
    "'idle_session_timeout' THEN "
    "'   -- or let the pool test its connections: pool_pre_ping=True, pool_recycle=60 (SQLAlchemy)' ELSE "
    "'   -- or only where it is needed: SET statement_timeout = 0 at the start of a migration' END "
    "FROM pg_catalog.pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout', "
    "'idle_session_timeout') "
    "AND setting::bigint > 0 AND (setting::bigint < 60000 OR name = 'idle_session_timeout')";

/* Sorted on disk, since there is no memory for it; the server removes it with the statement. */
static const char spill_sql[] = "SELECT (SELECT count(t) FROM (SELECT repeat('x', 1000) AS t FROM "
                                "generate_series(1, 8000) AS i ORDER BY i DESC) AS "
                                "x)::text";

static bool spill(struct check_run *run, struct pgrade_error *error)
{
    bool done = pgrade_begin(run->db, PGRADE_READ, error) &&
                pgrade_run(run->db, "SET LOCAL statement_timeout = 0", NULL, 0, NULL, error) &&
                pgrade_run(run->db, "SET LOCAL work_mem = '64kB'", NULL, 0, NULL, error) &&
                check_value(run, spill_sql, error).len > 0;

    if (pgrade_state(run->db) != PGRADE_STATE_IDLE)
        (void)pgrade_rollback(run->db, NULL);
    return done;
}

static void check_disk_writes(struct check_run *run)
{
    struct pgrade_error error = {.kind = PGRADE_KIND_NONE};

    if (spill(run, &error))
        check_ok(run, "8 MB could be written and removed again");
    else if (str_is(str_from(error.sqlstate), "53100"))
        check_found(run, CHECK_PROBLEM, (struct str){NULL, 0}, "the server's disk is full: %s",
                    error.message);
    else
        check_skip(run, "it cannot be tried: %s", error.message);
}

static void tell_space(struct check_run *run, const char *directory, const struct statvfs *system,
                       int64_t database)
{
    int64_t block = (int64_t)system->f_frsize;
    int64_t left = (int64_t)system->f_bavail * block / MEGABYTE;
    int64_t all = (int64_t)system->f_blocks * block / MEGABYTE;
    struct str text = str_printf(run->arena, "%" PRId64 " MB of %" PRId64 " MB are free where %s lies", left,
                                 all, directory);

    if (left < FEW_MEGABYTES || left * 50 < all)
        check_found(run, CHECK_PROBLEM, (struct str){NULL, 0}, "%.*s", STR_ARGS(text));
    else if (left * 10 < all || left < database / MEGABYTE)
        check_found(run, CHECK_ADVICE, (struct str){NULL, 0}, "%.*s%s", STR_ARGS(text),
                    left * 10 < all ? "" : ": less than the database has, so it could not be written anew");
    else
        check_ok(run, "%.*s", STR_ARGS(text));
}

static void check_disk_space(struct check_run *run)
{
    struct pgrade_error error = {.kind = PGRADE_KIND_NONE};
    struct statvfs system;
    struct str directory;
    int64_t database;

    if (!url_is_local(&run->report->url)) {
        check_skip(
            run,
            "no SQL tells it, and the server is on another machine: df -h there, or the provider's page");
        return;
    }
    directory = check_value(run,
                            "SELECT CASE WHEN pg_catalog.pg_has_role('pg_read_all_settings', 'USAGE') THEN "
                            "pg_catalog.current_setting('data_directory') END",
                            &error);
    if (directory.len == 0)
        check_skip(run, "the role may not ask where the server's files lie: GRANT pg_read_all_settings");
    else if (statvfs(str_cstr(run->arena, directory), &system) != 0)
        check_skip(run, "%.*s is not seen from here: the server is in a container or on another machine",
                   STR_ARGS(directory));
    else if (!str_to_int64(
                 check_value(run, "SELECT pg_catalog.pg_database_size(pg_catalog.current_database())::text",
                             &error),
                 &database))
        check_skip(run, "the size of the database cannot be asked: %s", error.message);
    else
        tell_space(run, str_cstr(run->arena, directory), &system, database);
}

static void wait_idly(const struct check_run *run)
{
    int64_t until = clock_monotonic_us() + (int64_t)run->request->idle_seconds * 1000000;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never;

    clock_condition_init(&never);
    (void)pthread_mutex_lock(&lock);
    for (int64_t left;
         !flag_is_set(run->request->options->interrupted) && (left = until - clock_monotonic_us()) > 0;)
        clock_wait(&never, &lock, left < LOOK_US ? left : LOOK_US);
    (void)pthread_mutex_unlock(&lock);
    (void)pthread_cond_destroy(&never);
    (void)pthread_mutex_destroy(&lock);
}

/* The last question to the server, since the connection may be gone afterwards. */
static void check_idle(struct check_run *run)
{
    struct pgrade_error error = {.kind = PGRADE_KIND_NONE};
    long seconds = run->request->idle_seconds;

    if (seconds == 0) {
        check_skip(run, "it takes its time: --idle SECONDS, longer than the application is ever idle");
        return;
    }
    log_message(LOG_NOTICE, "nothing is sent for %ld s, to see whether the connection is cut", seconds);
    wait_idly(run);
    if (check_value(run, "SELECT 'there'", &error).len > 0)
        check_ok(run, "a connection that was idle for %ld s was still there", seconds);
    else
        check_found(run, CHECK_PROBLEM, (struct str){NULL, 0},
                    "a connection that was idle for %ld s was cut, by the server or by what stands before "
                    "it: \"could "
                    "not receive data from server\" (%s)",
                    seconds, error.detail[0] != '\0' ? error.detail : error.message);
}

static bool wants_idle(const struct check_request *request)
{
    return request->idle_seconds > 0;
}

const struct check_entry check_limit_checks[] = {
    {.name = "timeouts",
     .looks = "settings that end a statement, or a session that does nothing",
     .why = "what is ended fails in the application, often by night and without a pattern",
     .mend = "ALTER ROLE ... SET statement_timeout, or SET within the migration that needs longer",
     .keeps_limits = true,
     .sql = timeouts_sql},
    {.name = "disk-writes",
     .looks = "whether the server can write to its disk: it is made to sort 8 MB on it",
     .why = "on a full disk every write fails: \"No space left on device\"",
     .mend =
         "free space on the server's disk, or take a larger one: old logs, WAL that a replication slot holds "
         "(pg_replication_slots), tables that nobody needs; no file of PostgreSQL's own by hand",
     .run = check_disk_writes},
    {.name = "disk-space",
     .looks =
         "how much of the disk is free, where the server is on this machine and tells where its files lie",
     .why = "a full disk stops the server, and rebuilding a table needs as much again as it has",
     .mend = "free space, or take a larger disk",
     .run = check_disk_space},
    {.name = "expiry",
     .looks = "when the server ends: --expires DATE, or what the provider does with free instances",
     .why = "on that day the database is gone, with its backups at the provider",
     .mend = "a backup, and a restore to a new instance, before that day",
     .alone = true,
     .run = check_expiry},
    {.name = "idle",
     .looks = "whether a connection is cut that does nothing for as long as --idle SECONDS says",
     .why = "firewalls, proxies and poolers drop what is silent; the application finds out when it asks next",
     .mend = "?keepalives_idle=30 in the URL against firewalls; pool_pre_ping=True and pool_recycle below "
             "that time "
             "(SQLAlchemy), CONN_HEALTH_CHECKS (Django), or a longer limit in the pooler or proxy",
     .wanted = wants_idle,
     .run = check_idle},
    {.name = NULL},
};
