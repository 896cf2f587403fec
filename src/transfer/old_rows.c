#include "transfer/old_rows.h"

#include <string.h>

/* 32 bytes a row: with 16 GB of rows the machine has other troubles. */
#define ROOM_MAXIMUM ((size_t)1 << 36)

void old_rows_init(struct old_rows *rows)
{
    *rows = (struct old_rows){.count = 0};
    buf_init(&rows->rows, ROOM_MAXIMUM);
    buf_init(&rows->chains, ROOM_MAXIMUM);
}

void old_rows_free(struct old_rows *rows)
{
    buf_free(&rows->rows);
    buf_free(&rows->chains);
}

static struct old_row *row_at(const struct old_rows *rows, size_t place)
{
    return (struct old_row *)(void *)rows->rows.ptr + (place - 1);
}

static size_t *chain_of(const struct old_rows *rows, uint64_t hash)
{
    return (size_t *)(void *)rows->chains.ptr + (hash & (rows->chain_count - 1));
}

bool old_rows_add(struct old_rows *rows, uint64_t hash, int64_t rowid)
{
    struct old_row row = {.hash = hash, .rowid = rowid};

    buf_put(&rows->rows, &row, sizeof(row));
    rows->count++;
    return !rows->rows.failed;
}

bool old_rows_ready(struct old_rows *rows)
{
    size_t count = 1;
    char *room;

    while (count < rows->count)
        count *= 2;
    room = buf_reserve(&rows->chains, count * sizeof(size_t));
    if (room == NULL)
        return false;
    memset(room, 0, count * sizeof(size_t));
    rows->chain_count = count;
    for (size_t place = 1; place <= rows->count; place++) {
        struct old_row *row = row_at(rows, place);
        size_t *chain = chain_of(rows, row->hash);

        row->next = *chain;
        *chain = place;
    }
    return true;
}

bool old_rows_find(const struct old_rows *rows, uint64_t hash, size_t *place, int64_t *rowid)
{
    size_t next = *place == 0 ? *chain_of(rows, hash) : row_at(rows, *place)->next;

    while (next != 0 && row_at(rows, next)->hash != hash)
        next = row_at(rows, next)->next;
    *place = next;
    if (next != 0)
        *rowid = row_at(rows, next)->rowid;
    return next != 0;
}

void old_rows_take(struct old_rows *rows, uint64_t hash, size_t place)
{
    size_t *link = chain_of(rows, hash);

    while (*link != place)
        link = &row_at(rows, *link)->next;
    *link = row_at(rows, place)->next;
    row_at(rows, place)->next = SIZE_MAX;
}

bool old_rows_left(const struct old_rows *rows, size_t *at, int64_t *rowid)
{
    while (*at < rows->count) {
        const struct old_row *row = row_at(rows, ++*at);

        *rowid = row->rowid;
        if (row->next != SIZE_MAX)
            return true;
    }
    return false;
}
