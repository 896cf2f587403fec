#include "ops/row_key.h"

static size_t place_of(const struct plan_table *shape, const struct column *column)
{
    size_t place = 0;

    while (place < shape->column_count && shape->columns[place].source != column)
        place++;
    return place;
}

static size_t take_key(const struct plan_table *shape, const struct key *key, bool may_be_null,
                       size_t *places)
{
    for (size_t i = 0; i < key->part_count; i++) {
        int column = key->parts[i].column;

        if (column < 0 || (!may_be_null && !shape->source->columns[column].not_null))
            return 0;
        places[i] = place_of(shape, &shape->source->columns[column]);
        if (places[i] == shape->column_count)
            return 0;
    }
    return key->part_count;
}

size_t row_key(const struct plan_table *shape, size_t *key)
{
    const struct table *source = shape->source;
    size_t count = source->primary == NULL ? 0 : take_key(shape, source->primary, true, key);

    for (size_t i = 0; count == 0 && i < source->unique_count; i++)
        count = take_key(shape, &source->uniques[i], false, key);
    return count;
}
