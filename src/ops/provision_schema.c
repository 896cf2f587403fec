/*
 * The schema public.
 *
 * Since version 15 only who owns it, or was granted it, makes tables there: "permission denied for schema
 * public".  The owner of a database owns its public by way of pg_database_owner; that ends with the next
 * ALTER SCHEMA of somebody, so it is given to the role itself.  A managed server of an earlier version keeps
 * it for its superuser; then a GRANT has to do.
 */
#include <string.h>

#include "ops/provision_intern.h"
#include "ops/sql_text.h"

enum {
    OPEN_BEFORE = 150000 /* until then every role could make tables in public */
};

struct public_schema {
    struct str owner; /* NULL ptr: there is no such schema */
    bool may_create;
    bool open;            /* every role may create */
    struct str strangers; /* tables of other roles, so many; NULL ptr: none */
};

static bool look(const struct provision_job *job, struct engine *engine, struct public_schema *schema,
                 struct err *err)
{
    static const char sql[] =
        "SELECT pg_get_userbyid(n.nspowner)::text,"
        " has_schema_privilege($1::name, n.oid, 'CREATE')::text,"
        " EXISTS (SELECT FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a"
        "  WHERE a.grantee = 0 AND a.privilege_type = 'CREATE')::text,"
        " (SELECT nullif(count(*), 0)::text FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace"
        "  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND s.nspname !~ '^pg_'"
        "  AND s.nspname <> 'information_schema' AND pg_get_userbyid(c.relowner) <> $1"
        "  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass"
        "  AND d.objid = c.oid AND d.deptype = 'e'))"
        " FROM (SELECT) one LEFT JOIN pg_namespace n ON n.nspname = 'public'";
    struct str cells[4];
    bool found;

    if (!provision_row(job->arena, engine, sql, &job->options->role, 1, cells, ARRAY_LENGTH(cells), &found,
                       err))
        return false;
    *schema = (struct public_schema){.owner = cells[0],
                                     .may_create = str_is(cells[1], "true"),
                                     .open = str_is(cells[2], "true"),
                                     .strangers = cells[3]};
    return true;
}

static bool grant(struct provision_job *job, struct engine *engine, const struct err *why, struct err *err)
{
    const struct provision_options *options = job->options;
    struct public_schema schema;
    struct err failure = {.code = ERR_NONE};
    bool granted = provision_do(
        job, engine, sql_text(job->arena, "GRANT CREATE, USAGE ON SCHEMA public TO %I", options->role),
        &failure);

    if (!granted && failure.code != ERR_PERMISSION) {
        *err = failure;
        return false;
    }
    if (!look(job, engine, &schema, err))
        return false;
    provision_step(
        job, "schema", (struct str)STR("public"), schema.may_create ? PROVISION_LEFT : PROVISION_OTHER,
        schema.may_create ? "belongs to %.*s, who has to keep it (%s); %.*s may make tables there"
                          : "belongs to %.*s, who has to keep it (%s); %.*s may make no tables there",
        STR_ARGS(schema.owner), why->detail, STR_ARGS(options->role));
    return true;
}

static bool give(struct provision_job *job, struct engine *engine, const struct public_schema *schema,
                 struct err *err)
{
    const struct provision_options *options = job->options;
    struct err failure = {.code = ERR_NONE};
    bool made = schema->owner.ptr == NULL;
    bool fresh = made || job->made_database;

    if (!provision_do(job, engine,
                      made ? sql_text(job->arena, "CREATE SCHEMA public AUTHORIZATION %I", options->role)
                           : sql_text(job->arena, "ALTER SCHEMA public OWNER TO %I", options->role),
                      &failure)) {
        if (failure.code == ERR_PERMISSION && !made)
            return grant(job, engine, &failure, err);
        *err = failure;
        return false;
    }
    provision_step(job, "schema", (struct str)STR("public"), fresh ? PROVISION_MADE : PROVISION_CHANGED,
                   fresh ? "belongs to %.*s" : "belongs to %.*s now, before to %.*s", STR_ARGS(options->role),
                   STR_ARGS(schema->owner));
    return true;
}

static bool close_to_others(struct provision_job *job, struct engine *engine,
                            const struct public_schema *schema, struct err *err)
{
    if (!schema->open || !(job->made_database || job->role.begun))
        return true;
    return provision_do(job, engine, (struct str)STR("REVOKE CREATE ON SCHEMA public FROM PUBLIC"), err);
}

static bool arrange(struct provision_job *job, struct engine *engine, struct err *err)
{
    struct public_schema schema;

    if (!look(job, engine, &schema, err))
        return false;
    if (schema.strangers.ptr != NULL)
        provision_step(job, "tables", job->options->database, PROVISION_LEFT,
                       "%.*s of them, sequences and views counted, belong to other roles: REASSIGN OWNED "
                       "gives them away",
                       STR_ARGS(schema.strangers));
    if (schema.owner.ptr != NULL && str_equal(schema.owner, job->options->role)) {
        provision_step(job, "schema", (struct str)STR("public"), PROVISION_WAS, "belongs to %.*s",
                       STR_ARGS(job->options->role));
        return true;
    }
    return give(job, engine, &schema, err) && close_to_others(job, engine, &schema, err);
}

/* Nobody can look into a database that is not there yet: what it will have is known. */
static bool foretell(struct provision_job *job, struct err *err)
{
    const struct public_schema schema = {.owner = STR("pg_database_owner"),
                                         .open = job->admin.version < OPEN_BEFORE};

    return give(job, NULL, &schema, err) && close_to_others(job, NULL, &schema, err);
}

bool provision_give_schema(struct provision_job *job, struct err *err)
{
    const struct provision_options *options = job->options;
    struct engine *engine = NULL;
    bool done;

    if (options->dry_run && job->made_database)
        return foretell(job, err);
    done = provision_open(job->arena, &options->server, options->database, &engine, err) &&
           arrange(job, engine, err);
    engine_close(engine);
    return done;
}
