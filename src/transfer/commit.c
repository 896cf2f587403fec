#include "transfer/commit.h"
#include "base/flag.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "schema/ident.h"

enum {
    ASKING_SECONDS = 60,  /* a server that crashed has to come back first */
    PATIENCE_SECONDS = 2, /* for a COMMIT that is still under way to the server */
    PAUSE_NS = 200 * 1000 * 1000
};

enum answer {
    ANSWER_NONE, /* not yet */
    ANSWER_DONE,
    ANSWER_NOT_DONE,
    ANSWER_UNKNOWN
};

/* Where somebody allows himself to lose the last transactions, this one is not among them. */
static const struct str number_sql =
    STR("SELECT txid_current()::text || substr(set_config('synchronous_commit',"
        " CASE reset_val WHEN 'off' THEN 'on' ELSE reset_val END, true), 1, 0)"
        " FROM pg_settings WHERE name = 'synchronous_commit'");

/* Of a standby that was promoted it is another one. */
static const struct str timeline_sql = STR("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)");

/* The session that was left behind may wait for a COMMIT that will never come. */
static const struct str end_sql =
    STR("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE backend_xid::text = $1 AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'");

/* Not every server has that function; "" then. */
static void ask_timeline(struct engine *engine, char timeline[COMMIT_TIMELINE_ROOM])
{
    struct err ignored = {.code = ERR_NONE};
    struct arena *arena = arena_new();
    struct value value;

    timeline[0] = '\0';
    if (engine_value(engine, arena, timeline_sql, NULL, 0, &value, &ignored) && value.kind == VALUE_TEXT)
        (void)snprintf(timeline, COMMIT_TIMELINE_ROOM, "%.*s", STR_ARGS(value.bytes));
    arena_free(arena);
}

void commit_prepare(struct commit *commit, struct engine *control)
{
    ask_timeline(control, commit->timeline);
}

struct str commit_rows_proof(struct arena *arena, const struct plan *plan, const int64_t *rows)
{
    struct str proof;
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < plan->table_count; i++) {
        if (rows[i] == 0)
            continue;
        buf_text(&sql, sql.len == 0 ? "SELECT " : " OR ");
        buf_text(&sql, "EXISTS (SELECT FROM ONLY ");
        ident_quote_qualified(&sql, plan->target_schema, plan->tables[i].name);
        buf_text(&sql, " WHERE xmin::text = $1)");
    }
    proof = buf_to_str(arena, &sql);
    buf_free(&sql);
    return proof;
}

static bool ask_number(struct commit *commit, struct engine *control, struct err *err)
{
    struct arena *arena = arena_new();
    struct value number;
    bool done = engine_value(control, arena, number_sql, NULL, 0, &number, err);

    if (done)
        (void)snprintf(commit->number, sizeof(commit->number), "%.*s", STR_ARGS(number.bytes));
    arena_free(arena);
    return done;
}

/* As rows bear it: without the epoch. */
static struct str xmin_of(struct arena *arena, const struct commit *commit)
{
    int64_t number;

    if (!str_to_int64(str_from(commit->number), &number))
        return (struct str){NULL, 0};
    return str_printf(arena, "%" PRIu32, (uint32_t)number);
}

static bool has_proof(struct commit *commit, struct arena *arena, bool *proven, struct err *err)
{
    struct str xmin = xmin_of(arena, commit);
    struct value found;

    *proven = commit->proof.len == 0;
    if (*proven)
        return true;
    if (!engine_value(commit->again, arena, commit->proof, &xmin, 1, &found, err))
        return false;
    *proven = found.integer != 0;
    return true;
}

static bool end_left_behind(struct commit *commit, struct arena *arena, struct err *err)
{
    struct str xmin = xmin_of(arena, commit);
    struct value ended;

    return engine_value(commit->again, arena, end_sql, &xmin, 1, &ended, err);
}

/* What the server says of the transaction; an error is one of the connection. */
static bool ask_status(struct commit *commit, struct arena *arena, bool impatient, enum answer *answer,
                       struct err *err)
{
    struct str number = str_from(commit->number);
    char timeline[COMMIT_TIMELINE_ROOM];
    struct value status;
    bool proven = false;

    ask_timeline(commit->again, timeline);
    if (strcmp(timeline, commit->timeline) != 0) {
        *answer = ANSWER_UNKNOWN;
        return err_set(err, ERR_CONNECT, "another server answers now, which may lack the last transactions");
    }
    if (!engine_value(commit->again, arena, (struct str)STR("SELECT txid_status($1::bigint)"), &number, 1,
                      &status, err)) {
        /* invalid_parameter_value: it never heard of that number */
        *answer = strcmp(err->sqlstate, "22023") == 0 ? ANSWER_NOT_DONE : ANSWER_NONE;
        return *answer != ANSWER_NONE;
    }
    if (str_is(status.bytes, "in progress"))
        return !impatient || end_left_behind(commit, arena, err);
    if (str_is(status.bytes, "aborted"))
        *answer = ANSWER_NOT_DONE;
    else if (!has_proof(commit, arena, &proven, err))
        return false;
    else
        *answer = str_is(status.bytes, "committed") && proven ? ANSWER_DONE : ANSWER_UNKNOWN;
    return true;
}

