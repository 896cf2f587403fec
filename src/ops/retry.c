#include "ops/retry.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "ops/retry_row.h"
#include "schema/ident.h"
#include "transfer/target.h"
#include "verify/digest.h"

enum {
    CHUNK = 64 * 1024,
    ROW_MAXIMUM = 1000 * 1024 * 1024
};

static const char heading[] = "run_id,id,source,source_table,target_schema,target_table,source_rowid,"
                              "column_name,reason,row";

struct row {
    struct str run_id;
    struct str id; /* as text */
    int64_t number;
    size_t table;
    bool loaded;
    struct str reason; /* why it was not, last time */
};

struct retry {
    struct arena *arena;
    const struct retry_options *options;
    struct retry_result *result;
    struct engine *target;
    struct retry_table *tables;
    size_t table_count;
    size_t table_capacity;
    struct row *rows;
    size_t row_count;
    size_t row_capacity;
};

static bool wrong_file(const struct retry *retry, const char *why, struct err *err)
{
    err_set(err, ERR_USAGE, "%s is no quarantine file", retry->options->file);
    err_detail(err, "%s", why);
    return err_hint(err,
                    "upgrade --misfit quarantine writes one; correct the values in it, and keep its heading");
}

/* Spreadsheets put quotes around words, and a mark in front of the file. */
static bool is_heading(struct str text)
{
    size_t place = 0;

    if (str_starts_with(text, "\xef\xbb\xbf"))
        text = str_slice(text, 3, text.len);
    for (size_t i = 0; i < text.len && text.ptr[i] != '\n' && text.ptr[i] != '\r'; i++) {
        if (text.ptr[i] == '"')
            continue;
        if (place >= sizeof(heading) - 1 || text.ptr[i] != heading[place])
            return false;
        place++;
    }
    return place == sizeof(heading) - 1;
}

/* The server reads the CSV and the JSON in it, and says where it cannot. */
static bool send(struct retry *retry, int descriptor, struct err *err)
{
    char *chunk = arena_alloc(retry->arena, CHUNK);
    ssize_t size = read(descriptor, chunk, CHUNK);
    bool done = true;
    int64_t rows;

    if (size < 0 || !is_heading((struct str){chunk, size < 0 ? 0 : (size_t)size}))
        return wrong_file(retry, size < 0 ? strerror(errno) : "its first line is another heading", err);
    if (!engine_copy_in(retry->target, (struct str)STR("COPY pgrade_retry FROM STDIN (FORMAT csv, HEADER)"),
                        err))
        return false;
    while (done && size > 0) {
        done = engine_copy_put(retry->target, chunk, (size_t)size, err);
        size = done ? read(descriptor, chunk, CHUNK) : 0;
    }
    if (!done || engine_copy_in_end(retry->target, &rows, err))
        return done;
    if (strncmp(err->sqlstate, "22", 2) == 0) {
        struct err cause = *err;

        err_clear(err);
        return wrong_file(retry, cause.detail, err);
    }
    return false;
}

static bool read_file(struct retry *retry, struct err *err)
{
    int descriptor = open(retry->options->file, O_RDONLY | O_CLOEXEC);
    bool done;

    if (descriptor < 0) {
        err_set(err, ERR_IO, "cannot open %s", retry->options->file);
        return err_detail(err, "%s", strerror(errno));
    }
    done = send(retry, descriptor, err);
    (void)close(descriptor);
    return done;
}

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

