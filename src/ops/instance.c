#include "ops/instance.h"

enum {
    MAJOR = 10000,
    CONNECTIONS_INVALID = -2 /* datconnlimit of a database whose DROP was interrupted */
};

/* Databases that belong to a provider and not to who rents the server. */
static const struct {
    const char *name;
    const char *keeper;
} kept[] = {
    {"rdsadmin", "Amazon RDS"},
    {"cloudsqladmin", "Google Cloud SQL"},
    {"alloydbadmin", "Google AlloyDB"},
    {"azure_maintenance", "Azure"},
    {"azure_sys", "Azure"},
    {"_dodb", "DigitalOcean"},
    {"_aiven", "Aiven"},
};

static const char server_sql[] = "SELECT split_part(current_setting('server_version'), ' ', 1), "
                                 "current_setting('server_version_num')::bigint,"
                                 " r.rolsuper, r.rolcreatedb OR r.rolsuper, current_user::text"
                                 " FROM pg_catalog.pg_roles r WHERE r.rolname = current_user";

/* to_jsonb() because the column of the locale has had several names (15: daticulocale, 17: datlocale), and
 * that of its rules came with 16.  $1 is the only one that is wanted, or empty: all but
 * templates. */
static const char databases_sql[] =
    "SELECT d.datname::text, pg_catalog.pg_get_userbyid(d.datdba)::text,"
    " pg_catalog.pg_encoding_to_char(d.encoding)::text, coalesce(d.datcollate, '')::text,"
    " coalesce(d.datctype, '')::text, coalesce(j->>'datlocprovider', 'c'),"
    " coalesce(j->>'datlocale', j->>'daticulocale'),"
    " pg_catalog.shobj_description(d.oid, 'pg_database'), d.datconnlimit::bigint, d.datallowconn,"
    " pg_catalog.has_database_privilege(d.oid, 'CONNECT'),"
    " CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT') AND d.datconnlimit <> -2"
    " THEN pg_catalog.pg_database_size(d.oid) END, j->>'daticurules', nullif(t.spcname, 'pg_default')::text"
    " FROM pg_catalog.pg_database d CROSS JOIN LATERAL pg_catalog.to_jsonb(d) j"
    " LEFT JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace"
    " WHERE CASE WHEN $1 = '' THEN NOT d.datistemplate ELSE d.datname = $1 END ORDER BY d.datname COLLATE "
    "\"C\"";

static const char settings_sql[] =
    "SELECT d.datname::text, r.rolname::text, one.text FROM pg_catalog.pg_db_role_setting s"
    " JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase"
    " LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole"
    " CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) WITH ORDINALITY AS one (text, place)"
    " WHERE (s.setrole = 0 OR r.rolname IS NOT NULL) AND $1 IN ('', d.datname::text) ORDER BY d.datname, "
    "r.rolname "
    "NULLS FIRST, one.place";

static const char roles_sql[] = "SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_'"
                                " ORDER BY rolname COLLATE \"C\"";

struct look {
    struct arena *arena;
    struct instance *instance;
};

typedef void take_row(const struct look *look, const struct value *cells);

static struct str text_of(struct arena *arena, const struct value *cell)
{
    return cell->kind == VALUE_NULL ? (struct str){NULL, 0} : str_dup(arena, cell->bytes);
}

static void take_server(const struct look *look, const struct value *cells)
{
    look->instance->server = text_of(look->arena, &cells[0]);
    look->instance->major = (int)(cells[1].integer / MAJOR);
    look->instance->superuser = cells[2].integer != 0;
    look->instance->may_create = cells[3].integer != 0;
    look->instance->user = text_of(look->arena, &cells[4]);
}

static struct str reason(const struct value *cells)
{
    if (cells[8].integer == CONNECTIONS_INVALID)
        return str_from("dropping it was interrupted, and it cannot be used any more");
    if (cells[9].integer == 0)
        return str_from("it takes no connections (ALLOW_CONNECTIONS false)");
    if (cells[10].integer == 0)
        return str_from("this role may not connect to it");
    return (struct str){NULL, 0};
}

