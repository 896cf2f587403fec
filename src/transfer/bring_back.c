#include "transfer/bring_back.h"
#include "base/flag.h"

#include "schema/ident.h"
#include "transfer/bring_back_intern.h"

enum {
    LEARN_FROM = 2000, /* the last rows: they are of the application as it is */
    LOOK_EVERY = 1024  /* rows, for an interruption */
};

/* ---- reading the server ---- */

/* A count knows no days, and neither does a moment after 1970: -1 day +26:00 is 2 hours for both. */
static void put_span(struct buf *sql, struct str column)
{
    struct buf name;

    buf_init(&name, BUF_TEXT_MAXIMUM);
    ident_quote(&name, column);
    buf_printf(
        sql,
        "CASE WHEN NOT isfinite(%1$s) OR date_part('year', %1$s) <> 0 OR date_part('month', %1$s) <> 0"
        " THEN %1$s ELSE make_interval(days => floor(extract(epoch FROM %1$s) / 86400)::int,"
        " secs => (extract(epoch FROM %1$s) - floor(extract(epoch FROM %1$s) / 86400) * 86400)::float8)"
        " END",
        name.ptr);
    buf_free(&name);
}

static bool is_length(const struct decode_column *column)
{
    const struct spelling *spelling = &column->spelling;

    return column->plan->type.kind == PG_INTERVAL &&
           (spelling->class == VALUE_INTEGER || spelling->class == VALUE_REAL ||
            (spelling->class == VALUE_TEXT && spelling->shape.day));
}

static void put_column(struct buf *sql, const struct back_run *run, size_t column)
{
    struct str name = run->columns[column].plan->name;

    if (is_length(&run->columns[column])) {
        put_span(sql, name);
        return;
    }
    ident_quote(sql, name);
    if (run->back->as_text[run->place][run->places[column]])
        buf_text(sql, "::text");
}

static void put_copy(struct buf *sql, const struct back_run *run)
{
    buf_text(sql, "COPY (SELECT ");
    for (size_t i = 0; i < run->width; i++) {
        buf_text(sql, i == 0 ? "" : ", ");
        put_column(sql, run, i);
    }
    /* Rows of tables that inherit from it are theirs. */
    buf_text(sql, run->back->divided[run->place] ? " FROM " : " FROM ONLY ");
    ident_quote_qualified(sql, run->back->plan->target_schema, run->table->name);
    if (run->way == MATCH_BY_ROWID) {
        buf_text(sql, " ORDER BY ");
        ident_quote(sql, run->columns[run->alias].plan->name);
    }
    buf_text(sql, ") TO STDOUT (FORMAT binary)");
}

/* ---- the table ---- */

static bool is_loaded_key(const struct back_run *run)
{
    const struct key *key = run->table->source->primary;
    size_t found = 0;

    if (key == NULL)
        return false;
    for (size_t i = 0; i < run->width; i++)
        found += run->columns[i].plan->source->key_position > 0;
    return found == key->part_count;
}

static void find_columns(struct back_run *run)
{
    const struct plan_table *table = run->table;
    struct spelling none = {.class = VALUE_NULL};

    run->alias = -1;
    run->columns = ARENA_ARRAY(run->arena, struct decode_column, table->column_count + 1);
    run->places = ARENA_ARRAY(run->arena, size_t, table->column_count + 1);
    run->in_key = ARENA_ARRAY(run->arena, bool, table->column_count + 1);
    run->differs = ARENA_ARRAY(run->arena, bool, table->column_count + 1);
    run->values = ARENA_ARRAY(run->arena, struct value, table->column_count + 2);
    run->updates = ARENA_ARRAY(run->arena, struct sqlite_write *, table->column_count + 1);
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].generated_sql.ptr != NULL)
            continue;
        if ((int)i == table->source->rowid_column)
            run->alias = (int)run->width;
        run->places[run->width] = i;
        decode_column_init(&run->columns[run->width++], run->arena, &table->columns[i], &none);
    }
}

static void choose_way(struct back_run *run)
{
    const struct table *source = run->table->source;

    if (run->alias >= 0)
        run->locator = run->columns[run->alias].plan->source->name.text;
    else if (source->rowid_name != NULL)
        run->locator = str_from(source->rowid_name);
    run->keyed = is_loaded_key(run);
    for (size_t i = 0; i < run->width; i++)
        run->in_key[i] = !run->keyed || run->columns[i].plan->source->key_position > 0;
    if (run->alias >= 0 && pg_kind_is_integer(run->columns[run->alias].plan->type.kind))
        run->way = MATCH_BY_ROWID;
    else
        run->way = run->locator.len > 0 ? MATCH_BY_HASH : MATCH_BY_KEY;
}

static bool learn(struct back_run *run, struct err *err)
{
    struct spelling_votes *votes = ARENA_ARRAY(run->arena, struct spelling_votes, run->width + 1);
    struct rows *rows;
    struct buf sql;
    bool found = true;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    back_put_select(run, false, &sql);
    if (run->locator.len > 0) {
        buf_text(&sql, " ORDER BY ");
        ident_quote(&sql, run->locator);
        buf_text(&sql, " DESC");
    }
    buf_printf(&sql, " LIMIT %d", LEARN_FROM);
    done = engine_query(run->back->old, buf_view(&sql), NULL, 0, &rows, err);
    buf_free(&sql);
    if (!done)
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        for (size_t i = 0; i < run->width; i++)
            spelling_vote(&votes[i], run->columns[i].plan->type.kind, &rows->cells[i]);
    rows_close(rows);
    for (size_t i = 0; i < run->width; i++)
        spelling_decide(&votes[i], run->columns[i].plan->type.kind, run->back->plan->framework.id,
                        &run->columns[i].spelling);
    return done;
}

