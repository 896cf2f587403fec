#include <ctype.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fs.h"
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/sql.h"
#include "cli/wrap.h"

enum {
    TIMEOUT_MAXIMUM = 86400,
    SCRIPT_MAXIMUM = 1 << 30
};

enum sql_dialect sql_dialect(const struct sql *sql)
{
    return sql->url.kind == URL_SQLITE ? SQL_SQLITE : SQL_POSTGRES;
}

bool sql_connect(struct sql *sql, struct err *err)
{
    return core_open(&sql->url, &sql->options, &sql->db, err);
}

static bool choose(struct sql *sql, struct err *err)
{
    struct invocation *invocation = sql->invocation;
    long seconds;

    if (invocation->hide_values) {
        err_set(err, ERR_USAGE, "--hide-values leaves nothing of a statement's rows to show");
        return err_hint(err, "leave it out, or ask for count(*)");
    }
    if (option_given(invocation, "csv") && invocation->json)
        return err_set(err, ERR_USAGE, "--csv and --json are two formats: give one of them");
    if (!option_number(invocation, "timeout", 0, TIMEOUT_MAXIMUM, 0, &seconds, err))
        return false;
    sql->format = invocation->json ? SQL_JSON : option_given(invocation, "csv") ? SQL_CSV : SQL_ALIGNED;
    sql->expanded = option_given(invocation, "expanded");
    sql->timing = option_given(invocation, "timing");
    sql->width = isatty(STDOUT_FILENO) == 1 ? wrap_width() : 0;
    sql->options = database_options(invocation);
    sql->options.public.read_only = option_given(invocation, "read-only");
    sql->options.public.create = option_given(invocation, "create");
    sql->options.public.timeout_ms = (int)(seconds * 1000);
    return true;
}

static bool read_stdin(struct arena *arena, struct str *text, struct err *err)
{
    struct buf read;
    char part[65536];
    size_t size;

    buf_init(&read, SCRIPT_MAXIMUM);
    while ((size = fread(part, 1, sizeof(part), stdin)) > 0)
        buf_put(&read, part, size);
    *text = buf_to_str(arena, &read);
    if (read.failed)
        err_set(err, ERR_IO, "standard input holds more than 1 GB of statements");
    else if (ferror(stdin) != 0)
        err_set(err, ERR_IO, "standard input cannot be read");
    buf_free(&read);
    return err->code == ERR_NONE;
}

/* The first words of statements that people give on a command line. */
static const char *const statement_words[] = {
    "select",   "insert",  "update", "delete",  "with",   "values", "create",  "alter",   "drop",
    "truncate", "show",    "set",    "explain", "pragma", "vacuum", "analyze", "reindex", "grant",
    "revoke",   "comment", "begin",  "call",    "copy",   "table",  "do",      "refresh", "cluster",
};

/* A lone argument that begins as a statement does, and is no file, is one for the database of DATABASE_URL.
 */
static bool is_statement(const struct invocation *invocation)
{
    struct str text = str_trim(str_from(invocation->arguments[0]));
    size_t word = 0;

    while (word < text.len && isalpha((unsigned char)text.ptr[word]))
        word++;
    if (word == text.len || isspace((unsigned char)text.ptr[word]) == 0 ||
        option_given(invocation, "create") || access(invocation->arguments[0], F_OK) == 0)
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(statement_words); i++)
        if (str_is_nocase(str_slice(text, 0, word), statement_words[i]))
            return true;
    return false;
}

static bool run_given(struct sql *sql, struct err *err)
{
    struct invocation *invocation = sql->invocation;
    bool single = option_given(invocation, "single-transaction");
    const char *file = option_value(invocation, "file");
    struct str text;

    if (sql->statement != NULL)
        return sql_run_script(sql, str_from(sql->statement), NULL, single, err);
    if (file != NULL)
        return fs_read(invocation->arena, file, SCRIPT_MAXIMUM, &text, err) &&
               sql_run_script(sql, text, file, single, err);
    return read_stdin(invocation->arena, &text, err) && sql_run_script(sql, text, "stdin", single, err);
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct sql sql = {.invocation = invocation};
    const char *from;
    bool prompts;
    bool done;

    if (invocation->argument_count > 1) {
        sql.statement = invocation->arguments[1];
    } else if (invocation->argument_count == 1 && is_statement(invocation)) {
        sql.statement = invocation->arguments[0];
        invocation->argument_count = 0;
    }
    prompts = sql.statement == NULL && !option_given(invocation, "file") && isatty(STDIN_FILENO) == 1;
    if (sql.statement != NULL && option_given(invocation, "file"))
        return err_set(err, ERR_USAGE, "a statement and --file: give one of them");
    if (!choose(&sql, err) || !database_url(invocation, 0, &sql.url, &from, err) || !sql_connect(&sql, err))
        return false;
    done = prompts ? sql_prompt(&sql, err) : run_given(&sql, err);
    pgrade_close(sql.db);
    return done;
}

static const struct option options[] = {
    {"file", 'f', "FILE", "run the statements of this file"},
    {"single-transaction", '1', NULL, "all statements take effect, or none"},
    {"read-only", 'r', NULL, "nothing is written"},
    {"create", 0, NULL, "make the SQLite file that is not there"},
    {"csv", 0, NULL, "print rows as CSV (RFC 4180)"},
    {"expanded", 'x', NULL, "print a line a value instead of a line a row"},
    {"timing", 0, NULL, "say how long each statement took"},
    {"timeout", 0, "SECONDS", "end a statement that takes longer (no limit)"},
    {NULL, 0, NULL, NULL},
};

const struct command command_sql = {
    .name = "sql",
    .group = "database",
    .arguments = "[URL] [STATEMENT]",
    .arguments_most = 2,
    .summary = "Run a statement, a file or a prompt, on either engine",
    .description =
        "URL is a SQLite file or a PostgreSQL URL; left out, DATABASE_URL. STATEMENT may be several with "
        "semicolons between them. Without it, and without --file, statements are read from standard input: "
        "on a terminal with a prompt that keeps a history (\\? lists its own commands).",
    .options = options,
    .run = run,
};
