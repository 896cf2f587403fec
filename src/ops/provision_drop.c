/* What provision made, taken away. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "ops/provision_intern.h"
#include "ops/sql_text.h"

enum {
    FORCE_SINCE = 130000, /* DROP DATABASE ... WITH (FORCE) */
    PAUSES = 20,          /* two seconds */
    PAUSE_NS = 100 * 1000 * 1000
};

static bool measure_once(struct arena *arena, struct engine *engine, const struct provision_drop *options,
                         struct provision_dropped *dropped, bool *leaving, struct err *err)
{
    static const char sql[] =
        "SELECT CASE WHEN has_database_privilege($1, 'CONNECT') THEN pg_database_size($1::name) ELSE 0 "
        "END::text,"
        " count(*)::text, bool_and(application_name ~ '^pgrade( provision)?$')::text FROM pg_stat_activity"
        " WHERE datname = $1 AND pid <> pg_backend_pid()"
        " AND coalesce(backend_type, 'client backend') = 'client backend'";
    struct str cells[3];
    bool found;

    if (!provision_row(arena, engine, sql, &options->database, 1, cells, ARRAY_LENGTH(cells), &found, err))
        return false;
    *leaving = str_is(cells[2], "true");
    return (str_to_int64(cells[0], &dropped->bytes) && str_to_int64(cells[1], &dropped->sessions)) ||
           err_set(err, ERR_DATABASE, "the server does not tell the size of the database");
}

/* A provision that has just ended may still be leaving. */
static bool measure(struct arena *arena, struct engine *engine, const struct provision_drop *options,
                    struct provision_dropped *dropped, struct err *err)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    bool leaving = true;

    for (int i = 0; leaving && i < PAUSES; i++)
        if ((i > 0 && nanosleep(&pause, NULL) != 0) ||
            !measure_once(arena, engine, options, dropped, &leaving, err))
            break;
    return err->code == ERR_NONE;
}

/* What else of the role there is: another database's objects, which DROP ROLE would not leave behind. */
static bool find_remains(struct arena *arena, struct engine *engine, const struct provision_drop *options,
                         struct str *remains, struct err *err)
{
    static const char sql[] =
        "SELECT string_agg(DISTINCT quote_ident(d.datname), ', ') FROM pg_shdepend s"
        " JOIN pg_roles r ON r.oid = s.refobjid AND s.refclassid = 'pg_authid'::regclass"
        " JOIN pg_database d ON d.oid = s.dbid OR (s.dbid = 0 AND s.classid = 'pg_database'::regclass"
        "  AND d.oid = s.objid) WHERE r.rolname = $1 AND d.datname <> $2";
    const struct str params[] = {options->role, options->database};
    bool found;

    return provision_row(arena, engine, sql, params, ARRAY_LENGTH(params), remains, 1, &found, err);
}

static bool check_role(struct arena *arena, struct engine *engine, const struct provision_drop *options,
                       const struct provision_role *role, struct provision_dropped *dropped, struct err *err)
{
    struct str remains;

    dropped->role = role->there && !options->keep_role;
    if (!role->there)
        return true;
    if (options->keep_role)
        dropped->kept = str_from("--keep-role");
    else if (!role->ours)
        dropped->kept = str_from("pgrade did not make it; DROP ROLE drops it");
    else if (!find_remains(arena, engine, options, &remains, err))
        return false;
    else if (remains.ptr != NULL) {
        err_set(err, ERR_REFUSED, "the role %.*s has rights or objects in other databases: %.*s",
                STR_ARGS(options->role), STR_ARGS(remains));
        err_detail(err, "nothing was dropped");
        return err_hint(err, "--keep-role drops the database alone");
    }
    dropped->role = dropped->kept.ptr == NULL;
    return true;
}

static bool check_database(const struct provision_drop *options, const struct provision_admin *admin,
                           const struct provision_database *database, struct err *err)
{
    if (!database->there)
        return true;
    if (database->is_template)
        return err_set(err, ERR_REFUSED, "the database %.*s is a template", STR_ARGS(options->database));
    if (str_equal(database->owner, options->role))
        return true;
    err_set(err, ERR_REFUSED, "the database %.*s belongs to %.*s, not to %.*s", STR_ARGS(options->database),
            STR_ARGS(database->owner), STR_ARGS(options->role));
    err_detail(err, "nothing was dropped; you connect as %.*s", STR_ARGS(admin->name));
    return err_hint(err, "if it is the one you mean: --role %.*s", STR_ARGS(database->owner));
}

