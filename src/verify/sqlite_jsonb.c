#include "verify/sqlite_jsonb.h"

#include <inttypes.h>
#include <string.h>

#include "verify/canonical_rules.h"
#include "verify/json_normal.h"

/* The low half of an element's first byte; the high half is its size or says how many bytes hold it. */
enum element_type {
    ELEMENT_NULL,
    ELEMENT_TRUE,
    ELEMENT_FALSE,
    ELEMENT_INT,
    ELEMENT_INT5, /* 0x1f: JSON5 */
    ELEMENT_FLOAT,
    ELEMENT_FLOAT5, /* .5 and 5. */
    ELEMENT_TEXT,   /* needs no escapes */
    ELEMENT_TEXTJ,  /* escaped as JSON */
    ELEMENT_TEXT5,  /* escaped as JSON5 */
    ELEMENT_TEXTRAW,
    ELEMENT_ARRAY,
    ELEMENT_OBJECT,
    ELEMENT_TYPE_COUNT
};

enum {
    SIZE_IN_BYTES = 12, /* 12, 13, 14, 15: 1, 2, 4, 8 bytes follow */
    LINE_SEPARATOR_SIZE = 3
};

struct element {
    unsigned type;
    struct str payload;
};

typedef bool put_function(struct str payload, struct buf *out, int depth);

static bool put_element(struct str *rest, struct buf *out, int depth, bool key);

static bool take_element(struct str *rest, struct element *element)
{
    unsigned char first = rest->len == 0 ? 0xff : (unsigned char)rest->ptr[0];
    uint64_t size = first >> 4;
    size_t head = 1;

    if (rest->len == 0 || (first & 0xf) >= ELEMENT_TYPE_COUNT)
        return false;
    if (size >= SIZE_IN_BYTES) {
        size_t count = (size_t)1 << (size - SIZE_IN_BYTES);

        if (rest->len - head < count)
            return false;
        size = 0;
        for (size_t i = 0; i < count; i++)
            size = size << 8 | (unsigned char)rest->ptr[head++];
    }
    if (size > rest->len - head)
        return false;
    *element = (struct element){first & 0xfu, str_slice(*rest, head, head + (size_t)size)};
    *rest = str_slice(*rest, head + (size_t)size, rest->len);
    return true;
}

static bool put_null(struct str payload, struct buf *out, int depth)
{
    (void)depth;
    buf_text(out, "null");
    return payload.len == 0;
}

static bool put_true(struct str payload, struct buf *out, int depth)
{
    (void)depth;
    buf_text(out, "true");
    return payload.len == 0;
}

static bool put_false(struct str payload, struct buf *out, int depth)
{
    (void)depth;
    buf_text(out, "false");
    return payload.len == 0;
}

/* Damaged bytes could bring white space or a comma along, and mean something else as text. */
static bool is_numeral(struct str payload)
{
    for (size_t i = 0; i < payload.len; i++)
        if (!ascii_is_digit(payload.ptr[i]) && memchr("+-.eE", payload.ptr[i], 5) == NULL)
            return false;
    return payload.len > 0;
}

static bool put_plain(struct str payload, struct buf *out, int depth)
{
    (void)depth;
    buf_str(out, payload);
    return is_numeral(payload);
}

static struct str put_sign(struct str payload, struct buf *out)
{
    if (payload.len > 0 && payload.ptr[0] == '-')
        buf_byte(out, '-');
    return str_slice(payload, payload.len > 0 && (payload.ptr[0] == '-' || payload.ptr[0] == '+'),
                     payload.len);
}

/* Hexadecimal, to decimal.  One beyond 64 bits is what SQLite's json() writes for it, an infinity. */
static bool put_hexadecimal(struct str payload, struct buf *out, int depth)
{
    struct str digits = put_sign(payload, out);
    uint64_t sum = 0;
    bool overflow = false;

    (void)depth;
    if (digits.len < 3 || !str_starts_with_nocase(digits, "0x"))
        return false;
    for (size_t i = 2; i < digits.len; i++) {
        int digit = hex_digit(digits.ptr[i]);

        if (digit < 0)
            return false;
        overflow = overflow || sum >> 60 != 0;
        sum = sum << 4 | (unsigned)digit;
    }
    if (overflow)
        buf_text(out, "9.0e999");
    else
        buf_printf(out, "%" PRIu64, sum);
    return true;
}

/* A zero wherever the point stands alone. */
static bool put_float5(struct str payload, struct buf *out, int depth)
{
    bool negative = payload.len > 0 && payload.ptr[0] == '-';
    struct str digits = str_slice(payload, negative, payload.len);

    (void)depth;
    buf_text(out, negative ? "-" : "");
    for (size_t i = 0; i < digits.len; i++) {
        bool point = digits.ptr[i] == '.';

        if (point && i == 0)
            buf_byte(out, '0');
        buf_byte(out, digits.ptr[i]);
        if (point && (i + 1 == digits.len || !ascii_is_digit(digits.ptr[i + 1])))
            buf_byte(out, '0');
    }
    return is_numeral(digits);
}

