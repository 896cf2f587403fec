/* The checks that are statements: each in a transaction of its own, which only reads. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/screen.h"
#include "ops/check_intern.h"

enum {
    BATCH = 100,
    ATTEMPTS = 20
};

/* Names in the texts that the server makes have their schemas then, and nothing that somebody put into a
 * schema of the path is taken for the server's own.  The rest is what was asked on the command line. */
static const char settings_sql[] =
    "SELECT CASE WHEN $1 = 'yes' THEN pg_catalog.set_config('search_path', '', true) END, "
    "pg_catalog.set_config('pgrade.long', $2, true), pg_catalog.set_config('pgrade.slow', $3, true), "
    "pg_catalog.set_config('pgrade.settle', $4, true), "
    "CASE WHEN $5 = 'yes' THEN pg_catalog.set_config('statement_timeout', '0', true) END";

struct statement {
    struct str sql;
    struct statement *next;
};

static struct str text(struct arena *arena, const struct pgrade_value *cell)
{
    if (cell->type == PGRADE_INTEGER)
        return str_printf(arena, "%" PRId64, cell->integer);
    if (cell->type != PGRADE_TEXT && cell->type != PGRADE_BLOB)
        return (struct str){NULL, 0};
    return str_dup(arena, (struct str){cell->bytes, cell->size});
}

/* Of a file: the word FILE becomes its path, as a shell reads it. */
static struct str name_file(struct check_run *run, struct str mend)
{
    static const char word[] = "FILE";

    for (size_t i = 0; run->report->url.kind == URL_SQLITE && i < mend.len; i++)
        if (str_starts_with(str_slice(mend, i, mend.len), word))
            return str_printf(run->arena, "%.*s%s%.*s", STR_ARGS(str_slice(mend, 0, i)),
                              screen_shell_word(run->arena, run->report->url.path),
                              STR_ARGS(str_slice(mend, i + sizeof(word) - 1, mend.len)));
    return mend;
}

static void take(struct check_run *run, const struct pgrade_rows *rows)
{
    struct str state = text(run->arena, pgrade_cell(rows, 0));
    struct str what = text(run->arena, pgrade_cell(rows, 1));
    struct str mend =
        pgrade_columns(rows) > 2 ? text(run->arena, pgrade_cell(rows, 2)) : (struct str){NULL, 0};

    if (str_is(state, "ok"))
        check_ok(run, "%.*s", STR_ARGS(what));
    else if (str_is(state, "skipped"))
        check_skip(run, "%.*s", STR_ARGS(what));
    else
        check_found(run, str_is(state, "problem") ? CHECK_PROBLEM : CHECK_ADVICE, name_file(run, mend),
                    "%.*s", STR_ARGS(what));
}

/* `made` NULL: the rows are results; else they are statements, put there. */
static bool ask(struct check_run *run, const char *sql, struct statement **made, struct pgrade_error *error)
{
    struct pgrade_rows *rows;
    bool found = true;
    bool done;

    if (!pgrade_run(run->db, sql, NULL, 0, &rows, error))
        return false;
    while ((done = pgrade_next(rows, &found, error)) && found) {
        if (made == NULL) {
            take(run, rows);
            continue;
        }
        *made = arena_alloc(run->arena, sizeof(**made));
        **made = (struct statement){.sql = text(run->arena, pgrade_cell(rows, 0))};
        made = &(*made)->next;
    }
    return pgrade_rows_close(rows, done ? error : NULL) && done;
}

struct str check_value(struct check_run *run, const char *sql, struct pgrade_error *error)
{
    struct str value = {NULL, 0};
    struct pgrade_rows *rows;
    bool found;

    if (!pgrade_run(run->db, sql, NULL, 0, &rows, error))
        return value;
    if (pgrade_next(rows, &found, error) && found)
        value = text(run->arena, pgrade_cell(rows, 0));
    return pgrade_rows_close(rows, value.ptr != NULL ? error : NULL) ? value : (struct str){NULL, 0};
}

static bool set(struct check_run *run, struct pgrade_error *error)
{
    const struct check_request *request = run->request;
    struct pgrade_value values[] = {
        pgrade_text(run->result->check->keeps_path ? "no" : "yes"),
        pgrade_text(arena_printf(run->arena, "%ld", request->long_seconds)),
        pgrade_text(arena_printf(run->arena, "%ld", request->slow_ms)),
        pgrade_text(arena_printf(run->arena, "%ld", request->settle_days)),
        pgrade_text(run->result->check->keeps_limits ? "no" : "yes"),
    };

    return run->report->url.kind == URL_SQLITE ||
           pgrade_run(run->db, settings_sql, values, ARRAY_LENGTH(values), NULL, error);
}

/* Statements that were made are asked together, since a server that is far away takes its time for each. */
static bool ask_made(struct check_run *run, const struct statement *made, struct pgrade_error *error)
{
    bool done = true;

    while (done && made != NULL) {
        struct buf sql;

        buf_init(&sql, BUF_TEXT_MAXIMUM);
        for (int i = 0; i < BATCH && made != NULL; i++, made = made->next)
            buf_printf(&sql, "%s(%.*s)", i > 0 ? " UNION ALL " : "", STR_ARGS(made->sql));
        done = ask(run, sql.ptr, NULL, error);
        buf_free(&sql);
    }
    return done;
}

/* Within a transaction in which the role's limits do not hold, but where they are what is looked at.  The
 * limit holds for the statement that lifts it too, and a busy machine may not be done within somebody's
 * millisecond. */
static bool begin(struct check_run *run, struct pgrade_error *error)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (pgrade_begin(run->db, PGRADE_READ, error) && set(run, error))
            return true;
        if (!str_is(str_from(error->sqlstate), "57014") || pgrade_state(run->db) == PGRADE_STATE_LOST)
            return false;
        if (pgrade_state(run->db) != PGRADE_STATE_IDLE)
            (void)pgrade_rollback(run->db, NULL);
    }
    return false;
}

static bool ask_all(struct check_run *run, struct pgrade_error *error)
{
    const struct check_entry *check = run->result->check;
    struct statement *made = NULL;

    return begin(run, error) && ask(run, check->sql, check->generates ? &made : NULL, error) &&
           ask_made(run, made, error);
}

/* Of the check that looks at the limit itself it is what was looked for. */
static void tell_limit(struct check_run *run)
{
    if (run->result->check->keeps_limits)
        check_found(
            run, CHECK_PROBLEM, (struct str)STR("ALTER ROLE ... RESET statement_timeout"),
            "statement_timeout is so short that not even a look at it gets to its end: \"canceling statement "
            "due to statement timeout\"");
    else
        check_skip(run, "the role's statement_timeout ended it");
}

void check_ask(struct check_run *run)
{
    struct pgrade_error error = {.kind = PGRADE_KIND_NONE};
    bool done;

    if (pgrade_version(run->db) < run->result->check->since) {
        check_skip(run, "servers before version %d do not tell", run->result->check->since / 10000);
        return;
    }
    done = ask_all(run, &error);
    if (pgrade_state(run->db) != PGRADE_STATE_IDLE)
        (void)pgrade_rollback(run->db, NULL);
    if (done)
        return;
    if (str_contains_nocase(str_from(error.message), "due to statement timeout"))
        tell_limit(run);
    else if (error.kind == PGRADE_KIND_CANCELED)
        check_skip(run, "it took too long and was given up");
    else
        check_skip(run, "%s: %s",
                   error.kind == PGRADE_KIND_PERMISSION ? "the role may not look" : "it cannot be asked",
                   error.message);
}
