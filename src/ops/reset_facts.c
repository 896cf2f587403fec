/* What there is to be reset, and which way is open. */
#include <inttypes.h>
#include <time.h>

#include "base/hash.h"
#include "engine/postgres/postgres.h"
#include "ops/pooler.h"
#include "ops/reset_intern.h"
#include "ops/sql_text.h"

enum {
    HASH_DIGITS = 16,
    OWNED_PUBLIC_SINCE = 150000, /* by who owns the database */
    PAUSES = 20,                 /* two seconds */
    PAUSE_NS = 100 * 1000 * 1000
};

static bool open_inside(struct reset_job *job, struct err *err)
{
    struct engine_options open = {.trace = job->options->trace,
                                  .interrupted = job->options->interrupted,
                                  .application_name = "pgrade reset"};
    bool stands;

    if (!pooler_stands(job->options->url, job->options->interrupted, &stands, err))
        return false;
    if (!stands)
        return engine_open(job->options->url, &open, &job->inside, err);
    err_set(err, ERR_REFUSED, "a pooler in transaction mode stands before the server: nothing was begun");
    err_detail(err, "a database cannot be replaced through it, for it keeps its connections");
    return err_hint(err, "give the URL of the server itself, not that of the pooler");
}

static bool look_at_it(struct reset_job *job, struct err *err)
{
    static const char sql[] =
        "SELECT current_database()::text, pg_database_size(current_database())::text,"
        " (SELECT count(*)::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        "  WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'),"
        " d.datistemplate::text, (pg_is_in_recovery())::text,"
        " (to_regclass('public." RESET_UNFINISHED "') IS NOT NULL)::text"
        " FROM pg_database d WHERE d.datname = current_database()";
    struct reset_result *result = job->result;
    struct str cells[6];
    bool found;

    if (!provision_row(job->arena, job->inside, sql, NULL, 0, cells, ARRAY_LENGTH(cells), &found, err))
        return false;
    result->database = cells[0];
    result->half_emptied = str_is(cells[5], "true");
    if (!str_to_int64(cells[1], &result->bytes) || !str_to_int64(cells[2], &result->tables))
        return err_set(err, ERR_DATABASE, "the server does not tell the size of the database");
    if (str_is(cells[4], "true"))
        return err_set(err, ERR_REFUSED, "the server is a standby, and takes no changes");
    if (!str_is(cells[3], "true") && !str_is(cells[0], "postgres"))
        return true;
    err_set(err, ERR_REFUSED, "%.*s is not reset: it is PostgreSQL's own", STR_ARGS(cells[0]));
    return err_hint(err, "the URL has to end with the application's database");
}

/* Of roles that are not ours the server tells neither name nor address. */
static bool count_sessions(struct reset_job *job, bool *own, struct err *err)
{
    static const char sql[] =
        "SELECT count(*)::text, left(string_agg(DISTINCT coalesce(nullif(application_name, ''), 'somebody')"
        " || ' (' || coalesce(usename, '?') || ')'"
        " || coalesce(' from ' || host(client_addr), ''), ', '), 300),"
        " bool_or(application_name ~ '^pgrade( reset)?$')::text FROM pg_stat_activity"
        " WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND pid <> pg_backend_pid() AND coalesce(backend_type, 'client backend') = 'client backend'";
    struct str cells[3];
    bool found;

    if (!provision_row(job->arena, job->inside, sql, NULL, 0, cells, ARRAY_LENGTH(cells), &found, err) ||
        !str_to_int64(cells[0], &job->result->sessions))
        return false;
    job->result->sessions_of = cells[1];
    *own = str_is(cells[2], "true");
    return true;
}

/* Sessions that this program has just closed, or a reset that was killed, may still be leaving. */
static bool look_at_sessions(struct reset_job *job, struct err *err)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    bool own = true;

    for (int i = 0; own && i < PAUSES; i++)
        if ((i > 0 && nanosleep(&pause, NULL) != 0) || !count_sessions(job, &own, err))
            break;
    return err->code == ERR_NONE;
}