static bool was_canceled(const struct commit *commit)
{
    return flag_is_set(commit->options.interrupted);
}

/* Whether it is of no use to try again. */
static bool is_final(const struct commit *commit, const struct err *failure)
{
    return was_canceled(commit) || failure->code == ERR_PERMISSION || failure->code == ERR_CANCELED ||
           failure->code == ERR_OUT_OF_MEMORY;
}

static enum answer ask_once(struct commit *commit, bool impatient, struct err *failure)
{
    enum answer answer = ANSWER_NONE;
    struct arena *arena;

    if (commit->again == NULL && !engine_open(commit->url, &commit->options, &commit->again, failure))
        return is_final(commit, failure) ? ANSWER_UNKNOWN : ANSWER_NONE;
    arena = arena_new();
    if (!ask_status(commit, arena, impatient, &answer, failure)) {
        engine_close(commit->again);
        commit->again = NULL;
    }
    arena_free(arena);
    return answer == ANSWER_NONE && was_canceled(commit) ? ANSWER_UNKNOWN : answer;
}

static enum answer ask(struct commit *commit, struct err *failure)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    int64_t since = clock_monotonic_us();
    enum answer answer;

    log_message(LOG_NOTICE,
                "the connection was lost during COMMIT: asking the server what became of it, for up to %d s",
                ASKING_SECONDS);
    for (;;) {
        int64_t seconds = (clock_monotonic_us() - since) / 1000000;

        err_clear(failure);
        answer = ask_once(commit, seconds >= PATIENCE_SECONDS, failure);
        if (answer != ANSWER_NONE || seconds >= ASKING_SECONDS)
            return answer;
        (void)nanosleep(&pause, NULL);
    }
}

static bool uncertain(struct commit *commit, const struct err *failure, struct err *err)
{
    const char *why = failure->detail[0] != '\0' ? failure->detail : failure->primary;

    commit->unknown = true;
    err_clear(err);
    err_set(err, ERR_UNCERTAIN, "the connection was lost during COMMIT: whether it was done is not known");
    err_detail(err, "%s; either everything is in the target, verified, or nothing",
               why[0] != '\0' ? why : "the server cannot tell");
    err_hint(err,
             "when the server answers again: SELECT txid_status(%s) there says committed or aborted; or run "
             "the same command again, which is refused where the rows are there",
             commit->number);
    commit->failure = *err;
    return false;
}

static bool not_done(const struct err *lost, struct err *err)
{
    err_clear(err);
    err_set(err, ERR_CONNECT, "the connection to the server was lost before COMMIT was done");
    err_detail(err, "%s; the server was asked: it took everything back", lost->detail);
    return err_hint(err, ENGINE_LOST_HINT);
}

/* What the end of the memory would leave open, from here on. */
static const char sent_note[] =
    "why: COMMIT was under way to the server: either everything is in the target, verified, "
    "or nothing\n";
static const char done_note[] =
    "why: the tables are published, with every row; only what follows that, the report, is "
    "lost\n";

static bool commit_and_ask(struct commit *commit, struct engine *control, struct err *err)
{
    struct err lost = {.code = ERR_NONE};
    struct err failure = {.code = ERR_NONE};

    if (engine_exec(control, (struct str)STR("COMMIT"), &lost))
        return true;
    *err = lost;
    if (lost.code != ERR_CONNECT)
        return false;
    switch (ask(commit, &failure)) {
    case ANSWER_DONE:
        err_clear(err);
        log_message(LOG_NOTICE, "the server had done it: nothing is lost");
        return true;
    case ANSWER_NOT_DONE: return not_done(&lost, err);
    case ANSWER_NONE:
    case ANSWER_UNKNOWN: break;
    }
    return uncertain(commit, &failure, err);
}

bool commit_transaction(struct commit *commit, struct engine *control, struct err *err)
{
    bool done;

    if (!ask_number(commit, control, err))
        return false;
    if (was_canceled(commit)) /* the last moment */
        return err_set(err, ERR_CANCELED, "interrupted");
    arena_exhausted_note(sent_note);
    done = commit_and_ask(commit, control, err);
    arena_exhausted_note(done ? done_note : commit->unknown ? sent_note : NULL);
    return done;
}

void commit_end(struct commit *commit)
{
    engine_close(commit->again);
    commit->again = NULL;
}