static bool check_sessions(const struct provision_drop *options, const struct provision_dropped *dropped,
                           struct err *err)
{
    if (dropped->sessions == 0 || options->force)
        return true;
    err_set(err, ERR_REFUSED, "%" PRId64 " session%s in the database %.*s: nothing was dropped",
            dropped->sessions, dropped->sessions == 1 ? " of another is" : "s of others are",
            STR_ARGS(options->database));
    err_detail(err, "an application uses it still, or a pool keeps its connections");
    return err_hint(err, "stop the application; or --force, which disconnects whoever is there");
}

static bool open_and_look(struct arena *arena, const struct provision_drop *options, struct engine **engine,
                          struct provision_admin *admin, struct provision_dropped *dropped, struct err *err)
{
    struct provision_database database;
    struct provision_role role;

    if (!provision_open(arena, &options->server, (struct str){NULL, 0}, engine, err) ||
        !provision_look_admin(arena, *engine, admin, err) ||
        !provision_look_role(arena, *engine, options->role, options->database, admin->version, &role, err) ||
        !provision_look_database(arena, *engine, options->database, &database, err) ||
        !check_database(options, admin, &database, err) ||
        !check_role(arena, *engine, options, &role, dropped, err))
        return false;
    dropped->database = database.there;
    if (database.there && !measure(arena, *engine, options, dropped, err))
        return false;
    if (role.there && !role.member && !admin->superuser && (dropped->role || database.there))
        ARENA_PUSH(arena, dropped->statements, dropped->statement_count, dropped->statement_capacity) =
            sql_text(arena, "GRANT %I TO CURRENT_USER%S", options->role,
                     str_from(admin->version >= 160000 ? " WITH INHERIT TRUE, SET TRUE" : ""));
    return check_sessions(options, dropped, err);
}

bool provision_drop_look(struct arena *arena, const struct provision_drop *options,
                         struct provision_dropped *dropped, struct err *err)
{
    struct engine *engine = NULL;
    struct provision_admin admin;
    bool done;

    *dropped = (struct provision_dropped){.kept = {NULL, 0}};
    done = provision_check_server(arena, &options->server, err) &&
           open_and_look(arena, options, &engine, &admin, dropped, err);
    engine_close(engine);
    return done;
}

static void list_statements(struct arena *arena, const struct provision_drop *options,
                            const struct provision_admin *admin, struct provision_dropped *dropped)
{
    bool with_force = options->force && admin->version >= FORCE_SINCE;

    if (dropped->database && options->force && !with_force)
        ARENA_PUSH(arena, dropped->statements, dropped->statement_count, dropped->statement_capacity) =
            sql_text(arena, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %L",
                     options->database);
    if (dropped->database)
        ARENA_PUSH(arena, dropped->statements, dropped->statement_count, dropped->statement_capacity) =
            sql_text(arena, "DROP DATABASE %I%S", options->database,
                     str_from(with_force ? " WITH (FORCE)" : ""));
    if (dropped->role)
        ARENA_PUSH(arena, dropped->statements, dropped->statement_count, dropped->statement_capacity) =
            sql_text(arena, "DROP ROLE %I", options->role);
}

/* Looks once more: who was asked may have taken a while to answer. */
bool provision_drop_run(struct arena *arena, const struct provision_drop *options,
                        struct provision_dropped *dropped, struct err *err)
{
    struct engine *engine = NULL;
    struct provision_admin admin;
    bool done;

    *dropped = (struct provision_dropped){.kept = {NULL, 0}};
    done = open_and_look(arena, options, &engine, &admin, dropped, err);
    if (done)
        list_statements(arena, options, &admin, dropped);
    for (size_t i = 0; done && !options->dry_run && i < dropped->statement_count; i++)
        done = engine_exec(engine, dropped->statements[i], err) ||
               (i > 0 && err_hint(err, "the same command again drops what is left"));
    engine_close(engine);
    return done;
}
