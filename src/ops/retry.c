#include "ops/retry.h"

#include <inttypes.h>
#include <string.h>

#include "ops/interrupt.h"
#include "ops/retry_file.h"
#include "ops/retry_intern.h"
#include "schema/ident.h"
#include "transfer/target.h"

/* A row of the file, what is known of it, and a key that stands twice in its JSON. */
static const struct str rows_sql =
    STR("SELECT f.run_id, f.id, coalesce(q.source_table, f.source_table), q.target_schema, q.target_table,"
        " f.place, (SELECT k.key FROM"
        "  (SELECT 1 AS depth, '' AS within, o.key FROM json_each(whole.object) o"
        "   UNION ALL SELECT 2, o.key, i.key FROM json_each(whole.object) o, json_object_keys("
        "   CASE json_typeof(o.value) WHEN 'object' THEN o.value ELSE '{}' END) i (key)) k"
        "  GROUP BY k.depth, k.within, k.key HAVING count(*) > 1 ORDER BY k.depth, k.key LIMIT 1)"
        " FROM pgrade_retry f CROSS JOIN LATERAL"
        "  (SELECT CASE json_typeof(f.text) WHEN 'object' THEN f.text ELSE '{}' END AS object) whole"
        " LEFT JOIN pgrade_record.quarantine q ON q.run_id = f.run_id AND q.id = f.id"
        " ORDER BY f.run_id, f.id");

static size_t find_table(struct retry *retry, const struct value *cells)
{
    struct retry_table table = {.run_id = str_dup(retry->arena, cells[0].bytes),
                                .source_table = str_dup(retry->arena, cells[2].bytes),
                                .schema = str_dup(retry->arena, cells[3].bytes),
                                .plan = {.name = str_dup(retry->arena, cells[4].bytes)}};

    for (size_t i = 0; i < retry->table_count; i++)
        if (str_equal(retry->tables[i].run_id, table.run_id) &&
            str_equal(retry->tables[i].source_table, table.source_table))
            return i;
    ARENA_PUSH(retry->arena, retry->tables, retry->table_count, retry->table_capacity) = table;
    return retry->table_count - 1;
}

static void refuse(struct retry *retry, int64_t id, struct str table, struct str reason)
{
    ARENA_PUSH(retry->arena, retry->result->refusals, retry->result->refusal_count,
               retry->result->refusal_capacity) =
        (struct retry_refusal){id, str_dup(retry->arena, table), str_dup(retry->arena, reason)};
}

/* Why the row is not even tried; NULL ptr: it is. */
static struct str obstacle(const struct retry *retry, const struct retry_file *file,
                           const struct value *cells)
{
    if (cells[4].kind == VALUE_NULL)
        return str_from(
            "it is not in pgrade_record.quarantine: it was given back already, or its tables were "
            "replaced, or this is another database");
    if (cells[6].kind == VALUE_NULL)
        return (struct str){NULL, 0};
    return str_printf(retry->arena, "line %zu: the key \"%.*s\" stands twice in its row",
                      retry_file_line(file, cells[5].integer), STR_ARGS(cells[6].bytes));
}

/* The rows of the file that are in quarantine still; others are refused. */
static bool list_rows(struct retry *retry, const struct retry_file *file, struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(retry->target, rows_sql, NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        struct retry_item row = {.number = rows->cells[1].integer};
        struct str why = obstacle(retry, file, rows->cells);

        if (why.ptr != NULL) {
            refuse(retry, row.number, rows->cells[2].bytes, why);
            continue;
        }
        row.table = find_table(retry, rows->cells);
        row.run_id = retry->tables[row.table].run_id;
        row.id = str_printf(retry->arena, "%" PRId64, row.number);
        ARENA_PUSH(retry->arena, retry->rows, retry->row_count, retry->row_capacity) = row;
    }
    rows_close(rows);
    for (size_t i = 0; done && i < retry->table_count; i++)
        done = retry_table_read(retry->arena, retry->target, &retry->tables[i], err);
    return done;
}

struct single {
    struct retry *retry;
    struct retry_item *row;
};

/* What the statement gives back is what is in the table now. */
static bool insert(struct retry *retry, const struct retry_table *table, const struct digest *sent,
                   struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "COPY (");
    retry_put_insert(&sql, table, "pgrade_row", NULL);
    buf_text(&sql, ") TO STDOUT (FORMAT binary)");
    done = retry_compare(retry, table, buf_view(&sql), sent, err);
    buf_free(&sql);
    return done;
}

static bool load_row(void *context, struct err *err)
{
    struct single *single = context;
    struct retry *retry = single->retry;
    const struct retry_table *table = &retry->tables[single->row->table];
    struct arena *arena = arena_new();
    struct value *cells = ARENA_ARRAY(arena, struct value, table->plan.column_count + 1);
    struct digester *digester = digester_new(arena, &table->plan);
    bool done = retry_stage_make(retry, table, "pgrade_row", err) &&
                retry_stage_row(retry, single->row, arena, "pgrade_row", cells, err) &&
                digester_source_row(digester, cells, err) &&
                insert(retry, table, digester_result(digester), err) &&
                engine_exec(retry->target, (struct str)STR("DROP TABLE pgrade_row"), err);

    digester_free(digester);
    arena_free(arena);
    return done;
}

