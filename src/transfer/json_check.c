#include "transfer/json_check.h"

#include <string.h>

#include "transfer/decimal.h"
#include "transfer/encode_field.h"

static const char no_json[] = "no JSON";

struct scan {
    const char *at;
    const char *end;
    bool numbers;
    const char *reason; /* NULL: all well so far */
    size_t depth;
    unsigned char objects[JSON_DEPTH_MAXIMUM / 8 + 1]; /* a bit for each level: an object, or else an array */
};

static bool fail(struct scan *scan, const char *reason)
{
    scan->reason = reason;
    return false;
}

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\t' || *scan->at == '\r'))
        scan->at++;
}

/* The next byte behind white space, or 0, which no JSON has. */
static char peek(struct scan *scan)
{
    skip_space(scan);
    return scan->at < scan->end ? *scan->at : '\0';
}

/* \uXXXX, the backslash being next: its code unit, or -1. */
static int code_unit(const struct scan *scan)
{
    int unit = 0;

    if (scan->end - scan->at < 6 || scan->at[0] != '\\' || scan->at[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(scan->at[i]);

        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool scan_unicode_escape(struct scan *scan)
{
    int unit = code_unit(scan);

    if (unit < 0)
        return fail(scan, no_json);
    if (unit == 0)
        return fail(scan, "JSON with the escape \\u0000");
    scan->at += 6;
    if (unit < 0xd800 || unit > 0xdfff)
        return true;
    if (unit <= 0xdbff) {
        int low = code_unit(scan);

        if (low >= 0xdc00 && low <= 0xdfff) {
            scan->at += 6;
            return true;
        }
    }
    return fail(scan, "JSON with half a surrogate pair");
}

static bool scan_escape(struct scan *scan)
{
    if (scan->end - scan->at < 2)
        return fail(scan, no_json);
    if (scan->at[1] == 'u')
        return scan_unicode_escape(scan);
    if (memchr("\"\\/bfnrt", scan->at[1], 8) == NULL)
        return fail(scan, no_json);
    scan->at += 2;
    return true;
}

/* Bytes that end a run inside a string: control characters, the quote, the backslash. */
static bool ends_run(char c)
{
    return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

static bool scan_string(struct scan *scan)
{
    if (peek(scan) != '"')
        return fail(scan, no_json);
    scan->at++;
    for (;;) {
        while (scan->at < scan->end && !ends_run(*scan->at))
            scan->at++;
        if (scan->at == scan->end || (unsigned char)*scan->at < 0x20)
            return fail(scan, no_json);
        if (*scan->at == '"') {
            scan->at++;
            return true;
        }
        if (!scan_escape(scan))
            return false;
    }
}

static size_t skip_digits(struct scan *scan)
{
    const char *start = scan->at;

    while (scan->at < scan->end && ascii_is_digit(*scan->at))
        scan->at++;
    return (size_t)(scan->at - start);
}

/* numeric_in() counts the decimals that are written, be they zeros, and refuses such exponents even of zero.
 */
static bool check_range(struct scan *scan, struct str number)
{
    const int64_t exponent_limit = INT32_MAX / 2;
    struct decimal decimal;

    if (!decimal_parse(number, &decimal))
        return fail(scan, no_json);
    if (decimal.point > 131072 || decimal.written > 16383 || decimal.exponent >= exponent_limit)
        return fail(scan, "JSON with a number beyond the range of numeric");
    return true;
}

/* None, or e, a sign or none, and a digit at least. */
static bool scan_exponent(struct scan *scan)
{
    if (scan->at == scan->end || (*scan->at != 'e' && *scan->at != 'E'))
        return true;
    scan->at++;
    if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-'))
        scan->at++;
    return skip_digits(scan) > 0;
}

static bool scan_number(struct scan *scan)
{
    const char *start = scan->at;
    size_t digits;

    if (scan->at < scan->end && *scan->at == '-')
        scan->at++;
    digits = skip_digits(scan);
    if (digits == 0 || (digits > 1 && scan->at[-(ptrdiff_t)digits] == '0'))
        return fail(scan, no_json);
    if (scan->at < scan->end && *scan->at == '.') {
        scan->at++;
        if (skip_digits(scan) == 0)
            return fail(scan, no_json);
    }
    if (!scan_exponent(scan))
        return fail(scan, no_json);
    return !scan->numbers || check_range(scan, (struct str){start, (size_t)(scan->at - start)});
}

static bool scan_word(struct scan *scan, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0)
        return fail(scan, no_json);
    scan->at += length;
    return true;
}

static bool in_object(const struct scan *scan)
{
    size_t level = scan->depth - 1;

    return (scan->objects[level / 8] >> (level % 8) & 1) != 0;
}

static bool open_level(struct scan *scan, bool object)
{
    unsigned char bit = (unsigned char)(1u << (scan->depth % 8));
    unsigned char *place = &scan->objects[scan->depth / 8];

    if (scan->depth == JSON_DEPTH_MAXIMUM)
        return fail(scan, "JSON nested deeper than 1000");
    *place = (unsigned char)(object ? *place | bit : *place & ~bit);
    scan->depth++;
    scan->at++;
    return true;
}

static bool scan_key(struct scan *scan)
{
    if (!scan_string(scan))
        return false;
    if (peek(scan) != ':')
        return fail(scan, no_json);
    scan->at++;
    return true;
}

/* A value up to its end, or up to where its first member's value begins. */
static bool scan_value(struct scan *scan, bool *ended)
{
    char first = peek(scan);

    *ended = true;
    switch (first) {
    case '"': return scan_string(scan);
    case 't': return scan_word(scan, "true");
    case 'f': return scan_word(scan, "false");
    case 'n': return scan_word(scan, "null");
    case '{':
    case '[':
        if (!open_level(scan, first == '{'))
            return false;
        *ended = peek(scan) == (first == '{' ? '}' : ']');
        return *ended || first == '[' || scan_key(scan);
    default: return scan_number(scan);
    }
}

/* Behind a value: closes what ends here, up to where the next value begins, or to the end. */
static bool scan_rest(struct scan *scan)
{
    while (scan->depth > 0) {
        bool object = in_object(scan);
        char next = peek(scan);

        if (next == ',') {
            scan->at++;
            return !object || scan_key(scan);
        }
        if (next != (object ? '}' : ']'))
            return fail(scan, no_json);
        scan->at++;
        scan->depth--;
    }
    return true;
}

const char *json_check(struct str text, bool numbers)
{
    struct scan scan = {.numbers = numbers};
    bool ended;

    scan.reason = text_misfit(text);
    if (scan.reason != NULL || text.len == 0)
        return scan.reason != NULL ? scan.reason : no_json;
    scan.at = text.ptr;
    scan.end = text.ptr + text.len;
    do {
        if (!scan_value(&scan, &ended) || (ended && !scan_rest(&scan)))
            return scan.reason;
    } while (scan.depth > 0);
    skip_space(&scan);
    return scan.at == scan.end ? NULL : no_json;
}
