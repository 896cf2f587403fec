/* The rows of a file, each inserted, or brought to what the file says. */
#include <string.h>

#include "base/buf.h"
#include "ops/seed_intern.h"

static bool fails_at(const struct seed_filling *filling, const struct seed_row *row, struct err *err)
{
    return err_prefix(err, "%s:%zu", filling->file->path, row->line);
}

static bool match_columns(struct seed_filling *filling, const struct seed_row *row, struct err *err)
{
    filling->columns = ARENA_ARRAY(filling->run->arena, const struct seed_column *, row->count + 1);
    for (size_t i = 0; i < row->count; i++) {
        const struct seed_column *column = seed_table_column(filling->table, row->names[i]);

        if (column == NULL) {
            err_set(err, ERR_FAILED, "%.*s has no column %.*s", STR_ARGS(filling->table->shown),
                    STR_ARGS(row->names[i]));
            err_hint(err, "`pgrade show URL %.*s` lists its columns", STR_ARGS(filling->table->shown));
            return fails_at(filling, row, err);
        }
        if (column->generated) {
            err_set(err, ERR_FAILED, "%.*s.%.*s is computed by the database", STR_ARGS(filling->table->shown),
                    STR_ARGS(column->name));
            err_hint(err, "leave the column out of the file");
            return fails_at(filling, row, err);
        }
        filling->columns[i] = column;
    }
    return true;
}

static void place_key(struct seed_filling *filling, const struct seed_row *row)
{
    size_t *places = ARENA_ARRAY(filling->run->arena, size_t, filling->key->count);

    for (size_t i = 0; i < filling->key->count; i++)
        for (size_t k = 0; k < row->count; k++)
            if (str_equal(filling->columns[k]->name, filling->key->columns[i]))
                places[i] = k;
    filling->key_places = places;
}

/* Whether the row has the columns of those before it; keeps its names. */
static bool is_same(struct seed_filling *filling, const struct seed_row *row)
{
    struct buf names;
    bool same;

    buf_init(&names, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < row->count; i++) {
        buf_str(&names, row->names[i]);
        buf_byte(&names, '\0');
    }
    same = filling->made_for.ptr != NULL && str_equal(filling->made_for, buf_view(&names));
    if (!same)
        filling->made_for = buf_to_str(filling->run->arena, &names);
    buf_free(&names);
    return same;
}

/* Objects of a JSON file may have different members: statements are made anew where they do. */
static bool prepare(struct seed_filling *filling, const struct seed_row *row, struct err *err)
{
    if (row->count == 0)
        return err_set(err, ERR_FAILED, "%s:%zu: the row is empty", filling->file->path, row->line);
    if (!match_columns(filling, row, err) || (filling->key == NULL && !seed_choose_key(filling, row, err)))
        return false;
    if (filling->key != NULL && !seed_has_all(filling->key, row))
        return err_set(err, ERR_FAILED, "%s:%zu: the row lacks a column of the key (%.*s)",
                       filling->file->path, row->line, STR_ARGS(filling->file->key));
    if (filling->key != NULL) {
        place_key(filling, row);
        filling->find_sql = seed_find_sql(filling);
    }
    filling->put_sql = seed_insert_sql(filling, filling->run->arena, row->count, 1);
    seed_batch_shape(filling, row->count);
    return true;
}

static bool bad_value(const struct seed_filling *filling, const struct seed_row *row, size_t i,
                      const char *why, struct err *err)
{
    const struct seed_column *column = filling->columns[i];

    err_set(err, ERR_FAILED, "%s:%zu: column %.*s: the value is none of %.*s", filling->file->path, row->line,
            STR_ARGS(column->name), STR_ARGS(column->type));
    /* Values are in the detail only, from where --hide-values takes them. */
    if (filling->run->options->hide_values)
        return false;
    return err_detail(err, "'%.*s'%s: %s", STR_ARGS(str_utf8_clip(row->cells[i].text, 200)),
                      row->cells[i].text.len > 200 ? "..." : "", why);
}