/* A row that fails is taken back alone; its reason is kept. */
static bool try_row(struct retry *retry, struct retry_item *row, struct err *err)
{
    struct single single = {retry, row};
    struct err failure;

    if (!retry_attempt(retry, load_row, &single, &row->loaded, &failure, err))
        return false;
    if (row->loaded)
        return true;
    row->lacks_parent = strcmp(failure.sqlstate, "23503") == 0;
    row->failure = str_dup(retry->arena, str_from(failure.detail));
    row->reason = retry_reason(retry, &failure);
    return true;
}

/* Each alone, so that what is wrong with it is told exactly; then those that lack a parent together. */
static bool load_round(struct retry *retry, struct err *err)
{
    for (size_t i = 0; i < retry->row_count; i++) {
        if (was_interrupted(retry->options->interrupted))
            return err_set(err, ERR_CANCELED, "interrupted");
        if (retry->rows[i].loaded)
            continue;
        if (!try_row(retry, &retry->rows[i], err))
            return false;
        retry->result->loaded += retry->rows[i].loaded;
    }
    return retry_load_together(retry, err);
}

/* A trigger may want another row to be there: again, until a round helps no more. */
static bool load_rows(struct retry *retry, struct err *err)
{
    int64_t before;

    do {
        before = retry->result->loaded;
        if (!load_round(retry, err))
            return false;
    } while (retry->result->loaded > before && (size_t)retry->result->loaded < retry->row_count);
    for (size_t i = 0; i < retry->row_count; i++)
        if (!retry->rows[i].loaded)
            refuse(retry, retry->rows[i].number, retry->tables[retry->rows[i].table].source_table,
                   retry->rows[i].reason);
    return true;
}

static bool check_refusals(struct retry *retry, struct err *err)
{
    size_t count = retry->result->refusal_count;

    if (count == 0)
        return true;
    retry->result->loaded = 0;
    err_set(err, ERR_DECISION, "%zu row%s of %s cannot be given back", count, count == 1 ? "" : "s",
            retry->options->file);
    err_detail(err, "each is named above, by its id; nothing was changed");
    return err_hint(err, "correct them in the file, or take them out of it, and run the same command again");
}

static bool finish(struct retry *retry, struct err *err)
{
    return engine_exec(retry->target,
                       (struct str)STR("DELETE FROM pgrade_record.quarantine q USING pgrade_retry f WHERE "
                                       "q.run_id = f.run_id AND q.id = f.id;"
                                       "DELETE FROM pgrade_record.quarantine_column c WHERE NOT EXISTS "
                                       "(SELECT FROM pgrade_record.quarantine q"
                                       " WHERE q.run_id = c.run_id)"),
                       err);
}

/* What was given back came in subtransactions, whose numbers are others: that it is out of quarantine tells.
 */
static bool commit(struct retry *retry, struct err *err)
{
    struct buf proof;
    bool done;

    buf_init(&proof, BUF_TEXT_MAXIMUM);
    if (retry->row_count > 0) {
        buf_text(&proof,
                 "SELECT $1::text IS NOT NULL AND NOT EXISTS (SELECT FROM pgrade_record.quarantine WHERE "
                 "run_id = ");
        literal_quote(&proof, retry->rows[0].run_id);
        buf_printf(&proof, " AND id = %" PRId64 ")", retry->rows[0].number);
    }
    retry->commit.proof = buf_view(&proof);
    done = commit_transaction(&retry->commit, retry->target, err);
    buf_free(&proof);
    return done;
}

static bool begin(struct retry *retry, struct err *err)
{
    int64_t known;

    if (!engine_int(retry->target,
                    (struct str)STR("SELECT (to_regclass('pgrade_record.quarantine') IS NOT NULL)::int"),
                    &known, err))
        return false;
    if (known == 0) {
        err_set(err, ERR_REFUSED, "the target has no pgrade_record.quarantine");
        err_detail(err, "no row that was set aside is known there");
        return err_hint(err, "give the URL of the database into which the upgrade went");
    }
    commit_prepare(&retry->commit, retry->target);
    return engine_exec(retry->target, (struct str)STR("BEGIN; SET CONSTRAINTS ALL IMMEDIATE"), err);
}

static bool work(void *context, struct err *err)
{
    struct retry *retry = context;
    struct retry_file file;

    return target_session(retry->target, err) && begin(retry, err) &&
           retry_file_read(retry->arena, retry->target, retry->options->file, &file, err) &&
           list_rows(retry, &file, err) && load_rows(retry, err) && check_refusals(retry, err) &&
           finish(retry, err) && commit(retry, err);
}

bool retry_run(struct arena *arena, const struct retry_options *options, struct retry_result *result,
               struct err *err)
{
    struct engine_options engine = {.trace = options->trace, .interrupted = options->interrupted};
    struct retry retry = {.arena = arena,
                          .options = options,
                          .result = result,
                          .commit = {.url = options->target, .options = engine}};
    bool done;

    *result = (struct retry_result){.loaded = 0};
    done = engine_open(options->target, &engine, &retry.target, err) &&
           interruptible(options->interrupted, retry.target, work, &retry, err);
    if (!done)
        result->loaded = 0;
    if (!done && was_interrupted(options->interrupted))
        interrupt_error(err);
    if (!done)
        lost_error(err, "no row was given back");
    if (retry.commit.unknown) /* whatever else came up */
        *err = retry.commit.failure;
    commit_end(&retry.commit);
    engine_close(retry.target);
    return done;
}
