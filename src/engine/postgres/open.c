/* Connecting, and saying why not. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "engine/postgres/session.h"

enum {
    ATTEMPTS = 10 /* to lift a limit that ends what would lift it */
};

/* What every session of pgrade starts with.  Sent as statements, not as startup options, which poolers
 * refuse. */
static const char session_settings[] = "SET client_encoding = 'UTF8';"
                                       "SET TimeZone = 'UTC';"
                                       "SET DateStyle = 'ISO, YMD';"
                                       "SET IntervalStyle = 'postgres';"
                                       "SET extra_float_digits = 3;"
                                       "SET bytea_output = 'hex';"
                                       "SET standard_conforming_strings = on;"
                                       "SET quote_all_identifiers = off;"
                                       "SET client_min_messages = warning;"
                                       "SET lock_timeout = 0;"
                                       "SET idle_in_transaction_session_timeout = 0;"
                                       "SET search_path = pg_catalog";

/* Limits of a session that not every server has. */
static const struct {
    int since; /* as PQserverVersion() counts */
    const char *setting;
} newer_settings[] = {
    {140000, "; SET idle_session_timeout = 0"},
    {170000, "; SET transaction_timeout = 0"},
};

/* Whole seconds, of which libpq waits two at least. */
static const char *timeout_of(struct arena *arena, const struct session_options *session)
{
    if (session == NULL || session->timeout_ms <= 0)
        return "15";
    return arena_printf(arena, "%d", session->timeout_ms / 1000 + (session->timeout_ms % 1000 > 0));
}

static bool connect_with(const struct url *url, const struct engine_options *options, PGconn **connection,
                         struct err *err)
{
    struct arena *arena = arena_new();
    struct url_conninfo info = url_conninfo(arena, url);
    /* A machine that is gone answers none of these; one that is busy does. */
    const char *const own[][2] = {{"fallback_application_name",
                                   options->application_name != NULL ? options->application_name : "pgrade"},
                                  {"connect_timeout", timeout_of(arena, options->session)},
                                  {"keepalives_idle", "60"},
                                  {"keepalives_interval", "15"},
                                  {"keepalives_count", "8"}};
    size_t count = 0;
    const char **keywords;
    const char **values;
    bool done;

    while (info.keywords[count] != NULL)
        count++;
    keywords = ARENA_ARRAY(arena, const char *, count + ARRAY_LENGTH(own) + 1);
    values = ARENA_ARRAY(arena, const char *, count + ARRAY_LENGTH(own) + 1);
    for (size_t i = 0; i < ARRAY_LENGTH(own); i++) {
        keywords[i] = own[i][0];
        values[i] = own[i][1];
    }
    /* The URL's own words come last and win. */
    for (size_t i = 0; i < count; i++) {
        keywords[ARRAY_LENGTH(own) + i] = info.keywords[i];
        values[ARRAY_LENGTH(own) + i] = info.values[i];
    }
    done = postgres_connect(keywords, values, options->interrupted, connection, err);
    arena_free(arena);
    return done;
}

static void ignore_notice(void *context, const char *message)
{
    (void)context;
    (void)message;
}

/* A server that is none, or one that lacks transactional DDL, is refused by name before anything is sent to
 * it. */
static bool identify(struct postgres *postgres, const struct url *url, struct err *err)
{
    struct arena *arena = arena_new();
    struct str who = url_redacted(arena, url);
    struct value version;
    bool known;

    known =
        engine_value(&postgres->engine, arena, (struct str)STR("SELECT version()"), NULL, 0, &version, err);
    if (known &&
        (str_contains_nocase(version.bytes, "cockroach") || str_contains_nocase(version.bytes, "-yb-"))) {
        known =
            err_set(err, ERR_REFUSED, "%.*s is not PostgreSQL: %.*s", STR_ARGS(who), STR_ARGS(version.bytes));
        err_detail(err, "it cannot undo DDL in a transaction, which a safe upgrade needs");
        err_hint(err, "use a PostgreSQL server, 12 or newer");
    } else if (known && PQserverVersion(postgres->connection) < 120000) {
        known = err_set(err, ERR_REFUSED, "%.*s is too old: %.*s", STR_ARGS(who), STR_ARGS(version.bytes));
        err_detail(err, "pgrade needs PostgreSQL 12 or newer, and is tested with 15 and 18");
        err_hint(err, "upgrade the server");
    }
    arena_free(arena);
    return known;
}

/* By itself and first: the limit holds for the statement that lifts it too, and a busy machine may not be
 * done within somebody's millisecond. */