static void take_database(const struct look *look, const struct value *cells)
{
    struct instance *instance = look->instance;
    struct arena *arena = look->arena;

    ARENA_PUSH(arena, instance->databases, instance->database_count, instance->database_capacity) =
        (struct database_facts){.name = text_of(arena, &cells[0]),
                                .owner = text_of(arena, &cells[1]),
                                .encoding = text_of(arena, &cells[2]),
                                .collate = text_of(arena, &cells[3]),
                                .ctype = text_of(arena, &cells[4]),
                                .provider = text_of(arena, &cells[5]),
                                .locale = text_of(arena, &cells[6]),
                                .comment = text_of(arena, &cells[7]),
                                .icu_rules = text_of(arena, &cells[12]),
                                .tablespace = text_of(arena, &cells[13]),
                                .connection_limit = cells[8].integer,
                                .bytes = cells[11].kind == VALUE_NULL ? -1 : cells[11].integer,
                                .why_not = reason(cells)};
}

static struct database_facts *find(struct instance *instance, struct str name)
{
    for (size_t i = 0; i < instance->database_count; i++)
        if (str_equal(instance->databases[i].name, name))
            return &instance->databases[i];
    return NULL;
}

static void take_setting(const struct look *look, const struct value *cells)
{
    struct database_facts *database = find(look->instance, cells[0].bytes);

    if (database != NULL)
        ARENA_PUSH(look->arena, database->settings, database->setting_count, database->setting_capacity) =
            (struct database_setting){text_of(look->arena, &cells[1]), text_of(look->arena, &cells[2])};
}

static void take_role(const struct look *look, const struct value *cells)
{
    struct instance *instance = look->instance;

    ARENA_PUSH(look->arena, instance->roles, instance->role_count, instance->role_capacity) =
        text_of(look->arena, &cells[0]);
}

/* `only`: the parameter; NULL: there is none. */
static bool ask(const struct look *look, struct engine *engine, const char *sql, const struct str *only,
                take_row *take, struct err *err)
{
    struct rows *rows;
    bool found = false;
    bool done;

    if (!engine_query(engine, str_from(sql), only, only != NULL ? 1 : 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        take(look, rows->cells);
    rows_close(rows);
    return done;
}

bool instance_read(struct arena *arena, struct engine *engine, struct instance *instance, struct err *err)
{
    struct look look = {arena, instance};
    struct str all = {"", 0};

    *instance = (struct instance){.major = 0};
    return ask(&look, engine, server_sql, NULL, take_server, err) &&
           ask(&look, engine, databases_sql, &all, take_database, err) &&
           ask(&look, engine, settings_sql, &all, take_setting, err) &&
           ask(&look, engine, roles_sql, NULL, take_role, err);
}

bool instance_read_database(struct arena *arena, struct engine *engine, struct str name,
                            struct instance *instance, struct err *err)
{
    struct look look = {arena, instance};

    *instance = (struct instance){.major = 0};
    if (!ask(&look, engine, server_sql, NULL, take_server, err) ||
        !ask(&look, engine, databases_sql, &name, take_database, err) ||
        !ask(&look, engine, settings_sql, &name, take_setting, err))
        return false;
    return instance->database_count == 1 ||
           err_set(err, ERR_FAILED, "the database %.*s is gone", STR_ARGS(name));
}

const struct database_facts *instance_database(const struct instance *instance, struct str name)
{
    for (size_t i = 0; i < instance->database_count; i++)
        if (str_equal(instance->databases[i].name, name))
            return &instance->databases[i];
    return NULL;
}

const char *instance_keeper(struct str database)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kept); i++)
        if (str_is(database, kept[i].name))
            return kept[i].keeper;
    return NULL;
}

struct url url_of_database(const struct url *url, struct str database)
{
    struct url other = *url;

    other.database = database;
    return other;
}
