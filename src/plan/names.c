#include "plan/names.h"

#include <string.h>

#include "schema/ident.h"

enum {
    SLOTS_AT_FIRST = 64
};

/* FNV-1a: small, fixed for ever, and not meant to resist anybody. */
static uint32_t hash_of(struct str name)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619u;
    return hash;
}

void names_init(struct names *names, struct arena *arena)
{
    *names = (struct names){.arena = arena, .capacity = SLOTS_AT_FIRST};
    names->slots = ARENA_ARRAY(arena, struct str, names->capacity);
}

static size_t slot_of(const struct names *names, struct str name)
{
    size_t slot = hash_of(name) & (names->capacity - 1);

    while (names->slots[slot].ptr != NULL && !str_equal(names->slots[slot], name))
        slot = (slot + 1) & (names->capacity - 1);
    return slot;
}

bool names_has(const struct names *names, struct str name)
{
    return names->slots[slot_of(names, name)].ptr != NULL;
}

static void add(struct names *names, struct str name)
{
    if (names->count * 2 >= names->capacity) {
        struct names grown = {.arena = names->arena, .capacity = names->capacity * 2};

        grown.slots = ARENA_ARRAY(names->arena, struct str, grown.capacity);
        for (size_t i = 0; i < names->capacity; i++)
            if (names->slots[i].ptr != NULL)
                grown.slots[slot_of(&grown, names->slots[i])] = names->slots[i];
        grown.count = names->count;
        *names = grown;
    }
    names->slots[slot_of(names, name)] = name;
    names->count++;
}

struct str names_take(struct names *names, struct str wanted)
{
    struct str name = str_dup(names->arena, str_utf8_clip(wanted, IDENT_MAXIMUM));

    for (uint32_t attempt = 0; names_has(names, name); attempt++)
        name = str_printf(names->arena, "%.*s_%08x", STR_ARGS(str_utf8_clip(wanted, IDENT_MAXIMUM - 9)),
                          hash_of(wanted) + attempt);
    add(names, name);
    return name;
}

struct str names_as_written(struct arena *arena, struct name name)
{
    struct str clipped = str_utf8_clip(name.text, IDENT_MAXIMUM);

    return name.quote == QUOTE_NONE ? str_lower(arena, clipped) : str_dup(arena, clipped);
}

struct str names_compose(struct arena *arena, struct str first, struct str second, const char *label)
{
    size_t overhead = (second.len > 0 ? 1 : 0) + (label[0] != '\0' ? strlen(label) + 1 : 0);
    size_t room = IDENT_MAXIMUM - overhead;
    size_t first_length = first.len;
    size_t second_length = second.len;

    while (first_length + second_length > room) {
        if (first_length > second_length)
            first_length--;
        else
            second_length--;
    }
    return str_printf(arena, "%.*s%s%.*s%s%s", STR_ARGS(str_utf8_clip(first, first_length)),
                      second.len > 0 ? "_" : "", STR_ARGS(str_utf8_clip(second, second_length)),
                      label[0] != '\0' ? "_" : "", label);
}
