/*
 * Statements of a session.
 *
 * Rows come one at a time (libpq's single-row mode), so that memory stays flat.  Parameters go as unknown:
 * the server takes their type from where they stand, as it does with literals; only bytes are bytea.
 *
 * Read-only is kept by a READ ONLY transaction around each statement, not by a setting: that holds behind a
 * pooler too, which hands each transaction to whatever connection is free.  Its SELECT 1 takes the snapshot,
 * after which the transaction cannot be made READ WRITE any more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/postgres/session.h"
#include "schema/statements.h"

enum {
    OID_BYTEA = 17,
    NUMBER_ROOM = 32
};

struct postgres_result {
    struct result result;
    struct postgres *postgres;
    struct arena *arena;
    PGresult *row;     /* that comes next; NULL: there is none */
    PGresult *current; /* whose cells are shown */
    enum value_kind *kinds;
    unsigned char **unescaped;
    bool wrapped; /* in a transaction of our own */
    bool commits; /* the statement is COMMIT or END */
    bool ended;
};

static bool is_word(struct str sql, const char *const *words, size_t count)
{
    struct str word = statement_word(sql, SQL_POSTGRES);

    for (size_t i = 0; i < count; i++)
        if (str_is_nocase(word, words[i]))
            return true;
    return false;
}

static bool begins_transaction(struct str sql)
{
    static const char *const words[] = {"begin", "start"};

    return is_word(sql, words, ARRAY_LENGTH(words));
}

static bool commits(struct str sql)
{
    static const char *const words[] = {"commit", "end"};

    return is_word(sql, words, ARRAY_LENGTH(words));
}

static bool ends_transaction(struct str sql)
{
    static const char *const words[] = {"commit", "end", "rollback", "abort"};

    return is_word(sql, words, ARRAY_LENGTH(words));
}

/* A statement of our own around the user's. */
static bool exec(struct postgres *postgres, const char *sql, struct err *err)
{
    PGresult *result = postgres_run(postgres, sql);
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
                postgres_session_failed(postgres, result, err);

    PQclear(result);
    return done;
}

/* Everything up to the end of the statement is taken in, so that the connection can be used again. */
static void drain(struct postgres *postgres)
{
    PGresult *result;

    while ((result = postgres_wait(postgres)) != NULL) {
        ExecStatusType status = PQresultStatus(result);
        char *bytes = NULL;

        PQclear(result);
        if (status == PGRES_COPY_IN)
            (void)PQputCopyEnd(postgres->connection, "this is no place for COPY FROM STDIN");
        else if (status == PGRES_COPY_BOTH)
            return;
        while (status == PGRES_COPY_OUT && postgres_copy_row(postgres, &bytes) > 0)
            PQfreemem(bytes);
    }
}

static bool free_result(struct postgres_result *made, bool done)
{
    for (size_t i = 0; made->unescaped != NULL && i < made->result.width; i++)
        PQfreemem(made->unescaped[i]);
    made->postgres->session->running = false;
    PQclear(made->row);
    PQclear(made->current);
    arena_free(made->arena);
    free(made);
    return done;
}

/* The transaction around the statement, once that has given all it has. */
static bool unwrap(struct postgres_result *made, bool failed, struct err *err)
{
    struct diagnosis kept = made->postgres->session->diagnosis;

    if (!made->wrapped)
        return !failed;
    made->wrapped = false;
    if (!failed)
        return exec(made->postgres, "COMMIT", err);
    (void)exec(made->postgres, "ROLLBACK", err); /* the first error is the one to tell, and is set */
    made->postgres->session->diagnosis = kept;
    return false;
}

static bool fail(struct postgres_result *made, PGresult *result, struct err *err)
{
    bool copies = PQresultStatus(result) == PGRES_COPY_IN || PQresultStatus(result) == PGRES_COPY_OUT ||
                  PQresultStatus(result) == PGRES_COPY_BOTH;

    if (copies && PQresultStatus(result) == PGRES_COPY_IN)
        (void)PQputCopyEnd(made->postgres->connection, "this is no place for COPY FROM STDIN");
    else if (copies)
        engine_cancel(&made->postgres->engine);
    if (copies)
        postgres_session_refused(made->postgres, "0A000", "COPY from or to the client is not possible here",
                                 "use INSERT and SELECT", err);
    else
        postgres_session_failed(made->postgres, result, err);
    PQclear(result);
    drain(made->postgres);
    made->ended = true;
    return unwrap(made, true, err);
}

