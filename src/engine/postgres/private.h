/* private.h: what the files of this room share. */
#ifndef PGRADE_ENGINE_POSTGRES_PRIVATE_H
#define PGRADE_ENGINE_POSTGRES_PRIVATE_H

#include <libpq-fe.h>

#include "engine/postgres/postgres.h"

struct postgres {
    struct engine engine;
    PGconn *connection;
    /* PQcancel() may be called from another thread while the connection works: the object it needs is made
     * once. */
    PGcancel *cancel;
    char *copied;         /* the last row that COPY TO gave, to be freed by libpq */
    char many[16 * 1024]; /* the last rows that it gave together: as many bytes as libpq reads at a time */
    bool ended;           /* and there are no more */
    struct postgres_queue *queue;     /* of COPY FROM; NULL before the first */
    struct postgres_session *session; /* its user's own; NULL: pgrade's */
    bool out_of_step;                 /* each side waited for the other, and so it was ended */
};

/* wait.c: libpq's PQexec(), PQexecParams(), PQgetResult() and PQgetCopyData(), which wait for a server that
 * works for as long as it likes, and end the connection where the server waits for us meanwhile. */
PGresult *postgres_run(struct postgres *postgres, const char *sql);
PGresult *postgres_run_params(struct postgres *postgres, const char *sql, const char *const *values,
                              int count);
PGresult *postgres_result(struct postgres *postgres);
int postgres_copy_row(struct postgres *postgres, char **bytes);

/* The same for who waits himself: `ms` more went by without a byte. */
struct silence {
    int ms;
    int answers; /* of the server, all the same: */
    char since[40];
};
void postgres_silent(struct postgres *postgres, struct silence *silence, int ms);
void postgres_heard(struct silence *silence);

#define POSTGRES_OUT_OF_STEP                                                                                 \
    "each side waited for the other: a message was damaged on the way, or something between the two holds "  \
    "it back"

/* PQconnectdbParams() with ERR_CANCELED as soon as *interrupted is set (NULL: never).  *connection is closed
 * by the caller; whether it stands PQstatus() tells. */
bool postgres_connect(const char *const *keywords, const char *const *values,
                      const volatile sig_atomic_t *interrupted, PGconn **connection,
                      struct err *err) MUST_USE;

/* The error of a connection that did not come to stand. */
bool postgres_connect_error(const struct url *url, PGconn *connection, struct err *err);

/* That the files of certificates and keys may be read, before libpq looks. */
bool postgres_check_files(const struct url *url, struct err *err) MUST_USE;

/* Sets the error from a result (taken over and cleared) or, without one, from the connection. */
bool postgres_error(struct postgres *postgres, PGresult *result, struct str sql, struct err *err);

/* Begins a COPY, and takes in all results up to its end; the first failure is the one to tell. */
bool postgres_copy_start(struct postgres *postgres, struct str sql, ExecStatusType wanted,
                         struct err *err) MUST_USE;
bool postgres_copy_finish(struct postgres *postgres, int64_t *rows, struct err *err);

/* How a column's text is handed on, by the OID of its type. */
enum value_kind postgres_kind_of(Oid type);

bool postgres_exec(struct engine *engine, struct str sql, struct err *err);
bool postgres_query(struct engine *engine, struct str sql, const struct str *params, size_t param_count,
                    struct rows **rows, struct err *err);
bool postgres_rows_next(struct rows *rows, bool *found, struct err *err);
void postgres_rows_close(struct rows *rows);
bool postgres_copy_in(struct engine *engine, struct str sql, struct err *err);
bool postgres_copy_put(struct engine *engine, const void *bytes, size_t size, struct err *err);
bool postgres_copy_in_end(struct engine *engine, int64_t *rows, struct err *err);
void postgres_copy_in_abort(struct engine *engine, const char *why);
bool postgres_copy_out(struct engine *engine, struct str sql, struct err *err);
bool postgres_copy_get(struct engine *engine, struct str *bytes, struct err *err);
bool postgres_copy_get_many(struct engine *engine, struct str *bytes, struct err *err);

#endif
