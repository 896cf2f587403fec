/*
 * The old rows of a table without rowids.
 *
 * All rows of such a table are written anew, and the old one of each is found by its key.  Most keys are
 * spelled as the row's own would be written today, and an index of SQLite finds them.  The others are kept:
 * a time that has no seconds among those that have, an UUID that is a blob.
 */
#include <math.h>

#include "schema/ident.h"
#include "transfer/bring_back_intern.h"

static bool is_same(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_NULL: return true;
    case VALUE_INTEGER: return a->integer == b->integer;
    case VALUE_REAL:
        return !(a->real < b->real) && !(a->real > b->real) && signbit(a->real) == signbit(b->real);
    default: return str_equal(a->bytes, b->bytes);
    }
}

static bool is_usual(struct back_run *run, size_t column, const struct value *value)
{
    struct value again;
    const char *reason;

    if (value->kind == VALUE_NULL)
        return true;
    buf_clear(&run->encoded);
    if (!encode_cell(&run->columns[column].encode, value, &run->encoded, &reason))
        return false;
    return decode_cell(&run->columns[column], str_slice(buf_view(&run->encoded), 4, run->encoded.len), &again,
                       &reason) &&
           is_same(value, &again);
}

/* The key of a row, in the order of its columns. */
static struct value *keep_key(struct back_run *run, const struct value *cells)
{
    struct value *key = ARENA_ARRAY(run->arena, struct value, run->width + 1);
    size_t count = 0;

    for (size_t i = 0; i < run->width; i++) {
        if (!run->in_key[i])
            continue;
        key[count] = cells[i];
        if (cells[i].kind == VALUE_TEXT || cells[i].kind == VALUE_BLOB)
            key[count].bytes = str_dup(run->arena, cells[i].bytes);
        count++;
    }
    return key;
}

/* Every old row counts as gone until one of the server's turns out to be it. */
static bool look_at_key(struct back_run *run, const struct value *cells)
{
    bool usual = true;

    run->counts->removed++;
    for (size_t i = 0; usual && i < run->width; i++)
        usual = !run->in_key[i] || is_usual(run, i, &cells[i]);
    if (usual)
        return true;
    ARENA_PUSH(run->arena, run->odd, run->odd_count, run->odd_capacity) = keep_key(run, cells);
    return old_rows_add(&run->index, back_hash_old(run, cells), (int64_t)run->odd_count - 1);
}

static void put_keys(const struct back_run *run, struct buf *sql)
{
    buf_text(sql, "SELECT ");
    for (size_t i = 0; i < run->width; i++) {
        buf_text(sql, i == 0 ? "" : ", ");
        if (run->in_key[i])
            ident_quote(sql, run->columns[i].plan->source->name.text);
        else
            buf_text(sql, "NULL");
    }
    buf_text(sql, " FROM ");
    table_put_from(sql, run->table->source);
}

static bool look_at_keys(struct back_run *run, struct err *err)
{
    bool found = true;
    bool room = true;
    struct buf sql;

    old_rows_init(&run->index);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_keys(run, &sql);
    if (!back_query(run, &sql, err))
        return false;
    while (room && found) {
        if (!rows_next(run->old, &found, err))
            return false;
        if (found)
            room = look_at_key(run, run->old->cells);
    }
    rows_close(run->old);
    run->old = NULL;
    return (room && old_rows_ready(&run->index)) ||
           err_set(err, ERR_OUT_OF_MEMORY, "no memory for the keys of %.*s",
                   STR_ARGS(run->table->source->name.text));
}

bool back_key_begin(struct back_run *run, struct err *err)
{
    const char *word = " WHERE ";
    struct buf sql;

    if (!look_at_keys(run, err))
        return false;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    back_put_select(run, false, &sql);
    for (size_t i = 0; i < run->width; i++) {
        if (!run->in_key[i])
            continue;
        buf_text(&sql, word);
        ident_quote(&sql, run->columns[i].plan->source->name.text);
        buf_text(&sql, " IS ?");
        word = " AND ";
    }
    return back_query(run, &sql, err) && back_remove_all(run, err);
}

static size_t key_width(const struct back_run *run)
{
    size_t count = 0;

    for (size_t i = 0; i < run->width; i++)
        count += run->in_key[i];
    return count;
}

static bool find_key(struct back_run *run, const struct value *key, bool *found, struct err *err)
{
    if (!sqlite_rows_again(run->old, key, key_width(run), err) || !rows_next(run->old, &run->old_found, err))
        return false;
    *found = run->old_found && back_has_same_key(run, run->old->cells);
    return true;
}

/* By the key as it would be written today; false: it has no such form, which is told when the row is
 * written. */
static bool put_usual_key(struct back_run *run, struct value *key)
{
    size_t count = 0;
    const char *reason;

    for (size_t i = 0; i < run->width; i++) {
        if (!run->in_key[i])
            continue;
        key[count] = (struct value){.kind = VALUE_NULL};
        if (run->rows.fields[i].ptr != NULL &&
            !decode_cell(&run->columns[i], run->rows.fields[i], &key[count], &reason))
            return false;
        count++;
    }
    return true;
}

static bool find_odd_key(struct back_run *run, bool *found, struct err *err)
{
    size_t place = 0;
    int64_t number;

    if (run->odd_count == 0)
        return true;
    run->hash = back_hash_row(run);
    while (!*found && old_rows_find(&run->index, run->hash, &place, &number)) {
        if (!find_key(run, run->odd[number], found, err))
            return false;
        if (*found)
            old_rows_take(&run->index, run->hash, place);
    }
    return true;
}

bool back_key_match(struct back_run *run, const struct value **cells, struct err *err)
{
    bool found = false;

    *cells = NULL;
    if (put_usual_key(run, run->values + 1) && !find_key(run, run->values + 1, &found, err))
        return false;
    if (!found && !find_odd_key(run, &found, err))
        return false;
    if (found) {
        *cells = run->old->cells;
        run->counts->removed--;
    }
    return true;
}
