/* What a new database has in common with the old one. */
#include <string.h>

#include "ops/database_create.h"
#include "ops/reset_intern.h"
#include "ops/sql_text.h"

/* The words that are as they were; what decides about them came with three versions. */
static const char *locale_words(int version)
{
    if (version >= 170000)
        return "format(' LC_COLLATE %L LC_CTYPE %L', datcollate, datctype) || CASE datlocprovider"
               " WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', datlocale)"
               "  || coalesce(format(' ICU_RULES %L', daticurules), '')"
               " WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', datlocale)"
               " ELSE ' LOCALE_PROVIDER libc' END";
    if (version >= 160000)
        return "format(' LC_COLLATE %L LC_CTYPE %L', datcollate, datctype) || CASE datlocprovider"
               " WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', daticulocale)"
               "  || coalesce(format(' ICU_RULES %L', daticurules), '')"
               " ELSE ' LOCALE_PROVIDER libc' END";
    if (version >= 150000)
        return "format(' LC_COLLATE %L LC_CTYPE %L', datcollate, datctype) || CASE datlocprovider"
               " WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', daticulocale)"
               " ELSE ' LOCALE_PROVIDER libc' END";
    return "format(' LC_COLLATE %L LC_CTYPE %L', datcollate, datctype)";
}

struct str reset_create_text(struct reset_job *job, struct err *err)
{
    struct str sql = sql_text(
        job->arena,
        "SELECT format('CREATE DATABASE %%I OWNER %%I TEMPLATE template0 ENCODING %%L', %L,"
        " pg_get_userbyid(datdba), pg_encoding_to_char(encoding)) || %S"
        " || CASE WHEN t.spcname = 'pg_default' THEN '' ELSE format(' TABLESPACE %%I', t.spcname) END"
        " || CASE WHEN datconnlimit < 0 THEN '' ELSE format(' CONNECTION LIMIT %%s', datconnlimit) END"
        " FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = %L",
        job->next, str_from(locale_words(job->admin.version)), job->result->database);
    struct str text = {NULL, 0};
    bool found;

    if (provision_row(job->arena, job->beside, sql.ptr, NULL, 0, &text, 1, &found, err) && !found)
        err_set(err, ERR_FAILED, "the database %.*s is gone", STR_ARGS(job->result->database));
    return text;
}

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

/* cells: the role, or NULL, and name=value as the catalog has it. */
static bool give_setting(struct reset_job *job, const struct str *cells, struct err *err)
{
    struct str target = cells[0].ptr == NULL
                            ? sql_text(job->arena, "ALTER DATABASE %I ", job->next)
                            : sql_text(job->arena, "ALTER ROLE %I IN DATABASE %I ", cells[0], job->next);
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_str(&sql, target);
    done = database_put_setting(&sql, cells[1], err) && engine_exec(job->beside, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

/* Some are a superuser's to give. */
static bool give_settings(struct reset_job *job, struct err *err)
{
    struct str sql = sql_text(
        job->arena,
        "SELECT r.rolname::text, s.entry"
        " FROM pg_db_role_setting x JOIN pg_database d ON d.oid = x.setdatabase"
        " LEFT JOIN pg_roles r ON r.oid = x.setrole, unnest(x.setconfig) WITH ORDINALITY s (entry, place)"
        " WHERE d.datname = %L AND (x.setrole = 0 OR r.oid IS NOT NULL) ORDER BY x.setrole, s.place OFFSET ",
        job->result->database);

    for (int i = 0;; i++) {
        struct err failure = {.code = ERR_NONE};
        struct str cells[2];
        bool found;

        if (!provision_row(job->arena, job->beside,
                           arena_printf(job->arena, "%.*s%d LIMIT 1", STR_ARGS(sql), i), NULL, 0, cells,
                           ARRAY_LENGTH(cells), &found, err))
            return false;
        if (!found)
            return true;
        if (give_setting(job, cells, &failure))
            continue;
        if (failure.code == ERR_CONNECT) {
            *err = failure;
            return false;
        }
        reset_remains(job, "the setting %.*s of the database could not be kept: %s",
                      STR_ARGS(str_slice(cells[1], 0, (size_t)str_find(cells[1], '='))), failure.detail);
    }
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

static void tell_defaults(struct reset_job *job)
{
    struct err ignored = {.code = ERR_NONE};
    int64_t count = 0;

    if (engine_int(job->inside, (struct str)STR("SELECT count(*) FROM pg_default_acl"), &count, &ignored) &&
        count > 0)
        reset_remains(job, "default privileges (ALTER DEFAULT PRIVILEGES) are not kept: %d of them",
                      (int)count);
}

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
    tell_defaults(job);
    if (!give_public(job, made, err))
        return false;
    if (reset_run_rows(job, job->inside, made, str_from(extensions_sql), err))
        return true;
    err_prefix(err, "an extension could not be made again");
    return err_hint(err, "--in-place empties the database and leaves extensions alone");
}
