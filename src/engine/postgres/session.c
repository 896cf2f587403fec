/*
 * A session on PostgreSQL: its settings, its state, waiting.
 *
 * Behind pgbouncer in transaction mode, SET reaches whatever connection comes next, and stays there.  So only
 * what differs is set: DateStyle, client_encoding and standard_conforming_strings, which pgbouncer keeps for
 * each of its clients (documentation: "Usage", track_extra_parameters), and nothing at all on a server with
 * usual settings.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/flag.h"
#include "engine/postgres/session.h"

enum {
    LOOK_MS = 100,
    LOOKS_AT_END = 8 /* last words, then the end of the stream */
};

static const struct str exact_floats =
    STR("SELECT current_setting('extra_float_digits')::pg_catalog.int4 > 0");

/* The last words of a session come as a remark where no statement waits for an answer, maybe before the end
 * of the stream is seen. */
static void take_notice(void *context, const PGresult *result)
{
    struct postgres_session *session = context;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    struct arena *arena;

    if (str_is(str_from(severity), "FATAL"))
        session->ended = true;
    if (session->options.notice == NULL)
        return;
    arena = arena_new();
    session->options.notice(session->options.notice_context,
                            str_cstr(arena, str_trim(str_from(PQresultErrorMessage(result)))));
    arena_free(arena);
}

static bool is_set(const struct postgres *postgres, const char *name, const char *begins)
{
    return str_starts_with(str_from(PQparameterStatus(postgres->connection, name)), begins);
}

/* Floats are exact by default since PostgreSQL 12; a role or a database may have it otherwise. */
static bool keep_floats_exact(struct postgres *postgres, struct err *err)
{
    int64_t exact;

    return engine_int(&postgres->engine, exact_floats, &exact, err) &&
           (exact != 0 || engine_exec(&postgres->engine, (struct str)STR("SET extra_float_digits = 1"), err));
}

bool postgres_session_begin(struct postgres *postgres, const struct engine_options *options, struct err *err)
{
    struct engine *engine = &postgres->engine;

    postgres->session = calloc(1, sizeof(*postgres->session));
    if (postgres->session == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a session");
    postgres->session->options = *options->session;
    postgres->session->interrupted = options->interrupted;
    (void)PQsetNoticeReceiver(postgres->connection, take_notice, postgres->session);
    return (is_set(postgres, "client_encoding", "UTF8") ||
            engine_exec(engine, (struct str)STR("SET client_encoding = 'UTF8'"), err)) &&
           (is_set(postgres, "DateStyle", "ISO") ||
            engine_exec(engine, (struct str)STR("SET DateStyle = 'ISO'"), err)) &&
           (is_set(postgres, "standard_conforming_strings", "on") ||
            engine_exec(engine, (struct str)STR("SET standard_conforming_strings = on"), err)) &&
           keep_floats_exact(postgres, err);
}

void postgres_session_end(struct postgres *postgres)
{
    free(postgres->session);
    postgres->session = NULL;
}

static void keep_limits(struct postgres *postgres)
{
    struct postgres_session *session = postgres->session;
    bool late = session->until > 0 && clock_monotonic_us() >= session->until;

    if (session->canceled || !(late || flag_is_set(session->interrupted)))
        return;
    session->canceled = true;
    session->timed_out = late;
    engine_cancel(&postgres->engine);
}

PGresult *postgres_wait(struct postgres *postgres)
{
    struct pollfd socket = {.fd = PQsocket(postgres->connection), .events = POLLIN};
    struct silence silence = {.ms = 0};

    while (PQisBusy(postgres->connection) != 0) {
        if (poll(&socket, 1, LOOK_MS) == 0)
            postgres_silent(postgres, &silence, LOOK_MS);
        else
            postgres_heard(&silence);
        keep_limits(postgres);
        if (PQconsumeInput(postgres->connection) == 0)
            break;
    }
    return PQgetResult(postgres->connection);
}

/* What came while nobody spoke: notices, or the end. */
static void take_in(struct postgres *postgres)
{
    struct pollfd socket = {.fd = PQsocket(postgres->connection), .events = POLLIN};

    for (int i = 0; i < LOOKS_AT_END && PQstatus(postgres->connection) == CONNECTION_OK; i++)
        if (poll(&socket, 1, 0) <= 0 || PQconsumeInput(postgres->connection) == 0)
            return;
        else
            (void)PQisBusy(postgres->connection); /* reads what was said */
}

static enum session_state state_of(struct engine *engine)
{
    struct postgres *postgres = (struct postgres *)engine;

    if (!postgres->session->running)
        take_in(postgres);
    if (PQstatus(postgres->connection) != CONNECTION_OK || postgres->session->ended)
        return SESSION_LOST;
    switch (PQtransactionStatus(postgres->connection)) {
    case PQTRANS_INTRANS: return SESSION_TRANSACTION;
    case PQTRANS_INERROR: return SESSION_FAILED;
    case PQTRANS_UNKNOWN: return SESSION_LOST;
    case PQTRANS_IDLE:
    case PQTRANS_ACTIVE: break;
    }
    return SESSION_IDLE;
}

static const struct diagnosis *diagnosis_of(struct engine *engine)
{
    return &((struct postgres *)engine)->session->diagnosis;
}

const struct session_ops postgres_session_ops = {
    .run = postgres_session_run,
    .next = postgres_session_next,
    .close = postgres_session_close,
    .state = state_of,
    .diagnosis = diagnosis_of,
};
