/* Connecting, and saying why not. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
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

/* What a failed connection says, and what that means for the user.  The first row that matches speaks. */
static const struct failure {
    const char *contains; /* in libpq's message, ASCII without case */
    enum err_code code;
    const char *what;
    const char *hint;
} failures[] = {
    {"password authentication failed", ERR_PERMISSION, "wrong password, or no such user",
     "check user and password in the URL; special characters in it must be percent-encoded (@ is %40)"},
    {"no password supplied", ERR_PERMISSION, "the server asks for a password and none was given",
     "put it in the URL, in PGPASSWORD or in ~/.pgpass"},
    {"no pg_hba.conf entry", ERR_PERMISSION, "the server does not let this user in from here",
     "if the message says \"no encryption\", add ?sslmode=require to the URL; else the server's pg_hba.conf "
     "needs a "
     "line"},
    {"peer authentication failed", ERR_PERMISSION,
     "the server wants the operating system's user to be the database user",
     "connect as that user (sudo -u USER), or over TCP with a password: "
     "postgresql://USER:PASSWORD@127.0.0.1/DB"},
    {"permission denied for database", ERR_PERMISSION, "this user may not connect to that database",
     "as its owner: GRANT CONNECT ON DATABASE ... TO ..."},
    {"is not permitted to log in", ERR_PERMISSION, "this user may not log in", "ALTER ROLE ... LOGIN;"},
    {"too many c", ERR_CONNECT, "the server has no connection left",
     "close other programs, or try again later"},
    {"remaining connection slots", ERR_CONNECT, "the server has no connection left",
     "close other programs, or try again later"},
    {"role \"", ERR_PERMISSION, "the user does not exist on the server",
     "check the user in the URL, or create it: CREATE ROLE ... LOGIN PASSWORD '...'"},
    {"does not exist", ERR_CONNECT, "the database does not exist on the server",
     "check the name in the URL, or create it: createdb NAME"},
    {"could not translate host name", ERR_CONNECT, "the host name is unknown", "check the host in the URL"},
    {"certificate verify failed", ERR_CONNECT, "the server's certificate could not be verified",
     "give the authority's certificate: ?sslrootcert=FILE"},
    {"server does not support ssl", ERR_CONNECT, "the server does not speak TLS",
     "take sslmode=require out of the URL"},
    {"connection refused", ERR_CONNECT, "no server is listening there",
     "start PostgreSQL, or check host and port in the URL; `pgrade local start` gives you one on this "
     "machine"},
    {"no such file or directory", ERR_CONNECT, "no server is listening on that socket",
     "start PostgreSQL, or give host and port in the URL; `pgrade local start` gives you one on this "
     "machine"},
    {"timeout expired", ERR_CONNECT, "the server does not answer",
     "check host and port, and firewalls on the way"},
    {"", ERR_CONNECT, "the connection failed", "check the URL; `psql URL` shows what the server says"},
};

static bool connect_error(const struct url *url, const char *message, struct err *err)
{
    struct arena *arena = arena_new();
    struct str text = str_trim(str_from(message));
    const struct failure *failure = failures;

    while (!str_contains_nocase(text, failure->contains))
        failure++;
    err_set(err, failure->code, "cannot connect to %.*s: %s", STR_ARGS(url_redacted(arena, url)),
            failure->what);
    err_detail(err, "%.*s", STR_ARGS(text));
    err_hint(err, "%s", failure->hint);
    arena_free(arena);
    return false;
}

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
    size_t count = 0;
    const char **keywords;
    const char **values;
    bool done;

    while (info.keywords[count] != NULL)
        count++;
    keywords = ARENA_ARRAY(arena, const char *, count + 3);
    values = ARENA_ARRAY(arena, const char *, count + 3);
    keywords[0] = "fallback_application_name";
    values[0] = options->application_name != NULL ? options->application_name : "pgrade";
    keywords[1] = "connect_timeout";
    values[1] = timeout_of(arena, options->session);
    /* The URL's own words come last and win. */
    for (size_t i = 0; i < count; i++) {
        keywords[i + 2] = info.keywords[i];
        values[i + 2] = info.values[i];
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

static const struct engine_ops *postgres_ops(void);

bool postgres_open(const struct url *url, const struct engine_options *options, struct engine **engine,
                   struct err *err)
{
    struct postgres *postgres = calloc(1, sizeof(*postgres));

    if (postgres == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a connection");
    postgres->engine.ops = postgres_ops();
    if (!connect_with(url, options, &postgres->connection, err)) {
        engine_close(&postgres->engine);
        return false;
    }
    if (PQstatus(postgres->connection) != CONNECTION_OK) {
        connect_error(url, PQerrorMessage(postgres->connection), err);
        engine_close(&postgres->engine);
        return false;
    }
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
