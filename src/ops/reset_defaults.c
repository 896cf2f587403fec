/* Default privileges (ALTER DEFAULT PRIVILEGES), made again in the new database. */
#include "ops/reset_intern.h"
#include "ops/sql_text.h"

/*
 * A line for people, and the statements.  Those of a schema are added to what a role has everywhere; those of
 * the whole database are all that there is, in the place of PostgreSQL's own.
 */
static const char defaults_sql[] =
    "SELECT format('default privileges of %s for %s%s', pg_get_userbyid(x.defaclrole), lower(k.kind),"
    " coalesce(' in the schema ' || n.nspname, '')),"
    " CASE WHEN n.oid IS NULL THEN format('%s REVOKE ALL ON %s FROM PUBLIC, %I; ', k.head, k.kind,"
    "  pg_get_userbyid(x.defaclrole)) ELSE '' END || coalesce((SELECT string_agg(format("
    "  '%s GRANT %s ON %s TO %s%s', k.head, a.privilege_type, k.kind,"
    "  CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,"
    "  CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), '; ')"
    "  FROM aclexplode(x.defaclacl) a), '')"
    " FROM pg_default_acl x LEFT JOIN pg_namespace n ON n.oid = x.defaclnamespace, LATERAL (SELECT"
    "  format('ALTER DEFAULT PRIVILEGES FOR ROLE %I', pg_get_userbyid(x.defaclrole))"
    "  || coalesce(' IN SCHEMA ' || quote_ident(n.nspname), ''),"
    "  CASE x.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'"
    "   WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' WHEN 'L' THEN 'LARGE OBJECTS' END) k (head, kind)"
    " ORDER BY x.oid";

struct default_rights {
    struct str what;
    struct str sql;
};

static bool read_defaults(struct reset_job *job, struct default_rights **defaults, size_t *count,
                          struct err *err)
{
    struct rows *rows = NULL;
    size_t capacity = 0;
    bool found = true;
    bool done;

    *defaults = NULL;
    *count = 0;
    if (!engine_query(job->inside, str_from(defaults_sql), NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        ARENA_PUSH(job->arena, *defaults, *count, capacity) = (struct default_rights){
            str_dup(job->arena, rows->cells[0].bytes), str_dup(job->arena, rows->cells[1].bytes)};
    rows_close(rows);
    return done;
}

/* Those of a schema that is not made again go with it. */
bool reset_make_defaults(struct reset_job *job, struct engine *made, struct err *err)
{
    struct default_rights *defaults;
    size_t count;

    if (!read_defaults(job, &defaults, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct err failure = {.code = ERR_NONE};

        if (engine_exec(made, defaults[i].sql, &failure))
            continue;
        if (failure.sqlstate[0] == '\0' || failure.code == ERR_CANCELED) {
            *err = failure;
            return false;
        }
        reset_remains(job, "%.*s could not be kept: %s", STR_ARGS(defaults[i].what),
                      failure.detail[0] != '\0' ? failure.detail : failure.primary);
    }
    return true;
}

bool reset_find_defaults(struct reset_job *job, struct str *why, struct err *err)
{
    struct str sql =
        sql_text(job->arena,
                 "SELECT 'default privileges of ' || min(pg_get_userbyid(x.defaclrole)::text)"
                 " || ' are not for this role to give' FROM pg_default_acl x"
                 " WHERE NOT pg_has_role(%L, x.defaclrole, 'USAGE') AND (x.defaclnamespace IN"
                 " (0, coalesce(to_regnamespace('public'), 0)) OR EXISTS (SELECT FROM pg_extension e"
                 "  WHERE e.extnamespace = x.defaclnamespace)) HAVING count(*) > 0",
                 job->admin.name);
    bool found;

    return job->admin.superuser ||
           provision_row(job->arena, job->inside, sql.ptr, NULL, 0, why, 1, &found, err);
}
