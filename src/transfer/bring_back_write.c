/* What changes in the file. */
#include "schema/ident.h"
#include "transfer/bring_back_intern.h"

static struct str name_of(const struct back_run *run)
{
    return run->table->source->name.text;
}

static struct str column_name(const struct back_run *run, size_t column)
{
    return run->columns[column].plan->source->name.text;
}

static bool prepare(struct back_run *run, struct buf *sql, struct sqlite_write **write, struct err *err)
{
    bool done = sql->failed ? err_set(err, ERR_OUT_OF_MEMORY, "no memory for a statement")
                            : sqlite_write_new(run->back->file, buf_view(sql), write, err);

    buf_free(sql);
    return done;
}

size_t back_value_count(const struct back_run *run)
{
    return run->width + (run->locator.len > 0 && run->alias < 0);
}

static const struct value *row_values(const struct back_run *run)
{
    return back_value_count(run) > run->width ? run->values : run->values + 1;
}

/* Kept until the rows that are gone are gone. */
void back_wait(struct back_run *run, const struct value *values)
{
    size_t count = back_value_count(run);
    struct waiting_row row = {ARENA_ARRAY(run->arena, struct value, count)};

    for (size_t i = 0; i < count; i++) {
        row.values[i] = values[i];
        if (values[i].kind == VALUE_TEXT || values[i].kind == VALUE_BLOB)
            row.values[i].bytes = str_dup(run->arena, values[i].bytes);
    }
    ARENA_PUSH(run->arena, run->waiting, run->waiting_count, run->waiting_capacity) = row;
}

bool back_insert(struct back_run *run, struct err *err)
{
    return back_batch_add(run, row_values(run), err);
}

static bool update_column(struct back_run *run, size_t column, int64_t rowid, bool *taken, struct err *err)
{
    struct value values[2] = {run->values[column + 1], {.kind = VALUE_INTEGER, .integer = rowid}};
    struct buf sql;

    if (run->updates[column] == NULL) {
        buf_init(&sql, BUF_TEXT_MAXIMUM);
        buf_text(&sql, "UPDATE OR FAIL ");
        ident_quote(&sql, name_of(run));
        buf_text(&sql, " SET ");
        ident_quote(&sql, column_name(run, column));
        buf_text(&sql, " = ?1 WHERE ");
        ident_quote(&sql, run->locator);
        buf_text(&sql, " = ?2");
        if (!prepare(run, &sql, &run->updates[column], err))
            return false;
    }
    return sqlite_write_run(run->updates[column], values, 2, taken, err);
}

bool back_update(struct back_run *run, int64_t rowid, struct err *err)
{
    for (size_t i = 0; i < run->width; i++) {
        bool taken;

        if (!run->differs[i])
            continue;
        if (!update_column(run, i, rowid, &taken, err))
            return false;
        if (!taken)
            continue;
        run->values[0] = (struct value){.kind = VALUE_INTEGER, .integer = rowid};
        back_wait(run, row_values(run));
        return back_remove(run, rowid, err);
    }
    return true;
}

bool back_remove(struct back_run *run, int64_t rowid, struct err *err)
{
    struct value value = {.kind = VALUE_INTEGER, .integer = rowid};
    struct buf sql;
    bool taken;

    if (run->remove == NULL) {
        buf_init(&sql, BUF_TEXT_MAXIMUM);
        buf_text(&sql, "DELETE FROM ");
        ident_quote(&sql, name_of(run));
        buf_text(&sql, " WHERE ");
        ident_quote(&sql, run->locator);
        buf_text(&sql, " = ?1");
        if (!prepare(run, &sql, &run->remove, err))
            return false;
    }
    return sqlite_write_run(run->remove, &value, 1, &taken, err);
}

bool back_remove_all(struct back_run *run, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "DELETE FROM ");
    ident_quote(&sql, name_of(run));
    done = engine_exec(run->back->file, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

bool back_insert_waiting(struct back_run *run, struct err *err)
{
    for (size_t i = 0; i < run->waiting_count; i++) {
        bool taken;

        if (!back_batch_one(run, run->waiting[i].values, &taken, err))
            return false;
        if (!taken)
            continue;
        err_set(err, ERR_DECISION, "%.*s: two rows have the same value where SQLite wants unlike ones",
                STR_ARGS(name_of(run)));
        err_detail(err, "a primary key, UNIQUE or unique index of the SQLite table is not unique among the "
                        "rows of PostgreSQL");
        return err_hint(err,
                        "look for rows that differ in upper and lower case only, and change one of them");
    }
    return true;
}

void back_write_free(struct back_run *run)
{
    back_batch_free(run->batch);
    sqlite_write_free(run->remove);
    for (size_t i = 0; run->updates != NULL && i < run->width; i++)
        sqlite_write_free(run->updates[i]);
}
