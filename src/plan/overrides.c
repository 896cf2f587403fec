/* Types that were asked for, found by the name of their column: a saved plan has one for each. */
#include "plan/overrides.h"

#include <stdlib.h>

static int compare_nocase(struct str a, struct str b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        int left = (unsigned char)ascii_lower(a.ptr[i]);
        int right = (unsigned char)ascii_lower(b.ptr[i]);

        if (left != right)
            return left - right;
    }
    return a.len < b.len ? -1 : a.len > b.len ? 1 : 0;
}

static int compare_names(const struct type_override *a, struct str table, struct str column, bool nullable)
{
    int order = compare_nocase(a->table, table);

    if (order == 0)
        order = compare_nocase(a->column, column);
    return order != 0 ? order : (int)a->nullable - (int)nullable;
}

static int compare(const void *left, const void *right)
{
    const struct type_override *a = *(const struct type_override *const *)left;
    const struct type_override *b = *(const struct type_override *const *)right;
    int order = compare_names(a, b->table, b->column, b->nullable);

    return order != 0 ? order : a < b ? -1 : 1;
}

struct overrides overrides_sort(struct arena *arena, const struct plan_options *options)
{
    struct overrides overrides = {.count = options->override_count};

    overrides.sorted = ARENA_ARRAY(arena, const struct type_override *, overrides.count + 1);
    for (size_t i = 0; i < overrides.count; i++)
        overrides.sorted[i] = &options->overrides[i];
    if (overrides.count > 0)
        qsort(overrides.sorted, overrides.count, sizeof(struct type_override *), compare);
    return overrides;
}

const struct type_override *overrides_find(const struct overrides *overrides, struct str table,
                                           struct str column, bool nullable)
{
    size_t low = 0;
    size_t high = overrides->count;

    /* To behind the last of that name. */
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_names(overrides->sorted[middle], table, column, nullable) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || compare_names(overrides->sorted[low - 1], table, column, nullable) != 0)
        return NULL;
    return overrides->sorted[low - 1];
}
