#include "transfer/binary_json.h"

#include "transfer/encode_field.h"
#include "transfer/json_check.h"

/* The low four bits of an element's first byte. */
enum element {
    ELEMENT_NULL,
    ELEMENT_TRUE,
    ELEMENT_FALSE,
    ELEMENT_INT,
    ELEMENT_INT5, /* hexadecimal */
    ELEMENT_FLOAT,
    ELEMENT_FLOAT5,  /* no digit on one side of the point */
    ELEMENT_TEXT,    /* nothing in it needs an escape */
    ELEMENT_TEXTJ,   /* with JSON's escapes */
    ELEMENT_TEXT5,   /* with those of JSON5 */
    ELEMENT_TEXTRAW, /* as the value is */
    ELEMENT_ARRAY,
    ELEMENT_OBJECT,
    ELEMENT_COUNT
};

static const char no_binary_json[] = "not SQLite's binary JSON";

/* An array or object that is open. */
struct level {
    const char *end;
    size_t members; /* so far; a key and its value are two */
    bool object;
};

struct reading {
    const char *at;
    struct buf *out;
    size_t depth;
    struct level levels[JSON_DEPTH_MAXIMUM + 1]; /* the outermost is the blob itself */
};

typedef bool put_element(struct str payload, struct buf *out);

static bool put_null(struct str payload, struct buf *out)
{
    buf_text(out, "null");
    return payload.len == 0;
}

static bool put_true(struct str payload, struct buf *out)
{
    buf_text(out, "true");
    return payload.len == 0;
}

static bool put_false(struct str payload, struct buf *out)
{
    buf_text(out, "false");
    return payload.len == 0;
}

/* Nothing that could end the number: white space, a comma. */
static bool is_number_text(struct str payload)
{
    for (size_t i = 0; i < payload.len; i++)
        if (!ascii_is_digit(payload.ptr[i]) &&
            (payload.ptr[i] == '\0' || strchr("+-.eE", payload.ptr[i]) == NULL))
            return false;
    return payload.len > 0;
}

static bool put_digits(struct str payload, struct buf *out)
{
    buf_str(out, payload);
    return is_number_text(payload);
}

/* A sign or none, 0x, digits; beyond 64 bits SQLite makes an infinity of it. */
static bool put_hexadecimal(struct str payload, struct buf *out)
{
    size_t sign = payload.len > 0 && (payload.ptr[0] == '-' || payload.ptr[0] == '+') ? 1 : 0;
    uint64_t number = 0;
    bool fits = true;

    if (payload.len < sign + 3 || payload.ptr[sign] != '0' || (payload.ptr[sign + 1] | 0x20) != 'x')
        return false;
    for (size_t i = sign + 2; i < payload.len; i++) {
        int digit = hex_digit(payload.ptr[i]);

        if (digit < 0)
            return false;
        fits = fits && number >> 60 == 0;
        number = number << 4 | (unsigned)digit;
    }
    buf_text(out, payload.ptr[0] == '-' ? "-" : "");
    if (fits)
        buf_printf(out, "%llu", (unsigned long long)number);
    else
        buf_text(out, "9.0e999");
    return true;
}

/* Digits go where JSON wants them beside the point. */
static bool put_bare_point(struct str payload, struct buf *out)
{
    for (size_t i = 0; i < payload.len; i++) {
        bool point = payload.ptr[i] == '.';

        if (point && (i == 0 || !ascii_is_digit(payload.ptr[i - 1])))
            buf_byte(out, '0');
        buf_byte(out, payload.ptr[i]);
        if (point && (i + 1 == payload.len || !ascii_is_digit(payload.ptr[i + 1])))
            buf_byte(out, '0');
    }
    return is_number_text(payload);
}

static size_t plain_run(struct str text)
{
    size_t length = 0;

    while (length < text.len && (unsigned char)text.ptr[length] >= 0x20 && text.ptr[length] != '"' &&
           text.ptr[length] != '\\')
        length++;
    return length;
}

static bool put_escaped_text(struct str payload, struct buf *out)
{
    buf_byte(out, '"');
    buf_str(out, payload);
    buf_byte(out, '"');
    /* A quote that is not escaped would end the text. */
    while (payload.len > 0) {
        size_t run = plain_run(payload);

        if (run == payload.len)
            return true;
        if (payload.ptr[run] != '\\' || run + 1 == payload.len)
            return false;
        payload = str_slice(payload, run + 2, payload.len);
    }
    return true;
}

/* A character that JSON wants escaped: the quote, the backslash, control characters. */
static void put_special(struct buf *out, char c)
{
    static const char letters[] = "\b\f\n\r\t";
    const char *letter = c == '\0' ? NULL : strchr(letters, c);

    if (letter != NULL)
        buf_printf(out, "\\%c", "bfnrt"[letter - letters]);
    else if ((unsigned char)c < 0x20)
        buf_printf(out, "\\u%04x", (unsigned)c);
    else
        buf_printf(out, "\\%c", c);
}

static bool put_raw_text(struct str payload, struct buf *out)
{
    buf_byte(out, '"');
    while (payload.len > 0) {
        size_t run = plain_run(payload);

        buf_put(out, payload.ptr, run);
        if (run < payload.len)
            put_special(out, payload.ptr[run++]);
        payload = str_slice(payload, run, payload.len);
    }
    buf_byte(out, '"');
    return true;
}

