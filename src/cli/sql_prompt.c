/*
 * The prompt.
 *
 * A connection that the server cut while nobody typed is made again, and that is said.  A statement is sent
 * once: where the connection broke after it was sent, nobody can know whether it took effect, so it is not
 * sent again.  A transaction that was open is lost with its connection; the statement that would have been
 * part of it is not run outside of it.
 */
#include <stdio.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/screen.h"
#include "cli/signals.h"
#include "cli/sql.h"
#include "cli/sql_line.h"
#include "cli/sql_meta.h"

struct prompt {
    struct sql *sql;
    struct sql_line *line;
    struct buf typed;    /* of the statement that is not complete */
    bool in_transaction; /* after the last statement */
    bool quit;
};

static void tell(const struct prompt *prompt, const struct err *err)
{
    struct arena *arena = arena_new();
    bool color = prompt->sql->invocation->color;

    (void)fflush(stdout);
    (void)fprintf(stderr, "%serror: %.*s%s\n", color ? "\033[31m" : "",
                  STR_ARGS(screen_text(arena, str_from(err->primary))), color ? "\033[0m" : "");
    if (err->detail[0] != '\0')
        (void)fprintf(stderr, "  why: %.*s\n", STR_ARGS(screen_text(arena, str_from(err->detail))));
    if (err->hint[0] != '\0')
        (void)fprintf(stderr, "  try: %.*s\n", STR_ARGS(screen_text(arena, str_from(err->hint))));
    arena_free(arena);
}

static bool connect_again(struct prompt *prompt)
{
    struct err err = {.code = ERR_NONE};

    pgrade_close(prompt->sql->db);
    prompt->sql->db = NULL;
    if (sql_connect(prompt->sql, &err)) {
        log_message(LOG_NOTICE, "connected again");
        return true;
    }
    tell(prompt, &err);
    log_message(LOG_NOTICE, "not connected; \\c tries again");
    return false;
}

/* Whether the statement may be sent. */
static bool is_ready(struct prompt *prompt)
{
    bool lost;

    if (prompt->sql->db == NULL)
        return connect_again(prompt);
    lost = pgrade_state(prompt->sql->db) == PGRADE_STATE_LOST;
    if (!lost)
        return true;
    log_message(LOG_NOTICE, "the server had closed the connection");
    if (!connect_again(prompt))
        return false;
    if (!prompt->in_transaction)
        return true;
    prompt->in_transaction = false;
    log_message(LOG_NOTICE, "the transaction that was open is lost, nothing of it was kept; the statement "
                            "was not run");
    return false;
}

static void after_failure(struct prompt *prompt, struct str statement, const struct pgrade_error *error)
{
    struct arena *arena = arena_new();
    struct err err = {.code = ERR_NONE};
    const char *place = sql_place(arena, statement, error->position);

    core_failed(error, &err);
    tell(prompt, &err);
    if (place[0] != '\0')
        (void)fprintf(stderr, "%s\n", place);
    arena_free(arena);
    if (error->kind != PGRADE_KIND_CONNECTION || pgrade_state(prompt->sql->db) != PGRADE_STATE_LOST)
        return;
    log_message(LOG_NOTICE,
                prompt->in_transaction
                    ? "the transaction that was open is lost, nothing of it was kept"
                    : "whether the statement took effect is not known; it is not sent a second time");
    (void)connect_again(prompt);
}

static void run_statement(struct prompt *prompt, struct str statement)
{
    struct pgrade_error error;

    if (!is_ready(prompt))
        return;
    if (!sql_run_statement(prompt->sql, statement, 1, &error))
        after_failure(prompt, statement, &error);
    (void)fflush(stdout);
    prompt->in_transaction = prompt->sql->db != NULL && pgrade_state(prompt->sql->db) != PGRADE_STATE_IDLE &&
                             pgrade_state(prompt->sql->db) != PGRADE_STATE_LOST;
}

