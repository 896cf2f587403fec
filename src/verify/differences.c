#include "verify/differences.h"

#include <stdlib.h>

enum {
    PAIRS_MAXIMUM = 2000 /* rows of one side that are held against each of the other */
};

struct lone {
    size_t place; /* in the rows found */
    bool paired;
};

struct pairing {
    struct arena *arena;
    const struct comparison *comparison;
    const struct found_rows *found;
    const struct captures *captures;
    struct differences *differences;
    struct lone *lone[2]; /* rows that one side alone has */
    size_t counts[2];
};

static bool same_cell(const struct captured_row *a, const struct captured_row *b, size_t place)
{
    return a->cells[place].low == b->cells[place].low && a->cells[place].high == b->cells[place].high;
}

static bool is_key(const struct comparison *comparison, size_t place)
{
    for (size_t i = 0; i < comparison->key_count; i++)
        if (comparison->key[i] == place)
            return true;
    return false;
}

static struct difference *add(struct pairing *it, const struct difference *difference)
{
    struct differences *all = it->differences;

    ARENA_PUSH(it->arena, all->items, all->count, all->capacity) = *difference;
    return &all->items[all->count - 1];
}

/* 1 and '1' look alike. */
static struct str explain_classes(struct arena *arena, const struct shown *source, const struct shown *target)
{
    if (source->class == NULL || target->class == NULL || source->class == target->class)
        return (struct str){NULL, 0};
    return str_printf(arena, "%s in the source, %s on the target", source->class, target->class);
}

static struct str explain(struct arena *arena, const struct captured_row *const *rows, size_t place)
{
    for (int side = 0; side < 2; side++) {
        const char *misfit = rows[side]->misfits == NULL ? NULL : rows[side]->misfits[place];
        const struct shown *other = &rows[1 - side]->values[place];

        if (misfit != NULL)
            return str_printf(arena, "the %s's value does not fit the column: %s; %s",
                              side == 0 ? "source" : "target", misfit,
                              other->null ? "NULL instead, as --misfit null leaves it"
                                          : "another instead, as --misfit repair may leave it");
    }
    return explain_classes(arena, &rows[0]->values[place], &rows[1]->values[place]);
}

/* The values of one row that differ. */
static void add_values(struct pairing *it, const struct captured_row *source,
                       const struct captured_row *target)
{
    const struct captured_row *rows[2] = {source, target};

    for (size_t i = 0; i < it->comparison->sides[0].shape->column_count; i++)
        if (!same_cell(source, target, i))
            add(it, &(struct difference){.kind = DIFFERENCE_VALUE,
                                         .rows = {source, target},
                                         .place = i,
                                         .why = explain(it->arena, rows, i)});
    it->differences->rows++;
}

static void add_row(struct pairing *it, size_t place, int side)
{
    const struct found_row *found = &it->found->items[place];
    struct difference difference = {.kind = side == 0 ? DIFFERENCE_MISSING : DIFFERENCE_EXTRA,
                                    .doubled = found->doubled};

    difference.rows[side] = &it->captures->rows[side][place];
    add(it, &difference);
    it->differences->rows++;
}

/* How much two rows have in common that no key joins.  With a key it is all else or nothing, and there must
 * be something else; without one the more the better. */
static size_t likeness(const struct pairing *it, const struct captured_row *a, const struct captured_row *b)
{
    size_t columns = it->comparison->sides[0].shape->column_count;
    size_t same = 0;
    size_t others = 0;

    for (size_t i = 0; i < columns; i++) {
        if (is_key(it->comparison, i))
            continue;
        others++;
        same += same_cell(a, b, i);
    }
    if (it->comparison->key_count > 0)
        return same == others ? same : 0;
    return same * 2 >= columns ? same : 0;
}

static const struct captured_row *row_of(const struct pairing *it, int side, size_t i)
{
    return &it->captures->rows[side][it->lone[side][i].place];
}

/* The one that is most alike; where two are, neither. */
static size_t most_alike(const struct pairing *it, int side, size_t place)
{
    size_t best = it->counts[1 - side];
    size_t best_likeness = 0;
    bool tied = false;

    for (size_t i = 0; i < it->counts[1 - side]; i++) {
        size_t alike;

        if (it->lone[1 - side][i].paired)
            continue;
        alike = likeness(it, row_of(it, side, place), row_of(it, 1 - side, i));
        tied = tied ? alike <= best_likeness : alike > 0 && alike == best_likeness;
        if (alike > best_likeness) {
            best_likeness = alike;
            best = i;
            tied = false;
        }
    }
    return tied ? it->counts[1 - side] : best;
}

static void pair_alike(struct pairing *it)
{
    for (size_t i = 0; i < it->counts[0]; i++) {
        size_t other = most_alike(it, 0, i);

        if (other == it->counts[1] || most_alike(it, 1, other) != i)
            continue;
        it->lone[0][i].paired = it->lone[1][other].paired = true;
        add_values(it, row_of(it, 0, i), row_of(it, 1, other));
    }
}

/* One row alone on either side of a table without a key can only be the same. */
static void pair_last(struct pairing *it)
{
    if (it->comparison->key_count > 0 || it->counts[0] != 1 || it->counts[1] != 1 || it->lone[0][0].paired)
        return;
    it->lone[0][0].paired = it->lone[1][0].paired = true;
    add_values(it, row_of(it, 0, 0), row_of(it, 1, 0));
}

static bool is_complete(const struct pairing *it, size_t place)
{
    for (int side = 0; side < 2; side++)
        if (it->found->items[place].has[side] && it->captures->rows[side][place].cells == NULL)
            return false;
    return true;
}

static void sort_out(struct pairing *it)
{
    for (size_t i = 0; i < it->found->count; i++) {
        const struct found_row *found = &it->found->items[i];
        int side = found->has[0] ? 0 : 1;

        if (!is_complete(it, i)) {
            it->differences->rows++; /* it changes under our eyes */
            it->differences->beyond++;
        } else if (found->has[0] && found->has[1]) {
            add_values(it, &it->captures->rows[0][i], &it->captures->rows[1][i]);
        } else if (found->doubled) {
            add_row(it, i, side);
        } else {
            it->lone[side][it->counts[side]++] = (struct lone){.place = i};
        }
    }
}

static void build(struct pairing *it)
{
    for (int side = 0; side < 2; side++)
        it->lone[side] = ARENA_ARRAY(it->arena, struct lone, it->found->count + 1);
    sort_out(it);
    if (it->counts[0] <= PAIRS_MAXIMUM && it->counts[1] <= PAIRS_MAXIMUM)
        pair_alike(it);
    pair_last(it);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < it->counts[side]; i++)
            if (!it->lone[side][i].paired)
                add_row(it, it->lone[side][i].place, side);
}

bool differences_find(struct arena *arena, const struct comparison *comparison, int64_t rows,
                      struct differences *differences, struct err *err)
{
    struct found_rows found;
    struct captures captures;
    struct pairing it = {arena, comparison, &found, &captures, differences, {NULL, NULL}, {0, 0}};

    *differences = (struct differences){.count = 0};
    if (!marks_find(arena, comparison, rows, &found, err) ||
        !captures_fetch(arena, comparison, &found, &captures, err))
        return false;
    build(&it);
    differences->rows += found.beyond;
    differences->beyond += found.beyond;
    return true;
}