/* An escape of JSON5 (section 5.1) as JSON has it; its length, or 0 when it is cut off. */
static size_t put_escape5(struct str text, struct buf *out)
{
    static const struct {
        const char *escape;
        const char *json;
    } escapes[] = {
        {"\\'", "'"}, {"\\v", "\\u000b"}, {"\\0", "\\u0000"},     {"\\\r\n", ""},
        {"\\\r", ""}, {"\\\n", ""},       {"\\\xe2\x80\xa8", ""}, {"\\\xe2\x80\xa9", ""},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(escapes); i++)
        if (str_starts_with(text, escapes[i].escape)) {
            buf_text(out, escapes[i].json);
            return strlen(escapes[i].escape);
        }
    if (str_starts_with(text, "\\x") && text.len >= 4) {
        buf_text(out, "\\u00");
        buf_put(out, text.ptr + 2, 2);
        return 4;
    }
    buf_put(out, text.ptr, text.len < 2 ? text.len : 2);
    return text.len < 2 ? 0 : 2;
}

static bool put_text5(struct str payload, struct buf *out)
{
    buf_byte(out, '"');
    while (payload.len > 0) {
        size_t run = plain_run(payload);
        struct str rest = str_slice(payload, run, payload.len);
        size_t escape = 0;

        buf_put(out, payload.ptr, run);
        if (rest.len > 0 && rest.ptr[0] != '\\') {
            put_special(out, rest.ptr[0]);
            escape = 1;
        } else if (rest.len > 0) {
            escape = put_escape5(rest, out);
            if (escape == 0)
                return false;
        }
        payload = str_slice(rest, escape, rest.len);
    }
    buf_byte(out, '"');
    return true;
}

static put_element *const puts_of[ELEMENT_COUNT] = {
    [ELEMENT_NULL] = put_null,         [ELEMENT_TRUE] = put_true,         [ELEMENT_FALSE] = put_false,
    [ELEMENT_INT] = put_digits,        [ELEMENT_INT5] = put_hexadecimal,  [ELEMENT_FLOAT] = put_digits,
    [ELEMENT_FLOAT5] = put_bare_point, [ELEMENT_TEXT] = put_escaped_text, [ELEMENT_TEXTJ] = put_escaped_text,
    [ELEMENT_TEXT5] = put_text5,       [ELEMENT_TEXTRAW] = put_raw_text,
};

/* The head of the element that begins here: its kind, and its payload within what is left of its level. */
static bool read_head(struct reading *reading, unsigned *kind, struct str *payload)
{
    size_t left = (size_t)(reading->levels[reading->depth].end - reading->at);
    unsigned first = (unsigned char)reading->at[0];
    unsigned size = first >> 4;
    size_t bytes = size <= 11 ? 0 : (size_t)1 << (size - 12); /* of the length, big-endian */
    uint64_t length = size <= 11 ? size : 0;

    *kind = first & 0x0f;
    if (*kind >= ELEMENT_COUNT || bytes + 1 > left)
        return false;
    for (size_t i = 1; i <= bytes; i++)
        length = length << 8 | (unsigned char)reading->at[i];
    *payload = (struct str){reading->at + 1 + bytes, (size_t)length};
    return length <= left - bytes - 1;
}

/* What stands before the next member: nothing, a comma, or a colon. */
static void put_separator(const struct level *level, struct buf *out)
{
    if (level->members > 0)
        buf_byte(out, level->object && level->members % 2 == 1 ? ':' : ',');
}

static const char *read_element(struct reading *reading)
{
    struct level *level = &reading->levels[reading->depth];
    unsigned kind;
    struct str payload;

    if (!read_head(reading, &kind, &payload))
        return no_binary_json;
    put_separator(level, reading->out);
    level->members++;
    if (kind < ELEMENT_ARRAY) {
        reading->at = payload.ptr + payload.len;
        return puts_of[kind](payload, reading->out) ? NULL : no_binary_json;
    }
    if (reading->depth == JSON_DEPTH_MAXIMUM)
        return "JSON nested deeper than 1000";
    reading->at = payload.ptr;
    reading->levels[++reading->depth] =
        (struct level){.end = payload.ptr + payload.len, .object = kind == ELEMENT_OBJECT};
    buf_byte(reading->out, kind == ELEMENT_OBJECT ? '{' : '[');
    return NULL;
}

static const char *close_level(struct reading *reading)
{
    const struct level *level = &reading->levels[reading->depth--];

    if (level->object && level->members % 2 == 1)
        return no_binary_json;
    buf_byte(reading->out, level->object ? '}' : ']');
    return NULL;
}

const char *binary_json_write(struct str blob, struct buf *out)
{
    struct reading reading;
    const char *reason = NULL;

    if (blob.len == 0)
        return no_binary_json;
    reading.at = blob.ptr;
    reading.out = out;
    reading.depth = 0;
    reading.levels[0] = (struct level){.end = blob.ptr + blob.len};
    while (reason == NULL && (reading.depth > 0 || reading.at < reading.levels[0].end)) {
        if (reading.at == reading.levels[reading.depth].end)
            reason = close_level(&reading);
        else
            reason = read_element(&reading);
    }
    if (reason == NULL && reading.levels[0].members != 1)
        reason = no_binary_json;
    return reason;
}
