/* Statements one after the other, up to the first that fails. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/screen.h"
#include "cli/sql.h"
#include "cli/table.h"
#include "engine/postgres/postgres.h"

static size_t lines_in(struct str text)
{
    size_t lines = 0;

    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

/* The characters before the one at the position, from 1. */
static struct str before(struct str statement, int64_t position)
{
    size_t end = 0;

    for (int64_t character = 1; character < position && end < statement.len; character++)
        do
            end++;
        while (end < statement.len && ((unsigned char)statement.ptr[end] & 0xc0) == 0x80);
    return str_slice(statement, 0, end);
}

/* The line of the mistake, with a mark below it. */
const char *sql_place(struct arena *arena, struct str statement, int64_t position)
{
    struct str head = before(statement, position);
    size_t start = head.len;
    size_t end = start;

    if (position <= 0)
        return "";
    while (start > 0 && statement.ptr[start - 1] != '\n')
        start--;
    while (end < statement.len && statement.ptr[end] != '\n')
        end++;
    head = screen_text(arena, str_slice(statement, start, head.len));
    return arena_printf(arena, "%.*s\n%*s^", STR_ARGS(screen_text(arena, str_slice(statement, start, end))),
                        (int)screen_width(head), "");
}

static void put_tag(struct sql *sql, const struct pgrade_rows *rows)
{
    struct str tag = str_from(core_tag(rows));
    ptrdiff_t space = str_find(tag, ' ');
    int64_t changed = pgrade_changed(rows);

    if (tag.len == 0 || sql->format == SQL_JSON)
        return;
    if (changed >= 0)
        log_message(LOG_NOTICE, "%.*s: %.*s row%s",
                    STR_ARGS(str_slice(tag, 0, space < 0 ? tag.len : (size_t)space)),
                    STR_ARGS(show_count(sql->invocation->arena, changed)), changed == 1 ? "" : "s");
    else if (pgrade_columns(rows) == 0)
        log_message(LOG_NOTICE, "%.*s", STR_ARGS(tag));
}

static void json_begin_statement(struct sql *sql, size_t line, const struct pgrade_rows *rows)
{
    struct json *json = &sql->json;

    json_object(json);
    json_put_int(json, "line", (int64_t)line);
    json_name(json, "columns");
    json_array(json);
    for (size_t i = 0; i < pgrade_columns(rows); i++) {
        json_object(json);
        json_put_text(json, "name", pgrade_column_name(rows, i));
        json_put_str(json, "type", str_from(pgrade_column_type(rows, i)));
        json_object_end(json);
    }
    json_array_end(json);
    json_name(json, "rows");
    json_array(json);
}

static void json_end_statement(struct sql *sql, const struct pgrade_rows *rows, int64_t since)
{
    struct json *json = &sql->json;

    json_array_end(json);
    json_name(json, "changed");
    if (pgrade_changed(rows) < 0)
        json_null(json);
    else
        json_int(json, pgrade_changed(rows));
    json_put_text(json, "tag", core_tag(rows));
    json_name(json, "seconds");
    json_double(json, (double)(clock_monotonic_us() - since) / 1e6, 3);
    json_object_end(json);
}

/* What a session keeps, and a pooler in transaction mode takes from it at the end of the transaction. */
static bool is_of_session(struct str tag)
{
    static const char *const tags[] = {"SET", "LISTEN", "PREPARE", "LOAD"};

    for (size_t i = 0; i < ARRAY_LENGTH(tags); i++)
        if (str_is(tag, tags[i]))
            return true;
    return false;
}

/* A pooler gives its clients numbers of its own for the process behind them. */
static bool is_pooled(struct sql *sql)
{
    struct pgrade_rows *rows;
    int64_t process = 0;
    bool found = false;

    if (!pgrade_run(sql->db, "SELECT pg_catalog.pg_backend_pid()", NULL, 0, &rows, NULL))
        return false;
    if (pgrade_next(rows, &found, NULL) && found)
        process = pgrade_cell(rows, 0)->integer;
    return pgrade_rows_close(rows, NULL) && found && process != postgres_process(core_engine(sql->db));
}

