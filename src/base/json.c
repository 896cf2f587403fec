#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_begin(struct json *json, struct buf *out)
{
    *json = (struct json){.out = out, .fresh = true};
}

static void new_line(struct json *json)
{
    buf_byte(json->out, '\n');
    for (int i = 0; i < json->depth; i++)
        buf_text(json->out, "  ");
}

static void before_value(struct json *json)
{
    if (json->named) {
        json->named = false;
        return;
    }
    if (json->depth == 0)
        return;
    if (!json->fresh)
        buf_byte(json->out, ',');
    json->fresh = false;
    new_line(json);
}

static void open_bracket(struct json *json, char bracket)
{
    before_value(json);
    buf_byte(json->out, bracket);
    json->depth++;
    json->fresh = true;
}

static void close_bracket(struct json *json, char bracket)
{
    json->depth--;
    if (!json->fresh)
        new_line(json);
    buf_byte(json->out, bracket);
    json->fresh = false;
    if (json->depth == 0)
        buf_byte(json->out, '\n');
}

void json_object(struct json *json)
{
    open_bracket(json, '{');
}

void json_object_end(struct json *json)
{
    close_bracket(json, '}');
}

void json_array(struct json *json)
{
    open_bracket(json, '[');
}

void json_array_end(struct json *json)
{
    close_bracket(json, ']');
}

static void put_char(struct buf *out, unsigned char c)
{
    switch (c) {
    case '"': buf_text(out, "\\\""); break;
    case '\\': buf_text(out, "\\\\"); break;
    case '\n': buf_text(out, "\\n"); break;
    case '\r': buf_text(out, "\\r"); break;
    case '\t': buf_text(out, "\\t"); break;
    default:
        if (c < 0x20 || c == 0x7f)
            buf_printf(out, "\\u%04x", c);
        else
            buf_byte(out, (char)c);
    }
}

static void put_quoted(struct buf *out, struct str value)
{
    buf_byte(out, '"');
    while (value.len > 0) {
        size_t valid = str_utf8_valid_prefix(value);

        for (size_t i = 0; i < valid; i++)
            put_char(out, (unsigned char)value.ptr[i]);
        value = str_slice(value, valid, value.len);
        if (value.len > 0) {
            buf_text(out, "\xef\xbf\xbd"); /* U+FFFD */
            value = str_slice(value, 1, value.len);
        }
    }
    buf_byte(out, '"');
}

void json_name(struct json *json, const char *name)
{
    before_value(json);
    put_quoted(json->out, str_from(name));
    buf_text(json->out, ": ");
    json->named = true;
}

void json_str(struct json *json, struct str value)
{
    if (value.ptr == NULL) {
        json_null(json);
        return;
    }
    before_value(json);
    put_quoted(json->out, value);
}

void json_text(struct json *json, const char *value)
{
    json_str(json, str_from(value));
}

void json_int(struct json *json, int64_t value)
{
    before_value(json);
    buf_printf(json->out, "%lld", (long long)value);
}

void json_double(struct json *json, double value, int decimals)
{
    before_value(json);
    buf_printf(json->out, "%.*f", decimals, value);
}

void json_real_text(char *out, size_t size, double value)
{
    double back;
    int digits = 15;

    do {
        (void)snprintf(out, size, "%.*g", digits, value);
        back = strtod(out, NULL);
    } while (digits++ < 17 && (back < value || back > value));
    if (strpbrk(out, ".enai") == NULL && strlen(out) + 3 <= size)
        memcpy(out + strlen(out), ".0", 3);
}

void json_real(struct json *json, double value)
{
    char text[40];

    if (!isfinite(value)) {
        json_text(json, isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        return;
    }
    json_real_text(text, sizeof(text), value);
    before_value(json);
    buf_text(json->out, text);
}

void json_bool(struct json *json, bool value)
{
    before_value(json);
    buf_text(json->out, value ? "true" : "false");
}

void json_null(struct json *json)
{
    before_value(json);
    buf_text(json->out, "null");
}

void json_put_str(struct json *json, const char *name, struct str value)
{
    json_name(json, name);
    json_str(json, value);
}

void json_put_text(struct json *json, const char *name, const char *value)
{
    json_name(json, name);
    json_text(json, value);
}

void json_put_int(struct json *json, const char *name, int64_t value)
{
    json_name(json, name);
    json_int(json, value);
}

void json_put_bool(struct json *json, const char *name, bool value)
{
    json_name(json, name);
    json_bool(json, value);
}

void json_put_texts(struct json *json, const char *name, const struct str *texts, size_t count)
{
    json_name(json, name);
    json_array(json);
    for (size_t i = 0; i < count; i++)
        json_str(json, texts[i]);
    json_array_end(json);
}

void json_put_error(struct json *json, const char *name, const struct err *err)
{
    json_name(json, name);
    if (err == NULL || err->code == ERR_NONE) {
        json_null(json);
        return;
    }
    json_object(json);
    json_put_text(json, "code", err_code_name(err->code));
    json_put_text(json, "sqlstate", err->sqlstate);
    json_put_text(json, "message", err->primary);
    json_put_text(json, "detail", err->detail);
    json_put_text(json, "hint", err->hint);
    json_object_end(json);
}
