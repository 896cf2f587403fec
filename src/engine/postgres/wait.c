/*
 * Waiting for the server, as libpq's own calls do, for as long as the server works.
 *
 * TCP lets a damaged byte through now and then, and where it was one of a message's length, one side waits
 * for the rest of a message that is whole, and the other for what it answers: for ever, and neither can tell.
 * But the server can be asked on another connection: where it says again and again that the session waits for
 * us, while we have long waited for it, and nothing comes, the connection is of no more use.  A server that
 * is merely slow says that it works.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "engine/postgres/private.h"

enum {
    SILENCE_MS = 30 * 1000, /* without a byte, until it is asked */
    ANSWERS = 3,            /* that are all the same */
    WORDS_MAXIMUM = 8
};

/* Since when the server's process has waited for its client; no row: it does not, or cannot be seen. */
static const char question[] =
    "SELECT state_change::text FROM pg_catalog.pg_stat_activity WHERE pid = %d AND wait_event = 'ClientRead'"
    " AND datname = pg_catalog.current_database() AND usename = CURRENT_USER";

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
    for (; options != NULL && options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val;
    return NULL;
}

/* Another connection to where this one goes: of several hosts, to its own. */
static PGconn *connect_beside(PGconn *connection)
{
    static const char *const taken_over[] = {"sslmode", "sslrootcert", "sslcert",
                                             "sslkey",  "gssencmode",  "requirepeer"};
    const char *keywords[ARRAY_LENGTH(taken_over) + WORDS_MAXIMUM];
    const char *values[ARRAY_LENGTH(keywords)];
    const char *const own[][2] = {{"host", PQhost(connection)},     {"port", PQport(connection)},
                                  {"dbname", PQdb(connection)},     {"user", PQuser(connection)},
                                  {"password", PQpass(connection)}, {"connect_timeout", "15"},
                                  {"application_name", "pgrade"}};
    PQconninfoOption *options = PQconninfo(connection);
    PGconn *other;
    size_t count = 0;

    for (size_t i = 0; i < ARRAY_LENGTH(own); i++, count++) {
        keywords[count] = own[i][0];
        values[count] = own[i][1];
    }
    for (size_t i = 0; i < ARRAY_LENGTH(taken_over); i++, count++) {
        keywords[count] = taken_over[i];
        values[count] = value_of(options, taken_over[i]);
    }
    keywords[count] = NULL;
    values[count] = NULL;
    other = PQconnectdbParams(keywords, values, 0);
    PQconninfoFree(options);
    return other;
}

/* "": it works, or nobody can tell. */
static void ask(PGconn *connection, char *since, size_t size)
{
    PGconn *other = connect_beside(connection);
    char sql[sizeof(question) + 16];
    PGresult *result;

    since[0] = '\0';
    (void)snprintf(sql, sizeof(sql), question, PQbackendPID(connection));
    result = PQexec(other, sql);
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        (void)snprintf(since, size, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    PQfinish(other);
}

/* What the network has not delivered yet it may still deliver. */
static bool is_under_way(PGconn *connection)
{
    int unsent = 0;

    return ioctl(PQsocket(connection), TIOCOUTQ, &unsent) == 0 && unsent > 0;
}

void postgres_heard(struct silence *silence)
{
    *silence = (struct silence){.ms = 0};
}

void postgres_silent(struct postgres *postgres, struct silence *silence, int ms)
{
    char since[sizeof(silence->since)];

    silence->ms += ms;
    if (silence->ms < SILENCE_MS)
        return;
    silence->ms = 0;
    ask(postgres->connection, since, sizeof(since));
    silence->answers = since[0] == '\0' || is_under_way(postgres->connection) ? 0
                       : strcmp(since, silence->since) == 0                   ? silence->answers + 1
                                                                              : 1;
    memcpy(silence->since, since, sizeof(since));
    if (silence->answers < ANSWERS)
        return;
    postgres->out_of_step = true;
    (void)shutdown(PQsocket(postgres->connection), SHUT_RDWR); /* libpq sees its end */
}

/* Until something can be taken from the connection; false: nothing more will come. */
static bool wait_for_input(struct postgres *postgres, struct silence *silence)
{
    struct pollfd socket = {.fd = PQsocket(postgres->connection), .events = POLLIN};
    int ready;

    if (PQflush(postgres->connection) < 0)
        return false;
    ready = poll(&socket, 1, SILENCE_MS);
    if (ready == 0)
        postgres_silent(postgres, silence, SILENCE_MS);
    else if (ready > 0)
        postgres_heard(silence);
    return PQconsumeInput(postgres->connection) == 1;
}

PGresult *postgres_result(struct postgres *postgres)
{
    struct silence silence = {.ms = 0};

    while (PQisBusy(postgres->connection) != 0 && wait_for_input(postgres, &silence))
        continue;
    return PQgetResult(postgres->connection);
}

/* The last of a text of several statements, as PQexec() gives it; the first that fails, or copies, ends it.
 */
static PGresult *last_result(struct postgres *postgres)
{
    PGresult *last = NULL;
    PGresult *next;

    while ((next = postgres_result(postgres)) != NULL) {
        ExecStatusType status = PQresultStatus(next);

        if (last != NULL && PQresultStatus(last) == PGRES_FATAL_ERROR) {
            PQclear(next); /* what follows an error is its consequence */
            continue;
        }
        PQclear(last);
        last = next;
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH ||
            PQstatus(postgres->connection) == CONNECTION_BAD)
            break;
    }
    return last;
}

/* Something that was not brought to its end is in the way: libpq's own call knows how to end it. */
static bool is_occupied(struct postgres *postgres)
{
    return PQtransactionStatus(postgres->connection) == PQTRANS_ACTIVE;
}

PGresult *postgres_run(struct postgres *postgres, const char *sql)
{
    if (is_occupied(postgres))
        return PQexec(postgres->connection, sql);
    return PQsendQuery(postgres->connection, sql) == 1 ? last_result(postgres) : NULL;
}

PGresult *postgres_run_params(struct postgres *postgres, const char *sql, const char *const *values,
                              int count)
{
    if (is_occupied(postgres))
        return PQexecParams(postgres->connection, sql, count, NULL, values, NULL, NULL, 0);
    return PQsendQueryParams(postgres->connection, sql, count, NULL, values, NULL, NULL, 0) == 1
               ? last_result(postgres)
               : NULL;
}

int postgres_copy_row(struct postgres *postgres, char **bytes)
{
    struct silence silence = {.ms = 0};
    int size;

    while ((size = PQgetCopyData(postgres->connection, bytes, 1)) == 0)
        if (!wait_for_input(postgres, &silence))
            return -2;
    return size;
}