static void warn_of_pooler(struct sql *sql, struct str tag)
{
    if (sql->warned || sql_dialect(sql) != SQL_POSTGRES || !is_of_session(tag) ||
        pgrade_state(sql->db) != PGRADE_STATE_IDLE || !is_pooled(sql))
        return;
    log_message(LOG_WARNING,
                "a pooler answers: in transaction mode what %.*s did stays with one of its connections, for "
                "whoever gets "
                "that next, and may not hold for your next statement (give the URL of the server itself)",
                STR_ARGS(tag));
    sql->warned = true;
}

bool sql_run_statement(struct sql *sql, struct str text, size_t line, struct pgrade_error *error)
{
    struct arena *arena = arena_new();
    int64_t since = clock_monotonic_us();
    struct pgrade_rows *rows = NULL;
    int64_t count = 0;
    bool done = pgrade_run(sql->db, str_cstr(arena, text), NULL, 0, &rows, error);
    struct str tag;

    if (done && sql->format == SQL_JSON)
        json_begin_statement(sql, line, rows);
    done = done && sql_put_rows(sql, rows, &count, error);
    if (done)
        put_tag(sql, rows);
    if (rows != NULL && sql->format == SQL_JSON)
        json_end_statement(sql, rows, since);
    tag = done ? str_dup(arena, str_from(core_tag(rows))) : (struct str){NULL, 0};
    done = pgrade_rows_close(rows, done ? error : NULL) && done;
    if (done)
        warn_of_pooler(sql, tag);
    if (sql->timing)
        log_message(LOG_NOTICE, "time: %.3f ms", (double)(clock_monotonic_us() - since) / 1000.0);
    arena_free(arena);
    return done;
}

static bool blame(struct sql *sql, const struct pgrade_error *error, struct statement statement, size_t line,
                  const char *name, size_t number, struct err *err)
{
    struct arena *arena = sql->invocation->arena;
    const char *place = sql_place(arena, statement.text, error->position);
    size_t ahead = lines_in(before(statement.text, error->position));

    core_failed(error, err);
    if (name != NULL)
        err_prefix(err, "%s:%zu: statement %zu", name, line + ahead, number);
    else if (number > 1 || statement.complete)
        err_prefix(err, "statement %zu", number);
    if (place[0] != '\0' && !sql->invocation->quiet)
        log_message(LOG_NOTICE, "%s", place);
    return false;
}

/* All of them; `*number` counts those that were begun. */
static bool run_all(struct sql *sql, struct str text, const char *name, size_t *number, struct err *err)
{
    struct str rest = text;
    size_t line = 1;

    while (rest.len > 0) {
        struct statement statement = statement_next(rest, sql_dialect(sql));
        size_t at = line + lines_in(str_slice(rest, 0, statement.start));
        struct pgrade_error error;

        if (statement.text.len > 0) {
            (*number)++;
            if (!sql_run_statement(sql, statement.text, at, &error))
                return blame(sql, &error, statement, at, name, *number, err);
        }
        line += lines_in(str_slice(rest, 0, statement.end));
        rest = str_slice(rest, statement.end, rest.len);
    }
    return true;
}

/* What was begun and not ended is not there afterwards; nobody is to think that it is. */
static bool check_ended(struct sql *sql, struct err *err)
{
    if (pgrade_state(sql->db) == PGRADE_STATE_IDLE)
        return true;
    (void)pgrade_rollback(sql->db, NULL);
    err_set(err, ERR_FAILED, "the statements end within a transaction, which was rolled back");
    return err_hint(err, "end it with COMMIT, or leave BEGIN out and give --single-transaction");
}

