#include "verify/shown.h"

#include <inttypes.h>
#include <math.h>

#include "verify/exact.h"

enum {
    SHORT = 64, /* bytes of a value on a line */
    BEFORE = 20 /* of them before the one that differs */
};

static struct str hex(struct arena *arena, struct str bytes)
{
    static const char digits[] = "0123456789abcdef";
    struct buf out;
    struct str text;

    buf_init(&out, bytes.len * 2 + 2);
    buf_text(&out, "\\x");
    for (size_t i = 0; i < bytes.len; i++) {
        buf_byte(&out, digits[(unsigned char)bytes.ptr[i] >> 4]);
        buf_byte(&out, digits[(unsigned char)bytes.ptr[i] & 15]);
    }
    text = buf_to_str(arena, &out);
    buf_free(&out);
    return text;
}

static struct str real_text(struct arena *arena, double real)
{
    char text[REAL_TEXT_SIZE];
    struct str shortest;

    if (isinf(real))
        return str_from(real > 0 ? "Infinity" : "-Infinity");
    shortest = (struct str){text, real_shortest(real, text)};
    /* Not to be taken for an integer. */
    if (str_find(shortest, '.') < 0 && str_find(shortest, 'e') < 0)
        return str_printf(arena, "%.*s.0", STR_ARGS(shortest));
    return str_dup(arena, shortest);
}

struct shown shown_text(struct arena *arena, struct str text, bool quoted, size_t limit)
{
    struct str clipped = str_utf8_clip(text, limit);

    return (struct shown){.text = str_dup(arena, clipped), .quoted = quoted, .cut = clipped.len < text.len};
}

static struct shown plain_value(struct arena *arena, const struct value *value, size_t limit)
{
    struct str bytes = value->bytes;

    switch (value->kind) {
    case VALUE_INTEGER: return (struct shown){.text = str_printf(arena, "%" PRId64, value->integer)};
    case VALUE_REAL: return (struct shown){.text = real_text(arena, value->real)};
    case VALUE_TEXT:
        if (str_utf8_valid_prefix(bytes) == bytes.len)
            return shown_text(arena, bytes, true, limit);
        break;
    case VALUE_BLOB: break;
    default: return (struct shown){.null = true};
    }
    return (struct shown){.text = hex(arena, str_slice(bytes, 0, limit / 2)), .cut = bytes.len > limit / 2};
}

struct shown shown_value(struct arena *arena, const struct value *value, size_t limit)
{
    static const char *const classes[] = {"NULL", "INTEGER", "REAL", "TEXT", "BLOB"};
    struct shown shown = plain_value(arena, value, limit);

    shown.class = classes[value->kind];
    return shown;
}

size_t shown_differs_at(const struct shown *a, const struct shown *b)
{
    size_t at = 0;

    if (a->null || b->null)
        return 0;
    while (at < a->text.len && at < b->text.len && a->text.ptr[at] == b->text.ptr[at])
        at++;
    return at;
}

/* Never a part of a character. */
static size_t character_start(struct str text, size_t at)
{
    while (at > 0 && at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
        at--;
    return at;
}

/* What a terminal would take for something else is escaped. */
static void put_bytes(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c == '\n')
            buf_text(out, "\\n");
        else if (c < 0x20 || c == 0x7f)
            buf_printf(out, "\\%03o", c);
        else
            buf_byte(out, (char)c);
    }
}

void shown_put(struct buf *out, const struct shown *shown, size_t differs_at)
{
    size_t from = differs_at <= SHORT - BEFORE ? 0 : character_start(shown->text, differs_at - BEFORE);
    struct str part = str_utf8_clip(str_slice(shown->text, from, shown->text.len), SHORT);

    if (shown->null) {
        buf_text(out, "NULL");
        return;
    }
    buf_text(out, from > 0 ? "..." : "");
    buf_text(out, shown->quoted ? "'" : "");
    put_bytes(out, part);
    buf_text(out, shown->quoted ? "'" : "");
    buf_text(out, shown->cut || from + part.len < shown->text.len ? "..." : "");
}
