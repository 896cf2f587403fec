#include "ops/fingerprint.h"

#include "base/buf.h"
#include "base/hash.h"

enum {
    DIGITS = 64,
    SHOWN = 12
};

static void add(struct arena *arena, struct fingerprints *found, const char *kind, struct str name,
                struct str sql)
{
    ARENA_PUSH(arena, found->items, found->count, found->capacity) =
        (struct fingerprint){str_from(kind), name, hash_hex(arena, HASH_SHA256, sql, DIGITS)};
}

void fingerprints_of(struct arena *arena, const struct schema *schema, struct fingerprints *found)
{
    *found = (struct fingerprints){.count = 0};
    for (size_t i = 0; i < schema->table_count; i++) {
        const struct table *table = &schema->tables[i];

        add(arena, found, "table", table->name.text, table->sql);
        for (size_t j = 0; j < table->index_count; j++)
            add(arena, found, "index", table->indexes[j].name.text, table->indexes[j].sql);
    }
    for (size_t i = 0; i < schema->view_count; i++)
        add(arena, found, "view", schema->views[i].name.text, schema->views[i].sql);
    for (size_t i = 0; i < schema->trigger_count; i++)
        add(arena, found, "trigger", schema->triggers[i].name.text, schema->triggers[i].sql);
    for (size_t i = 0; i < schema->unreadable_count; i++)
        add(arena, found, schema->unreadable[i].what, schema->unreadable[i].name, schema->unreadable[i].sql);
}

static const struct fingerprint *find(const struct fingerprints *all, const struct fingerprint *wanted)
{
    for (size_t i = 0; i < all->count; i++)
        if (str_equal(all->items[i].kind, wanted->kind) && str_equal(all->items[i].name, wanted->name))
            return &all->items[i];
    return NULL;
}

struct difference {
    struct buf text;
    size_t count;
};

static void note(struct difference *difference, const char *what, const struct fingerprint *object)
{
    if (difference->count < SHOWN)
        buf_printf(&difference->text, "%s%s: %.*s %.*s", difference->count > 0 ? ", " : "", what,
                   STR_ARGS(object->kind), STR_ARGS(object->name));
    else if (difference->count == SHOWN)
        buf_text(&difference->text, ", ...");
    difference->count++;
}

bool fingerprints_compare(const struct fingerprints *planned, const struct fingerprints *found,
                          struct err *err)
{
    struct difference difference = {.count = 0};

    buf_init(&difference.text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < planned->count; i++) {
        const struct fingerprint *now = find(found, &planned->items[i]);

        if (now == NULL)
            note(&difference, "gone", &planned->items[i]);
        else if (!str_equal(now->hash, planned->items[i].hash))
            note(&difference, "changed", now);
    }
    for (size_t i = 0; i < found->count; i++)
        if (find(planned, &found->items[i]) == NULL)
            note(&difference, "new", &found->items[i]);
    if (difference.count > 0) {
        err_set(err, ERR_REFUSED, "the source's schema is not the one that the saved plan was made for");
        err_detail(err, "%.*s", STR_ARGS(buf_view(&difference.text)));
        err_hint(err, "pgrade plan SOURCE --out FILE plans again");
    }
    buf_free(&difference.text);
    return difference.count == 0;
}