static bool counts(struct str tag)
{
    static const char *const words[] = {"INSERT ", "UPDATE ", "DELETE ", "MERGE "};

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (str_starts_with(tag, words[i]))
            return true;
    return false;
}

/* After the last result: what the server says was done. */
static bool finish(struct postgres_result *made, const PGresult *last, struct err *err)
{
    struct str tag =
        str_utf8_clip(str_from(PQcmdStatus((PGresult *)(uintptr_t)last)), sizeof(made->result.tag) - 1);

    if (tag.len > 0)
        memcpy(made->result.tag, tag.ptr, tag.len);
    if (!counts(tag) ||
        !str_to_int64(str_from(PQcmdTuples((PGresult *)(uintptr_t)last)), &made->result.changed))
        made->result.changed = -1;
    made->ended = true;
    if (made->commits && str_is(tag, "ROLLBACK"))
        return postgres_session_refused(
            made->postgres, "25P02",
            "nothing was committed: a statement of the transaction had failed before",
            "the transaction was rolled back; begin it again", err);
    return true;
}

/* The next result of the statement: a row, or its end. */
static bool take(struct postgres_result *made, struct err *err)
{
    PGresult *result = postgres_wait(made->postgres);
    ExecStatusType status = PQresultStatus(result);
    bool done;

    if (status == PGRES_SINGLE_TUPLE) {
        made->row = result;
        return true;
    }
    if (result != NULL && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK &&
        status != PGRES_EMPTY_QUERY)
        return fail(made, result, err);
    if (result == NULL)
        return fail(made, NULL, err);
    done = finish(made, result, err);
    /* Kept for what it says of the columns, where no row comes. */
    if (made->result.columns == NULL && made->current == NULL)
        made->current = result;
    else
        PQclear(result);
    drain(made->postgres);
    return unwrap(made, !done, err) && done;
}

static void describe(struct postgres_result *made, const PGresult *first)
{
    size_t width = (size_t)PQnfields(first);

    made->result.width = width;
    made->result.columns = ARENA_ARRAY(made->arena, struct result_column, width + 1);
    made->result.cells = ARENA_ARRAY(made->arena, struct value, width + 1);
    made->kinds = ARENA_ARRAY(made->arena, enum value_kind, width + 1);
    made->unescaped = ARENA_ARRAY(made->arena, unsigned char *, width + 1);
    for (size_t i = 0; i < width; i++) {
        Oid type = PQftype(first, (int)i);

        made->result.columns[i] = (struct result_column){
            str_dup(made->arena, str_from(PQfname(first, (int)i))), postgres_type_name(type)};
        made->kinds[i] = postgres_kind_of(type);
    }
}

struct sent {
    Oid *types;
    const char **values;
    int *lengths;
    int *formats;
};

/* False: a text that holds a NUL, which no text of PostgreSQL can. */
static bool put_param(struct arena *arena, const struct value *param, struct sent *sent, size_t i)
{
    switch (param->kind) {
    case VALUE_NULL: break;
    case VALUE_INTEGER: sent->values[i] = arena_printf(arena, "%lld", (long long)param->integer); break;
    case VALUE_REAL: sent->values[i] = arena_printf(arena, "%.17g", param->real); break;
    case VALUE_TEXT: sent->values[i] = str_cstr(arena, param->bytes); return str_find(param->bytes, '\0') < 0;
    case VALUE_BLOB:
        sent->types[i] = OID_BYTEA;
        sent->values[i] = param->bytes.len == 0 ? "" : param->bytes.ptr;
        sent->lengths[i] = (int)param->bytes.len;
        sent->formats[i] = 1;
        break;
    }
    return true;
}

static bool send(struct postgres *postgres, struct str sql, const struct value *params, size_t count,
                 struct err *err)
{
    struct arena *arena = arena_new();
    struct sent sent = {ARENA_ARRAY(arena, Oid, count + 1), ARENA_ARRAY(arena, const char *, count + 1),
                        ARENA_ARRAY(arena, int, count + 1), ARENA_ARRAY(arena, int, count + 1)};
    bool fit = true;
    bool done = false;

