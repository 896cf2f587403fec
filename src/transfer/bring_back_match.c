/* Which row of the old file a row of the server was. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "schema/ident.h"
#include "transfer/bring_back_intern.h"
#include "transfer/same_field.h"

void back_put_select(const struct back_run *run, bool with_rowid, struct buf *sql)
{
    bool first = true;

    buf_text(sql, "SELECT ");
    if (with_rowid && run->locator.len > 0) {
        ident_quote(sql, run->locator);
        first = false;
    }
    for (size_t i = 0; i < run->width; i++) {
        buf_text(sql, first ? "" : ", ");
        first = false;
        ident_quote(sql, run->columns[i].plan->source->name.text);
    }
    buf_text(sql, " FROM ");
    table_put_from(sql, run->table->source);
}

bool back_query(struct back_run *run, struct buf *sql, struct err *err)
{
    bool done = sql->failed ? err_set(err, ERR_OUT_OF_MEMORY, "no memory for a statement")
                            : engine_query(run->back->old, buf_view(sql), NULL, 0, &run->old, err);

    buf_free(sql);
    return done;
}

static bool read_in_order(struct back_run *run, const char *order, struct err *err)
{
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    back_put_select(run, true, &sql);
    buf_text(&sql, " ORDER BY ");
    ident_quote(&sql, run->locator);
    buf_text(&sql, order);
    return back_query(run, &sql, err);
}

/* ---- by the rowid ---- */

static bool match_rowid(struct back_run *run, const struct value **cells, int64_t *rowid, struct err *err)
{
    struct str field = run->rows.fields[run->alias];
    struct value key;
    const char *reason;

    *cells = NULL;
    if (field.ptr == NULL)
        return true;
    if (!decode_cell(&run->columns[run->alias], field, &key, &reason))
        return err_set(err, ERR_FAILED, "%.*s: its key is no integer", STR_ARGS(run->table->name));
    while (run->old_found && run->old->cells[0].integer < key.integer) {
        run->counts->removed++;
        if (!back_remove(run, run->old->cells[0].integer, err) || !rows_next(run->old, &run->old_found, err))
            return false;
    }
    if (!run->old_found || run->old->cells[0].integer != key.integer)
        return true;
    *rowid = key.integer;
    *cells = run->old->cells + 1;
    return true;
}

static bool remove_rest(struct back_run *run, struct err *err)
{
    while (run->old_found) {
        run->counts->removed++;
        if (!back_remove(run, run->old->cells[0].integer, err) || !rows_next(run->old, &run->old_found, err))
            return false;
    }
    return true;
}

/* ---- by a hash ---- */

static uint64_t add_field(const struct back_run *run, size_t column, bool is_null, struct str field,
                          uint64_t hash)
{
    if (is_null)
        return XXH3_64bits_withSeed("N", 1, hash);
    field = field_for_hash(&run->columns[column].plan->type, field);
    return XXH3_64bits_withSeed(field.len == 0 ? "" : field.ptr, field.len, hash ^ 1);
}

/* A value that the column could not hold has no field: NULL stands for it, as --misfit null made it. */
uint64_t back_hash_old(struct back_run *run, const struct value *cells)
{
    uint64_t hash = 0;

    for (size_t i = 0; i < run->width; i++) {
        const char *reason;
        bool fits;

        if (!run->in_key[i])
            continue;
        buf_clear(&run->encoded);
        fits = cells[i].kind != VALUE_NULL &&
               encode_cell(&run->columns[i].encode, &cells[i], &run->encoded, &reason);
        hash = add_field(run, i, !fits, str_slice(buf_view(&run->encoded), 4, run->encoded.len), hash);
    }
    return hash;
}

uint64_t back_hash_row(const struct back_run *run)
{
    uint64_t hash = 0;

    for (size_t i = 0; i < run->width; i++)
        if (run->in_key[i])
            hash = add_field(run, i, run->rows.fields[i].ptr == NULL, run->rows.fields[i], hash);
    return hash;
}

