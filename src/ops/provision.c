#include "ops/provision.h"

#include <stdarg.h>
#include <string.h>

#include "base/flag.h"
#include "ops/provision_intern.h"
#include "ops/sql_text.h"

static void note(struct provision_job *job, struct str sql)
{
    struct provision_result *result = job->result;
    bool empty = str_is(sql, "COMMIT") && result->statement_count > 0 &&
                 str_is(result->statements[result->statement_count - 1], "BEGIN");

    if (empty)
        result->statement_count--;
    else
        ARENA_PUSH(job->arena, result->statements, result->statement_count, result->statement_capacity) = sql;
}

static bool may_go_on(const struct provision_job *job, struct err *err)
{
    if (!flag_is_set(job->options->server.interrupted))
        return true;
    err_set(err, ERR_CANCELED, "interrupted");
    return err_hint(err, "the same command again goes on where this one ended");
}

bool provision_do(struct provision_job *job, struct engine *engine, struct str sql, struct err *err)
{
    if (!may_go_on(job, err))
        return false;
    note(job, sql);
    return job->options->dry_run || engine_exec(engine, sql, err);
}

/* Neither --trace-sql nor the error shows it. */
bool provision_do_secret(struct provision_job *job, struct engine *engine, struct str sql, struct str shown,
                         struct err *err)
{
    struct err failure = {.code = ERR_NONE};

    if (!may_go_on(job, err))
        return false;
    note(job, shown);
    if (job->options->dry_run || engine_exec(engine_unwrap(engine), sql, &failure))
        return true;
    err_set(err, failure.code, "a statement failed on the server: %.*s", STR_ARGS(shown));
    err_detail(err, "%s", failure.detail);
    err_hint(err, "%s", failure.hint);
    err_sqlstate(err, failure.sqlstate);
    return false;
}

void provision_step(struct provision_job *job, const char *what, struct str name, enum provision_state state,
                    const char *remark, ...)
{
    struct provision_result *result = job->result;
    struct str text = {NULL, 0};
    va_list args;

    va_start(args, remark);
    text.ptr = arena_vprintf(job->arena, &text.len, remark, args);
    va_end(args);
    ARENA_PUSH(job->arena, result->steps, result->step_count, result->step_capacity) =
        (struct provision_step){.what = what, .name = name, .state = state, .remark = text};
}

static bool refuse(const char *nothing, struct err *err)
{
    err_detail(err, "%s", nothing);
    return false;
}

/* What belongs to somebody else is not taken over without a word. */
static bool check_role(const struct provision_job *job, struct err *err)
{
    const struct provision_options *options = job->options;
    const struct provision_role *role = &job->role;
    bool settled = job->database.there && str_equal(job->database.owner, options->role);

    if (!role->there)
        return true;
    if (str_equal(options->role, job->admin.name)) {
        err_set(err, ERR_REFUSED, "%.*s is the role that you connect as", STR_ARGS(options->role));
        refuse("an application gets one of its own, which may less", err);
        return err_hint(err, "another name: --role NAME");
    }
    if (role->mighty) {
        err_set(err, ERR_REFUSED, "the role %.*s may do more than an application should",
                STR_ARGS(options->role));
        refuse("it is a superuser, makes roles, replicates, or passes row security", err);
        return err_hint(err, "another name: --role NAME");
    }
    if (options->adopt || settled || (role->ours && role->others.ptr == NULL))
        return true;
    err_set(err, ERR_REFUSED, "the role %.*s is there, and was not made for this database",
            STR_ARGS(options->role));
    if (role->others.ptr != NULL)
        err_detail(err, "it owns other databases: %.*s", STR_ARGS(role->others));
    else
        err_detail(err, "pgrade did not make it");
    return err_hint(err, "another name: --role NAME; or --adopt, if it is meant to own this database");
}

static bool check_database(const struct provision_job *job, struct err *err)
{
    const struct provision_options *options = job->options;
    const struct provision_database *database = &job->database;

    if (!database->there)
        return true;
    if (database->is_template || !database->connectable) {
        err_set(err, ERR_REFUSED, "the database %.*s is %s", STR_ARGS(options->database),
                database->is_template ? "a template" : "one that takes no connections");
        return err_hint(err, "another name");
    }
    if (options->adopt || str_equal(database->owner, options->role))
        return true;
    err_set(err, ERR_REFUSED, "the database %.*s is there, and belongs to %.*s", STR_ARGS(options->database),
            STR_ARGS(database->owner));
    refuse("nothing was changed", err);
    return err_hint(err, "another name; or --adopt, which gives it to %.*s", STR_ARGS(options->role));
}

/* Before anything is made: a role without its database would be of no use. */
static bool check_rights(const struct provision_job *job, struct err *err)
{
    const struct provision_admin *admin = &job->admin;
    bool role = !job->role.there && !admin->creates_roles;
    bool database = !job->database.there && !admin->creates_databases;

    if (!role && !database)
        return true;
    err_set(err, ERR_PERMISSION, "the role %.*s may make no %s here", STR_ARGS(admin->name),
            role && database ? "roles and no databases"
            : role           ? "roles"
                             : "databases");
    refuse("nothing was changed", err);
    return err_hint(err,
                    "connect as who may (--server URL); a superuser gives the right: ALTER ROLE %.*s%s%s",
                    STR_ARGS(admin->name), role ? " CREATEROLE" : "", database ? " CREATEDB" : "");
}

bool provision_check(const struct provision_job *job, struct err *err)
{
    return check_role(job, err) && check_database(job, err) && check_rights(job, err);
}

/* Two at once would each find nothing, and one of them fail half-way. */
static bool lock(struct provision_job *job, struct err *err)
{
    int64_t taken = 0;
    struct str sql =
        sql_text(job->arena, "SELECT pg_try_advisory_lock(hashtext('pgrade provision'), hashtext(%L))",
                 job->options->database);

    if (job->options->dry_run)
        return true;
    if (!engine_int(job->engine, sql, &taken, err))
        return false;
    return taken != 0 || err_set(err, ERR_REFUSED, "another pgrade provision makes %.*s now",
                                 STR_ARGS(job->options->database));
}

static bool look(struct provision_job *job, struct err *err)
{
    const struct provision_options *options = job->options;
    static const char sql[] = "SELECT split_part(current_setting('server_version'), ' ', 1)";
    bool found;

    return provision_row(job->arena, job->engine, sql, NULL, 0, &job->result->version, 1, &found, err) &&
           provision_look_admin(job->arena, job->engine, &job->admin, err) && lock(job, err) &&
           provision_look_role(job->arena, job->engine, options->role, options->database, job->admin.version,
                               &job->role, err) &&
           provision_look_database(job->arena, job->engine, options->database, &job->database, err);
}

static bool work(struct provision_job *job, struct err *err)
{
    return look(job, err) && provision_check(job, err) && provision_choose_password(job, err) &&
           provision_make_role(job, err) && provision_make_database(job, err) &&
           provision_give_schema(job, err) && provision_set_password(job, err) && provision_try(job, err);
}

bool provision_run(struct arena *arena, const struct provision_options *options,
                   struct provision_result *result, struct err *err)
{
    struct provision_job job = {.arena = arena, .options = options, .result = result};
    bool done;

    *result = (struct provision_result){.server = url_redacted(arena, &options->server.url)};
    done = provision_check_server(arena, &options->server, err) &&
           provision_open(arena, &options->server, (struct str){NULL, 0}, &job.engine, err) &&
           work(&job, err);
    engine_close(job.engine);
    return done;
}
