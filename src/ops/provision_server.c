/* Connections to the server, and what there is on it. */
#include "base/identity.h"
#include "core/core.h"
#include "engine/postgres/postgres.h"
#include "ops/pooler.h"
#include "ops/provision_intern.h"

/* The system's user as whom the packages of PostgreSQL run the server, and its superuser. */
#define SERVER_USER "postgres"

enum {
    ADMIN_CELLS = 6,
    ROLE_CELLS = 10,
    DATABASE_CELLS = 6
};

/* `call` as the user whom the server trusts, where root is to be that. */
static bool as_postgres(struct arena *arena, const struct provision_server *server, struct err *err)
{
    struct proc_user user;

    if (!server->as_postgres)
        return true;
    if (proc_user_by_name(arena, SERVER_USER, &user, err) && identity_take(&user, err))
        return true;
    return err_hint(err, "name the server, and who may make roles there: --server postgresql://...");
}

static void as_root(const struct provision_server *server)
{
    if (server->as_postgres)
        identity_give_back();
}

bool provision_check_server(struct arena *arena, const struct provision_server *server, struct err *err)
{
    bool stands = false;
    bool done;

    if (!as_postgres(arena, server, err))
        return false;
    done = pooler_stands(&server->url, server->interrupted, &stands, err);
    as_root(server);
    if (!done || !stands)
        return done;
    err_set(err, ERR_REFUSED, "a pooler in transaction mode stands before the server: nothing was begun");
    err_detail(err, "databases are not made or dropped through it, and a lock would not hold");
    return err_hint(err, "give the URL of the server itself, not that of the pooler");
}

bool provision_open(struct arena *arena, const struct provision_server *server, struct str database,
                    struct engine **engine, struct err *err)
{
    struct engine_options options = {.trace = server->trace,
                                     .interrupted = server->interrupted,
                                     .application_name =
                                         server->who != NULL ? server->who : "pgrade provision",
                                     .again = database.ptr != NULL};
    struct url url = server->url;
    bool done;

    *engine = NULL;
    if (database.ptr != NULL)
        url.database = database;
    if (!as_postgres(arena, server, err))
        return false;
    done = engine_open(&url, &options, engine, err);
    as_root(server);
    return done;
}

bool provision_row(struct arena *arena, struct engine *engine, const char *sql, const struct str *params,
                   size_t param_count, struct str *cells, size_t width, bool *found, struct err *err)
{
    struct rows *rows = NULL;
    bool done;

    *found = false;
    done =
        engine_query(engine, str_from(sql), params, param_count, &rows, err) && rows_next(rows, found, err);
    for (size_t i = 0; done && *found && i < width; i++)
        cells[i] =
            rows->cells[i].kind == VALUE_NULL ? (struct str){NULL, 0} : str_dup(arena, rows->cells[i].bytes);
    rows_close(rows);
    return done;
}

static bool is_true(struct str cell)
{
    return str_is(cell, "true");
}

bool provision_look_admin(struct arena *arena, struct engine *engine, struct provision_admin *admin,
                          struct err *err)
{
    static const char sql[] =
        "SELECT r.rolname::text, r.rolsuper::text, r.rolcreaterole::text, r.rolcreatedb::text,"
        " current_setting('port', true), nullif(btrim(split_part(coalesce("
        "(SELECT setting FROM pg_settings WHERE name = 'unix_socket_directories'), ''), ',', 1)), '')"
        " FROM pg_roles r WHERE r.rolname = current_user";
    struct str cells[ADMIN_CELLS];
    bool found;

    if (!provision_row(arena, engine, sql, NULL, 0, cells, ARRAY_LENGTH(cells), &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_DATABASE, "the server does not tell what the role may do");
    *admin = (struct provision_admin){.name = cells[0],
                                      .superuser = is_true(cells[1]),
                                      .creates_roles = is_true(cells[1]) || is_true(cells[2]),
                                      .creates_databases = is_true(cells[1]) || is_true(cells[3]),
                                      .port = cells[4],
                                      .sockets = cells[5],
                                      .version = postgres_version(engine)};
    return true;
}

/* Before version 16 a member may always SET ROLE. */
static const char *member_sql(struct arena *arena, int version)
{
    return arena_printf(arena, "pg_has_role(current_user, r.oid, 'USAGE')%s",
                        version >= 160000 ? " AND pg_has_role(current_user, r.oid, 'SET')" : "");
}

bool provision_look_role(struct arena *arena, struct engine *engine, struct str name, struct str database,
                         int version, struct provision_role *role, struct err *err)
{
    const char *sql =
        arena_printf(arena,
                     "SELECT r.rolcanlogin::text, (r.rolsuper OR r.rolcreaterole OR r.rolreplication OR "
                     "r.rolbypassrls)::text,"
                     " r.rolconnlimit::text, c.remark,"
                     " (SELECT string_agg(quote_ident(d.datname), ', ' ORDER BY d.datname) FROM pg_database d"
                     "  WHERE d.datdba = r.oid AND d.datname <> $2), (%s)::text"
                     " FROM pg_roles r, LATERAL (SELECT shobj_description(r.oid, 'pg_authid')) c (remark)"
                     " WHERE r.rolname = $1",
                     member_sql(arena, version));
    const struct str params[] = {name, database};
    struct str cells[ROLE_CELLS];
    int64_t limit = -1;

    *role = (struct provision_role){.there = false};
    if (!provision_row(arena, engine, sql, params, ARRAY_LENGTH(params), cells, 6, &role->there, err) ||
        !role->there)
        return err->code == ERR_NONE;
    role->logs_in = is_true(cells[0]);
    role->mighty = is_true(cells[1]);
    if (str_to_int64(cells[2], &limit))
        role->connection_limit = (int)limit;
    role->ours = str_starts_with(cells[3], PROVISION_MARK);
    role->begun = str_is(cells[3], PROVISION_BEGUN);
    role->remarked = cells[3].len > 0 && !role->ours;
    role->others = cells[4];
    role->member = is_true(cells[5]);
    return true;
}

bool provision_look_database(struct arena *arena, struct engine *engine, struct str name,
                             struct provision_database *database, struct err *err)
{
    static const char sql[] =
        "SELECT pg_get_userbyid(datdba)::text, pg_encoding_to_char(encoding)::text, datcollate::text,"
        " datallowconn::text, datistemplate::text,"
        " EXISTS (SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) a"
        "  WHERE a.grantee = 0 AND a.privilege_type = 'CONNECT')::text"
        " FROM pg_database WHERE datname = $1";
    struct str cells[DATABASE_CELLS];

    *database = (struct provision_database){.there = false};
    if (!provision_row(arena, engine, sql, &name, 1, cells, ARRAY_LENGTH(cells), &database->there, err) ||
        !database->there)
        return err->code == ERR_NONE;
    database->owner = cells[0];
    database->encoding = cells[1];
    database->collation = cells[2];
    database->connectable = is_true(cells[3]);
    database->is_template = is_true(cells[4]);
    database->open = is_true(cells[5]);
    return true;
}
