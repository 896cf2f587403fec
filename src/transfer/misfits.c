/* The list of misfits, filled by all workers. */
#include "transfer/misfits.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    SHOWN_BYTES = 60
};

void misfits_init(struct misfits *misfits, struct arena *arena, const struct plan *plan)
{
    *misfits = (struct misfits){.arena = arena};
    (void)pthread_mutex_init(&misfits->lock, NULL);
    misfits->by_column = ARENA_ARRAY(arena, int64_t *, plan->table_count + 1);
    misfits->nulls = ARENA_ARRAY(arena, int64_t *, plan->table_count + 1);
    for (size_t i = 0; i < plan->table_count; i++) {
        misfits->by_column[i] = ARENA_ARRAY(arena, int64_t, plan->tables[i].column_count + 1);
        misfits->nulls[i] = ARENA_ARRAY(arena, int64_t, plan->tables[i].column_count + 1);
    }
}

/* Printable whatever the bytes are: bytes that are no UTF-8, and control characters, in hex. */
static struct str show_text(struct arena *arena, struct str text)
{
    struct str shown = str_utf8_clip(text, SHOWN_BYTES);
    bool printable = str_utf8_valid_prefix(shown) == shown.len;
    struct buf out;
    struct str copy;

    for (size_t i = 0; i < shown.len; i++)
        printable = printable && (unsigned char)shown.ptr[i] >= 0x20 && shown.ptr[i] != 0x7f;
    buf_init(&out, BUF_TEXT_MAXIMUM);
    if (printable) {
        buf_printf(&out, "'%.*s'", STR_ARGS(shown));
    } else {
        buf_text(&out, "x'");
        for (size_t i = 0; i < shown.len && i < SHOWN_BYTES / 2; i++)
            buf_printf(&out, "%02x", (unsigned char)shown.ptr[i]);
        buf_byte(&out, '\'');
    }
    if (shown.len < text.len || (!printable && shown.len > SHOWN_BYTES / 2))
        buf_printf(&out, "... (%zu bytes)", text.len);
    copy = buf_to_str(arena, &out);
    buf_free(&out);
    return copy;
}

static struct str show_blob(struct arena *arena, struct str blob)
{
    char hex[SHOWN_BYTES + 1] = "";
    size_t shown = blob.len < SHOWN_BYTES / 2 ? blob.len : SHOWN_BYTES / 2;

    for (size_t i = 0; i < shown; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", (unsigned char)blob.ptr[i]);
    if (shown < blob.len)
        return str_printf(arena, "blob x'%s'... (%zu bytes)", hex, blob.len);
    return str_printf(arena, "blob x'%s'", hex);
}

struct str misfits_show(struct arena *arena, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL: return str_from("NULL");
    case VALUE_INTEGER: return str_printf(arena, "%" PRId64, value->integer);
    case VALUE_REAL: return str_printf(arena, "%.17g", value->real);
    case VALUE_TEXT: return show_text(arena, value->bytes);
    case VALUE_BLOB: return show_blob(arena, value->bytes);
    }
    return str_from("");
}

static void count_change(struct misfits *misfits, struct misfit_change change)
{
    for (size_t i = 0; i < misfits->change_count; i++) {
        struct misfit_change *known = &misfits->changes[i];

        if (known->table == change.table && known->column == change.column &&
            known->outcome == change.outcome && known->what == change.what) {
            known->count += change.count;
            return;
        }
    }
    if (change.count > 0)
        ARENA_PUSH(misfits->arena, misfits->changes, misfits->change_count, misfits->change_capacity) =
            change;
}

void misfits_take_back(struct misfits *misfits, size_t table, int column, enum misfit_outcome outcome,
                       const char *what)
{
    size_t kept = 0;

    (void)pthread_mutex_lock(&misfits->lock);
    count_change(misfits, (struct misfit_change){table, column, outcome, what, -1});
    for (size_t i = 0; i < misfits->change_count; i++)
        if (misfits->changes[i].count != 0)
            misfits->changes[kept++] = misfits->changes[i];
    misfits->change_count = kept;
    (void)pthread_mutex_unlock(&misfits->lock);
}

static void count_misfit(struct misfits *misfits, const struct misfit *misfit, const struct value *value,
                         const char *what)
{
    if (misfit->outcome == OUTCOME_STOPS) {
        misfits->total++;
        if (misfit->column >= 0)
            misfits->by_column[misfit->table][misfit->column]++;
        if (misfit->column >= 0 && value->kind == VALUE_NULL)
            misfits->nulls[misfit->table][misfit->column]++;
    } else if (misfit->outcome != OUTCOME_QUARANTINED) {
        count_change(misfits,
                     (struct misfit_change){misfit->table, misfit->column, misfit->outcome, what, 1});
    }
}

void misfits_add(struct misfits *misfits, struct misfit misfit, const struct value *value, const char *reason,
                 const struct value *became, const char *what)
{
    (void)pthread_mutex_lock(&misfits->lock);
    count_misfit(misfits, &misfit, value, what);
    if (misfits->count < MISFITS_KEPT) {
        misfit.reason = str_dup(misfits->arena, str_from(reason));
        misfit.value = value == NULL ? str_from("") : misfits_show(misfits->arena, value);
        misfit.became = became == NULL ? str_from("") : misfits_show(misfits->arena, became);
        ARENA_PUSH(misfits->arena, misfits->items, misfits->count, misfits->capacity) = misfit;
    }
    (void)pthread_mutex_unlock(&misfits->lock);
}

void misfits_add_rows(struct misfits *misfits, size_t table, int64_t rows)
{
    (void)pthread_mutex_lock(&misfits->lock);
    count_change(misfits, (struct misfit_change){table, -1, OUTCOME_QUARANTINED, NULL, rows});
    (void)pthread_mutex_unlock(&misfits->lock);
}

void misfits_free(struct misfits *misfits)
{
    (void)pthread_mutex_destroy(&misfits->lock);
}
