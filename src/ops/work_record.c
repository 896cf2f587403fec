/* What is loaded, into the journal and out of it. */
#include <stdlib.h>

#include "ops/work_intern.h"
#include "transfer/misfits.h"

static bool was_altered(const struct work *work, size_t place)
{
    struct misfits *misfits = &work->result->load.misfits;
    bool altered = false;

    (void)pthread_mutex_lock(&misfits->lock);
    for (size_t i = 0; i < misfits->change_count; i++)
        altered = altered || misfits->changes[i].table == place;
    (void)pthread_mutex_unlock(&misfits->lock);
    return altered;
}

static struct digest copy_of(struct arena *arena, const struct digest *digest)
{
    struct digest copy = {.column_count = digest->column_count,
                          .columns = ARENA_ARRAY(arena, struct digest_sum, digest->column_count + 1)};

    digest_add(&copy, digest);
    return copy;
}

void work_record_begin(struct work *work, size_t worker, struct digester *digester)
{
    arena_reset(work->scratch[worker]);
    work->before[worker] = copy_of(work->scratch[worker], digester_result(digester));
}

/* A worker's digest of a table goes on over all its chunks: this one's is what was added. */
static void put_digest(struct work *work, size_t worker, size_t table, struct buf *text)
{
    struct digest digest = copy_of(work->scratch[worker], digester_result(work->digesters[worker][table]));

    digest_subtract(&digest, &work->before[worker]);
    digest_put_text(text, &digest);
}

void work_record(void *context, size_t worker, size_t table, const struct load_range *range,
                 const struct load_counts *counts, struct buf *sql)
{
    struct work *work = context;
    struct buf digest;
    struct journal_piece piece = {.table = work_plan(work)->tables[table].name,
                                  .range = *range,
                                  .rows = counts->rows,
                                  .aside = counts->aside,
                                  .bytes = counts->bytes,
                                  .altered = counts->aside > 0 || was_altered(work, table)};

    buf_init(&digest, BUF_TEXT_MAXIMUM);
    if (!work->options->no_verify) {
        put_digest(work, worker, table, &digest);
        piece.digest = buf_view(&digest);
    }
    journal_put_piece(sql, &work->result->target, &piece);
    buf_free(&digest);
}

static int by_name(const void *a, const void *b)
{
    const struct work_table *const *left = a;
    const struct work_table *const *right = b;
    const struct plan *plan = work_plan((*left)->work);

    return str_compare(plan->tables[(*left)->place].name, plan->tables[(*right)->place].name);
}

static struct work_table *find_table(const struct work *work, struct work_table *const *sorted,
                                     struct str name)
{
    const struct plan *plan = work_plan(work);
    size_t first = 0;
    size_t end = plan->table_count;

    while (first < end) {
        size_t middle = first + (end - first) / 2;
        int order = str_compare(name, plan->tables[sorted[middle]->place].name);

        if (order == 0)
            return sorted[middle];
        if (order < 0)
            end = middle;
        else
            first = middle + 1;
    }
    return NULL;
}

static bool take(struct work *work, struct work_table *table, const struct journal_piece *piece)
{
    struct table_outcome *outcome = work_outcome(table);
    struct load_progress *progress = &work->result->load.tables[table->place];
    struct digest digest = {
        .column_count = outcome->source.column_count,
        .columns = ARENA_ARRAY(work->arena, struct digest_sum, outcome->source.column_count + 1)};

    if (!work->options->no_verify && !digest_read_text(piece->digest, &digest))
        return false;
    digest_add(&outcome->source, &digest);
    ARENA_PUSH(work->arena, table->pieces, table->piece_count, table->piece_capacity) = piece;
    /* What a policy made of a piece is found by reading it again, and counted then. */
    atomic_fetch_add(&progress->bytes, piece->bytes);
    if (!piece->altered)
        atomic_fetch_add(&progress->rows, piece->rows);
    return true;
}

bool work_take_over(struct work *work, const struct journal *journal)
{
    size_t count = work_plan(work)->table_count;
    struct work_table **sorted = ARENA_ARRAY(work->arena, struct work_table *, count + 1);
    bool taken = true;

    for (size_t i = 0; i < count; i++)
        sorted[i] = &work->tables[i];
    if (count > 1)
        qsort(sorted, count, sizeof(*sorted), by_name);
    for (size_t i = 0; taken && i < journal->piece_count; i++) {
        struct work_table *table = find_table(work, sorted, journal->pieces[i].table);

        taken = table != NULL && take(work, table, &journal->pieces[i]);
    }
    return taken;
}

static int by_range(const void *a, const void *b)
{
    const struct journal_piece *const *left = a;
    const struct journal_piece *const *right = b;

    return (*left)->range.first < (*right)->range.first ? -1 : (*left)->range.first > (*right)->range.first;
}

static void add_left(struct work_table *table, int64_t first, int64_t last)
{
    if (first <= last)
        ARENA_PUSH(table->work->arena, table->ranges, table->range_count, table->range_capacity) =
            (struct load_range){.bounded = true, .first = first, .last = last};
}

/* Of the range, what none of the pieces has; they lie apart and in order. */
static void add_rest(struct work_table *table, const struct load_range *range)
{
    int64_t first = range->first;

    for (size_t i = 0; i < table->piece_count; i++) {
        const struct load_range *piece = &table->pieces[i]->range;

        if (piece->last < first || piece->first > range->last)
            continue;
        if (piece->first > first)
            add_left(table, first, piece->first - 1);
        if (piece->last >= range->last)
            return;
        first = piece->last + 1;
    }
    add_left(table, first, range->last);
}

void work_cut(struct work_table *table, const struct load_shape *shape)
{
    static const struct load_range whole = {.bounded = true, .first = INT64_MIN, .last = INT64_MAX};

    if (table->piece_count == 0) {
        table->ranges = shape->ranges;
        table->range_count = shape->count;
        return;
    }
    if (!table->pieces[0]->range.bounded)
        return;
    qsort(table->pieces, table->piece_count, sizeof(const struct journal_piece *), by_range);
    /* Whatever the number of workers is now. */
    if (shape->count == 1)
        add_rest(table, &whole);
    for (size_t i = 0; shape->count > 1 && i < shape->count; i++)
        add_rest(table, &shape->ranges[i]);
}
