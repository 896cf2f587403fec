/*
 * SQL files: statements of one transaction that is not theirs.
 *
 * A BEGIN in front and a COMMIT behind, as people write them, are passed over; elsewhere they would publish
 * half of it.  What only psql or sqlite3 understands is refused before anything is done.
 */
#include <string.h>

#include "base/fs.h"
#include "ops/seed_intern.h"
#include "schema/statements.h"

enum {
    SQL_MAXIMUM = 256 * 1024 * 1024
};

/* The statements of a file, one after the other. */
struct walk {
    struct str rest;
    size_t line;
    size_t at_line; /* of the statement */
    struct str statement;
    enum sql_dialect dialect;
};

static size_t lines_in(struct str text)
{
    size_t lines = 0;

    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n' ? 1 : 0;
    return lines;
}

static bool walk_next(struct walk *walk)
{
    while (walk->rest.len > 0) {
        struct statement next = statement_next(walk->rest, walk->dialect);

        walk->at_line = walk->line + lines_in(str_slice(walk->rest, 0, next.start));
        walk->line += lines_in(str_slice(walk->rest, 0, next.end));
        walk->rest = str_slice(walk->rest, next.end, walk->rest.len);
        walk->statement = next.text;
        if (next.text.len > 0)
            return true;
    }
    return false;
}

static bool walk_begin(const struct seed_run *run, const struct seed_file *file, struct walk *walk,
                       struct err *err)
{
    *walk = (struct walk){.line = 1, .dialect = run->sqlite ? SQL_SQLITE : SQL_POSTGRES};
    if (!fs_read(run->arena, file->path, SQL_MAXIMUM, &walk->rest, err))
        return false;
    if (str_find(walk->rest, '\0') >= 0)
        return err_set(err, ERR_SYNTAX, "%s: this is no text: it holds a NUL byte", file->path);
    if (str_starts_with(walk->rest, "\xef\xbb\xbf"))
        walk->rest = str_slice(walk->rest, 3, walk->rest.len);
    return true;
}

static struct str word_of(const struct walk *walk, size_t number)
{
    struct str rest = walk->statement;
    struct str word = statement_word(rest, walk->dialect);

    for (size_t i = 0; i < number && word.len > 0; i++) {
        rest = str_slice(rest, (size_t)(word.ptr - rest.ptr) + word.len, rest.len);
        word = statement_word(rest, walk->dialect);
    }
    return word;
}

static bool is_begin(const struct walk *walk)
{
    return str_is_nocase(word_of(walk, 0), "BEGIN") ||
           (str_is_nocase(word_of(walk, 0), "START") && str_is_nocase(word_of(walk, 1), "TRANSACTION"));
}

static bool is_commit(const struct walk *walk)
{
    struct str word = word_of(walk, 0);

    return (str_is_nocase(word, "COMMIT") && !str_is_nocase(word_of(walk, 1), "PREPARED")) ||
           str_is_nocase(word, "END");
}

static bool is_copy_from_client(const struct walk *walk)
{
    return str_is_nocase(word_of(walk, 0), "COPY") && (str_contains_nocase(walk->statement, "FROM STDIN") ||
                                                       str_contains_nocase(walk->statement, "TO STDOUT"));
}

/* What dumps have before their BEGIN. */
static bool is_setting(const struct walk *walk)
{
    struct str word = word_of(walk, 0);

    return str_is_nocase(word, "PRAGMA") || str_is_nocase(word, "SET");
}

static bool refuse(const struct seed_file *file, const struct walk *walk, const char *what, const char *hint,
                   struct err *err)
{
    err_set(err, ERR_REFUSED, "%s:%zu: %s", file->path, walk->at_line, what);
    return err_hint(err, "%s", hint);
}

