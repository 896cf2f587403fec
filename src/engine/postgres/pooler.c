/* The console of pgbouncer. */
#include "engine/postgres/private.h"

static bool connect_to_console(const struct url *url, const volatile sig_atomic_t *interrupted,
                               PGconn **connection, struct err *err)
{
    struct arena *arena = arena_new();
    struct url console = *url;
    struct url_conninfo info;
    bool done;

    console.database = (struct str)STR("pgbouncer");
    info = url_conninfo(arena, &console);
    done = postgres_connect(info.keywords, info.values, interrupted, connection, err);
    if (done && PQstatus(*connection) != CONNECTION_OK)
        done = postgres_connect_error(&console, *connection, err);
    arena_free(arena);
    return done;
}

static struct str cell(struct arena *arena, const PGresult *result, int row, int column)
{
    return column < 0 || PQgetisnull(result, row, column)
               ? (struct str){NULL, 0}
               : str_dup(arena, str_from(PQgetvalue(result, row, column)));
}

static void read_version(struct arena *arena, PGconn *connection, struct pooler_settings *settings)
{
    PGresult *result = PQexec(connection, "SHOW VERSION");

    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0)
        settings->version = cell(arena, result, 0, 0);
    PQclear(result);
}

static bool read_settings(struct arena *arena, PGconn *connection, struct pooler_settings *settings,
                          struct err *err)
{
    PGresult *result = PQexec(connection, "SHOW CONFIG");
    int rows = PQntuples(result);
    bool done = PQresultStatus(result) == PGRES_TUPLES_OK;

    if (done) {
        settings->items = ARENA_ARRAY(arena, struct pooler_setting, (size_t)rows + 1);
        for (int i = 0; i < rows; i++)
            settings->items[settings->count++] =
                (struct pooler_setting){.name = cell(arena, result, i, PQfnumber(result, "key")),
                                        .value = cell(arena, result, i, PQfnumber(result, "value"))};
    } else {
        err_set(err, ERR_PERMISSION, "the pooler does not tell its settings");
        err_detail(err, "%.*s", STR_ARGS(str_trim(str_from(PQerrorMessage(connection)))));
    }
    PQclear(result);
    return done;
}

bool postgres_pooler_settings(struct arena *arena, const struct url *url,
                              const volatile sig_atomic_t *interrupted, struct pooler_settings *settings,
                              struct err *err)
{
    PGconn *connection = NULL;
    bool done;

    *settings = (struct pooler_settings){.items = NULL};
    done = connect_to_console(url, interrupted, &connection, err);
    if (done) {
        read_version(arena, connection, settings);
        done = read_settings(arena, connection, settings, err);
    }
    PQfinish(connection);
    return done;
}
