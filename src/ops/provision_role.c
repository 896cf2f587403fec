/* The role: made, its rights and the settings of its sessions. */
#include <string.h>

#include "ops/provision_intern.h"
#include "ops/sql_text.h"

/* What applications count on, whatever the server's own settings are. */
static const struct {
    const char *name;
    const char *value;
} settings[] = {
    {"client_encoding", "UTF8"},
    {"default_transaction_isolation", "read committed"},
    {"timezone", "UTC"},
};

/* UTF8, utf8 and utf-8 are one encoding. */
static bool is_same_value(struct str a, const char *b)
{
    size_t at = 0;

    for (size_t i = 0; i < a.len; i++) {
        if (a.ptr[i] == '-')
            continue;
        if (b[at] == '\0' || ascii_lower(a.ptr[i]) != ascii_lower(b[at]))
            return false;
        at++;
    }
    return b[at] == '\0';
}

static bool read_setting(const struct provision_job *job, const char *name, struct str *value,
                         struct err *err)
{
    static const char sql[] = "SELECT substring(s.entry from position('=' in s.entry) + 1)"
                              " FROM pg_db_role_setting d JOIN pg_roles r ON r.oid = d.setrole,"
                              " unnest(d.setconfig) s (entry) WHERE d.setdatabase = 0 AND r.rolname = $1"
                              " AND lower(split_part(s.entry, '=', 1)) = $2";
    const struct str params[] = {job->options->role, str_from(name)};
    bool found;

    *value = (struct str){NULL, 0};
    return provision_row(job->arena, job->engine, sql, params, ARRAY_LENGTH(params), value, 1, &found, err);
}

static bool make_settings(struct provision_job *job, struct err *err)
{
    size_t set = 0;
    bool changed = false;

    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
        struct str value;

        if (!read_setting(job, settings[i].name, &value, err))
            return false;
        if (value.ptr != NULL && is_same_value(value, settings[i].value))
            continue;
        set++;
        changed = changed || value.ptr != NULL;
        if (!provision_do(job, job->engine,
                          sql_text(job->arena, "ALTER ROLE %I SET %S TO %L", job->options->role,
                                   str_from(settings[i].name), str_from(settings[i].value)),
                          err))
            return false;
    }
    provision_step(job, "settings", job->options->role,
                   set == 0  ? PROVISION_WAS
                   : changed ? PROVISION_CHANGED
                             : PROVISION_MADE,
                   "client_encoding UTF8, default_transaction_isolation read committed, timezone UTC");
    return true;
}

static bool make_limit(struct provision_job *job, struct err *err)
{
    const struct provision_options *options = job->options;
    int limit = options->connection_limit;

    if (limit == 0)
        return true;
    if (!job->role.there || job->role.connection_limit != limit)
        if (!provision_do(job, job->engine,
                          sql_text(job->arena, "ALTER ROLE %I CONNECTION LIMIT %d", options->role, limit),
                          err))
            return false;
    provision_step(
        job, "limit", options->role,
        !job->role.there                      ? PROVISION_MADE
        : job->role.connection_limit == limit ? PROVISION_WAS
                                              : PROVISION_CHANGED,
        "%s", limit < 0 ? "any number of connections" : arena_printf(job->arena, "%d connections", limit));
    return true;
}

/* Who is no superuser makes databases for a role, and gives schemas to it, only as its member; since version
 * 16 the right to make a role does not include that. */
static bool join(struct provision_job *job, struct err *err)
{
    if (job->admin.superuser || (job->role.there && job->role.member))
        return true;
    return provision_do(
               job, job->engine,
               sql_text(job->arena, "GRANT %I TO CURRENT_USER%S", job->options->role,
                        str_from(job->admin.version >= 160000 ? " WITH INHERIT TRUE, SET TRUE" : "")),
               err) ||
           err_hint(err, "let who made the role grant it to the one that you connect as");
}

static bool make(struct provision_job *job, struct err *err)
{
    const struct provision_options *options = job->options;

    if (!provision_do(job, job->engine, sql_text(job->arena, "CREATE ROLE %I LOGIN", options->role), err) ||
        !provision_do(
            job, job->engine,
            sql_text(job->arena, "COMMENT ON ROLE %I IS %L", options->role, (struct str)STR(PROVISION_BEGUN)),
            err))
        return false;
    provision_step(job, "role", options->role, PROVISION_MADE, "may log in, and nothing else");
    return true;
}

static bool mend(struct provision_job *job, struct err *err)
{
    const struct provision_options *options = job->options;

    if (!job->role.logs_in &&
        !provision_do(job, job->engine, sql_text(job->arena, "ALTER ROLE %I LOGIN", options->role), err))
        return false;
    provision_step(job, "role", options->role, job->role.logs_in ? PROVISION_WAS : PROVISION_CHANGED, "%s",
                   job->role.begun ? "an earlier run was interrupted, and is finished now" : "may log in");
    return true;
}

/* All of it or nothing: a role without its mark would be a stranger's to the next run. */
bool provision_make_role(struct provision_job *job, struct err *err)
{
    return provision_do(job, job->engine, (struct str)STR("BEGIN"), err) &&
           (job->role.there ? mend(job, err) : make(job, err)) && join(job, err) && make_settings(job, err) &&
           make_limit(job, err) && provision_do(job, job->engine, (struct str)STR("COMMIT"), err);
}
