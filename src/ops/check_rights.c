/* What the role finds, and what it may do with it. */
#include "ops/check_intern.h"

static const char create_sql[] =
    "SELECT CASE WHEN s IS NULL OR NOT pg_catalog.has_schema_privilege(s, 'CREATE') THEN 'problem' ELSE 'ok' "
    "END, "
    "CASE WHEN s IS NULL THEN pg_catalog.format('no schema of search_path (%s) is there, or may be used', "
    "pg_catalog.current_setting('search_path')) "
    "WHEN NOT pg_catalog.has_schema_privilege(s, 'CREATE') THEN pg_catalog.format('%s may not create tables "
    "in "
    "schema %s: \"permission denied for schema %2$s\"', current_user, s) "
    "ELSE pg_catalog.format('tables can be made in schema %s', s) END, "
    "CASE WHEN s IS NULL THEN CASE p.source WHEN 'client' THEN 'take search_path out of the options of the "
    "URL, "
    "and of PGOPTIONS' WHEN 'user' THEN pg_catalog.format('ALTER ROLE %I RESET search_path', current_user) "
    "WHEN 'database' THEN pg_catalog.format('ALTER DATABASE %I RESET search_path', "
    "pg_catalog.current_database()) WHEN 'database user' THEN pg_catalog.format('ALTER ROLE %I IN DATABASE "
    "%I "
    "RESET search_path', current_user, pg_catalog.current_database()) "
    "ELSE pg_catalog.format('CREATE SCHEMA IF NOT EXISTS public; GRANT USAGE, CREATE ON "
    "SCHEMA public TO %I   -- as the owner of the database', current_user) END "
    "ELSE pg_catalog.format('GRANT CREATE ON SCHEMA %I TO %I   -- as the owner of the schema', s, "
    "current_user) END "
    "FROM (SELECT pg_catalog.current_schema()::text AS s) AS x, pg_catalog.pg_settings AS p WHERE p.name = "
    "'search_path'";

/* Those that are found without a schema in front. */
static const char tables_sql[] =
    "SELECT CASE WHEN found > 0 THEN 'ok' ELSE 'advice' END, "
    "CASE WHEN found > 0 THEN pg_catalog.format('%s table%s found without a schema in front', found, "
    "CASE WHEN found = 1 THEN ' is' ELSE 's are' END) "
    "WHEN hidden > 0 THEN pg_catalog.format('%s tables are in the schemas %s, and search_path is %s: "
    "\"relation "
    "does not exist\"', hidden, schemas, pg_catalog.current_setting('search_path')) "
    "ELSE 'there are no tables: \"relation does not exist\" is what the application will say' END, "
    "CASE WHEN hidden > 0 AND p.source = 'client' THEN 'take search_path out of the options of the URL, and "
    "of "
    "PGOPTIONS' WHEN hidden > 0 THEN pg_catalog.format('ALTER ROLE %I%s SET search_path = %s', current_user, "
    "CASE p.source WHEN 'database user' THEN pg_catalog.format(' IN DATABASE %I', "
    "pg_catalog.current_database()) "
    "END, schemas) "
    "ELSE 'run the migrations: flask db upgrade, python manage.py migrate, bin/rails db:migrate, npx prisma "
    "migrate deploy; or pgrade upgrade app.db URL' END "
    "FROM (SELECT pg_catalog.count(*) FILTER (WHERE pg_catalog.pg_table_is_visible(c.oid)) AS found, "
    "pg_catalog.count(*) AS hidden, pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(n.nspname), ', ') "
    "AS "
    "schemas FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', "
    "'pgrade_record') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e WHERE e.classid = "
    "'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e')) AS x, "
    "pg_catalog.pg_settings AS p WHERE p.name = 'search_path'";

static const char privileges_sql[] =
    "SELECT 'problem', format('%s may not %s: \"permission denied for table %s\"', current_user, "
    "string_agg(p, ', '), c.relname), format('GRANT %s ON %s TO %I   -- as %s, its owner', string_agg(p, ', "
    "'), "
    "c.oid::regclass, current_user, pg_get_userbyid(c.relowner)) "
    "FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
    "CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p "
    "WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', "
    "'pgrade_record') "
    "AND has_schema_privilege(n.oid, 'USAGE') AND NOT has_table_privilege(c.oid, p) "
    "GROUP BY c.oid, c.relname, c.relowner, n.nspname ORDER BY n.nspname, c.relname";

static const char sequences_sql[] =
    "SELECT 'problem', format('%s may not use the sequence %s, so INSERT without an id fails', current_user, "
    "c.oid::regclass), format('GRANT USAGE, SELECT ON SEQUENCE %s TO %I   -- as %s, its owner', "
    "c.oid::regclass, "
    "current_user, pg_get_userbyid(c.relowner)) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = "
    "c.relnamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> 'pgrade_record' AND "
    "has_schema_privilege(n.oid, 'USAGE') "
    "AND CASE WHEN c.relkind = 'S' THEN NOT has_sequence_privilege(c.oid, 'USAGE') ELSE false END AND NOT "
    "EXISTS "
    "(SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = "
    "'i') "
    "ORDER BY n.nspname, c.relname";

const struct check_entry check_rights_checks[] = {
    {.name = "create",
     .looks = "whether the role may create tables in its schema",
     .why = "migrations fail otherwise; since PostgreSQL 15 only the owner of a database may do so in public",
     .mend = "GRANT CREATE ON SCHEMA public TO the role, or make it the owner of the database",
     .keeps_path = true,
     .sql = create_sql},
    {.name = "relations",
     .looks = "whether there are tables, and search_path finds them",
     .why = "otherwise each statement of the application ends in \"relation does not exist\"",
     .mend = "run the application's migrations, or set search_path",
     .keeps_path = true,
     .sql = tables_sql},
    {.name = "privileges",
     .looks = "whether the role may read and write every table",
     .why = "tables that another role has made are closed to this one",
     .mend = "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO the role",
     .sql = privileges_sql},
    {.name = "sequence-privileges",
     .looks = "whether the role may use the sequences that give ids",
     .why = "an INSERT without an id fails",
     .mend = "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO the role",
     .sql = sequences_sql},
    {.name = NULL},
};
