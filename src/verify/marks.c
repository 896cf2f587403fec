#include "verify/marks.h"

#include <stdlib.h>
#include <string.h>

enum {
    GROUPS = 1 << 16,
    WHOLE_ROWS = 1 << 18,  /* up to here all rows are marked */
    CHOSEN_ROWS = 1 << 20, /* of the groups that differ */
    MARKED_ROWS = 4 << 20, /* of one side: 32 bytes each */
};

struct mark {
    struct digest_sum key;
    struct digest_sum row;
};

struct group {
    struct digest_sum sum;
    int64_t rows;
};

struct marks {
    const struct comparison *comparison;
    struct group *groups; /* of this side; NULL: it is not bisected */
    const bool *wanted;   /* by group; NULL: all are */
    struct buf list;      /* of struct mark */
    int64_t left_out;     /* above MARKED_ROWS */
};

struct digest_sum comparison_key(const struct comparison *comparison, const struct digester *digester)
{
    /* A chain over the cells, each lane a permutation of what came before. */
    struct digest_sum hash = {comparison->key_count, ~(uint64_t)0};

    if (comparison->key_count == 0)
        return digester_row_hash(digester, comparison->sides[0].shape->column_count);
    for (size_t i = 0; i < comparison->key_count; i++) {
        struct digest_sum cell = digester_cell_hash(digester, comparison->key[i]);

        hash.low = (hash.low ^ cell.low) * 0x9e3779b97f4a7c15;
        hash.low ^= hash.low >> 29;
        hash.high = (hash.high ^ cell.high) * 0xd6e8feb86659fd93;
        hash.high ^= hash.high >> 31;
    }
    return hash;
}

static void add_to_group(void *context, const struct digester *digester)
{
    struct marks *marks = context;
    struct digest_sum key = comparison_key(marks->comparison, digester);
    struct digest_sum row = digester_row_hash(digester, marks->comparison->sides[0].shape->column_count);
    struct group *group = &marks->groups[key.low % GROUPS];

    group->sum.low += row.low;
    group->sum.high += row.high;
    group->rows++;
}

static void add_mark(void *context, const struct digester *digester)
{
    struct marks *marks = context;
    struct mark mark = {.key = comparison_key(marks->comparison, digester)};

    if (marks->wanted != NULL && !marks->wanted[mark.key.low % GROUPS])
        return;
    if (marks->list.len >= (size_t)MARKED_ROWS * sizeof(mark)) {
        marks->left_out++;
        return;
    }
    mark.row = digester_row_hash(digester, marks->comparison->sides[0].shape->column_count);
    buf_put(&marks->list, &mark, sizeof(mark));
}

static bool read_side(const struct comparison *comparison, int side, digest_watch *watch, struct marks *marks,
                      struct err *err)
{
    struct arena *arena = arena_new();
    struct digester *digester = reading_digester(arena, &comparison->sides[side]);
    bool done;

    digester_watch(digester, watch, marks);
    done = reading_digest(&comparison->sides[side], digester, err);
    digester_free(digester);
    arena_free(arena);
    return done;
}

static bool is_same_group(const struct group *a, const struct group *b)
{
    return a->sum.low == b->sum.low && a->sum.high == b->sum.high && a->rows == b->rows;
}

/* The groups that differ, as many as memory may hold; the rows of the others are counted as far as it is
 * known how many are too many on one side. */
static bool *choose_groups(struct arena *arena, const struct marks *marks, int64_t *beyond)
{
    bool *wanted = ARENA_ARRAY(arena, bool, GROUPS);
    int64_t rows = 0;

    for (size_t i = 0; i < GROUPS; i++) {
        const struct group *a = &marks[0].groups[i];
        const struct group *b = &marks[1].groups[i];
        int64_t more = a->rows > b->rows ? a->rows : b->rows;

        if (is_same_group(a, b))
            continue;
        wanted[i] = rows == 0 || rows + more <= CHOSEN_ROWS;
        if (wanted[i])
            rows += more;
        else
            *beyond += a->rows != b->rows ? llabs(a->rows - b->rows) : 1;
    }
    return wanted;
}

static bool bisect(struct arena *arena, const struct comparison *comparison, struct marks *marks,
                   int64_t *beyond, struct err *err)
{
    for (int side = 0; side < 2; side++) {
        marks[side].groups = ARENA_ARRAY(arena, struct group, GROUPS);
        if (!read_side(comparison, side, add_to_group, &marks[side], err))
            return false;
    }
    marks[0].wanted = marks[1].wanted = choose_groups(arena, marks, beyond);
    return true;
}