/* An explicit cast would cut a text that is too long for character varying(40), and say nothing. */
static bool is_too_long(const struct seed_column *column, const struct pgrade_value *value)
{
    ptrdiff_t bracket = str_find(column->type, '(');
    struct str digits = str_slice(column->type, (size_t)(bracket + 1), column->type.len - 1);
    int64_t maximum;

    return bracket > 0 && str_starts_with(column->type, "character") && str_to_int64(digits, &maximum) &&
           (int64_t)str_utf8_count((struct str){value->bytes, value->size}) > maximum;
}

/* The server says what is wrong with a value, and not where it stood: each is tried alone. */
static bool find_culprit(const struct seed_filling *filling, const struct seed_row *row,
                         const struct pgrade_value *values, struct err *err)
{
    for (size_t i = 0; i < row->count; i++) {
        struct pgrade_error error;
        char *sql =
            arena_printf(filling->run->arena, "SELECT CAST($1 AS %.*s)", STR_ARGS(filling->columns[i]->type));

        if (values[i].type != PGRADE_NULL && is_too_long(filling->columns[i], &values[i])) {
            (void)bad_value(filling, row, i, "the text is too long", err);
            return true;
        }
        if (values[i].type != PGRADE_NULL &&
            !pgrade_run(filling->run->db, sql, &values[i], 1, NULL, &error) &&
            error.kind == PGRADE_KIND_DATA) {
            err_sqlstate(err, error.sqlstate);
            (void)bad_value(filling, row, i, error.message, err);
            err_sqlstate(err, error.sqlstate);
            return true;
        }
    }
    return false;
}

/* What failed ended the transaction, and with it how dates are read. */
static bool try_again(struct seed_run *run)
{
    struct err ignored = {.code = ERR_NONE};

    return pgrade_rollback(run->db, NULL) && pgrade_begin(run->db, PGRADE_READ, NULL) &&
           seed_settle(run, &ignored);
}

static bool row_failed(const struct seed_filling *filling, const struct seed_row *row,
                       const struct pgrade_value *values, const struct pgrade_error *error, struct err *err)
{
    if (error->kind == PGRADE_KIND_DATA && !filling->run->sqlite && try_again(filling->run) &&
        find_culprit(filling, row, values, err))
        return false;
    seed_failed(filling->run, error, err);
    if (error->column[0] != '\0' && strstr(err->primary, error->column) == NULL)
        err_prefix(err, "column %s", error->column);
    if (error->kind == PGRADE_KIND_FOREIGN_KEY)
        err_hint(err, "rows that are referred to have to come first: files run in the order of their names");
    if (error->kind == PGRADE_KIND_UNIQUE && filling->key != NULL)
        err_hint(err, "rows are known by (%.*s); --key %.*s=COLUMN,... names another key",
                 STR_ARGS(filling->file->key), STR_ARGS(filling->table->shown));
    return fails_at(filling, row, err);
}

static bool make_values(const struct seed_filling *filling, struct arena *scratch, const struct seed_row *row,
                        struct pgrade_value **values, struct err *err)
{
    *values = ARENA_ARRAY(scratch, struct pgrade_value, row->count);
    for (size_t i = 0; i < row->count; i++) {
        const char *why;

        if (!seed_value(filling->run, scratch, filling->columns[i], &row->cells[i], &(*values)[i], &why))
            return bad_value(filling, row, i, why, err);
    }
    for (size_t i = 0; filling->key != NULL && i < filling->key->count; i++)
        if ((*values)[filling->key_places[i]].type == PGRADE_NULL)
            return err_set(err, ERR_FAILED,
                           "%s:%zu: column %.*s: a row without its key would come again each time",
                           filling->file->path, row->line, STR_ARGS(filling->key->columns[i]));
    return true;
}

