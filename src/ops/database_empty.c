#include "ops/database_empty.h"

static const char objects_sql[] =
    "SELECT min(found.name) FROM ("
    "SELECT 'pg_catalog.pg_class'::regclass AS class, c.oid, c.relnamespace AS space,"
    " c.relname::text AS name FROM pg_catalog.pg_class c"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'"
    " UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, p.oid, p.pronamespace, p.proname::text"
    " FROM pg_catalog.pg_proc p"
    " UNION ALL SELECT 'pg_catalog.pg_type'::regclass, t.oid, t.typnamespace, t.typname::text"
    " FROM pg_catalog.pg_type t WHERE t.typtype IN ('d', 'e', 'r')) found"
    " JOIN pg_catalog.pg_namespace n ON n.oid = found.space WHERE n.nspname !~ '^pg_'"
    " AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d"
    " WHERE d.classid = found.class AND d.objid = found.oid AND d.deptype = 'e')";

bool database_find_object(struct arena *arena, struct engine *engine, struct str *name, struct err *err)
{
    struct value value;

    if (!engine_value(engine, arena, str_from(objects_sql), NULL, 0, &value, err))
        return false;
    *name = value.kind == VALUE_NULL ? (struct str){NULL, 0} : value.bytes;
    return true;
}
