/* Opening a file for its user: to read and write, or to read only; created where that was asked for. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/flag.h"
#include "engine/sqlite/session.h"

enum {
    BUSY_MS = 5000,
    STEPS = 2000, /* of SQLite's virtual machine, between two looks at the clock */
    NAP_NS = 5 * 1000 * 1000
};

static bool must_stop(struct sqlite_session *session)
{
    session->timed_out = session->until > 0 && clock_monotonic_us() >= session->until;
    return session->timed_out || flag_is_set(session->interrupted);
}

static int on_progress(void *context)
{
    return must_stop(context) ? 1 : 0;
}

/* SQLite's own waiting would not hear Ctrl-C. */
static int on_busy(void *context, int attempts)
{
    struct sqlite_session *session = context;
    struct timespec nap = {.tv_nsec = NAP_NS};

    (void)attempts;
    if (must_stop(session) || clock_monotonic_us() >= session->patient)
        return 0;
    (void)nanosleep(&nap, NULL);
    return 1;
}

void sqlite_session_set_limits(struct sqlite_session *session)
{
    int64_t now = clock_monotonic_us();
    int64_t timeout = session->options.timeout_ms;

    session->timed_out = false;
    session->until = timeout > 0 ? now + timeout * 1000 : 0;
    session->patient = now + (timeout > 0 ? timeout : BUSY_MS) * 1000;
}

/* Settings are SQLite's own: whoever opens the file by its shell finds the same. */
static bool configure(struct sqlite *sqlite, struct err *err)
{
    struct sqlite_session *session = sqlite->session;

    (void)sqlite3_extended_result_codes(sqlite->connection, 1);
    (void)sqlite3_busy_handler(sqlite->connection, on_busy, session);
    sqlite3_progress_handler(sqlite->connection, STEPS, on_progress, session);
    sqlite_session_set_limits(session);
    if (!session->options.read_only)
        return true;
    (void)sqlite3_db_config(sqlite->connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    /* A view that this SQLite cannot parse would make every table unreadable; so it is passed over. */
    (void)sqlite3_db_config(sqlite->connection, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, (int *)NULL);
    return sqlite_exec(&sqlite->engine, (struct str)STR("PRAGMA query_only = 1"), err);
}

static bool is_there(const char *path, const char *suffix)
{
    struct arena *arena = arena_new();
    bool there = access(arena_printf(arena, "%s%s", path, suffix), F_OK) == 0;

    arena_free(arena);
    return there;
}

static bool examine(struct sqlite *sqlite, const struct url *url, struct err *err)
{
    const struct session_options *options = &sqlite->session->options;

    if (options->create && !options->read_only && !is_there(sqlite->path, ""))
        return true;
    if (url->immutable && !sqlite_check_immutable(sqlite->path, err))
        return false;
    return options->first_look ? sqlite_examine(sqlite->path, err) : sqlite_examine_kind(sqlite->path, err);
}

static bool open_file(struct sqlite *sqlite, const struct url *url, struct err *err)
{
    const struct session_options *options = &sqlite->session->options;
    int flags = options->read_only ? SQLITE_OPEN_READONLY
                : options->create  ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                   : SQLITE_OPEN_READWRITE;
    struct buf uri;
    int code;

    buf_init(&uri, BUF_TEXT_MAXIMUM);
    sqlite_put_uri(&uri, sqlite->path, url->immutable ? "?immutable=1" : "");
    code = sqlite3_open_v2(uri.ptr, &sqlite->connection, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    buf_free(&uri);
    return code == SQLITE_OK || sqlite_error(sqlite, code, (struct str)STR("open"), err);
}

/* What is no database shows at the first statement. */
static bool look_inside(struct sqlite *sqlite, struct err *err)
{
    return sqlite_exec(&sqlite->engine, (struct str)STR("SELECT count(*) FROM sqlite_schema"), err) &&
           sqlite_read_encoding(sqlite, err);
}

static struct sqlite *session_new(const struct url *url, const struct engine_options *options)
{
    struct sqlite *sqlite = calloc(1, sizeof(*sqlite));

    if (sqlite == NULL)
        return NULL;
    sqlite->engine.ops = sqlite_ops();
    sqlite->session = calloc(1, sizeof(*sqlite->session));
    sqlite->path = strndup(url->path.ptr, url->path.len);
    if (sqlite->session == NULL || sqlite->path == NULL) {
        engine_close(&sqlite->engine);
        return NULL;
    }
    sqlite->session->options = *options->session;
    sqlite->session->interrupted = options->interrupted;
    return sqlite;
}

bool sqlite_session_open(const struct url *url, const struct engine_options *options, struct engine **engine,
                         struct err *err)
{
    struct sqlite *sqlite = session_new(url, options);

    if (sqlite == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a connection");
    sqlite->session->tidies = options->session->read_only && !url->immutable &&
                              !is_there(sqlite->path, "-wal") && !is_there(sqlite->path, "-shm");
    if (!examine(sqlite, url, err) || !open_file(sqlite, url, err) || !configure(sqlite, err) ||
        !look_inside(sqlite, err)) {
        engine_close(&sqlite->engine);
        return false;
    }
    *engine = &sqlite->engine;
    return true;
}

void sqlite_session_end(struct sqlite *sqlite)
{
    if (sqlite->session != NULL && sqlite->session->tidies)
        sqlite_tidy(sqlite->path);
    free(sqlite->session);
    sqlite->session = NULL;
}