/* The rows of the file that are in quarantine still; others are refused. */
static bool list_rows(struct retry *retry, struct err *err)
{
    static const struct str sql = STR("SELECT f.run_id, f.id, coalesce(q.source_table, f.source_table),"
                                      " q.target_schema, q.target_table FROM pgrade_retry f"
                                      " LEFT JOIN pgrade.quarantine q ON q.run_id = f.run_id AND q.id = f.id"
                                      " ORDER BY f.run_id, f.id");
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(retry->target, sql, NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        struct row row = {.number = rows->cells[1].integer};

        if (rows->cells[4].kind == VALUE_NULL) {
            refuse(retry, row.number, rows->cells[2].bytes,
                   str_from("it is not in pgrade.quarantine: it was given back already, or its tables were "
                            "replaced, or this is another database"));
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

/* An empty table of the columns, into which the row goes first. */
static bool make_stage(struct retry *retry, const struct retry_table *table, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "CREATE TEMP TABLE pgrade_row ON COMMIT DROP AS SELECT ");
    plan_column_list(&sql, &table->plan);
    buf_text(&sql, " FROM ");
    ident_quote_qualified(&sql, table->schema, table->plan.name);
    buf_text(&sql, " LIMIT 0");
    done = engine_exec(retry->target, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

static void put_insert(struct buf *sql, const struct retry_table *table)
{
    buf_text(sql, "COPY (INSERT INTO ");
    ident_quote_qualified(sql, table->schema, table->plan.name);
    buf_text(sql, " (");
    plan_column_list(sql, &table->plan);
    buf_text(sql, ") OVERRIDING SYSTEM VALUE SELECT ");
    plan_column_list(sql, &table->plan);
    buf_text(sql, " FROM pgrade_row RETURNING ");
    plan_column_list(sql, &table->plan);
    buf_text(sql, ") TO STDOUT (FORMAT binary)");
}

static bool read_back(struct retry *retry, struct digester *digester, struct err *err)
{
    struct str bytes;

    for (;;) {
        if (!engine_copy_get(retry->target, &bytes, err))
            return false;
        if (bytes.len == 0)
            return digester_target_end(digester, err);
        if (!digester_target_bytes(digester, bytes.ptr, bytes.len, err))
            return false;
    }
}

/* What the statement gives back is what is in the table now. */
static bool insert(struct retry *retry, const struct retry_table *table, const struct value *cells,
                   struct err *err)
{
    struct arena *arena = arena_new();
    struct digester *source = digester_new(arena, &table->plan);
    struct digester *target = digester_new(arena, &table->plan);
    struct digest_difference difference;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_insert(&sql, table);
    done = digester_source_row(source, cells, err) && engine_copy_out(retry->target, buf_view(&sql), err) &&
           read_back(retry, target, err);
    if (done && !digest_compare(arena, digester_result(source), digester_result(target), &difference))
        done = err_set(err, ERR_DIFFERENT, "what arrived is not what was sent");
    buf_free(&sql);
    digester_free(source);
    digester_free(target);
    arena_free(arena);
    return done;
}

static bool stage(struct retry *retry, const struct buf *fields, struct err *err)
{
    int64_t rows;

    return engine_copy_in(retry->target, (struct str)STR("COPY pgrade_row FROM STDIN (FORMAT binary)"),
                          err) &&
           engine_copy_put(retry->target, fields->ptr, fields->len, err) &&
           engine_copy_in_end(retry->target, &rows, err);
}

static bool load_row(struct retry *retry, struct row *row, struct arena *arena, struct err *err)
{
    const struct retry_table *table = &retry->tables[row->table];
    struct value *cells = ARENA_ARRAY(arena, struct value, table->plan.column_count + 1);
    const char *reason;
    struct buf fields;
    bool done;

    if (!retry_row_read(arena, retry->target, table, row->id, cells, &reason, err))
        return false;
    buf_init(&fields, ROW_MAXIMUM);
    if (reason == NULL && retry_row_encode(arena, table, cells, &fields, &reason))
        done = make_stage(retry, table, err) && stage(retry, &fields, err) &&
               insert(retry, table, cells, err) &&
               engine_exec(retry->target, (struct str)STR("DROP TABLE pgrade_row"), err);
    else
        done = err_set(err, ERR_DECISION, "%s", reason);
    buf_free(&fields);
    return done;
}

/* A row that fails is taken back alone; its reason is kept. */
static bool try_row(struct retry *retry, struct row *row, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    struct arena *arena;

    if (!engine_exec(retry->target, (struct str)STR("SAVEPOINT pgrade_row"), err))
        return false;
    arena = arena_new();
    row->loaded = load_row(retry, row, arena, &failure);
    arena_free(arena);
    if (row->loaded)
        return engine_exec(retry->target, (struct str)STR("RELEASE SAVEPOINT pgrade_row"), err);
    if (retry->options->hide_values)
        err_hide_values(&failure);
    row->reason = failure.code == ERR_DECISION || failure.detail[0] == '\0'
                      ? str_dup(retry->arena, str_from(failure.primary))
                      : str_dup(retry->arena, str_from(failure.detail));
    return engine_exec(retry->target, (struct str)STR("ROLLBACK TO SAVEPOINT pgrade_row"), err);
}

/* Children may stand before their parents: again, until a round helps no more. */
static bool load_rows(struct retry *retry, struct err *err)
{
    bool progress = true;

    while (progress) {
        progress = false;
        for (size_t i = 0; i < retry->row_count; i++) {
            if (retry->rows[i].loaded)
                continue;
            if (!try_row(retry, &retry->rows[i], err))
                return false;
            progress = progress || retry->rows[i].loaded;
            retry->result->loaded += retry->rows[i].loaded;
        }
    }
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
    return engine_exec(
        retry->target,
        (struct str)STR(
            "DELETE FROM pgrade.quarantine q USING pgrade_retry f WHERE q.run_id = f.run_id AND q.id = f.id;"
            "DELETE FROM pgrade.quarantine_column c WHERE NOT EXISTS (SELECT FROM pgrade.quarantine q"
            " WHERE q.run_id = c.run_id); COMMIT"),
        err);
}

static bool begin(struct retry *retry, struct err *err)
{
    int64_t known;

    if (!engine_int(retry->target,
                    (struct str)STR("SELECT (to_regclass('pgrade.quarantine') IS NOT NULL)::int"), &known,
                    err))
        return false;
    if (known == 0) {
        err_set(err, ERR_REFUSED, "the target has no pgrade.quarantine");
        err_detail(err, "no row that was set aside is known there");
        return err_hint(err, "give the URL of the database into which the upgrade went");
    }
    return engine_exec(
        retry->target,
        (struct str)STR(
            "BEGIN; SET LOCAL synchronous_commit TO DEFAULT; SET CONSTRAINTS ALL IMMEDIATE;"
            "CREATE TEMP TABLE pgrade_retry (run_id text NOT NULL, id bigint NOT NULL, source text,"
            " source_table text, target_schema text, target_table text, source_rowid bigint,"
            " column_name text, reason text, \"row\" jsonb NOT NULL, PRIMARY KEY (run_id, id))"
            " ON COMMIT DROP"),
        err);
}

struct str retry_source(struct arena *arena, const char *file)
{
    struct err ignored = {.code = ERR_NONE};
    struct str text = {NULL, 0};
    ptrdiff_t end;

    if (!fs_read_from(arena, file, 0, CHUNK, &text, &ignored) || !is_heading(text) ||
        (end = str_find(text, '\n')) < 0)
        return (struct str){NULL, 0};
    text = str_slice(text, (size_t)end + 1, text.len);
    for (int i = 0; i < 2; i++) {
        end = str_find(text, ',');
        text = str_slice(text, end < 0 ? text.len : (size_t)end + 1, text.len);
    }
    end = str_find(text, ',');
    text = str_slice(text, 0, end < 0 ? 0 : (size_t)end);
    if (str_starts_with(text, "\"") && str_ends_with(text, "\""))
        text = str_slice(text, 1, text.len - 1);
    return text;
}

bool retry_run(struct arena *arena, const struct retry_options *options, struct retry_result *result,
               struct err *err)
{
    struct engine_options engine = {.trace = options->trace};
    struct retry retry = {.arena = arena, .options = options, .result = result};
    bool done;

    *result = (struct retry_result){.loaded = 0};
    if (!engine_open(options->target, &engine, &retry.target, err))
        return false;
    done = target_session(retry.target, err) && begin(&retry, err) && read_file(&retry, err) &&
           list_rows(&retry, err) && load_rows(&retry, err) && check_refusals(&retry, err) &&
           finish(&retry, err);
    if (!done)
        result->loaded = 0;
    engine_close(retry.target);
    return done;
}
