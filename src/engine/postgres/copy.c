/* COPY in both directions. */
#include <string.h>

#include "engine/postgres/private.h"

/*
 * libpq keeps the last piece (< 8 KB) of each message until the next one, and the server parses a CopyData
 * message only when it is whole: messages larger than the socket's send buffer make client and server take
 * turns.
 */
enum {
    MESSAGE_MAXIMUM = 64 * 1024
};

static bool start(struct postgres *postgres, struct str sql, ExecStatusType wanted, struct err *err)
{
    struct arena *arena = arena_new();
    PGresult *result = PQexec(postgres->connection, str_cstr(arena, sql));
    bool started = PQresultStatus(result) == wanted;

    arena_free(arena);
    if (!started)
        return postgres_error(postgres, result, sql, err);
    PQclear(result);
    return true;
}

bool postgres_copy_in(struct engine *engine, struct str sql, struct err *err)
{
    return start((struct postgres *)engine, sql, PGRES_COPY_IN, err);
}

bool postgres_copy_put(struct engine *engine, const void *bytes, size_t size, struct err *err)
{
    struct postgres *postgres = (struct postgres *)engine;
    const char *next = bytes;

    while (size > 0) {
        int piece = size > MESSAGE_MAXIMUM ? MESSAGE_MAXIMUM : (int)size;

        if (PQputCopyData(postgres->connection, next, piece) != 1)
            return postgres_error(postgres, NULL, (struct str)STR("COPY"), err);
        next += piece;
        size -= (size_t)piece;
    }
    return true;
}

/* All results up to the end of the COPY; the first failure is the one to tell. */
static bool finish(struct postgres *postgres, int64_t *rows, struct err *err)
{
    bool done = true;
    PGresult *result;

    while ((result = PQgetResult(postgres->connection)) != NULL) {
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

bool postgres_copy_in_end(struct engine *engine, int64_t *rows, struct err *err)
{
    struct postgres *postgres = (struct postgres *)engine;

    *rows = 0;
    if (PQputCopyEnd(postgres->connection, NULL) != 1)
        return postgres_error(postgres, NULL, (struct str)STR("COPY"), err);
    return finish(postgres, rows, err);
}

void postgres_copy_in_abort(struct engine *engine, const char *why)
{
    struct postgres *postgres = (struct postgres *)engine;
    struct err ignored = {.code = ERR_NONE};

    if (PQputCopyEnd(postgres->connection, why) == 1)
        (void)finish(postgres, NULL, &ignored);
}

bool postgres_copy_out(struct engine *engine, struct str sql, struct err *err)
{
    return start((struct postgres *)engine, sql, PGRES_COPY_OUT, err);
}

bool postgres_copy_get(struct engine *engine, struct str *bytes, struct err *err)
{
    struct postgres *postgres = (struct postgres *)engine;
    int size;

    if (postgres->copied != NULL)
        PQfreemem(postgres->copied);
    postgres->copied = NULL;
    *bytes = (struct str){NULL, 0};
    size = PQgetCopyData(postgres->connection, &postgres->copied, 0);
    if (size == -2)
        return postgres_error(postgres, NULL, (struct str)STR("COPY"), err);
    if (size == -1)
        return finish(postgres, NULL, err);
    *bytes = (struct str){postgres->copied, (size_t)size};
    return true;
}