/* ---- rows ---- */

static struct str describe_row(struct back_run *run)
{
    struct buf text;
    struct str made;
    bool first = true;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; run->keyed && i < run->width; i++) {
        const char *reason;
        struct value value = {.kind = VALUE_NULL};

        if (!run->in_key[i] || run->rows.fields[i].ptr == NULL ||
            !decode_cell(&run->columns[i], run->rows.fields[i], &value, &reason))
            continue;
        buf_text(&text, first ? "" : ", ");
        first = false;
        if (value.kind == VALUE_INTEGER)
            buf_printf(&text, "%lld", (long long)value.integer);
        else
            buf_str(&text, str_utf8_clip(value.bytes, 60));
    }
    if (text.len == 0)
        buf_printf(&text, "row %lld", (long long)run->counts->rows);
    made = buf_to_str(run->back->arena, &text);
    buf_free(&text);
    return made;
}

static void add_misfit(struct back_run *run, size_t column, const char *reason)
{
    struct back *back = run->back;

    if (back->misfit_total++ >= BACK_MISFITS_KEPT)
        return;
    ARENA_PUSH(back->arena, back->misfits, back->misfit_count, back->misfit_capacity) =
        (struct back_misfit){.table = run->place,
                             .column = run->places[column],
                             .row = describe_row(run),
                             .reason = str_dup(back->arena, str_from(reason))};
}

/* A NULL of an INTEGER PRIMARY KEY would become a number. */
static bool takes_null(const struct back_run *run, size_t column)
{
    const struct column *source = run->columns[column].plan->source;

    return !source->not_null && (int)column != run->alias &&
           (source->key_position == 0 || !run->table->source->without_rowid);
}

/* The row as it is to be: what is still the same as it was, and the rest in the column's spelling. */
static bool make_row(struct back_run *run, const struct value *old, bool *fits, size_t *differences,
                     struct err *err)
{
    *fits = true;
    *differences = 0;
    run->values[0] = (struct value){.kind = VALUE_NULL};
    for (size_t i = 0; i < run->width; i++) {
        struct str field = run->rows.fields[i];
        const char *reason = NULL;
        bool could = true;

        run->differs[i] = old == NULL || !back_same_value(run, i, &old[i], field, &could);
        if (!run->differs[i]) {
            run->values[i + 1] = old[i];
            continue;
        }
        ++*differences;
        run->counts->emptied += !could && field.ptr == NULL;
        run->values[i + 1] = (struct value){.kind = VALUE_NULL};
        if (field.ptr == NULL && !takes_null(run, i)) {
            add_misfit(run, i, "it is NULL, and the file's column is NOT NULL");
            *fits = false;
        }
        if (field.ptr == NULL || decode_cell(&run->columns[i], field, &run->values[i + 1], &reason))
            continue;
        if (reason == NULL)
            return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a value");
        add_misfit(run, i, reason);
        *fits = false;
    }
    return true;
}

static bool write_row(struct back_run *run, bool was_there, size_t differences, int64_t rowid,
                      struct err *err)
{
    if (!was_there || run->way == MATCH_BY_KEY)
        return back_insert(run, err);
    return differences == 0 || back_update(run, rowid, err);
}

static bool take_row(struct back_run *run, struct err *err)
{
    const struct value *old;
    size_t differences;
    int64_t rowid = 0;
    bool fits;

    run->counts->rows++;
    if (!back_match(run, &old, &rowid, err) || !make_row(run, old, &fits, &differences, err))
        return false;
    if (old == NULL)
        run->counts->added++;
    else if (differences == 0)
        run->counts->same++;
    else
        run->counts->changed++;
    if (fits && !write_row(run, old != NULL, differences, rowid, err))
        return false;
    return old == NULL || run->way != MATCH_BY_ROWID || rows_next(run->old, &run->old_found, err);
}

static bool is_interrupted(const struct back_run *run)
{
    return flag_is_set(run->back->interrupted) && run->counts->rows % LOOK_EVERY == 0;
}

static bool take_rows(struct back_run *run, struct err *err)
{
    bool found = true;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_copy(&sql, run);
    done = copy_rows_begin(&run->rows, run->arena, run->back->source, buf_view(&sql), run->width, err);
    buf_free(&sql);
    while (done && found) {
        done = copy_rows_next(&run->rows, &found, err) && (!found || take_row(run, err));
        if (done && is_interrupted(run))
            done = err_set(err, ERR_CANCELED, "interrupted");
    }
    return done && back_batch_flush(run, err);
}

bool back_table(struct back *back, size_t place, void *witness_context, struct back_counts *counts,
                struct err *err)
{
    struct back_run run = {.back = back,
                           .arena = arena_new(),
                           .place = place,
                           .table = &back->plan->tables[place],
                           .counts = counts};
    bool done;

    *counts = (struct back_counts){.rows = 0};
    buf_init(&run.encoded, (size_t)1 << 32);
    run.rows.witness = back->witness;
    run.rows.witness_context = witness_context;
    find_columns(&run);
    choose_way(&run);
    run.batch = back_batch_new(run.arena, back_value_count(&run));
    done = learn(&run, err) && back_match_begin(&run, err) && take_rows(&run, err) &&
           back_match_end(&run, err) && back_insert_waiting(&run, err);
    back_match_free(&run);
    back_write_free(&run);
    for (size_t i = 0; i < run.width; i++)
        decode_column_free(&run.columns[i]);
    buf_free(&run.encoded);
    arena_free(run.arena);
    return done || err_prefix(err, "%.*s", STR_ARGS(run.table->source->name.text));
}
