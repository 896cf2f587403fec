#include "base/str.h"

#include <stdarg.h>
#include <string.h>

char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

char ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool ascii_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool ascii_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct str str_from(const char *text)
{
    return (struct str){text, text == NULL ? 0 : strlen(text)};
}

struct str str_slice(struct str s, size_t from, size_t to)
{
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    return (struct str){s.ptr == NULL ? NULL : s.ptr + from, to - from};
}

struct str str_trim(struct str s)
{
    while (s.len > 0 && ascii_is_space(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && ascii_is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_equal_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
            return false;
    return true;
}

bool str_is(struct str s, const char *text)
{
    return str_equal(s, str_from(text));
}

bool str_is_nocase(struct str s, const char *text)
{
    return str_equal_nocase(s, str_from(text));
}

bool str_starts_with(struct str s, const char *prefix)
{
    struct str want = str_from(prefix);

    return s.len >= want.len && str_equal(str_slice(s, 0, want.len), want);
}

bool str_starts_with_nocase(struct str s, const char *prefix)
{
    struct str want = str_from(prefix);

    return s.len >= want.len && str_equal_nocase(str_slice(s, 0, want.len), want);
}

bool str_ends_with(struct str s, const char *suffix)
{
    struct str want = str_from(suffix);

    return s.len >= want.len && str_equal(str_slice(s, s.len - want.len, s.len), want);
}

bool str_contains_nocase(struct str s, const char *part)
{
    struct str want = str_from(part);

    for (size_t i = 0; i + want.len <= s.len; i++)
        if (str_equal_nocase(str_slice(s, i, i + want.len), want))
            return true;
    return false;
}

int str_compare(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);

    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

ptrdiff_t str_find(struct str s, char byte)
{
    const char *found = s.len == 0 ? NULL : memchr(s.ptr, byte, s.len);

    return found == NULL ? -1 : found - s.ptr;
}

bool str_to_int64(struct str s, int64_t *value)
{
    bool negative = s.len > 0 && s.ptr[0] == '-';
    size_t i = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+') ? 1 : 0;
    int64_t sum = 0;

    if (i == s.len)
        return false;
    for (; i < s.len; i++) {
        if (!ascii_is_digit(s.ptr[i]))
            return false;
        /* Summed downwards: the negative range is the larger one. */
        if (__builtin_mul_overflow(sum, 10, &sum) || __builtin_sub_overflow(sum, s.ptr[i] - '0', &sum))
            return false;
    }
    if (!negative && sum == INT64_MIN)
        return false;
    *value = negative ? sum : -sum;
    return true;
}

struct str str_dup(struct arena *arena, struct str s)
{
    return (struct str){arena_copy(arena, s.ptr, s.len), s.len};
}

struct str str_lower(struct arena *arena, struct str s)
{
    char *copy = arena_copy(arena, s.ptr, s.len);

    for (size_t i = 0; i < s.len; i++)
        copy[i] = ascii_lower(copy[i]);
    return (struct str){copy, s.len};
}

struct str str_printf(struct arena *arena, const char *format, ...)
{
    struct str text;
    va_list args;

    va_start(args, format);
    text.ptr = arena_vprintf(arena, &text.len, format, args);
    va_end(args);
    return text;
}

const char *str_cstr(struct arena *arena, struct str s)
{
    return arena_copy(arena, s.ptr, s.len);
}

/* Length of the sequence that starts here, or 0.  Bounds of the second byte: RFC 3629, section 4. */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t length;

    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (left < length)
        return 0;
    if (p[0] == 0xe0)
        low = 0xa0;
    else if (p[0] == 0xed)
        high = 0x9f;
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

size_t str_utf8_valid_prefix(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = 0;

    while (i < s.len) {
        uint64_t word;
        size_t length;

        /* Eight bytes of ASCII at a time: nearly all text of most databases. */
        if (s.len - i >= sizeof(word)) {
            memcpy(&word, p + i, sizeof(word));
            if ((word & 0x8080808080808080u) == 0) {
                i += sizeof(word);
                continue;
            }
        }
        length = utf8_sequence(p + i, s.len - i);
        if (length == 0)
            return i;
        i += length;
    }
    return i;
}

size_t str_utf8_count(struct str s)
{
    size_t count = 0;

    for (size_t i = 0; i < s.len; i++)
        count += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
    return count;
}

struct str str_utf8_clip(struct str s, size_t limit)
{
    if (s.len <= limit)
        return s;
    while (limit > 0 && ((unsigned char)s.ptr[limit] & 0xc0) == 0x80)
        limit--;
    s.len = limit;
    return s;
}
