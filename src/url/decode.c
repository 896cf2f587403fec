#include "url/url_intern.h"

static int hex_value(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that %HH at `i` stands for, or -1. */
static int escape_at(struct str raw, size_t i)
{
    int high = i + 2 < raw.len && raw.ptr[i] == '%' ? hex_value(raw.ptr[i + 1]) : -1;
    int low = high < 0 ? -1 : hex_value(raw.ptr[i + 2]);

    return low < 0 ? -1 : high * 16 + low;
}

bool url_decode(struct arena *arena, struct str raw, bool plus_is_space, struct str *out, struct err *err)
{
    char *decoded = arena_alloc(arena, raw.len + 1);
    size_t length = 0;

    for (size_t i = 0; i < raw.len; i++) {
        int byte = escape_at(raw, i);

        if (byte == 0) {
            err_set(err, ERR_URL, "the URL of the database holds a NUL byte, written %%00");
            return err_hint(err, "a '%%' that stands for itself is written %%25");
        }
        if (byte > 0) {
            decoded[length++] = (char)byte;
            i += 2;
        } else {
            decoded[length++] = plus_is_space && raw.ptr[i] == '+' ? ' ' : raw.ptr[i];
        }
    }
    *out = (struct str){decoded, length};
    return true;
}

struct str url_cut(struct str s, char byte, struct str *rest)
{
    ptrdiff_t at = str_find(s, byte);

    if (at < 0) {
        *rest = (struct str){NULL, 0};
        return s;
    }
    *rest = str_slice(s, (size_t)at + 1, s.len);
    return str_slice(s, 0, (size_t)at);
}

/* Names are shown in messages: whatever is no word may be part of a password. */
static bool is_word(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!ascii_is_alpha(s.ptr[i]) && !ascii_is_digit(s.ptr[i]) && s.ptr[i] != '_' && s.ptr[i] != '-' &&
            s.ptr[i] != '.')
            return false;
    return s.len > 0;
}

static bool pair_read(struct arena *arena, struct str pair, bool plus_is_space, url_put *put, void *context,
                      struct err *err)
{
    struct str raw;
    struct str name;
    struct str value;

    if (!url_decode(arena, url_cut(pair, '=', &raw), plus_is_space, &name, err))
        return false;
    if (raw.ptr == NULL || !is_word(name)) {
        err_set(err, ERR_URL, "the part of the database URL after '?' is no list of name=value");
        return err_hint(err, "put '&' between parameters; in a password write '?' as %%3F and '&' as %%26");
    }
    return url_decode(arena, raw, plus_is_space, &value, err) && put(context, name, value, err);
}

bool url_query_read(struct arena *arena, struct str query, bool plus_is_space, url_put *put, void *context,
                    struct err *err)
{
    while (query.len > 0) {
        struct str pair = url_cut(query, '&', &query);

        if (pair.len > 0 && !pair_read(arena, pair, plus_is_space, put, context, err))
            return false;
    }
    return true;
}
