#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/ident.h"
#include "schema/translate_term.h"

/* ---- numbers ---- */

static size_t digits_at(struct str text, size_t i)
{
    size_t start = i;

    while (i < text.len && ascii_is_digit(text.ptr[i]))
        i++;
    return i - start;
}

/* [+-]?(digits[.digits]|.digits)([eE][+-]?digits)?, also "5.", as SQLite's sqlite3AtoF() takes it. */
static bool is_number_text(struct str text)
{
    size_t i = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+') ? 1 : 0;
    size_t whole = digits_at(text, i);
    size_t fraction = 0;

    i += whole;
    if (i < text.len && text.ptr[i] == '.') {
        fraction = digits_at(text, i + 1);
        i += 1 + fraction;
    }
    if (whole + fraction == 0)
        return false;
    if (i < text.len && ascii_lower(text.ptr[i]) == 'e') {
        i++;
        if (i < text.len && (text.ptr[i] == '-' || text.ptr[i] == '+'))
            i++;
        if (digits_at(text, i) == 0)
            return false;
        i += digits_at(text, i);
    }
    return i == text.len;
}

bool number_from_text(struct translator *tr, struct str text, struct term *number)
{
    int64_t integer;
    double real;

    text = str_trim(text);
    if (!is_number_text(text))
        return false;
    if (str_to_int64(text, &integer)) {
        *number = term_integer(tr, integer);
        return true;
    }
    real = strtod(str_cstr(tr->arena, text), NULL);
    /* SQLite makes an INTEGER of it where that loses nothing: "Datatypes In SQLite", section 3. */
    if (fabs(real) < 9007199254740992.0 && trunc(real) == real)
        *number = term_integer(tr, (int64_t)real);
    else
        *number = term_real(tr, real);
    return true;
}

struct str real_text(struct arena *arena, double value)
{
    char text[40];

    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof(text), "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return str_printf(arena, "%s%s", text, strpbrk(text, ".en") == NULL ? ".0" : "");
}

/* ---- JSON: RFC 8259, with the limits of docs/values.md ---- */

enum {
    JSON_DEPTH = 1000,
    JSON_EXPONENT = 4 /* digits: jsonb's numbers have at most 131072 before the point */
};

struct json_reader {
    struct str text;
    size_t at;
    bool binary;
};

static char json_peek(const struct json_reader *json)
{
    return json->at < json->text.len ? json->text.ptr[json->at] : '\0';
}

static void json_space(struct json_reader *json)
{
    while (json_peek(json) != '\0' && strchr(" \t\r\n", json_peek(json)) != NULL)
        json->at++;
}

static bool json_take(struct json_reader *json, const char *word)
{
    if (!str_starts_with(str_slice(json->text, json->at, json->text.len), word))
        return false;
    json->at += strlen(word);
    return true;
}

/* The four digits after \u. */
static bool json_unit(struct json_reader *json, unsigned *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        char c = ascii_lower(json_peek(json));

        if (!ascii_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
        *unit = *unit * 16 + (unsigned)(ascii_is_digit(c) ? c - '0' : c - 'a' + 10);
        json->at++;
    }
    return true;
}

static bool json_escape(struct json_reader *json)
{
    unsigned unit;

    json->at++;
    if (json_peek(json) != 'u') {
        bool known = json_peek(json) != '\0' && strchr("\"\\/bfnrt", json_peek(json)) != NULL;

        json->at++;
        return known;
    }
    json->at++;
    if (!json_unit(json, &unit) || unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
        return false;
    if (unit < 0xd800 || unit > 0xdbff)
        return true;
    return json_take(json, "\\u") && json_unit(json, &unit) && unit >= 0xdc00 && unit <= 0xdfff;
}

static bool json_string(struct json_reader *json)
{
    if (!json_take(json, "\""))
        return false;
    while (json->at < json->text.len) {
        unsigned char c = (unsigned char)json_peek(json);

        if (c == '"') {
            json->at++;
            return true;
        }
        if (c < 0x20)
            return false;
        if (c == '\\' && !json_escape(json))
            return false;
        if (c != '\\')
            json->at++;
    }
    return false;
}

static size_t json_digits(struct json_reader *json)
{
    size_t count = digits_at(json->text, json->at);

    json->at += count;
    return count;
}

static bool json_number(struct json_reader *json)
{
    size_t whole;
    size_t exponent = 0;
    bool zero;

    (void)json_take(json, "-");
    zero = json_peek(json) == '0';
    whole = json_digits(json);
    if (whole == 0 || (zero && whole > 1) || (json_take(json, ".") && json_digits(json) == 0))
        return false;
    if (json_take(json, "e") || json_take(json, "E")) {
        if (!json_take(json, "+"))
            (void)json_take(json, "-");
        exponent = json_digits(json);
        if (exponent == 0)
            return false;
    }
    return !json->binary || exponent <= JSON_EXPONENT;
}

static bool json_value(struct json_reader *json, int depth);

/* The members of an object or an array, after its opening bracket. */
static bool json_members(struct json_reader *json, const char *close, bool named, int depth)
{
    json_space(json);
    if (json_take(json, close))
        return true;
    do {
        json_space(json);
        if (named) {
            if (!json_string(json))
                return false;
            json_space(json);
            if (!json_take(json, ":"))
                return false;
        }
        if (!json_value(json, depth + 1))
            return false;
    } while (json_take(json, ","));
    return json_take(json, close);
}

static bool json_scalar(struct json_reader *json)
{
    if (json_peek(json) == '"')
        return json_string(json);
    return json_take(json, "true") || json_take(json, "false") || json_take(json, "null") ||
           json_number(json);
}

static bool json_value(struct json_reader *json, int depth)
{
    bool valid;

    json_space(json);
    if (json_take(json, "{"))
        valid = depth < JSON_DEPTH && json_members(json, "}", true, depth);
    else if (json_take(json, "["))
        valid = depth < JSON_DEPTH && json_members(json, "]", false, depth);
    else
        valid = json_scalar(json);
    json_space(json);
    return valid;
}

bool json_is_valid(struct str text, bool binary)
{
    struct json_reader json = {.text = text, .binary = binary};

    return str_utf8_valid_prefix(text) == text.len && json_value(&json, 0) && json.at == text.len;
}