bool reset_check(const struct reset_options *options, const struct reset_result *result, struct err *err)
{
    if (result->sessions == 0 || options->force)
        return true;
    err_set(err, ERR_REFUSED, "%" PRId64 " session%s in the database %.*s: nothing was changed",
            result->sessions, result->sessions == 1 ? " of another is" : "s of others are",
            STR_ARGS(result->database));
    err_detail(err, "%.*s", STR_ARGS(result->sessions_of));
    return err_hint(err, "stop the application; or --force, which disconnects whoever is there");
}

/* A database cannot be renamed from inside. */
static bool open_beside(struct reset_job *job, struct err *failure)
{
    static const char *const databases[] = {"postgres", "template1"};
    const struct reset_options *options = job->options;

    if (options->server != NULL) {
        job->server = *options->server;
        return provision_open(job->arena, &job->server, (struct str){NULL, 0}, &job->beside, failure);
    }
    job->server = (struct provision_server){.url = *options->url,
                                            .who = "pgrade reset",
                                            .trace = options->trace,
                                            .interrupted = options->interrupted};
    for (size_t i = 0; i < ARRAY_LENGTH(databases); i++) {
        err_clear(failure);
        if (provision_open(job->arena, &job->server, str_from(databases[i]), &job->beside, failure))
            return true;
    }
    return false;
}

static bool inside_because(struct reset_job *job, struct str why)
{
    job->result->way = RESET_INSIDE;
    job->result->why = why;
    return true;
}

/* Parameters that only a superuser sets, or the settings of another role: a new database would lack them. */
#define SETTING_OF_OTHERS                                                                                    \
    "SELECT 'its setting ' || min(split_part(e.entry, '=', 1)) || ' is not for this role to give'"           \
    " FROM pg_db_role_setting x, unnest(x.setconfig) e (entry) LEFT JOIN pg_settings s"                      \
    " ON lower(s.name) = lower(split_part(e.entry, '=', 1)) WHERE x.setdatabase = d.oid"                     \
    " AND (s.context IS NULL OR s.context NOT IN ('user', 'backend') OR x.setrole NOT IN"                    \
    " (0, (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user))) HAVING count(*) > 0"

/* Why a new one cannot take the place of it; a NULL ptr: it can. */
static bool find_hindrance(struct reset_job *job, struct str *why, struct err *err)
{
    const struct provision_admin *admin = &job->admin;
    struct str text = sql_text(
        job->arena,
        "SELECT CASE WHEN NOT (%S) THEN 'it belongs to ' || pg_get_userbyid(d.datdba)"
        " WHEN EXISTS (SELECT FROM pg_subscription s WHERE s.subdbid = d.oid) THEN 'it has a subscription'"
        " WHEN EXISTS (SELECT FROM pg_replication_slots s WHERE s.database = d.datname)"
        "  THEN 'a replication slot holds it'"
        " WHEN EXISTS (SELECT FROM pg_prepared_xacts p WHERE p.database = d.datname)"
        "  THEN 'a prepared transaction holds it' ELSE (%S) END FROM pg_database d WHERE d.datname = %L"
        " AND EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid AND a.pid = %d)",
        admin->version >= 160000
            ? (struct str)STR("pg_has_role(d.datdba, 'USAGE') AND pg_has_role(d.datdba, 'SET')")
            : (struct str)STR("pg_has_role(d.datdba, 'USAGE')"),
        admin->superuser ? (struct str)STR("NULL") : (struct str)STR(SETTING_OF_OTHERS),
        job->result->database, postgres_process(job->inside));
    bool found;

    if (!admin->creates_databases) {
        *why = str_printf(job->arena, "the role %.*s may not make databases", STR_ARGS(admin->name));
        return true;
    }
    if (!admin->superuser && admin->version < OWNED_PUBLIC_SINCE) {
        *why = str_from("the schema public of a new database would belong to a superuser");
        return true;
    }
    if (!provision_row(job->arena, job->beside, text.ptr, NULL, 0, why, 1, &found, err))
        return false;
    return found || err_set(err, ERR_USAGE, "--server names another server than the one that has %.*s",
                            STR_ARGS(job->result->database));
}

