/*
 * Two rows of a file with one key: the second would take the place of the first, so that a row of the file is
 * not there in the end, and each run would change both anew.
 */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "ops/seed_intern.h"

struct seed_met {
    struct str key; /* NULL ptr: a free place */
    size_t line;
};

/* FNV-1a, as Fowler, Noll and Vo published it. */
static uint64_t hash_of(struct str text)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(1099511628211);
    return hash;
}

static struct seed_met *place_of(struct seed_met *places, size_t count, struct str key)
{
    size_t at = (size_t)hash_of(key) & (count - 1);

    while (places[at].key.ptr != NULL && !str_equal(places[at].key, key))
        at = (at + 1) & (count - 1);
    return &places[at];
}

/* Twice the places, once half of them are taken. */
static void grow(struct seed_filling *filling)
{
    size_t count = filling->place_count == 0 ? 64 : filling->place_count * 2;
    struct seed_met *places = ARENA_ARRAY(filling->run->arena, struct seed_met, count);

    for (size_t i = 0; i < count; i++)
        places[i] = (struct seed_met){.line = 0};
    for (size_t i = 0; i < filling->place_count; i++)
        if (filling->met[i].key.ptr != NULL)
            *place_of(places, count, filling->met[i].key) = filling->met[i];
    filling->met = places;
    filling->place_count = count;
}

/* The values of the key, each with its length before it. */
static struct str key_of(const struct seed_filling *filling, const struct seed_row *row)
{
    struct buf text;
    struct str key;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < filling->key->count; i++) {
        const struct seed_cell *cell = &row->cells[filling->key_places[i]];

        buf_printf(&text, "%d %zu ", (int)(cell->kind == SEED_NUMBER ? SEED_TEXT : cell->kind),
                   cell->text.len);
        buf_str(&text, cell->text);
    }
    key = buf_to_str(filling->run->arena, &text);
    buf_free(&text);
    return key;
}

bool seed_check_twice(struct seed_filling *filling, const struct seed_row *row, struct err *err)
{
    struct seed_met *met;
    struct str key;

    if (filling->key == NULL)
        return true;
    if (filling->met_count * 2 >= filling->place_count)
        grow(filling);
    key = key_of(filling, row);
    met = place_of(filling->met, filling->place_count, key);
    if (met->key.ptr != NULL) {
        err_set(err, ERR_FAILED, "%s:%zu: the row has the same %.*s as that of line %zu", filling->file->path,
                row->line, STR_ARGS(filling->file->key), met->line);
        return err_hint(err, "one of them would be lost: take it out, or give it a key of its own");
    }
    *met = (struct seed_met){.key = key, .line = row->line};
    filling->met_count++;
    return true;
}