static bool build_index(struct back_run *run, struct err *err)
{
    bool found = true;
    bool room = true;

    old_rows_init(&run->index);
    /* Of equal rows the first is then found first. */
    if (!read_in_order(run, " DESC", err))
        return false;
    while (room && found) {
        if (!rows_next(run->old, &found, err))
            return false;
        if (found)
            room = old_rows_add(&run->index, back_hash_old(run, run->old->cells + 1),
                                run->old->cells[0].integer);
    }
    rows_close(run->old);
    run->old = NULL;
    return (room && old_rows_ready(&run->index)) ||
           err_set(err, ERR_OUT_OF_MEMORY, "no memory for the keys of %.*s",
                   STR_ARGS(run->table->source->name.text));
}

static bool begin_hash(struct back_run *run, struct err *err)
{
    struct buf sql;

    if (!build_index(run, err))
        return false;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    back_put_select(run, true, &sql);
    buf_text(&sql, " WHERE ");
    ident_quote(&sql, run->locator);
    buf_text(&sql, " = ?1");
    return back_query(run, &sql, err);
}

bool back_has_same_key(struct back_run *run, const struct value *cells)
{
    for (size_t i = 0; i < run->width; i++) {
        struct str field = run->rows.fields[i];
        bool fits;

        if (run->in_key[i] && !back_same_value(run, i, &cells[i], field, &fits) &&
            (fits || field.ptr != NULL))
            return false;
    }
    return true;
}

static bool match_hash(struct back_run *run, const struct value **cells, int64_t *rowid, struct err *err)
{
    size_t place = 0;

    *cells = NULL;
    run->hash = back_hash_row(run);
    while (old_rows_find(&run->index, run->hash, &place, rowid)) {
        struct value key = {.kind = VALUE_INTEGER, .integer = *rowid};

        if (!sqlite_rows_again(run->old, &key, 1, err) || !rows_next(run->old, &run->old_found, err))
            return false;
        if (!run->old_found || !back_has_same_key(run, run->old->cells + 1))
            continue;
        old_rows_take(&run->index, run->hash, place);
        *cells = run->old->cells + 1;
        return true;
    }
    return true;
}

static bool remove_left(struct back_run *run, struct err *err)
{
    size_t at = 0;
    int64_t rowid;

    while (old_rows_left(&run->index, &at, &rowid)) {
        run->counts->removed++;
        if (!back_remove(run, rowid, err))
            return false;
    }
    return true;
}

/* ---- all ---- */

bool back_match_begin(struct back_run *run, struct err *err)
{
    switch (run->way) {
    case MATCH_BY_ROWID: return read_in_order(run, "", err) && rows_next(run->old, &run->old_found, err);
    case MATCH_BY_HASH: return begin_hash(run, err);
    case MATCH_BY_KEY: break;
    }
    return back_key_begin(run, err);
}

bool back_match(struct back_run *run, const struct value **cells, int64_t *rowid, struct err *err)
{
    switch (run->way) {
    case MATCH_BY_ROWID: return match_rowid(run, cells, rowid, err);
    case MATCH_BY_HASH: return match_hash(run, cells, rowid, err);
    case MATCH_BY_KEY: break;
    }
    return back_key_match(run, cells, err);
}

bool back_match_end(struct back_run *run, struct err *err)
{
    switch (run->way) {
    case MATCH_BY_ROWID: return remove_rest(run, err);
    case MATCH_BY_HASH: return remove_left(run, err);
    case MATCH_BY_KEY: break;
    }
    return true;
}

void back_match_free(struct back_run *run)
{
    rows_close(run->old);
    if (run->way != MATCH_BY_ROWID)
        old_rows_free(&run->index);
}

bool back_same_value(struct back_run *run, size_t column, const struct value *old, struct str field,
                     bool *fits)
{
    const char *reason;
    struct str encoded;

    *fits = true;
    if (old->kind == VALUE_NULL || field.ptr == NULL) {
        buf_clear(&run->encoded);
        *fits =
            old->kind == VALUE_NULL || encode_cell(&run->columns[column].encode, old, &run->encoded, &reason);
        return old->kind == VALUE_NULL && field.ptr == NULL;
    }
    buf_clear(&run->encoded);
    *fits = encode_cell(&run->columns[column].encode, old, &run->encoded, &reason);
    if (!*fits)
        return false;
    encoded = buf_view(&run->encoded);
    return same_field(&run->columns[column].plan->type, str_slice(encoded, 4, encoded.len), field);
}
