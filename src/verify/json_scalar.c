/* Numbers and strings of JSON. */
#include <inttypes.h>
#include <string.h>

#include "verify/canonical_rules.h"
#include "verify/exact.h"
#include "verify/json_reader.h"

/* numeric's range, in which jsonb keeps its numbers. */
enum {
    WHOLE_DIGITS_MAXIMUM = 131072,
    DECIMALS_MAXIMUM = 16383,
    EXPONENT_END = INT32_MAX / 2 /* numeric_in() refuses it, of zero too */
};

static bool take_digits(struct reader *r)
{
    const char *start = r->p;

    while (r->p < r->end && ascii_is_digit(*r->p))
        r->p++;
    return r->p > start;
}

static void put_number(struct reader *r, const struct exact *number)
{
    struct buf *out = r->room->out;

    if (number->digit_count == 0) {
        buf_byte(out, '0');
        return;
    }
    if (number->negative)
        buf_byte(out, '-');
    exact_put_digits(out, number);
    if (number->exponent != 0)
        buf_printf(out, "e%" PRId64, number->exponent);
}

bool json_read_number(struct reader *r)
{
    const char *start = r->p;
    struct exact number;

    (void)take(r, '-');
    if (!take(r, '0') && !take_digits(r))
        return no(r, "it is no JSON: a value is missing");
    if (take(r, '.') && !take_digits(r))
        return no(r, "it is no JSON: a number without digits behind its point");
    if (take(r, 'e') || take(r, 'E')) {
        if (!take(r, '+'))
            (void)take(r, '-');
        if (!take_digits(r))
            return no(r, "it is no JSON: a number without digits in its exponent");
    }
    if (r->room == NULL)
        return true;
    if (!exact_parse((struct str){start, (size_t)(r->p - start)}, &number) ||
        number.digit_count + number.exponent > WHOLE_DIGITS_MAXIMUM ||
        number.decimals_written > DECIMALS_MAXIMUM || number.exponent_written >= EXPONENT_END)
        return no(r, "a number is beyond numeric's range");
    put_number(r, &number);
    return true;
}

static bool read_unit(struct reader *r, uint32_t *unit)
{
    *unit = 0;
    if (r->end - r->p < 4)
        return no(r, "it is no JSON: an escape is cut off");
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(*r->p++);

        if (digit < 0)
            return no(r, "it is no JSON: an escape without four hex digits");
        *unit = *unit * 16 + (uint32_t)digit;
    }
    return true;
}

static void put_code_point(struct reader *r, uint32_t code)
{
    char bytes[4];

    if (code < 0x80) {
        if (code == '"' || code == '\\')
            put_byte(r, '\\');
        put_byte(r, (char)code);
    } else if (code < 0x800) {
        bytes[0] = (char)(0xc0 | code >> 6);
        bytes[1] = (char)(0x80 | (code & 0x3f));
        put(r, bytes, 2);
    } else if (code < 0x10000) {
        bytes[0] = (char)(0xe0 | code >> 12);
        bytes[1] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[2] = (char)(0x80 | (code & 0x3f));
        put(r, bytes, 3);
    } else {
        bytes[0] = (char)(0xf0 | code >> 18);
        bytes[1] = (char)(0x80 | (code >> 12 & 0x3f));
        bytes[2] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[3] = (char)(0x80 | (code & 0x3f));
        put(r, bytes, 4);
    }
}

/* Behind \u.  Characters beyond 16 bits are two escapes: RFC 8259, section 7. */
static bool read_unicode(struct reader *r)
{
    uint32_t code;
    uint32_t low;

    if (!read_unit(r, &code))
        return false;
    if (code == 0)
        return no(r, "it holds the escape \\u0000");
    if (code >= 0xd800 && code < 0xe000) {
        if (code >= 0xdc00 || !take(r, '\\') || !take(r, 'u'))
            return no(r, "it holds half of a surrogate pair");
        if (!read_unit(r, &low))
            return false;
        if (low < 0xdc00 || low >= 0xe000)
            return no(r, "it holds half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
    }
    put_code_point(r, code);
    return true;
}

/* Behind a backslash. */
static bool read_escape(struct reader *r)
{
    static const char names[] = "\"\\/bfnrt";
    static const char codes[] = "\"\\/\b\f\n\r\t";
    const char *name;

    if (take(r, 'u'))
        return read_unicode(r);
    name = r->p == r->end || *r->p == '\0' ? NULL : strchr(names, *r->p);
    if (name == NULL)
        return no(r, "it is no JSON: an unknown escape");
    r->p++;
    put_code_point(r, (unsigned char)codes[name - names]);
    return true;
}

bool json_read_string(struct reader *r)
{
    if (!take(r, '"'))
        return no(r, "it is no JSON: a key is missing");
    put_byte(r, '"');
    for (;;) {
        const char *start = r->p;

        while (r->p < r->end && *r->p != '"' && *r->p != '\\' && (unsigned char)*r->p >= 0x20)
            r->p++;
        put(r, start, (size_t)(r->p - start));
        if (take(r, '"'))
            break;
        if (!take(r, '\\'))
            return no(r, r->p == r->end ? "it is no JSON: a string has no end"
                                        : "it is no JSON: a control character in a string");
        if (!read_escape(r))
            return false;
    }
    put_byte(r, '"');
    return true;
}
