#include "verify/json_normal.h"

#include <stdlib.h>
#include <string.h>

#include "verify/canonical_rules.h"
#include "verify/json_reader.h"

/* A member of an object that is being written: places in `out`, which may move while it grows. */
struct member {
    size_t key; /* start of the key, with its quotes */
    size_t value;
    size_t end;
};

void json_skip_space(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
        r->p++;
}

static bool read_array(struct reader *r)
{
    put_byte(r, '[');
    json_skip_space(r);
    if (!take(r, ']')) {
        for (;;) {
            if (!json_read_value(r))
                return false;
            if (take(r, ']'))
                break;
            if (!take(r, ','))
                return no(r, "it is no JSON: an array has no end");
            put_byte(r, ',');
        }
    }
    put_byte(r, ']');
    return true;
}

/* By the keys; of equal keys the last one first. */
static int compare_members(const void *left, const void *right, void *context)
{
    const struct member *a = left;
    const struct member *b = right;
    const char *out = context;
    size_t a_size = a->value - a->key;
    size_t b_size = b->value - b->key;
    int order;

    if (a_size != b_size)
        return a_size < b_size ? -1 : 1;
    order = memcmp(out + a->key, out + b->key, a_size);
    if (order != 0)
        return order;
    return a->key > b->key ? -1 : a->key < b->key;
}

static bool members_in_order(const struct member *members, size_t count, char *out)
{
    for (size_t i = 1; i < count; i++)
        /* Equal keys compare as the wrong order here too. */
        if (compare_members(&members[i - 1], &members[i], out) > 0)
            return false;
    return true;
}

static bool same_key(const struct member *a, const struct member *b, const char *out)
{
    size_t size = a->value - a->key;

    return size == b->value - b->key && memcmp(out + a->key, out + b->key, size) == 0;
}

/* Writes the members of an object, which begin at `start` in `out`, again in their order. */
static void sort_members(const struct json_room *room, struct member *members, size_t count, size_t start)
{
    struct buf *out = room->out;
    struct buf *sorted = room->spare;

    if (out->failed || members_in_order(members, count, out->ptr))
        return;
    qsort_r(members, count, sizeof(*members), compare_members, out->ptr);
    buf_clear(sorted);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && same_key(&members[i - 1], &members[i], out->ptr))
            continue;
        if (i > 0)
            buf_byte(sorted, ',');
        buf_put(sorted, out->ptr + members[i].key, members[i].end - members[i].key);
    }
    out->len = start;
    buf_put(out, sorted->ptr, sorted->len);
    out->failed |= sorted->failed;
}

static bool read_member(struct reader *r, struct member *member)
{
    const struct buf *out = r->room == NULL ? NULL : r->room->out;

    json_skip_space(r);
    member->key = out == NULL ? 0 : out->len;
    if (!json_read_string(r))
        return false;
    json_skip_space(r);
    if (!take(r, ':'))
        return no(r, "it is no JSON: a key without a value");
    put_byte(r, ':');
    member->value = out == NULL ? 0 : out->len;
    if (!json_read_value(r))
        return false;
    member->end = out == NULL ? 0 : out->len;
    return true;
}

static bool read_members(struct reader *r)
{
    for (;;) {
        struct member member;

        if (!read_member(r, &member))
            return false;
        if (r->room != NULL)
            buf_put(r->room->members, &member, sizeof(member));
        if (take(r, '}'))
            return true;
        if (!take(r, ','))
            return no(r, "it is no JSON: an object has no end");
        put_byte(r, ',');
    }
}

static bool read_object(struct reader *r)
{
    size_t start;
    size_t first;
    struct buf *members;

    put_byte(r, '{');
    json_skip_space(r);
    start = r->room == NULL ? 0 : r->room->out->len;
    first = r->room == NULL ? 0 : r->room->members->len;
    if (!take(r, '}') && !read_members(r))
        return false;
    if (r->room != NULL) {
        members = r->room->members;
        if (!members->failed)
            sort_members(r->room, (struct member *)(void *)(members->ptr + first),
                         (members->len - first) / sizeof(struct member), start);
        members->len = first;
    }
    put_byte(r, '}');
    return true;
}

static bool read_nested(struct reader *r, bool (*read)(struct reader *))
{
    bool done;

    if (r->depth == JSON_DEPTH_MAXIMUM)
        return no(r, "it is nested deeper than 1,000");
    r->depth++;
    done = read(r);
    r->depth--;
    return done;
}

static bool read_word(struct reader *r, const char *word)
{
    size_t size = strlen(word);

    if ((size_t)(r->end - r->p) < size || memcmp(r->p, word, size) != 0)
        return no(r, "it is no JSON: an unknown word");
    r->p += size;
    put(r, word, size);
    return true;
}

static bool read_any(struct reader *r)
{
    switch (r->p == r->end ? '\0' : *r->p) {
    case '{': r->p++; return read_nested(r, read_object);
    case '[': r->p++; return read_nested(r, read_array);
    case '"': return json_read_string(r);
    case 't': return read_word(r, "true");
    case 'f': return read_word(r, "false");
    case 'n': return read_word(r, "null");
    default: return json_read_number(r);
    }
}

bool json_read_value(struct reader *r)
{
    json_skip_space(r);
    if (!read_any(r))
        return false;
    json_skip_space(r);
    return true;
}

static bool read_text(struct reader *r, struct str text)
{
    if (!text_is_valid(text))
        return no(r, "it is not UTF-8, or holds a NUL");
    if (!json_read_value(r))
        return false;
    return r->p == r->end || no(r, "it is no JSON: something follows the value");
}

bool json_normal_check(struct str text, const char **reason)
{
    struct reader r = {.p = text.ptr, .end = text.ptr + text.len};

    if (read_text(&r, text))
        return true;
    *reason = r.reason;
    return false;
}

bool json_normal_write(struct str text, const struct json_room *room, const char **reason)
{
    struct reader r = {.p = text.ptr, .end = text.ptr + text.len, .room = room};

    buf_clear(room->out);
    buf_clear(room->members);
    if (!read_text(&r, text)) {
        *reason = r.reason;
        return false;
    }
    *reason = NULL;
    return !room->out->failed && !room->members->failed;
}