/* Whether the text ends where the element does: no bare quote in it, no backslash at its end. */
static bool is_escaped(struct str payload)
{
    for (size_t i = 0; i < payload.len; i++)
        if (payload.ptr[i] == '"' || (payload.ptr[i] == '\\' && ++i == payload.len))
            return false;
    return true;
}

static bool put_escaped(struct str payload, struct buf *out, int depth)
{
    (void)depth;
    buf_byte(out, '"');
    buf_str(out, payload);
    buf_byte(out, '"');
    return is_escaped(payload);
}

/* As SQLite's json() writes it: control characters by their letter, where JSON has one for them. */
static void put_raw_byte(char byte, struct buf *out)
{
    static const char letters[] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    unsigned char place = (unsigned char)byte;

    if (place < sizeof(letters) && letters[place] != '\0')
        buf_printf(out, "\\%c", letters[place]);
    else if (byte == '"' || byte == '\\')
        buf_printf(out, "\\%c", byte);
    else if ((unsigned char)byte < 0x20)
        buf_printf(out, "\\u%04x", (unsigned)byte);
    else
        buf_byte(out, byte);
}

static bool put_raw(struct str payload, struct buf *out, int depth)
{
    (void)depth;
    buf_byte(out, '"');
    for (size_t i = 0; i < payload.len; i++)
        put_raw_byte(payload.ptr[i], out);
    buf_byte(out, '"');
    return true;
}

/* An escape that JSON5 has and JSON has not; returns its length, 0 when JSON has it too.  A line end behind a
 * backslash continues the line: JSON5, section 5.2. */
static size_t put_escape5(struct str rest, struct buf *out)
{
    switch (rest.len < 2 ? '\0' : rest.ptr[1]) {
    case '\'': buf_byte(out, '\''); return 2;
    case 'v': buf_text(out, "\\u000b"); return 2;
    case '0': buf_text(out, "\\u0000"); return 2;
    case 'x':
        if (rest.len < 4)
            return 0;
        buf_text(out, "\\u00");
        buf_str(out, str_slice(rest, 2, 4));
        return 4;
    case '\n': return 2;
    case '\r': return rest.len > 2 && rest.ptr[2] == '\n' ? 3 : 2;
    case '\xe2':
        return str_starts_with(rest, "\\\xe2\x80\xa8") || str_starts_with(rest, "\\\xe2\x80\xa9")
                   ? 1 + LINE_SEPARATOR_SIZE
                   : 0;
    default: return 0;
    }
}

static bool put_text5(struct str payload, struct buf *out, int depth)
{
    (void)depth;
    buf_byte(out, '"');
    for (size_t i = 0; i < payload.len;) {
        struct str rest = str_slice(payload, i, payload.len);
        size_t taken = 0;

        if (rest.ptr[0] != '\\') {
            put_raw_byte(rest.ptr[0], out);
            i++;
            continue;
        }
        taken = put_escape5(rest, out);
        if (taken == 0) {
            if (rest.len < 2)
                return false;
            buf_str(out, str_slice(rest, 0, 2));
            taken = 2;
        }
        i += taken;
    }
    buf_byte(out, '"');
    return true;
}

static bool put_array(struct str payload, struct buf *out, int depth)
{
    buf_byte(out, '[');
    for (bool first = true; payload.len > 0; first = false) {
        if (!first)
            buf_byte(out, ',');
        if (!put_element(&payload, out, depth + 1, false))
            return false;
    }
    buf_byte(out, ']');
    return true;
}

static bool put_object(struct str payload, struct buf *out, int depth)
{
    buf_byte(out, '{');
    for (bool first = true; payload.len > 0; first = false) {
        if (!first)
            buf_byte(out, ',');
        if (!put_element(&payload, out, depth + 1, true))
            return false;
        buf_byte(out, ':');
        if (!put_element(&payload, out, depth + 1, false))
            return false;
    }
    buf_byte(out, '}');
    return true;
}

static put_function *const puts_by_type[ELEMENT_TYPE_COUNT] = {
    [ELEMENT_NULL] = put_null,     [ELEMENT_TRUE] = put_true,        [ELEMENT_FALSE] = put_false,
    [ELEMENT_INT] = put_plain,     [ELEMENT_INT5] = put_hexadecimal, [ELEMENT_FLOAT] = put_plain,
    [ELEMENT_FLOAT5] = put_float5, [ELEMENT_TEXT] = put_escaped,     [ELEMENT_TEXTJ] = put_escaped,
    [ELEMENT_TEXT5] = put_text5,   [ELEMENT_TEXTRAW] = put_raw,      [ELEMENT_ARRAY] = put_array,
    [ELEMENT_OBJECT] = put_object,
};

static bool put_element(struct str *rest, struct buf *out, int depth, bool key)
{
    struct element element;

    /* Deeper than JSON may be: json_normal_check() would refuse the text as well, and the stack is finite. */
    if (depth > JSON_DEPTH_MAXIMUM || !take_element(rest, &element))
        return false;
    if (key && (element.type < ELEMENT_TEXT || element.type > ELEMENT_TEXTRAW))
        return false;
    return puts_by_type[element.type](element.payload, out, depth);
}

bool sqlite_jsonb_text(struct str blob, struct buf *out)
{
    buf_clear(out);
    return put_element(&blob, out, 0, false) && blob.len == 0;
}
