#include "cli/saved_plan_keys.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

struct key {
    struct str name;    /* decoded: "a" and "\u0061" are one */
    struct str written; /* in the text, with its quotes */
};

/* An object or a list that is open. */
struct level {
    bool is_object;
    size_t keys; /* how many were known when it began */
};

struct scan {
    struct arena *arena;
    struct str text;
    size_t at;
    bool key_is_next;
    struct level levels[JSON_TOKENER_DEFAULT_DEPTH + 1];
    size_t depth;
    struct key *keys; /* of all objects that are open */
    size_t count;
    size_t capacity;
    struct key *first; /* of the pair that was found; NULL: none */
    struct key *second;
};

static struct str decode(struct arena *arena, struct str written)
{
    struct str name = str_slice(written, 1, written.len - 1);
    struct json_object *value;

    if (str_find(name, '\\') < 0)
        return name;
    value = json_tokener_parse(str_cstr(arena, written));
    if (json_object_is_type(value, json_type_string))
        name = str_dup(
            arena, (struct str){json_object_get_string(value), (size_t)json_object_get_string_len(value)});
    (void)json_object_put(value);
    return name;
}

/* The text in quotes that begins here; `at` is behind it then. */
static struct str take_string(struct scan *scan)
{
    size_t begin = scan->at++;

    while (scan->at < scan->text.len && scan->text.ptr[scan->at] != '"')
        scan->at += scan->text.ptr[scan->at] == '\\' ? 2 : 1;
    scan->at = scan->at < scan->text.len ? scan->at + 1 : scan->text.len;
    return str_slice(scan->text, begin, scan->at);
}

static int compare(const void *a, const void *b)
{
    const struct key *left = a;
    const struct key *right = b;
    size_t shorter = left->name.len < right->name.len ? left->name.len : right->name.len;
    int order = memcmp(left->name.ptr, right->name.ptr, shorter);

    if (order == 0 && left->name.len != right->name.len)
        order = left->name.len < right->name.len ? -1 : 1;
    return order != 0 ? order
                      : (left->written.ptr > right->written.ptr) - (left->written.ptr < right->written.ptr);
}

/* The keys of an object that ends. */
static void look_for_pair(struct scan *scan, size_t begin)
{
    if (scan->count > begin)
        qsort(scan->keys + begin, scan->count - begin, sizeof(*scan->keys), compare);
    for (size_t i = begin + 1; i < scan->count; i++) {
        struct key *key = &scan->keys[i];

        if (!str_equal(key[-1].name, key->name) ||
            (scan->second != NULL && key->written.ptr > scan->second->written.ptr))
            continue;
        scan->first = ARENA_NEW(scan->arena, struct key);
        scan->second = ARENA_NEW(scan->arena, struct key);
        *scan->first = key[-1];
        *scan->second = *key;
    }
    scan->count = begin;
}

static void open_level(struct scan *scan, bool is_object)
{
    if (scan->depth < JSON_TOKENER_DEFAULT_DEPTH)
        scan->levels[++scan->depth] = (struct level){is_object, scan->count};
    scan->key_is_next = is_object;
}

static void close_level(struct scan *scan)
{
    if (scan->depth == 0)
        return;
    if (scan->levels[scan->depth].is_object)
        look_for_pair(scan, scan->levels[scan->depth].keys);
    scan->depth--;
    scan->key_is_next = false;
}

static void step(struct scan *scan)
{
    char c = scan->text.ptr[scan->at];

    if (c == '"') {
        struct str written = take_string(scan);

        if (scan->key_is_next)
            ARENA_PUSH(scan->arena, scan->keys, scan->count, scan->capacity) =
                (struct key){decode(scan->arena, written), written};
        scan->key_is_next = false;
        return;
    }
    scan->at++;
    if (c == '{' || c == '[')
        open_level(scan, c == '{');
    else if (c == '}' || c == ']')
        close_level(scan);
    else if (c == ',')
        scan->key_is_next = scan->levels[scan->depth].is_object;
}

static size_t line_of(struct str text, const char *place)
{
    size_t line = 1;

    for (const char *next = text.ptr; next < place; next++)
        line += *next == '\n';
    return line;
}

struct doubled_key saved_plan_doubled_key(struct arena *arena, struct str text)
{
    struct scan scan = {.arena = arena, .text = text};

    while (scan.at < text.len)
        step(&scan);
    if (scan.second == NULL)
        return (struct doubled_key){.key = {NULL, 0}};
    return (struct doubled_key){scan.second->written, line_of(text, scan.second->written.ptr),
                                line_of(text, scan.first->written.ptr)};
}
