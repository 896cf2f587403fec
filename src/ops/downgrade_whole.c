/* What SQLite itself says of the file: PRAGMA integrity_check and foreign_key_check. */
#include "ops/downgrade_whole.h"

#include "ops/downgrade_intern.h"

struct troubles {
    struct str *lines;
    size_t count;
    size_t capacity;
};

/* One question, to a connection of its own, so that it may be asked beside others. */
struct file_question {
    struct arena *arena;
    struct engine *reader;
    struct str sql;
    struct troubles found;
    bool looked; /* else `failure` says why not */
    struct err failure;
};

struct file_check {
    struct file_question whole;
    struct file_question keys;
};

/* A line is a table and how many of its rows have no parent, by key. */
static const char whole_sql[] = "PRAGMA integrity_check(20)";
static const char keys_sql[] =
    "SELECT \"table\" || ' has ' || count(*) || ' row(s) without a parent in ' || parent"
    " FROM pragma_foreign_key_check GROUP BY \"table\", parent, fkid ORDER BY 1";

static bool read_troubles(struct arena *arena, struct engine *reader, struct str sql,
                          struct troubles *troubles, struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done;

    *troubles = (struct troubles){.count = 0};
    if (!engine_query(reader, sql, NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        if (rows->cells[0].kind == VALUE_TEXT && !str_is(rows->cells[0].bytes, "ok"))
            ARENA_PUSH(arena, troubles->lines, troubles->count, troubles->capacity) =
                str_dup(arena, rows->cells[0].bytes);
    rows_close(rows);
    return done;
}

/* ---- asking ---- */

/* Both go through whole indexes in no order of the file's. */
static bool open_question(struct downgrade_run *run, struct file_question *question, const char *sql,
                          struct err *err)
{
    question->arena = arena_new();
    question->sql = str_from(sql);
    return downgrade_open_made(run, &question->reader, err) &&
           engine_exec(question->reader, (struct str)STR("PRAGMA cache_size = -65536"), err);
}

bool file_check_open(struct downgrade_run *run, struct file_check **check, struct err *err)
{
    *check = ARENA_NEW(run->arena, struct file_check);
    return open_question(run, &(*check)->whole, whole_sql, err) &&
           open_question(run, &(*check)->keys, keys_sql, err);
}

static void close_question(struct file_question *question)
{
    engine_close(question->reader);
    if (question->arena != NULL)
        arena_free(question->arena);
}

void file_check_close(struct file_check *check)
{
    if (check == NULL)
        return;
    close_question(&check->whole);
    close_question(&check->keys);
}

/* That it could not be asked is for file_check_judge() to say. */
static bool ask(void *context, size_t worker, struct err *err)
{
    struct file_question *question = context;

    (void)worker;
    (void)err;
    question->looked =
        read_troubles(question->arena, question->reader, question->sql, &question->found, &question->failure);
    return true;
}

void file_check_add(struct file_check *check, struct pool *pool)
{
    pool_add(pool, 0, ask, &check->whole);
    pool_add(pool, 2, ask, &check->keys);
}

void file_check_cancel(const struct file_check *check)
{
    engine_cancel(check->whole.reader);
    engine_cancel(check->keys.reader);
}

/* ---- what was found ---- */

static bool has_line(const struct troubles *troubles, struct str line)
{
    for (size_t i = 0; i < troubles->count; i++)
        if (str_equal(troubles->lines[i], line))
            return true;
    return false;
}

/* Rows that contradict the schema, as the old file's own may: SQLite lets them be where it was told to. */
static bool is_of_rows(struct str line)
{
    return str_starts_with(line, "CHECK constraint failed") || str_starts_with(line, "NULL value in") ||
           str_starts_with(line, "non-unique");
}

static bool ask_old(struct downgrade_run *run, const struct file_question *question, struct troubles *before,
                    struct err *err)
{
    return read_troubles(run->arena, run->result->prepared.snapshot.readers[0], question->sql, before, err);
}

static void note(struct downgrade_run *run, const char *text, struct str what)
{
    downgrade_note(run, (struct str){NULL, 0}, str_printf(run->arena, "%s%.*s", text, STR_ARGS(what)));
}

static void note_old(struct downgrade_run *run, struct str line)
{
    downgrade_note(run, (struct str){NULL, 0},
                   str_printf(run->arena, "%.*s, as in the old file", STR_ARGS(line)));
}

/* What cannot be looked at in the old file cannot in the new one: an index by a function of the
 * application's. */
static bool judge_whole(struct downgrade_run *run, const struct file_question *question, struct err *err)
{
    struct troubles before;
    struct err failure = {.code = ERR_NONE};

    if (question->looked && question->found.count == 0)
        return true;
    if (!ask_old(run, question, &before, &failure)) {
        note(run, "the file could not be checked whole, nor the old one: ", str_from(failure.detail));
        return true;
    }
    if (!question->looked) {
        *err = question->failure;
        return false;
    }
    for (size_t i = 0; i < question->found.count; i++) {
        struct str line = str_dup(run->arena, question->found.lines[i]);

        if (has_line(&before, line))
            note_old(run, line);
        else if (is_of_rows(line))
            downgrade_not_carried(run, OBJECT_CHECK, (struct str){NULL, 0}, line,
                                  str_from("rows of PostgreSQL contradict the old file's schema"));
        else
            return err_set(err, ERR_DIFFERENT, "the new file is not in order: %.*s", STR_ARGS(line));
    }
    return true;
}

static bool judge_keys(struct downgrade_run *run, const struct file_question *question, struct err *err)
{
    struct troubles before;

    if (!question->looked) {
        note(run, "the foreign keys could not be checked: ", str_from(question->failure.detail));
        return true;
    }
    if (question->found.count == 0)
        return true;
    if (!ask_old(run, question, &before, err))
        return false;
    for (size_t i = 0; i < question->found.count; i++) {
        struct str line = str_dup(run->arena, question->found.lines[i]);

        if (has_line(&before, line))
            note_old(run, line);
        else
            downgrade_not_carried(run, OBJECT_FOREIGN_KEY, (struct str){NULL, 0}, line,
                                  str_from("SQLite lets such rows be, PostgreSQL did too"));
    }
    return true;
}

bool file_check_judge(struct downgrade_run *run, const struct file_check *check, struct err *err)
{
    return judge_keys(run, &check->keys, err) && judge_whole(run, &check->whole, err);
}