static void run_complete(struct prompt *prompt)
{
    struct arena *arena = arena_new();
    struct str rest = str_dup(arena, buf_view(&prompt->typed));
    struct statement statement;

    for (;;) {
        statement = statement_next(rest, sql_dialect(prompt->sql));
        if (!statement.complete)
            break;
        if (statement.text.len > 0) {
            sql_line_remember(prompt->line, str_printf(arena, "%.*s;", STR_ARGS(statement.text)));
            run_statement(prompt, statement.text);
        }
        signals_forget();
        rest = str_slice(rest, statement.end, rest.len);
    }
    buf_clear(&prompt->typed);
    if (statement.text.len > 0 || statement.open != 0)
        buf_str(&prompt->typed, rest);
    arena_free(arena);
}

static void run_meta(struct prompt *prompt, struct str line)
{
    struct err err = {.code = ERR_NONE};

    if (!str_is(str_trim(line), "\\q"))
        sql_line_remember(prompt->line, line);
    if ((prompt->sql->db == NULL && !str_starts_with(str_trim(line), "\\c") &&
         !str_starts_with(str_trim(line), "\\q") && !connect_again(prompt)) ||
        sql_meta_run(prompt->sql, line, &prompt->quit, &err)) {
        (void)fflush(stdout);
        return;
    }
    tell(prompt, &err);
}

static void take_line(struct prompt *prompt, struct str line)
{
    if (prompt->typed.len == 0 && str_starts_with(str_trim(line), "\\")) {
        run_meta(prompt, line);
        signals_forget();
        return;
    }
    buf_str(&prompt->typed, line);
    buf_byte(&prompt->typed, '\n');
    if (prompt->typed.failed) {
        log_message(LOG_WARNING, "a statement may have %d MB at most; it is forgotten",
                    BUF_TEXT_MAXIMUM >> 20);
        buf_clear(&prompt->typed);
        return;
    }
    run_complete(prompt);
}

/* blog=> ; blog=*> in a transaction, =!> in one that failed; blog-> where a statement goes on, blog'> within
 * a string, blog(> within brackets. */
static const char *prompt_text(const struct prompt *prompt, struct arena *arena)
{
    const struct sql *sql = prompt->sql;
    struct str name = sql->url.kind == URL_SQLITE ? str_from(fs_name_of(str_cstr(arena, sql->url.path)))
                      : sql->url.database.len > 0 ? sql->url.database
                      : sql->url.user.len > 0     ? sql->url.user
                                                  : str_from("postgres");
    char mark = '=';
    const char *state = "";

    if (prompt->typed.len > 0) {
        char open = statement_next(buf_view(&prompt->typed), sql_dialect(sql)).open;

        mark = open == 0 || open == 'B' ? '-' : open;
    } else if (sql->db != NULL && prompt->in_transaction) {
        state = pgrade_state(sql->db) == PGRADE_STATE_FAILED ? "!" : "*";
    }
    return arena_printf(arena, "%.*s%c%s> ", STR_ARGS(screen_text(arena, screen_clip(name, 30))), mark,
                        state);
}

static void loop(struct prompt *prompt)
{
    while (!prompt->quit) {
        struct arena *arena = arena_new();
        struct str line;

        switch (sql_line_read(prompt->line, prompt_text(prompt, arena), &line)) {
        case LINE_READ: take_line(prompt, str_dup(arena, line)); break;
        case LINE_INTERRUPTED:
            printf("^C\n");
            buf_clear(&prompt->typed);
            signals_forget();
            break;
        case LINE_END: prompt->quit = true; break;
        }
        arena_free(arena);
    }
}

bool sql_prompt(struct sql *sql, struct err *err)
{
    struct prompt prompt = {.sql = sql};

    if (sql->format == SQL_JSON) {
        err_set(err, ERR_USAGE, "a prompt is no JSON document");
        return err_hint(err, "give the statement behind the URL, or --file");
    }
    prompt.line = sql_line_new(sql->options.interrupted);
    if (prompt.line == NULL)
        return err_set(err, ERR_FAILED, "the terminal cannot be used for a prompt");
    buf_init(&prompt.typed, BUF_TEXT_MAXIMUM);
    log_message(LOG_NOTICE, "%.*s; \\? for help, \\q to leave",
                STR_ARGS(url_redacted(sql->invocation->arena, &sql->url)));
    loop(&prompt);
    if (prompt.in_transaction)
        log_message(LOG_WARNING, "the transaction that was open is rolled back");
    buf_free(&prompt.typed);
    sql_line_free(prompt.line);
    return true;
}
