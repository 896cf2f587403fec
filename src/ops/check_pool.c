/* The settings of pgbouncer. */
#include <inttypes.h>

#include "engine/postgres/postgres.h"
#include "ops/check_intern.h"

static struct str setting(const struct pooler_settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->count; i++)
        if (str_is(settings->items[i].name, name))
            return settings->items[i].value;
    return (struct str){NULL, 0};
}

/* 0: it is not there, or no number. */
static int64_t number(const struct pooler_settings *settings, const char *name)
{
    int64_t value;

    return str_to_int64(setting(settings, name), &value) ? value : 0;
}

static void look_at_sizes(struct check_run *run, const struct pooler_settings *settings)
{
    int64_t pool = number(settings, "default_pool_size") + number(settings, "reserve_pool_size");
    int64_t most;

    if (!str_to_int64(check_value(run, "SELECT pg_catalog.current_setting('max_connections')", NULL), &most))
        return;
    if (pool >= most)
        check_found(run, CHECK_ADVICE,
                    str_printf(run->arena,
                               "default_pool_size = %" PRId64 " in pgbouncer.ini, for each database and user",
                               most / 4 > 0 ? most / 4 : 1),
                    "default_pool_size and reserve_pool_size are %" PRId64
                    " for each database and user, and the server has "
                    "%" PRId64 " connections in all",
                    pool, most);
    if (number(settings, "max_client_conn") > 0 && number(settings, "max_client_conn") <= pool)
        check_found(run, CHECK_ADVICE, (struct str)STR("max_client_conn = 1000 in pgbouncer.ini"),
                    "max_client_conn is %" PRId64
                    ", no more than the pool has: a pool is for more clients than connections",
                    number(settings, "max_client_conn"));
}

static void look_at_modes(struct check_run *run, const struct pooler_settings *settings)
{
    struct str mode = setting(settings, "pool_mode");

    if (str_is(mode, "statement"))
        check_found(run, CHECK_PROBLEM, (struct str)STR("pool_mode = transaction in pgbouncer.ini"),
                    "pool_mode is statement: transactions of more than one statement are refused");
    if (str_is(mode, "transaction") && number(settings, "max_prepared_statements") == 0)
        check_found(
            run, CHECK_ADVICE,
            (struct str)STR(
                "max_prepared_statements = 200 (pgbouncer 1.21 and later); else prepare_threshold=None "
                "(psycopg), statement_cache_size=0 (asyncpg), ?pgbouncer=true (Prisma)"),
            "prepared statements do not hold in transaction mode: \"prepared statement ... does not exist\"");
    if (!str_contains_nocase(setting(settings, "ignore_startup_parameters"), "extra_float_digits"))
        check_found(run, CHECK_ADVICE,
                    (struct str)STR("ignore_startup_parameters = extra_float_digits in pgbouncer.ini"),
                    "clients that set extra_float_digits when they connect (JDBC, Npgsql) are refused: "
                    "\"unsupported startup "
                    "parameter\"");
}

static void look_at_timeouts(struct check_run *run, const struct pooler_settings *settings)
{
    if (number(settings, "client_idle_timeout") > 0)
        check_found(run, CHECK_ADVICE,
                    (struct str)STR("client_idle_timeout = 0, or pool_pre_ping=True in the application"),
                    "clients that are idle for %" PRId64
                    " s are cut off: \"server closed the connection unexpectedly\"",
                    number(settings, "client_idle_timeout"));
    if (number(settings, "query_timeout") > 0)
        check_found(run, CHECK_ADVICE,
                    (struct str)STR("query_timeout = 0, and statement_timeout on the server"),
                    "statements that take longer than %" PRId64 " s are cut off with their connection",
                    number(settings, "query_timeout"));
}

void check_pool(struct check_run *run)
{
    struct err failure = {.code = ERR_NONE};
    struct pooler_settings settings;
    int64_t process;

    if (str_to_int64(check_value(run, "SELECT pg_catalog.pg_backend_pid()::text", NULL), &process) &&
        process == postgres_process(core_engine(run->db))) {
        check_ok(run, "none: the server itself answers");
        return;
    }
    if (!postgres_pooler_settings(run->arena, &run->report->url, run->request->options->interrupted,
                                  &settings, &failure)) {
        check_skip(run,
                   "the pooler does not let the role into its console; of pgbouncer: stats_users = %.*s in "
                   "pgbouncer.ini",
                   STR_ARGS(run->report->url.user.len > 0 ? run->report->url.user : str_from("ROLE")));
        return;
    }
    look_at_modes(run, &settings);
    look_at_sizes(run, &settings);
    look_at_timeouts(run, &settings);
    check_ok(run, "%.*s, pool_mode %.*s, %" PRId64 " connections for each database and user",
             STR_ARGS(settings.version), STR_ARGS(setting(&settings, "pool_mode")),
             number(&settings, "default_pool_size"));
}
