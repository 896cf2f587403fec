/*
 * The server processes of a run: kept apart by a lock, and ended where their client is gone.
 *
 * Who holds the lock is the run.  A client that was killed can leave a server process that still works for
 * it, and holds the lock: whether it is gone the journal helps to tell, which names the client's process.
 */
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/process.h"
#include "schema/ident.h"
#include "transfer/journal.h"

/* A fixed number that nobody else is likely to lock: "pgrade" in ASCII. */
#define LOCK_KEY "123580466324581"

enum {
    END_SECONDS = 30,
    PATIENCE_SECONDS = 5, /* client_connection_check_interval is one */
    LOOKS_A_SECOND = 50
};

static const struct str try_sql = STR("SELECT pg_try_advisory_lock(" LOCK_KEY ")");

static bool try_lock(struct target *target, struct err *err)
{
    int64_t taken;

    if (!engine_int(target->control, try_sql, &taken, err))
        return false;
    target->locked = taken != 0;
    return true;
}

/* "a JOIN j" of the sessions that the journal names; a number is used again, with another start. */
static void put_known_sessions(struct buf *sql, const struct target *target, const struct journal *journal)
{
    buf_text(sql, " FROM pg_stat_activity a JOIN ");
    ident_quote_qualified(sql, target->load_schema, journal->name);
    buf_text(sql, " j ON j.what = 'session' AND j.name = a.pid::text AND j.value = a.backend_start::text"
                  " WHERE a.usename = current_user AND a.pid <> pg_backend_pid()");
}

/* Of this role, and working on tables of the load schema. */
static const char working_sql[] =
    " FROM pg_stat_activity a WHERE a.pid <> pg_backend_pid() AND a.usename = current_user"
    " AND a.application_name = current_setting('application_name')"
    " AND EXISTS (SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
    "  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE l.pid = a.pid AND n.nspname = '%.*s'"
    "  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))";

static void put_sessions(struct buf *sql, const struct target *target, const struct journal *journal)
{
    struct buf name;

    if (journal->name.ptr != NULL) {
        buf_text(sql, "SELECT a.pid");
        put_known_sessions(sql, target, journal);
        buf_text(sql, " UNION ");
    }
    buf_init(&name, BUF_TEXT_MAXIMUM);
    literal_quote(&name, target->load_schema);
    buf_text(sql, "SELECT a.pid");
    /* The literal has its own quotes. */
    buf_printf(sql, working_sql, STR_ARGS(str_slice(buf_view(&name), 1, name.len - 1)));
    buf_free(&name);
}

static bool count(struct target *target, const char *what, struct str sessions, int64_t *number,
                  struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "SELECT count(%s) FROM (%.*s) s", what, STR_ARGS(sessions));
    done = engine_int(target->control, buf_view(&sql), number, err);
    buf_free(&sql);
    return done;
}

static bool wait_for_end(struct target *target, struct str sessions, struct err *err)
{
    int64_t left = 1;

    for (int look = 0; look < END_SECONDS * LOOKS_A_SECOND && left > 0; look++)
        if ((look > 0 && !engine_execf(target->control, err, "SELECT pg_sleep(1.0 / %d)", LOOKS_A_SECOND)) ||
            !count(target, "*", sessions, &left, err))
            return false;
    if (left == 0)
        return true;
    err_set(err, ERR_REFUSED, "%" PRId64 " session%s of an interrupted run %s not end", left,
            left == 1 ? "" : "s", left == 1 ? "does" : "do");
    err_detail(err, "they were told to %d seconds ago", END_SECONDS);
    return err_hint(err,
                    "they are in pg_stat_activity with application_name pgrade; run the same command again "
                    "when they are gone");
}