/* After a failure: which statements before it took effect.  Always false. */
static bool tell_kept(struct sql *sql, size_t number)
{
    enum pgrade_state state = pgrade_state(sql->db);

    if (state == PGRADE_STATE_TRANSACTION || state == PGRADE_STATE_FAILED)
        log_message(LOG_NOTICE, "the transaction that was open is rolled back");
    else if (number == 2)
        log_message(LOG_NOTICE, "the statement before it took effect");
    else if (number > 2)
        log_message(LOG_NOTICE, "the %zu statements before it took effect", number - 1);
    return false;
}

/* One that ends the transaction would publish the half of it, or take it back and let the rest take effect.
 */
static bool check_single(const struct sql *sql, struct str text, const char *name, struct err *err)
{
    struct str rest = text;
    size_t line = 1;

    for (size_t number = 1; rest.len > 0;) {
        struct statement statement = statement_next(rest, sql_dialect(sql));

        if (statement_ends_transaction(statement.text, sql_dialect(sql))) {
            line += lines_in(str_slice(rest, 0, statement.start));
            err_set(err, ERR_REFUSED, "it would end the transaction of --single-transaction");
            if (name != NULL)
                err_prefix(err, "%s:%zu: statement %zu", name, line, number);
            else
                err_prefix(err, "statement %zu", number);
            err_detail(err, "nothing was done");
            return err_hint(err, "leave BEGIN, COMMIT and ROLLBACK out; SAVEPOINT and ROLLBACK TO may stay");
        }
        number += statement.text.len > 0 ? 1 : 0;
        line += lines_in(str_slice(rest, 0, statement.end));
        rest = str_slice(rest, statement.end, rest.len);
    }
    return true;
}

/* A trigger of SQLite may end it, too: RAISE(ROLLBACK, ...), of which nothing stays. */
static bool run_single(struct sql *sql, struct str text, const char *name, size_t *number, struct err *err)
{
    struct pgrade_error error;
    bool done;

    if (!check_single(sql, text, name, err))
        return false;
    if (!pgrade_begin(sql->db, sql->options.public.read_only ? PGRADE_READ : PGRADE_WRITE, &error))
        return core_failed(&error, err);
    done = run_all(sql, text, name, number, err);
    if (done && pgrade_state(sql->db) == PGRADE_STATE_IDLE) {
        err_set(err, ERR_FAILED, "a statement ended the transaction of --single-transaction");
        return err_hint(err, "leave BEGIN, COMMIT and ROLLBACK out of the statements");
    }
    if (done)
        return pgrade_commit(sql->db, &error) || core_failed(&error, err);
    if (pgrade_state(sql->db) != PGRADE_STATE_LOST)
        (void)pgrade_rollback(sql->db, NULL);
    log_message(LOG_NOTICE, "nothing was changed: all statements were rolled back");
    return false;
}

static void json_finish(struct sql *sql, const struct err *err)
{
    struct json *json = &sql->json;

    json_array_end(json);
    json_put_int(json, "status", err_exit_status(err->code));
    json_put_error(json, "error", err);
    json_object_end(json);
    (void)fwrite(sql->out.ptr, 1, sql->out.len, stdout);
    buf_free(&sql->out);
    sql->invocation->reported = true;
}

bool sql_run_script(struct sql *sql, struct str text, const char *name, bool single_transaction,
                    struct err *err)
{
    size_t number = 0;
    bool done;

    if (sql->format == SQL_JSON) {
        buf_init(&sql->out, BUF_TEXT_MAXIMUM * 16);
        json_begin(&sql->json, &sql->out);
        json_object(&sql->json);
        json_put_str(&sql->json, "database", url_redacted(sql->invocation->arena, &sql->url));
        json_name(&sql->json, "statements");
        json_array(&sql->json);
    }
    if (single_transaction)
        done = run_single(sql, text, name, &number, err);
    else
        done = (run_all(sql, text, name, &number, err) || tell_kept(sql, number)) && check_ended(sql, err);
    if (sql->format == SQL_JSON)
        json_finish(sql, err);
    return done;
}
