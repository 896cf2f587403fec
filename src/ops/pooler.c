#include "ops/pooler.h"

#include "core/core.h"
#include "engine/postgres/postgres.h"

enum {
    ASKED = 8 /* times: a pool with many free sessions may give the same one twice */
};

/* The server's process behind the connection; -1: it does not say. */
static int64_t process_of(struct pgrade_database *db)
{
    struct pgrade_rows *rows;
    int64_t process = -1;
    bool found = false;

    if (!pgrade_run(db, "SELECT pg_catalog.pg_backend_pid()", NULL, 0, &rows, NULL))
        return -1;
    if (pgrade_next(rows, &found, NULL) && found)
        process = pgrade_cell(rows, 0)->integer;
    return pgrade_rows_close(rows, NULL) ? process : -1;
}

/* Whether both are known, and the same.  A connection that was lost says nothing of who stands between. */
static bool is_same(int64_t one, int64_t other)
{
    return one >= 0 && one == other;
}

static bool is_another(int64_t one, int64_t other)
{
    return one >= 0 && other >= 0 && one != other;
}

/* A client of a pooler in transaction mode gets several processes, or shares one with another that is
 * connected at the same time. */
static bool is_shared(struct pgrade_database *db, const struct url *url, const struct core_options *options)
{
    struct err ignored = {.code = ERR_NONE};
    struct pgrade_database *other = NULL;
    int64_t first = process_of(db);
    bool shared = false;

    if (first == postgres_process(core_engine(db)) || !core_open(url, options, &other, &ignored))
        return false;
    for (int i = 0; i < ASKED && !shared; i++)
        shared = is_same(process_of(other), first) || is_another(process_of(db), first);
    pgrade_close(other);
    return shared;
}

bool pooler_stands(const struct url *url, const volatile sig_atomic_t *interrupted, bool *stands,
                   struct err *err)
{
    struct core_options options = {.interrupted = interrupted};
    struct pgrade_database *db;

    if (!core_open(url, &options, &db, err))
        return false;
    *stands = is_shared(db, url, &options);
    pgrade_close(db);
    return true;
}

bool pooler_refuse(const struct url *url, const char *who, const volatile sig_atomic_t *interrupted,
                   struct err *err)
{
    bool stands;

    if (!pooler_stands(url, interrupted, &stands, err))
        return false;
    if (!stands)
        return true;
    err_set(err, ERR_REFUSED, "a pooler in transaction mode stands before the server: nothing was begun");
    err_detail(err, "%s would set the search_path of sessions that the application gets afterwards", who);
    return err_hint(err, "give the URL of the server itself, not that of the pooler");
}
