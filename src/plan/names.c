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

static bool is_upper(struct str name, size_t i)
{
    return i < name.len && name.ptr[i] >= 'A' && name.ptr[i] <= 'Z';
}

/* Before the first capital of a word: aB, 1B, and the last of several capitals before a small letter
 * (HTMLPage). */
static bool begins_word(struct str name, size_t i)
{
    char before = i == 0 ? '_' : name.ptr[i - 1];

    if (!is_upper(name, i) || before == '_' || before == ' ' || before == '-')
        return false;
    return !is_upper(name, i - 1) || (i + 1 < name.len && ascii_lower(name.ptr[i + 1]) == name.ptr[i + 1] &&
                                      ascii_is_alpha(name.ptr[i + 1]));
}

static struct str snake(struct arena *arena, struct str name)
{
    char *made = arena_alloc(arena, 2 * name.len + 1);
    size_t length = 0;

    for (size_t i = 0; i < name.len; i++) {
        if (begins_word(name, i))
            made[length++] = '_';
        made[length++] = name.ptr[i] == ' ' || name.ptr[i] == '-' ? '_' : ascii_lower(name.ptr[i]);
    }
    return (struct str){made, length};
}

struct str names_fold(struct arena *arena, enum names_mode mode, struct name name)
{
    switch (mode) {
    case NAMES_SNAKE: return snake(arena, name.text);
    case NAMES_LOWER: return str_lower(arena, name.text);
    case NAMES_PRESERVE: return str_dup(arena, name.text);
    default: return name.quote == QUOTE_NONE ? str_lower(arena, name.text) : str_dup(arena, name.text);
    }
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
