/* The file is read again, by a connection of its own, and compared with what the server sent. */
#include "ops/downgrade_intern.h"
#include "ops/downgrade_whole.h"
#include "ops/interrupt.h"
#include "schema/ident.h"

enum {
    LOOK_EVERY = 1024,
    WORKERS = 2
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

struct checking {
    struct downgrade_run *run;
    struct engine *reader;
    struct file_check *check;
};

static bool compare(void *context, size_t worker, struct err *err)
{
    struct checking *it = context;

    (void)worker;
    if (compare_all(it->run, it->reader, err))
        return true;
    file_check_cancel(it->check);
    return false;
}

static bool tick(void *context, struct err *err)
{
    struct checking *it = context;

    if (!was_interrupted(it->run->options->interrupted))
        return true;
    engine_cancel(it->reader);
    file_check_cancel(it->check);
    return err_set(err, ERR_CANCELED, "interrupted");
}

static bool check_all(struct checking *it, struct err *err)
{
    struct pool *pool = pool_new(WORKERS);
    bool done;

    file_check_add(it->check, pool);
    pool_add(pool, 1, compare, it);
    done = pool_run(pool, tick, it, err);
    pool_free(pool);
    if (!done || !file_check_judge(it->run, it->check, err))
        return false;
    downgrade_checks(it->run, it->reader);
    return downgrade_accept(it->run, err);
}

bool downgrade_open_made(struct downgrade_run *run, struct engine **reader, struct err *err)
{
    struct engine_options options = {.trace = run->options->settings->trace};
    struct url url = {.kind = URL_SQLITE, .path = str_from(run->made.made)};

    return engine_open(&url, &options, reader, err);
}

/* SQLite's own checks go on beside the comparison: they take as long. */
bool downgrade_check(struct downgrade_run *run, struct err *err)
{
    struct checking it = {.run = run};
    bool done = downgrade_open_made(run, &it.reader, err) && file_check_open(run, &it.check, err) &&
                check_all(&it, err);

    engine_close(it.reader);
    file_check_close(it.check);
    return done;
}