bool seed_sql_check(struct seed_run *run, const struct seed_file *file, struct err *err)
{
    struct walk walk;
    bool first = true;
    bool committed = false;

    if (!walk_begin(run, file, &walk, err))
        return false;
    while (walk_next(&walk)) {
        bool ends = statement_ends_transaction(walk.statement, walk.dialect) && !is_commit(&walk);

        if (committed || (is_begin(&walk) && !first) || ends)
            return refuse(file, &walk, "all seed files are one transaction, and this would end it",
                          "leave BEGIN, COMMIT and ROLLBACK out; SAVEPOINT and ROLLBACK TO may stay", err);
        if (walk.statement.ptr[0] == '\\' || (walk.dialect == SQL_SQLITE && walk.statement.ptr[0] == '.'))
            return refuse(file, &walk, "this is no SQL, but a command of psql or sqlite3",
                          "write SQL, or the rows into a CSV file that is named after its table", err);
        if (is_copy_from_client(&walk))
            return refuse(file, &walk, "COPY from the client has its rows behind it, which only psql reads",
                          "write the rows into a CSV file that is named after its table: 010_users.csv", err);
        committed = is_commit(&walk);
        first = first && is_setting(&walk);
    }
    return true;
}

static bool statement_failed(struct seed_run *run, const struct seed_file *file, const struct walk *walk,
                             const struct pgrade_error *error, struct err *err)
{
    size_t ahead = 0;
    int64_t characters = 1;

    for (size_t i = 0; i < walk->statement.len && characters < error->position; i++) {
        characters += ((unsigned char)walk->statement.ptr[i] & 0xc0) == 0x80 ? 0 : 1;
        ahead += walk->statement.ptr[i] == '\n' ? 1 : 0;
    }
    seed_failed(run, error, err);
    return err_prefix(err, "%s:%zu", file->path, walk->at_line + ahead);
}

static bool run_statement(struct seed_run *run, struct seed_file *file, const struct walk *walk,
                          struct err *err)
{
    struct arena *scratch = arena_new();
    struct pgrade_rows *rows = NULL;
    struct pgrade_error error;
    bool found = true;
    bool done = pgrade_run(run->db, str_cstr(scratch, walk->statement), NULL, 0, &rows, &error);

    while (done && found)
        done = pgrade_next(rows, &found, &error);
    if (done && pgrade_changed(rows) > 0)
        file->rows += pgrade_changed(rows);
    if (rows != NULL)
        done = pgrade_rows_close(rows, done ? &error : NULL) && done;
    arena_free(scratch);
    file->statements++;
    return done || statement_failed(run, file, walk, &error, err);
}

bool seed_sql(struct seed_run *run, struct seed_file *file, struct err *err)
{
    struct walk walk;

    if (!walk_begin(run, file, &walk, err))
        return false;
    while (walk_next(&walk)) {
        if (is_begin(&walk) || is_commit(&walk))
            continue;
        if (seed_is_interrupted(run))
            return err_set(err, ERR_CANCELED, "interrupted");
        if (!run_statement(run, file, &walk, err))
            return false;
        if (pgrade_state(run->db) != PGRADE_STATE_TRANSACTION)
            return refuse(file, &walk, "the statement ended the transaction of all seed files",
                          "what came before it has taken effect; leave it out", err);
    }
    return seed_settle(run, err);
}

/* What follows INSERT [OR REPLACE] INTO, up to white space or a bracket outside of quotes. */
static struct str inserted_into(const struct walk *walk)
{
    struct str rest = walk->statement;
    bool quoted = false;
    size_t end = 0;

    if (!str_is_nocase(word_of(walk, 0), "INSERT") && !str_is_nocase(word_of(walk, 0), "REPLACE"))
        return (struct str){NULL, 0};
    for (size_t i = 1; i <= 3; i++) {
        struct str word = word_of(walk, i);

        if (!str_is_nocase(word, "INTO"))
            continue;
        rest = str_trim(str_slice(rest, (size_t)(word.ptr - rest.ptr) + word.len, rest.len));
        while (end < rest.len && (quoted || (!ascii_is_space(rest.ptr[end]) && rest.ptr[end] != '(')))
            quoted = quoted != (rest.ptr[end++] == '"');
        return str_slice(rest, 0, end);
    }
    return (struct str){NULL, 0};
}

bool seed_sql_tables(struct seed_run *run, const struct seed_file *file,
                     bool (*each)(struct seed_run *run, struct str table, struct err *err), struct err *err)
{
    struct walk walk;

    if (!walk_begin(run, file, &walk, err))
        return false;
    while (walk_next(&walk)) {
        struct str table = inserted_into(&walk);

        if (table.len > 0 && !each(run, str_dup(run->arena, table), err))
            return false;
    }
    return true;
}
