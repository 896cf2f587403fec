#include "base/screen.h"

#include <stdint.h>

/* Unicode 15, EastAsianWidth.txt (W and F) and the emoji shown in two columns; gaps of a few unassigned
 * characters are closed. */
static const struct range {
    uint32_t first;
    uint32_t last;
} wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},   {0x23f0, 0x23f0},
    {0x23f3, 0x23f3},   {0x25fd, 0x25fe},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x267f, 0x267f},
    {0x2693, 0x2693},   {0x26a1, 0x26a1},   {0x26aa, 0x26ab},   {0x26bd, 0x26be},   {0x26c4, 0x26c5},
    {0x26ce, 0x26ce},   {0x26d4, 0x26d4},   {0x26ea, 0x26ea},   {0x26f2, 0x26f3},   {0x26f5, 0x26f5},
    {0x26fa, 0x26fa},   {0x26fd, 0x26fd},   {0x2705, 0x2705},   {0x270a, 0x270b},   {0x2728, 0x2728},
    {0x274c, 0x274c},   {0x274e, 0x274e},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
    {0x27b0, 0x27b0},   {0x27bf, 0x27bf},   {0x2b1b, 0x2b1c},   {0x2b50, 0x2b50},   {0x2b55, 0x2b55},
    {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0xa4c6},   {0xa960, 0xa97c},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6b},   {0xff01, 0xff60},
    {0xffe0, 0xffe6},   {0x16fe0, 0x18d08}, {0x1aff0, 0x1b2fb}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf},
    {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a}, {0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c},
    {0x1f37e, 0x1f393}, {0x1f3a0, 0x1f3ca}, {0x1f3cf, 0x1f3d3}, {0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4},
    {0x1f3f8, 0x1f43e}, {0x1f440, 0x1f440}, {0x1f442, 0x1f4fc}, {0x1f4ff, 0x1f53d}, {0x1f54b, 0x1f54e},
    {0x1f550, 0x1f567}, {0x1f57a, 0x1f57a}, {0x1f595, 0x1f596}, {0x1f5a4, 0x1f5a4}, {0x1f5fb, 0x1f64f},
    {0x1f680, 0x1f6c5}, {0x1f6cc, 0x1f6cc}, {0x1f6d0, 0x1f6d2}, {0x1f6d5, 0x1f6df}, {0x1f6eb, 0x1f6ec},
    {0x1f6f4, 0x1f6fc}, {0x1f7e0, 0x1f7f0}, {0x1f90c, 0x1f93a}, {0x1f93c, 0x1f945}, {0x1f947, 0x1f9ff},
    {0x1fa70, 0x1faf8}, {0x20000, 0x3fffd},
};

/* Combining marks of the scripts in daily use, joiners and variation selectors. */
static const struct range none[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489},   {0x0591, 0x05bd},   {0x05bf, 0x05bf}, {0x05c1, 0x05c7},
    {0x0610, 0x061a}, {0x064b, 0x065f},   {0x0670, 0x0670},   {0x06d6, 0x06dc}, {0x06df, 0x06e4},
    {0x06e7, 0x06ed}, {0x0900, 0x0902},   {0x093c, 0x093c},   {0x0941, 0x0948}, {0x094d, 0x094d},
    {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},   {0x0e47, 0x0e4e},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
    {0x200b, 0x200d}, {0x20d0, 0x20f0},   {0x3099, 0x309a},   {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
    {0xfeff, 0xfeff}, {0x1f3fb, 0x1f3ff}, {0xe0100, 0xe01ef},
};

static bool is_in(const struct range *ranges, size_t count, uint32_t character)
{
    for (size_t i = 0; i < count && ranges[i].first <= character; i++)
        if (character <= ranges[i].last)
            return true;
    return false;
}

/* The character at the start, and how many bytes it has; a byte that is no UTF-8 stands for itself. */
static uint32_t decode(struct str text, size_t *size)
{
    unsigned char lead = (unsigned char)text.ptr[0];
    uint32_t character = lead;

    *size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (*size > text.len || str_utf8_valid_prefix(str_slice(text, 0, *size)) < *size) {
        *size = 1;
        return lead;
    }
    if (*size > 1)
        character = lead & (0x7fU >> *size);
    for (size_t i = 1; i < *size; i++)
        character = character << 6 | ((unsigned char)text.ptr[i] & 0x3f);
    return character;
}

static size_t width_of(uint32_t character)
{
    if (character < 0x300)
        return 1;
    if (is_in(none, ARRAY_LENGTH(none), character))
        return 0;
    return is_in(wide, ARRAY_LENGTH(wide), character) ? 2 : 1;
}

struct str screen_clip(struct str text, size_t columns)
{
    size_t end = 0;
    size_t used = 0;

    while (end < text.len) {
        size_t size;
        size_t width = width_of(decode(str_slice(text, end, text.len), &size));

        if (used + width > columns)
            break;
        used += width;
        end += size;
    }
    return str_slice(text, 0, end);
}

size_t screen_width(struct str text)
{
    size_t width = 0;
    size_t size;

    for (size_t i = 0; i < text.len; i += size)
        width += width_of(decode(str_slice(text, i, text.len), &size));
    return width;
}

/* C0 and C1, the separators of lines and paragraphs, and what turns the direction of writing. */
static bool is_dangerous(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x2028 ||
           character == 0x2029 || (character >= 0x202a && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069) || character == 0x200e || character == 0x200f ||
           character == 0x061c;
}

void screen_put(struct buf *out, struct str text)
{
    size_t size;

    for (size_t i = 0; i < text.len; i += size) {
        struct str rest = str_slice(text, i, text.len);
        uint32_t character = decode(rest, &size);
        bool invalid = size == 1 && character >= 0x80;

        if (character == '\n')
            buf_text(out, "\\n");
        else if (character == '\t')
            buf_text(out, "\\t");
        else if (character == '\r')
            buf_text(out, "\\r");
        else if (invalid || (is_dangerous(character) && character < 0x100))
            buf_printf(out, "\\x%02x", (unsigned int)character);
        else if (is_dangerous(character))
            buf_printf(out, "\\u%04x", (unsigned int)character);
        else
            buf_put(out, rest.ptr, size);
    }
}

/* No byte becomes more than four. */
static struct str put_in_arena(struct arena *arena, struct str text)
{
    struct buf out = {.capacity = 4 * text.len + 1, .maximum = 4 * text.len};

    out.ptr = arena_alloc(arena, out.capacity);
    out.ptr[0] = '\0';
    screen_put(&out, text);
    return buf_view(&out);
}

struct str screen_text(struct arena *arena, struct str text)
{
    struct buf out;
    struct str made;

    buf_init(&out, SIZE_MAX / 2);
    screen_put(&out, text);
    // A message without its text helps nobody; the arena says so where it has no room either.
    made = out.failed ? put_in_arena(arena, text) : buf_to_str(arena, &out);
    buf_free(&out);
    return made;
}

const char *screen_shell_word(struct arena *arena, struct str text)
{
    struct buf out;
    const char *word;

    buf_init(&out, SIZE_MAX / 2);
    buf_byte(&out, '\'');
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\'')
            buf_text(&out, "'\\''");
        else
            buf_byte(&out, text.ptr[i]);
    buf_byte(&out, '\'');
    word = str_cstr(arena, buf_view(&out));
    buf_free(&out);
    return word;
}