/* An extension that only a superuser may make would be lost. */
static bool find_extension(struct reset_job *job, struct str *why, struct err *err)
{
    static const char sql[] =
        "SELECT 'the extension ' || e.extname || ' could not be made again by this role'"
        " FROM pg_extension e JOIN pg_available_extension_versions v ON v.name = e.extname"
        " AND v.version = e.extversion WHERE e.extname <> 'plpgsql' AND v.superuser AND NOT %s"
        " ORDER BY 1 LIMIT 1";
    const char *trusted = job->admin.version >= 130000 ? "v.trusted" : "false";
    bool found;

    return job->admin.superuser ||
           provision_row(job->arena, job->inside, arena_printf(job->arena, sql, trusted), NULL, 0, why, 1,
                         &found, err);
}

static bool choose_way(struct reset_job *job, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    struct str why = {NULL, 0};

    if (job->options->in_place)
        return inside_because(job, str_from("asked for"));
    if (!open_beside(job, &failure)) {
        if (job->options->server == NULL)
            return inside_because(job,
                                  str_printf(job->arena, "no other database lets this role in (%s)",
                                             failure.detail[0] != '\0' ? failure.detail : failure.primary));
        *err = failure;
        return err_prefix(err, "--server");
    }
    if (!provision_look_admin(job->arena, job->beside, &job->admin, err) || !find_hindrance(job, &why, err) ||
        (why.ptr == NULL && !find_extension(job, &why, err)) ||
        (why.ptr == NULL && !reset_find_defaults(job, &why, err)))
        return false;
    return why.ptr == NULL || inside_because(job, why);
}

/* The names under which a new one is made and an old one goes; what lies there is of a reset that ended
 * half-way, if its comment says so, or nothing was said yet. */
static bool find_leftovers(struct reset_job *job, struct err *err)
{
    struct reset_result *result = job->result;
    struct str hash = hash_hex(job->arena, HASH_MD5, result->database, HASH_DIGITS);
    struct str *names;
    size_t count;

    job->next = str_printf(job->arena, "pgrade_reset_%.*s_new", STR_ARGS(hash));
    job->last = str_printf(job->arena, "pgrade_reset_%.*s_old", STR_ARGS(hash));
    if (job->beside == NULL)
        return true;
    if (!reset_list(
            job->arena, job->beside,
            sql_text(job->arena,
                     "SELECT datname::text FROM pg_database d, LATERAL (SELECT shobj_description(d.oid,"
                     " 'pg_database')) c (remark) WHERE (datname = %L AND coalesce(remark, 'pgrade reset')"
                     " LIKE 'pgrade reset%%') OR (datname = %L AND remark LIKE 'pgrade reset%%') ORDER BY 1",
                     job->next, job->last),
            &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        ARENA_PUSH(job->arena, result->leftovers, result->leftover_count, result->leftover_capacity) =
            names[i];
    return true;
}

/* Two at once would take each other's new database for what an interrupted one left. */
static bool lock(struct reset_job *job, struct err *err)
{
    struct engine *engine = job->beside != NULL ? job->beside : job->inside;
    struct str sql =
        sql_text(job->arena, "SELECT pg_try_advisory_lock(hashtext('pgrade reset'), hashtext(%L))",
                 job->result->database);
    int64_t taken = 0;

    if (!engine_int(engine, sql, &taken, err))
        return false;
    return taken != 0 || err_set(err, ERR_REFUSED, "another pgrade reset works on %.*s now",
                                 STR_ARGS(job->result->database));
}

bool reset_look_postgres(struct reset_job *job, struct err *err)
{
    return open_inside(job, err) && look_at_it(job, err) && look_at_sessions(job, err) &&
           choose_way(job, err) && lock(job, err) && find_leftovers(job, err);
}