static bool lift_statement_timeout(struct postgres *postgres, struct err *err)
{
    struct err failure = {.code = ERR_NONE};

    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        err_clear(&failure);
        if (engine_exec(&postgres->engine, (struct str)STR("SET statement_timeout = 0"), &failure))
            return true;
        if (strcmp(failure.sqlstate, "57014") != 0) /* query_canceled */
            break;
    }
    *err = failure;
    return false;
}

static bool set_session(struct postgres *postgres, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, session_settings);
    for (size_t i = 0; i < ARRAY_LENGTH(newer_settings); i++)
        if (PQserverVersion(postgres->connection) >= newer_settings[i].since)
            buf_text(&sql, newer_settings[i].setting);
    done = lift_statement_timeout(postgres, err) && engine_exec(&postgres->engine, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

/* Whatever is sent, rows and passwords too, anybody on the way can read. */
static void tell_plain(const struct url *url, PGconn *connection)
{
    struct arena *arena;

    if (PQsslInUse(connection) != 0 || PQgssEncInUse(connection) != 0 ||
        postgres_is_here(str_from(PQhost(connection)), str_from(PQhostaddr(connection))))
        return;
    arena = arena_new();
    log_message(LOG_WARNING,
                "the connection to %.*s is not encrypted: rows can be read and changed on the way "
                "(?sslmode=verify-full&sslrootcert=FILE in the URL asks for TLS)",
                STR_ARGS(url_redacted(arena, url)));
    arena_free(arena);
}

static const struct engine_ops *postgres_ops(void);

bool postgres_open(const struct url *url, const struct engine_options *options, struct engine **engine,
                   struct err *err)
{
    struct postgres *postgres = calloc(1, sizeof(*postgres));

    if (postgres == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a connection");
    postgres->engine.ops = postgres_ops();
    if (!postgres_check_files(url, err) || !connect_with(url, options, &postgres->connection, err)) {
        engine_close(&postgres->engine);
        return false;
    }
    if (PQstatus(postgres->connection) != CONNECTION_OK) {
        postgres_connect_error(url, postgres->connection, err);
        engine_close(&postgres->engine);
        return false;
    }
    if (!options->again && options->session == NULL)
        tell_plain(url, postgres->connection);
    PQsetNoticeProcessor(postgres->connection, ignore_notice, NULL);
    postgres->cancel = PQgetCancel(postgres->connection);
    if (!(options->session == NULL ? set_session(postgres, err)
                                   : postgres_session_begin(postgres, options, err)) ||
        !identify(postgres, url, err)) {
        engine_close(&postgres->engine);
        return false;
    }
    *engine = &postgres->engine;
    return true;
}

int postgres_version(struct engine *engine)
{
    struct engine *inner = engine_unwrap(engine);

    return inner->ops == postgres_ops() ? PQserverVersion(((struct postgres *)inner)->connection) : 0;
}

int postgres_process(struct engine *engine)
{
    struct engine *inner = engine_unwrap(engine);

    return inner->ops == postgres_ops() ? PQbackendPID(((struct postgres *)inner)->connection) : 0;
}

static void postgres_close(struct engine *engine)
{
    struct postgres *postgres = (struct postgres *)engine;

    if (postgres->copied != NULL)
        PQfreemem(postgres->copied);
    free(postgres->queue);
    postgres_session_end(postgres);
    PQfreeCancel(postgres->cancel);
    PQfinish(postgres->connection);
    free(postgres);
}

static void postgres_cancel(struct engine *engine)
{
    struct postgres *postgres = (struct postgres *)engine;
    char message[256];

    if (postgres->cancel != NULL)
        (void)PQcancel(postgres->cancel, message, (int)sizeof(message));
}

static const struct engine_ops *postgres_ops(void)
{
    static const struct engine_ops ops = {
        .name = "postgres",
        .close = postgres_close,
        .exec = postgres_exec,
        .query = postgres_query,
        .rows_next = postgres_rows_next,
        .rows_close = postgres_rows_close,
        .cancel = postgres_cancel,
        .copy_in = postgres_copy_in,
        .copy_put = postgres_copy_put,
        .copy_in_end = postgres_copy_in_end,
        .copy_in_abort = postgres_copy_in_abort,
        .copy_out = postgres_copy_out,
        .copy_get = postgres_copy_get,
        .copy_get_many = postgres_copy_get_many,
        .session = &postgres_session_ops,
    };

    return &ops;
}
