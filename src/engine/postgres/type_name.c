/* Names of types in results.  The catalog cannot be asked while rows come: so those that PostgreSQL itself
 * has in daily use stand here (pg_type.dat). */
#include "engine/postgres/session.h"
#include "schema/pgtype.h"

static const struct {
    Oid oid;
    const char *name;
} more[] = {
    {24, "regproc"},
    {27, "tid"},
    {28, "xid"},
    {142, "xml"},
    {600, "point"},
    {701, "double precision"},
    {790, "money"},
    {1000, "boolean[]"},
    {1002, "\"char\"[]"},
    {1003, "name[]"},
    {1005, "smallint[]"},
    {1007, "integer[]"},
    {1009, "text[]"},
    {1015, "character varying[]"},
    {1016, "bigint[]"},
    {1021, "real[]"},
    {1022, "double precision[]"},
    {1028, "oid[]"},
    {1115, "timestamp without time zone[]"},
    {1182, "date[]"},
    {1185, "timestamp with time zone[]"},
    {1231, "numeric[]"},
    {2205, "regclass"},
    {2206, "regtype"},
    {2278, "void"},
    {2951, "uuid[]"},
    {3220, "pg_lsn"},
    {3614, "tsvector"},
    {3615, "tsquery"},
    {3807, "jsonb[]"},
    {3904, "int4range"},
    {3906, "numrange"},
    {3908, "tsrange"},
    {3910, "tstzrange"},
    {3912, "daterange"},
    {3926, "int8range"},
};

struct str postgres_type_name(Oid type)
{
    for (int kind = 0; kind < PG_KIND_COUNT; kind++)
        if (kind != PG_ENUM && kind != PG_ARRAY && pg_kind_oid((enum pg_kind)kind) == type)
            return str_from(pg_kind_name((enum pg_kind)kind));
    for (size_t i = 0; i < ARRAY_LENGTH(more); i++)
        if (more[i].oid == type)
            return str_from(more[i].name);
    return (struct str){NULL, 0};
}