    for (size_t i = 0; i < count; i++)
        fit = put_param(arena, &params[i], &sent, i) && fit;
    if (!fit)
        postgres_session_refused(postgres, "22021", "a text of PostgreSQL cannot hold a NUL byte",
                                 "send it as a blob, or without that byte", err);
    else if (str_find(sql, '\0') >= 0)
        postgres_session_refused(postgres, "42601", "a statement cannot hold a NUL byte", "", err);
    else if (PQsendQueryParams(postgres->connection, str_cstr(arena, sql), (int)count, sent.types,
                               sent.values, sent.lengths, sent.formats, 0) == 0)
        postgres_session_failed(postgres, NULL, err);
    else
        done = PQsetSingleRowMode(postgres->connection) == 1;
    arena_free(arena);
    return done;
}

static void set_limits(struct postgres_session *session)
{
    int64_t timeout = session->options.timeout_ms;

    session->canceled = session->timed_out = false;
    session->until = timeout > 0 ? clock_monotonic_us() + timeout * 1000 : 0;
}

/* Sends it, and takes in the first result: what is wrong with a statement shows here. */
static bool start(struct postgres_result *made, struct str sql, const struct value *params, size_t count,
                  struct err *err)
{
    struct postgres *postgres = made->postgres;
    bool read_only = postgres->session->options.read_only;
    bool idle = PQtransactionStatus(postgres->connection) == PQTRANS_IDLE;

    made->wrapped = read_only && idle && !begins_transaction(sql) && !ends_transaction(sql);
    if (made->wrapped && !exec(postgres, "BEGIN READ ONLY; SELECT 1", err))
        return false;
    if (!send(postgres, sql, params, count, err))
        return unwrap(made, true, err);
    if (!take(made, err))
        return false;
    return !read_only || !begins_transaction(sql) ||
           exec(postgres, "SET TRANSACTION READ ONLY; SELECT 1", err);
}

bool postgres_session_run(struct engine *engine, struct str sql, const struct value *params,
                          size_t param_count, struct result **result, struct err *err)
{
    struct postgres *postgres = (struct postgres *)engine;
    struct postgres_result *made;

    if (postgres->session->running)
        return postgres_session_refused(postgres, "55000", "the result before this statement is open still",
                                        "close it first: one statement at a time", err);
    made = calloc(1, sizeof(*made));
    if (made == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for the rows of a statement");
    made->arena = arena_new();
    made->postgres = postgres;
    made->result.engine = engine;
    made->result.changed = -1;
    made->commits = commits(sql);
    postgres->session->running = true;
    set_limits(postgres->session);
    if (!start(made, sql, params, param_count, err))
        return free_result(made, false);
    describe(made, made->row != NULL ? made->row : made->current);
    *result = &made->result;
    return true;
}

static struct value cell_of(struct postgres_result *made, int column)
{
    struct str text = {PQgetvalue(made->current, 0, column), (size_t)PQgetlength(made->current, 0, column)};
    struct value value = {.kind = made->kinds[column], .bytes = text};

    if (PQgetisnull(made->current, 0, column))
        return (struct value){.kind = VALUE_NULL};
    if (value.kind == VALUE_INTEGER && !str_to_int64(text, &value.integer)) {
        value.integer = str_is(text, "t");
    } else if (value.kind == VALUE_REAL) {
        value.real = strtod(text.ptr, NULL);
    } else if (value.kind == VALUE_BLOB) {
        PQfreemem(made->unescaped[column]);
        made->unescaped[column] = PQunescapeBytea((const unsigned char *)text.ptr, &value.bytes.len);
        value.bytes.ptr = (const char *)made->unescaped[column];
    }
    return value;
}

bool postgres_session_next(struct result *result, bool *found, struct err *err)
{
    struct postgres_result *made = (struct postgres_result *)result;

    *found = false;
    if (made->row == NULL && !made->ended && !take(made, err))
        return false;
    *found = made->row != NULL;
    if (!*found)
        return true;
    PQclear(made->current);
    made->current = made->row;
    made->row = NULL;
    for (size_t i = 0; i < result->width; i++) {
        result->cells[i] = cell_of(made, (int)i);
        if (result->cells[i].kind == VALUE_BLOB && result->cells[i].bytes.ptr == NULL)
            return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a value of %d bytes",
                           PQgetlength(made->current, 0, (int)i));
    }
    return true;
}

bool postgres_session_close(struct result *result, struct err *err)
{
    struct postgres_result *made = (struct postgres_result *)result;
    bool done = true;

    while (done && !made->ended) {
        PQclear(made->row);
        made->row = NULL;
        done = take(made, err);
    }
    return free_result(made, done);
}