bool target_end_sessions(struct target *target, int64_t *ended, struct err *err)
{
    struct arena *arena = arena_new();
    struct journal journal;
    struct buf sessions;
    bool done;

    buf_init(&sessions, BUF_TEXT_MAXIMUM);
    done = journal_read(arena, target->control, target, &journal, err);
    if (done) {
        put_sessions(&sessions, target, &journal);
        done = count(target, "pg_terminate_backend(pid) OR NULL", buf_view(&sessions), ended, err) &&
               wait_for_end(target, buf_view(&sessions), err);
    }
    buf_free(&sessions);
    arena_free(arena);
    return done;
}

/* Whether a session that the journal names holds the lock. */
static bool is_holder(struct target *target, const struct journal *journal)
{
    struct err ignored = {.code = ERR_NONE};
    int64_t held = 0;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT count(*)");
    put_known_sessions(&sql, target, journal);
    buf_text(&sql, " AND a.pid IN (SELECT l.pid FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted"
                   " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                   " AND (l.classid::bigint << 32 | l.objid::bigint) = " LOCK_KEY ")");
    done = engine_int(target->control, buf_view(&sql), &held, &ignored);
    buf_free(&sql);
    return done && held > 0;
}

/* Until the lock is free; its time being over is no error. */
static bool wait_for_lock(struct target *target, int seconds, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    bool taken = engine_execf(target->control, &failure,
                              "SET lock_timeout = '%ds'; SELECT pg_advisory_lock(" LOCK_KEY ")", seconds);

    if (!taken && strcmp(failure.sqlstate, "55P03") != 0) { /* lock_not_available */
        *err = failure;
        return false;
    }
    target->locked = taken;
    return engine_exec(target->control, (struct str)STR("SET lock_timeout = 0"), err);
}

static bool refuse(const struct target *target, const struct journal *journal, enum process_fate fate,
                   struct err *err)
{
    err_set(err, ERR_REFUSED, "another pgrade is working in the database %.*s", STR_ARGS(target->database));
    if (journal == NULL || fate != PROCESS_UNKNOWN)
        return err_hint(
            err,
            "wait until it has ended; its sessions are in pg_stat_activity with application_name pgrade");
    err_detail(err, "it began at %.*s on the machine %.*s, and may be alive there", STR_ARGS(journal->began),
               STR_ARGS(journal_fact_of(journal, "host")));
    return err_hint(
        err, "wait until it has ended; if it is gone for certain, end what it left on the server and run "
             "the same command again: SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = "
             "'advisory' AND (classid::bigint << 32 | objid::bigint) = " LOCK_KEY);
}

/* The lock is held by a session of the run whose journal this is. */
static bool lock_after(struct target *target, const struct journal *journal, struct err *err)
{
    struct process_name name = {journal_fact_of(journal, "place"), journal_fact_of(journal, "process")};
    enum process_fate fate = process_look(&name);
    struct buf sql;
    int64_t ended;
    bool done = true;

    if (fate == PROCESS_ENDED) {
        buf_init(&sql, BUF_TEXT_MAXIMUM);
        buf_text(&sql, "SELECT count(pg_terminate_backend(a.pid))");
        put_known_sessions(&sql, target, journal);
        done = engine_int(target->control, buf_view(&sql), &ended, err);
        buf_free(&sql);
    }
    if (!done || (fate != PROCESS_LIVES &&
                  !wait_for_lock(target, fate == PROCESS_ENDED ? END_SECONDS : PATIENCE_SECONDS, err)))
        return false;
    return target->locked || refuse(target, journal, fate, err);
}

bool target_lock(struct target *target, struct err *err)
{
    struct err ignored = {.code = ERR_NONE};
    struct arena *arena;
    struct journal journal;
    bool done;

    if (!try_lock(target, err) || target->locked)
        return target->locked;
    arena = arena_new();
    if (journal_read(arena, target->control, target, &journal, &ignored) && journal.name.ptr != NULL &&
        is_holder(target, &journal))
        done = lock_after(target, &journal, err);
    else
        done = (try_lock(target, err) && target->locked) || refuse(target, NULL, PROCESS_UNKNOWN, err);
    arena_free(arena);
    return done;
}
