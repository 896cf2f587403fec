/* COPY ... TO STDOUT, and what both directions begin and end with. */
#include "engine/postgres/private.h"

bool postgres_copy_start(struct postgres *postgres, struct str sql, ExecStatusType wanted, struct err *err)
{
    struct arena *arena = arena_new();
    PGresult *result = postgres_run(postgres, str_cstr(arena, sql));
    bool started = PQresultStatus(result) == wanted;

    arena_free(arena);
    if (!started)
        return postgres_error(postgres, result, sql, err);
    PQclear(result);
    return true;
}

bool postgres_copy_finish(struct postgres *postgres, int64_t *rows, struct err *err)
{
    bool done = true;
    PGresult *result;

    while ((result = postgres_result(postgres)) != NULL) {
        if (PQresultStatus(result) == PGRES_COMMAND_OK) {
            if (rows != NULL && !str_to_int64(str_from(PQcmdTuples(result)), rows))
                *rows = -1;
            PQclear(result);
        } else {
            done = postgres_error(postgres, result, (struct str)STR("COPY"), err);
        }
    }
    return done;
}

bool postgres_copy_out(struct engine *engine, struct str sql, struct err *err)
{
    struct postgres *postgres = (struct postgres *)engine;

    postgres->ended = false;
    return postgres_copy_start(postgres, sql, PGRES_COPY_OUT, err);
}

bool postgres_copy_get(struct engine *engine, struct str *bytes, struct err *err)
{
    struct postgres *postgres = (struct postgres *)engine;
    int size;

    if (postgres->copied != NULL)
        PQfreemem(postgres->copied);
    postgres->copied = NULL;
    *bytes = (struct str){NULL, 0};
    size = postgres_copy_row(postgres, &postgres->copied);
    if (size == -2)
        return postgres_error(postgres, NULL, (struct str)STR("COPY"), err);
    if (size == -1)
        return postgres_copy_finish(postgres, NULL, err);
    *bytes = (struct str){postgres->copied, (size_t)size};
    return true;
}

/*
 * PQgetCopyData() allocates each row anew; PQgetlineAsync(), its forerunner, which libpq keeps, copies what
 * has come into memory of ours.  It never waits: when nothing is there (0), PQgetCopyData() does.  Where it
 * tells the end or an error (-1), the results follow.
 */
bool postgres_copy_get_many(struct engine *engine, struct str *bytes, struct err *err)
{
    struct postgres *postgres = (struct postgres *)engine;
    size_t filled = 0;
    int size = 1;

    while (filled < sizeof(postgres->many) && !postgres->ended && size > 0) {
        size = PQgetlineAsync(postgres->connection, postgres->many + filled,
                              (int)(sizeof(postgres->many) - filled));
        if (size > 0)
            filled += (size_t)size;
        postgres->ended = size < 0;
    }
    *bytes = (struct str){postgres->many, filled};
    if (filled > 0)
        return true;
    if (postgres->ended)
        return postgres_copy_finish(postgres, NULL, err);
    return postgres_copy_get(engine, bytes, err);
}
