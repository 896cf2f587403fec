#include "verify/digest.h"

static void add(struct digest_sum *sum, const struct digest_sum *more)
{
    sum->low += more->low;
    sum->high += more->high;
}

static bool equal(const struct digest_sum *a, const struct digest_sum *b)
{
    return a->low == b->low && a->high == b->high;
}

void digest_add(struct digest *sum, const struct digest *more)
{
    sum->rows += more->rows;
    sum->bytes += more->bytes;
    add(&sum->row, &more->row);
    for (size_t i = 0; i < sum->column_count; i++)
        add(&sum->columns[i], &more->columns[i]);
}

bool digest_compare(struct arena *arena, const struct digest *source, const struct digest *target,
                    struct digest_difference *difference)
{
    bool rows_equal = equal(&source->row, &target->row);

    *difference = (struct digest_difference){
        .rows = source->rows != target->rows,
        .columns = ARENA_ARRAY(arena, size_t, source->column_count),
    };
    for (size_t i = 0; i < source->column_count; i++)
        if (!equal(&source->columns[i], &target->columns[i]))
            difference->columns[difference->column_count++] = i;
    difference->swapped = !rows_equal && !difference->rows && difference->column_count == 0;
    return rows_equal && !difference->rows && difference->column_count == 0;
}
