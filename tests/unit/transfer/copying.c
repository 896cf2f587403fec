#include "tests/unit/transfer/copying.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

static PGconn *connection;

struct copying {
    struct arena *arena;
    const char *type;
    struct plan_column plan_v;
    struct plan_column plan_t;
    struct encode_column v;
    struct encode_column t;
    struct buf out;
    size_t rows;
};

void server_connect(const char *url)
{
    connection = PQconnectdb(url);
    if (PQstatus(connection) != CONNECTION_OK) {
        fprintf(stderr, "%s", PQerrorMessage(connection));
        exit(1);
    }
    PQsetClientEncoding(connection, "UTF8");
}

void server_disconnect(void)
{
    PQfinish(connection);
}

static PGresult *ask(const char *sql, ExecStatusType wanted)
{
    PGresult *result = PQexec(connection, sql);

    if (PQresultStatus(result) != wanted)
        fail_msg("%s: %s", sql, PQerrorMessage(connection));
    return result;
}

void server_run(const char *sql)
{
    PQclear(ask(sql, PGRES_COMMAND_OK));
}

struct copying *copying_begin(const char *type, struct plan_column plan)
{
    static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
    struct copying *copying = calloc(1, sizeof(*copying));

    assert_non_null(copying);
    copying->type = type;
    copying->arena = arena_new();
    copying->plan_v = plan;
    copying->plan_t = column_of(PG_TEXT);
    encode_column_init(&copying->v, copying->arena, &copying->plan_v);
    encode_column_init(&copying->t, copying->arena, &copying->plan_t);
    buf_init(&copying->out, (size_t)256 << 20);
    buf_put(&copying->out, header, sizeof(header) - 1);
    return copying;
}

void copying_add(struct copying *copying, struct value value, const char *text)
{
    struct value t = text_value(text);
    const char *reason = NULL;

    buf_put(&copying->out, "\0\2", 2);
    if (!encode_cell(&copying->v, &value, &copying->out, &reason) ||
        !encode_cell(&copying->t, &t, &copying->out, &reason))
        fail_msg("%s: %s is a misfit: %s", copying->type, text, reason);
    copying->rows++;
}

static void send_all(struct copying *copying)
{
    char sql[200];
    PGresult *result;

    snprintf(sql, sizeof(sql), "DROP TABLE IF EXISTS cells; CREATE TEMP TABLE cells (v %s, t text)",
             copying->type);
    server_run(sql);
    PQclear(ask("COPY cells FROM STDIN (FORMAT binary)", PGRES_COPY_IN));
    buf_put(&copying->out, "\377\377", 2);
    assert_false(copying->out.failed);
    assert_int_equal(PQputCopyData(connection, copying->out.ptr, (int)copying->out.len), 1);
    assert_int_equal(PQputCopyEnd(connection, NULL), 1);
    result = PQgetResult(connection);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("COPY into %s: %s", copying->type, PQerrorMessage(connection));
    PQclear(result);
    PQclear(PQgetResult(connection));
}

void copying_end(struct copying *copying, const char *expected)
{
    char sql[1000];
    PGresult *result;

    send_all(copying);
    snprintf(sql, sizeof(sql),
             "SELECT count(*), count(*) FILTER (WHERE v::text IS DISTINCT FROM e),"
             " min(format('%%s: %%s instead of %%s', t, v, e)) FILTER (WHERE v::text IS DISTINCT FROM e)"
             " FROM (SELECT v, t, (%s)::text AS e FROM cells) AS x",
             expected);
    result = ask(sql, PGRES_TUPLES_OK);
    if (strcmp(PQgetvalue(result, 0, 1), "0") != 0)
        fail_msg("%s: %s rows differ, as %s", copying->type, PQgetvalue(result, 0, 1),
                 PQgetvalue(result, 0, 2));
    assert_int_equal(strtoul(PQgetvalue(result, 0, 0), NULL, 10), copying->rows);
    PQclear(result);
    buf_free(&copying->out);
    arena_free(copying->arena);
    free(copying);
}

void assert_copied(const char *type, struct plan_column plan, struct value value, const char *expected)
{
    struct copying *copying = copying_begin(type, plan);

    copying_add(copying, value, expected);
    copying_end(copying, expected);
}