static int compare_sums(const struct digest_sum *a, const struct digest_sum *b)
{
    if (a->low != b->low)
        return a->low < b->low ? -1 : 1;
    return a->high < b->high ? -1 : a->high > b->high;
}

static int by_key_and_row(const void *a, const void *b)
{
    const struct mark *left = a;
    const struct mark *right = b;
    int order = compare_sums(&left->key, &right->key);

    return order != 0 ? order : compare_sums(&left->row, &right->row);
}

static void keep(struct arena *arena, struct found_rows *found, const struct found_row *row)
{
    if (found->count < FOUND_ROWS_MAXIMUM)
        ARENA_PUSH(arena, found->items, found->count, found->capacity) = *row;
    else
        found->beyond++;
}

/* Rows of one key, of either side, in the order of their hashes: those that both have go, the others of both
 * are one that changed, as long as there are such. */
static void match_key(struct arena *arena, struct mark *const *rows, const size_t *counts,
                      struct found_rows *found)
{
    size_t left[2] = {0, 0}; /* what stays is moved to the front */
    size_t at[2] = {0, 0};

    while (at[0] < counts[0] || at[1] < counts[1]) {
        int order = at[0] == counts[0]   ? 1
                    : at[1] == counts[1] ? -1
                                         : compare_sums(&rows[0][at[0]].row, &rows[1][at[1]].row);

        if (order == 0) {
            at[0]++;
            at[1]++;
        } else {
            int side = order < 0 ? 0 : 1;

            rows[side][left[side]++] = rows[side][at[side]++];
        }
    }
    for (size_t i = 0; i < left[0] || i < left[1]; i++) {
        struct found_row row = {.has = {i < left[0], i < left[1]}};

        for (int side = 0; side < 2; side++)
            if (row.has[side]) {
                row.key = rows[side][i].key;
                row.row[side] = rows[side][i].row;
            }
        row.doubled = row.has[0] != row.has[1] && counts[row.has[0] ? 1 : 0] > 0;
        keep(arena, found, &row);
    }
}

static size_t count_key(const struct mark *marks, size_t count, const struct digest_sum *key)
{
    size_t same = 0;

    while (same < count && compare_sums(&marks[same].key, key) == 0)
        same++;
    return same;
}

static void match(struct arena *arena, struct marks *marks, struct found_rows *found)
{
    struct mark *rows[2];
    size_t counts[2];

    for (int side = 0; side < 2; side++) {
        rows[side] = (struct mark *)(void *)marks[side].list.ptr;
        counts[side] = marks[side].list.len / sizeof(struct mark);
        if (counts[side] > 1)
            qsort(rows[side], counts[side], sizeof(struct mark), by_key_and_row);
    }
    while (counts[0] > 0 || counts[1] > 0) {
        bool first = counts[1] == 0 || (counts[0] > 0 && compare_sums(&rows[0]->key, &rows[1]->key) <= 0);
        struct digest_sum key = first ? rows[0]->key : rows[1]->key;
        size_t same[2] = {count_key(rows[0], counts[0], &key), count_key(rows[1], counts[1], &key)};

        match_key(arena, rows, same, found);
        for (int side = 0; side < 2; side++) {
            rows[side] += same[side];
            counts[side] -= same[side];
        }
    }
}

static bool mark_rows(const struct comparison *comparison, struct marks *marks, struct err *err)
{
    for (int side = 0; side < 2; side++) {
        if (!read_side(comparison, side, add_mark, &marks[side], err))
            return false;
        if (marks[side].list.failed)
            return err_set(err, ERR_OUT_OF_MEMORY, "no memory to mark the rows of %.*s",
                           STR_ARGS(comparison->sides[side].shape->name));
    }
    return true;
}

bool marks_find(struct arena *arena, const struct comparison *comparison, int64_t rows,
                struct found_rows *found, struct err *err)
{
    struct arena *scratch = arena_new();
    struct marks marks[2] = {{.comparison = comparison}, {.comparison = comparison}};
    bool done;

    *found = (struct found_rows){.count = 0};
    for (int side = 0; side < 2; side++)
        buf_init(&marks[side].list, ((size_t)MARKED_ROWS + 1) * sizeof(struct mark));
    done = (rows <= WHOLE_ROWS || bisect(scratch, comparison, marks, &found->beyond, err)) &&
           mark_rows(comparison, marks, err);
    if (done) {
        match(arena, marks, found);
        found->beyond += llabs(marks[0].left_out - marks[1].left_out);
    }
    for (int side = 0; side < 2; side++)
        buf_free(&marks[side].list);
    arena_free(scratch);
    return done;
}
