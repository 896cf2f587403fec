/* What a new database has in common with the old one. */
#include "ops/database_create.h"
#include "ops/reset_intern.h"
#include "ops/sql_text.h"

/* GRANTs that make the rights of an object what they are now; `object` is how GRANT names the new one. */
static struct str rights_text(struct arena *arena, struct str acl, struct str owner, struct str object,
                              struct str from)
{
    return sql_text(
        arena,
        "SELECT s.text FROM (SELECT 0 AS place, format('REVOKE ALL ON %%s FROM PUBLIC, %%I', %L, %S) AS text"
        " %S AND %S IS NOT NULL UNION ALL"
        " SELECT 1, format('GRANT %%s ON %%s TO %%s%%s', a.privilege_type, %L,"
        "  CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,"
        "  CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)"
        " %S AND %S IS NOT NULL) s ORDER BY s.place",
        object, owner, from, acl, object,
        sql_text(arena, "FROM (SELECT x.* %S) one, LATERAL aclexplode(%S) a WHERE true", from, acl), acl);
}

static bool give_database_rights(struct reset_job *job, struct err *err)
{
    struct str object = sql_text(job->arena, "DATABASE %I", job->next);
    struct str from = sql_text(job->arena, "FROM pg_database x WHERE datname = %L", job->result->database);

    return reset_run_rows(job, job->beside, job->beside,
                          rights_text(job->arena, (struct str)STR("datacl"),
                                      (struct str)STR("pg_get_userbyid(datdba)"), object, from),
                          err);
}

/* Some settings are a superuser's to give.  The comment comes with the name. */
static bool give_settings(struct reset_job *job, struct err *err)
{
    struct database_facts facts = *job->facts;
    struct database_wish wish = {.facts = &facts, .name = job->next};
    struct str *refused;
    size_t count;

    facts.comment = (struct str){NULL, 0};
    if (!database_dress(job->arena, job->beside, &wish, &refused, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        reset_remains(job, "could not be kept: %.*s", STR_ARGS(refused[i]));
    return true;
}

bool reset_make_like(struct reset_job *job, struct err *err)
{
    return give_settings(job, err) && give_database_rights(job, err);
}

/* Those that were there, from the server's files again; those of the database's owner become the owner's. */
static const char extensions_sql[] =
    "SELECT CASE WHEN n.nspname IN ('public', 'pg_catalog') THEN '' ELSE"
    " format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I; ', n.nspname, pg_get_userbyid(n.nspowner)) END"
    " || CASE WHEN e.extowner = d.datdba THEN format('SET ROLE %I; ', pg_get_userbyid(d.datdba)) ELSE '' END"
    " || format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I CASCADE; RESET ROLE', e.extname, n.nspname)"
    " FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
    " JOIN pg_database d ON d.datname = current_database() WHERE e.extname <> 'plpgsql' ORDER BY e.oid";

/* Its owner is what it is by itself where that is the database's. */
static const char public_sql[] =
    "SELECT CASE WHEN n.oid IS NULL THEN 'DROP SCHEMA IF EXISTS public'"
    " ELSE format('ALTER SCHEMA public OWNER TO %I', pg_get_userbyid(n.nspowner)) END"
    " FROM (SELECT) one LEFT JOIN pg_namespace n ON n.nspname = 'public'";

static bool give_public(struct reset_job *job, struct engine *made, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    struct str from = STR("FROM pg_namespace x WHERE nspname = 'public'");

    if (!reset_run_rows(job, job->inside, made, str_from(public_sql), &failure)) {
        if (failure.code != ERR_PERMISSION) {
            *err = failure;
            return false;
        }
        reset_remains(job, "the owner of the schema public could not be kept: %s", failure.detail);
    }
    err_clear(&failure);
    if (reset_run_rows(job, job->inside, made,
                       rights_text(job->arena, (struct str)STR("nspacl"),
                                   (struct str)STR("pg_get_userbyid(nspowner)"),
                                   (struct str)STR("SCHEMA public"), from),
                       &failure))
        return true;
    if (failure.code == ERR_PERMISSION) {
        reset_remains(job, "rights on the schema public could not be kept: %s", failure.detail);
        return true;
    }
    *err = failure;
    return false;
}

bool reset_make_inside_like(struct reset_job *job, struct engine *made, struct err *err)
{
    if (!give_public(job, made, err))
        return false;
    if (!reset_run_rows(job, job->inside, made, str_from(extensions_sql), err)) {
        err_prefix(err, "an extension could not be made again");
        return err_hint(err, "--in-place empties the database and leaves extensions alone");
    }
    /* Last: what is made before gets no rights by them. */
    return reset_make_defaults(job, made, err);
}