static bool is_there(const struct seed_filling *filling, struct arena *scratch,
                     const struct pgrade_value *values, bool *there, struct pgrade_error *error)
{
    struct pgrade_value *key = ARENA_ARRAY(scratch, struct pgrade_value, filling->key->count);
    struct pgrade_rows *rows;
    bool done;

    for (size_t i = 0; i < filling->key->count; i++)
        key[i] = values[filling->key_places[i]];
    if (!pgrade_run(filling->run->db, filling->find_sql, key, filling->key->count, &rows, error))
        return false;
    done = pgrade_next(rows, there, error);
    return pgrade_rows_close(rows, done ? error : NULL) && done;
}

bool seed_put(const struct seed_filling *filling, const char *sql, const struct pgrade_value *values,
              size_t count, int64_t *changed, struct pgrade_error *error)
{
    struct pgrade_rows *rows;
    bool found = true;
    bool done = true;

    if (!pgrade_run(filling->run->db, sql, values, count, &rows, error))
        return false;
    while (done && found)
        done = pgrade_next(rows, &found, error);
    *changed = pgrade_changed(rows);
    return pgrade_rows_close(rows, done ? error : NULL) && done;
}

bool seed_put_row(struct seed_filling *filling, const struct seed_queued *queued, struct err *err)
{
    const struct seed_row *row = &queued->row;
    struct seed_file *file = filling->file;
    struct pgrade_error error;
    bool there = false;
    int64_t changed;

    if ((filling->key != NULL && !is_there(filling, filling->batch.arena, queued->values, &there, &error)) ||
        !seed_put(filling, filling->put_sql, queued->values, row->count, &changed, &error))
        return row_failed(filling, row, queued->values, &error, err);
    file->rows++;
    if (changed <= 0)
        file->unchanged++;
    else if (there)
        file->updated++;
    else
        file->inserted++;
    return true;
}

static bool take_row(struct seed_filling *filling, const struct seed_row *row, struct err *err)
{
    bool same = is_same(filling, row);
    struct pgrade_value *values;

    return (same || (seed_batch_put(filling, err) && prepare(filling, row, err))) &&
           make_values(filling, filling->batch.arena, row, &values, err) &&
           seed_check_twice(filling, row, err) && seed_batch_add(filling, row, values, err);
}

/* What is wrong with a row is told after the rows before it were put: their mistakes come first. */
static bool take_rows(struct seed_filling *filling, struct seed_reader *reader, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    bool found = true;
    bool done = true;

    while (done && found) {
        struct seed_row row;

        done = seed_next(reader, filling->batch.arena, &row, &found, &failure) &&
               (!found || take_row(filling, &row, &failure));
        if (done && seed_is_interrupted(filling->run))
            return err_set(err, ERR_CANCELED, "interrupted");
    }
    if (!seed_batch_put(filling, err))
        return false;
    if (!done)
        *err = failure;
    return done;
}

static bool no_table(const struct seed_file *file, struct err *err)
{
    err_set(err, ERR_FAILED, "%s: there is no table %.*s", file->path, STR_ARGS(file->table));
    return err_hint(err,
                    "a file is named after its table, with a number before it if you like: 010_users.csv; "
                    "migrations make the tables");
}

bool seed_rows(struct seed_run *run, struct seed_file *file, struct err *err)
{
    struct seed_filling filling = {.run = run, .file = file};
    struct seed_reader reader;
    bool found = true;
    bool done = seed_open(run->arena, file, &reader, err) &&
                (seed_table_find(run, file->table, &filling.table, &found, err) ||
                 err_prefix(err, "%s", file->path)) &&
                (found || no_table(file, err));

    if (!done)
        return false;
    ARENA_PUSH(run->arena, run->touched, run->touched_count, run->touched_capacity) = filling.table;
    seed_batch_open(&filling);
    done =
        seed_batch_begin(&filling, err) && take_rows(&filling, &reader, err) && seed_batch_end(&filling, err);
    seed_batch_close(&filling);
    return done;
}
