/* The file is read again, by a connection of its own, and compared with what the server sent. */
#include <inttypes.h>

#include "ops/downgrade_intern.h"
#include "ops/interrupt.h"
#include "schema/ident.h"

enum {
    LOOK_EVERY = 1024,
    TROUBLES_SHOWN = 20
};

static void put_select(const struct plan_table *table, struct buf *sql)
{
    bool first = true;

    buf_text(sql, "SELECT ");
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].generated_sql.ptr != NULL)
            continue;
        buf_text(sql, first ? "" : ", ");
        first = false;
        ident_quote(sql, table->columns[i].source->name.text);
    }
    buf_text(sql, " FROM ");
    table_put_from(sql, table->source);
}

static bool digest_file(struct downgrade_run *run, struct engine *reader, const struct plan_table *table,
                        struct digester *digester, struct err *err)
{
    struct rows *rows;
    struct buf sql;
    bool found = true;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_select(table, &sql);
    done = engine_query(reader, buf_view(&sql), NULL, 0, &rows, err);
    buf_free(&sql);
    if (!done)
        return false;
    for (int64_t count = 0; done && found; count++) {
        done = rows_next(rows, &found, err) && (!found || digester_source_row(digester, rows->cells, err));
        if (done && count % LOOK_EVERY == 0 && was_interrupted(run->options->interrupted))
            done = err_set(err, ERR_CANCELED, "interrupted");
    }
    rows_close(rows);
    return done;
}

/* Digests go on living in the arena; their digester does not. */
static struct digest keep(struct arena *arena, const struct digest *digest)
{
    struct digest kept = *digest;

    kept.columns = arena_copy(arena, digest->columns, digest->column_count * sizeof(*digest->columns));
    return kept;
}

static bool compare_table(struct downgrade_run *run, struct engine *reader, size_t place, struct err *err)
{
    const struct plan_table *table = &run->result->prepared.plan.tables[place];
    struct downgrade_table *outcome = &run->result->tables[place];
    struct digester *digester = digester_new(run->arena, table);
    bool done = digest_file(run, reader, table, digester, err);

    if (done) {
        outcome->source = keep(run->arena, digester_result(run->digesters[place]));
        outcome->target = keep(run->arena, digester_result(digester));
        outcome->verified = true;
        outcome->equal =
            digest_compare(run->arena, &outcome->source, &outcome->target, &outcome->difference) &&
            outcome->counted == outcome->target.rows;
    } else if (err->code == ERR_DECISION) {
        err->code = ERR_DIFFERENT; /* a value that the column cannot hold is none that was sent */
    }
    digester_free(digester);
    return done || err_prefix(err, "verifying %.*s", STR_ARGS(table->source->name.text));
}

static bool compare_all(struct downgrade_run *run, struct engine *reader, struct err *err)
{
    const struct plan *plan = &run->result->prepared.plan;
    size_t unlike = 0;

    for (size_t i = 0; i < plan->table_count; i++) {
        if (!compare_table(run, reader, i, err))
            return false;
        unlike += !run->result->tables[i].equal;
    }
    if (unlike == 0)
        return true;
    err_set(err, ERR_DIFFERENT, "%zu table%s of the file not what PostgreSQL holds", unlike,
            unlike == 1 ? " is" : "s are");
    err_detail(err, "they are named above; the file was thrown away");
    return err_hint(err,
                    "this is a mistake of pgrade: please report it with the names of the columns' types");
}

/* ---- what SQLite itself says of it ---- */

struct troubles {
    struct str *lines;
    size_t count;
    size_t capacity;
};

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

/* What cannot be looked at in the old file cannot in the new one: an index by a function of the
 * application's. */
static bool check_whole(struct downgrade_run *run, struct engine *reader, struct err *err)
{
    static const struct str question = STR("PRAGMA integrity_check(20)");
    struct troubles found;
    struct troubles before;
    struct err failure = {.code = ERR_NONE};
    bool looked = read_troubles(run->arena, reader, question, &found, &failure);

    if (looked && found.count == 0)
        return true;
    if (!read_troubles(run->arena, run->result->prepared.snapshot.readers[0], question, &before, &failure)) {
        downgrade_note(run, (struct str){NULL, 0},
                       str_printf(run->arena, "the file could not be checked whole, nor the old one: %s",
                                  failure.detail));
        return true;
    }
    if (!looked) {
        *err = failure;
        return false;
    }
    for (size_t i = 0; i < found.count; i++) {
        if (has_line(&before, found.lines[i]))
            downgrade_note(run, (struct str){NULL, 0},
                           str_printf(run->arena, "%.*s, as in the old file", STR_ARGS(found.lines[i])));
        else if (is_of_rows(found.lines[i]))
            downgrade_not_carried(run, OBJECT_CHECK, (struct str){NULL, 0}, found.lines[i],
                                  str_from("rows of PostgreSQL contradict the old file's schema"));
        else
            return err_set(err, ERR_DIFFERENT, "the new file is not in order: %.*s",
                           STR_ARGS(found.lines[i]));
    }
    return true;
}

/* A line is a table and how many of its rows have no parent, by key. */
static bool check_foreign_keys(struct downgrade_run *run, struct engine *reader, struct err *err)
{
    static const struct str question =
        STR("SELECT \"table\" || ' has ' || count(*) || ' row(s) without a parent in ' || parent"
            " FROM pragma_foreign_key_check GROUP BY \"table\", parent, fkid ORDER BY 1");
    struct err failure = {.code = ERR_NONE};
    struct troubles found;
    struct troubles before;

    if (!read_troubles(run->arena, reader, question, &found, &failure)) {
        downgrade_note(run, (struct str){NULL, 0},
                       str_printf(run->arena, "the foreign keys could not be checked: %s", failure.detail));
        return true;
    }
    if (found.count == 0)
        return true;
    if (!read_troubles(run->arena, run->result->prepared.snapshot.readers[0], question, &before, err))
        return false;
    for (size_t i = 0; i < found.count; i++) {
        if (has_line(&before, found.lines[i]))
            downgrade_note(run, (struct str){NULL, 0},
                           str_printf(run->arena, "%.*s, as in the old file", STR_ARGS(found.lines[i])));
        else
            downgrade_not_carried(run, OBJECT_FOREIGN_KEY, (struct str){NULL, 0}, found.lines[i],
                                  str_from("SQLite lets such rows be, PostgreSQL did too"));
    }
    return true;
}

struct checking {
    struct downgrade_run *run;
    struct engine *reader;
};

static bool check_all(void *context, struct err *err)
{
    struct checking *it = context;

    return compare_all(it->run, it->reader, err) && check_foreign_keys(it->run, it->reader, err) &&
           check_whole(it->run, it->reader, err) && downgrade_accept(it->run, err);
}

bool downgrade_check(struct downgrade_run *run, struct err *err)
{
    struct engine_options options = {.trace = run->options->settings->trace};
    struct url url = {.kind = URL_SQLITE, .path = str_from(run->made.made)};
    struct checking it = {.run = run};
    bool done;

    if (!engine_open(&url, &options, &it.reader, err))
        return false;
    done = interruptible(run->options->interrupted, it.reader, check_all, &it, err);
    engine_close(it.reader);
    return done;
}
