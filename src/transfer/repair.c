#include "transfer/repair.h"

#include <stdlib.h>
#include <string.h>

#include "transfer/decimal.h"

/* Windows-1252, 0x80 to 0x9f: the WHATWG index of the encoding; 0: not assigned. */
static const uint16_t cp1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

static void put_character(struct buf *out, uint32_t code)
{
    if (code < 0x80) {
        buf_byte(out, (char)code);
    } else if (code < 0x800) {
        buf_byte(out, (char)(unsigned char)(0xc0 | code >> 6));
        buf_byte(out, (char)(unsigned char)(0x80 | (code & 0x3f)));
    } else {
        buf_byte(out, (char)(unsigned char)(0xe0 | code >> 12));
        buf_byte(out, (char)(unsigned char)(0x80 | (code >> 6 & 0x3f)));
        buf_byte(out, (char)(unsigned char)(0x80 | (code & 0x3f)));
    }
}

/* A text with a valid sequence beside the invalid ones may be either encoding, so it is left alone. */
static bool is_mixed(struct str text)
{
    while (text.len > 0) {
        size_t valid = str_utf8_valid_prefix(text);

        for (size_t i = 0; i < valid; i++)
            if ((unsigned char)text.ptr[i] >= 0x80)
                return true;
        text = str_slice(text, valid + 1, text.len);
    }
    return false;
}

static bool decode(struct str text, enum repair_encoding encoding, struct buf *out)
{
    if (encoding == REPAIR_NONE || is_mixed(text))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint32_t code = (unsigned char)text.ptr[i];

        if (encoding == REPAIR_CP1252 && code >= 0x80 && code < 0xa0)
            code = cp1252[code - 0x80];
        if (code == 0 && text.ptr[i] != '\0')
            return false;
        if (text.ptr[i] != '\0')
            put_character(out, code);
    }
    return true;
}

static void without_nuls(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\0')
            buf_byte(out, text.ptr[i]);
}

static bool made_text(struct buf *room, struct value *repaired)
{
    *repaired = (struct value){.kind = VALUE_TEXT, .bytes = buf_view(room)};
    return !room->failed;
}

/* text, varchar, char: NULs are removed, other encodings decoded. */
static bool repair_text(enum repair_encoding encoding, struct str text, struct buf *room,
                        struct value *repaired, const char **what)
{
    bool nuls = text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL;

    if (str_utf8_valid_prefix(text) == text.len) {
        *what = "NUL characters removed";
        if (!nuls)
            return false;
        without_nuls(text, room);
        return made_text(room, repaired);
    }
    *what = encoding == REPAIR_LATIN1
                ? (nuls ? "read as Latin-1, NUL characters removed" : "read as Latin-1")
                : (nuls ? "read as Windows-1252, NUL characters removed" : "read as Windows-1252");
    return decode(text, encoding, room) && made_text(room, repaired);
}

/* NULs, as bytes and as escapes, are removed; an escaped backslash before "u0000" is no escape of it. */
static bool repair_json(struct str text, struct buf *room, struct value *repaired, const char **what)
{
    *what = "\\u0000 removed";
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\0')
            continue;
        if (text.ptr[i] == '\\' && str_starts_with(str_slice(text, i, text.len), "\\u0000")) {
            i += 5;
        } else if (text.ptr[i] == '\\' && i + 1 < text.len) {
            buf_put(room, text.ptr + i, 2);
            i++;
        } else {
            buf_byte(room, text.ptr[i]);
        }
    }
    return room->len < text.len && made_text(room, repaired);
}

/* 0000-00-00, whatever follows: zeros, separators, a zone of zeros. */
static bool is_zero_date(struct str text)
{
    if (!str_starts_with(text, "0000-00-00"))
        return false;
    for (size_t i = 10; i < text.len; i++)
        if (text.ptr[i] == '\0' || strchr("0:. TZ+", text.ptr[i]) == NULL)
            return false;
    return true;
}

/* What groups digits in threes: 1,234,567.8 and 1.234.567,8; 1 234, 1'234, 1_234. */
struct grouped {
    char separator;
    char point; /* '\0': no decimals */
    size_t separators;
    size_t decimals;
};

/* What stands between digits: the separator, again the separator, or the point.  False: something else. */
static bool read_mark(struct grouped *found, char c, size_t digits)
{
    bool first = found->separators == 0;

    if (c == '\0' || found->point != '\0' || digits == 0 || digits > 3 || (!first && digits != 3))
        return false;
    if (first ? strchr(",. '_", c) != NULL : c == found->separator) {
        found->separator = c;
        found->separators++;
        return true;
    }
    found->point = c;
    return c == '.' || c == ',';
}

static bool read_groups(struct str text, struct grouped *found)
{
    size_t digits = 0;
    size_t at = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+') ? 1 : 0;

    *found = (struct grouped){.separators = 0};
    if (at < text.len && text.ptr[at] == '0')
        return false;
    for (; at < text.len; at++) {
        if (ascii_is_digit(text.ptr[at])) {
            digits++;
            continue;
        }
        if (!read_mark(found, text.ptr[at], digits))
            return false;
        digits = 0;
    }
    found->decimals = found->point != '\0' ? digits : 0;
    return found->separators > 0 && (found->point != '\0' ? digits > 0 : digits == 3);
}

/* One comma or point before three digits may be of either kind, so it is left alone. */
static bool is_unambiguous(const struct grouped *found)
{
    bool either = found->separator == ',' || found->separator == '.';

    return either ? found->separators > 1 || found->point != '\0'
                  : found->point != ',' || found->decimals != 3;
}

static bool without_groups(struct str text, struct buf *room)
{
    struct grouped found;

    if (!read_groups(text, &found) || !is_unambiguous(&found))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (found.point != '\0' && text.ptr[i] == found.point)
            buf_byte(room, '.');
        else if (text.ptr[i] != found.separator)
            buf_byte(room, text.ptr[i]);
    }
    return true;
}

/* SQLite keeps numbers of a REAL column as such; a text that is one was none before it was repaired. */
static bool as_number(const struct plan_column *column, struct str text, struct buf *room,
                      struct value *repaired)
{
    struct decimal decimal;

    *repaired = (struct value){.kind = VALUE_TEXT, .bytes = text};
    if (column->type.kind != PG_FLOAT4 && column->type.kind != PG_FLOAT8)
        return true;
    if (!decimal_parse(text, &decimal))
        return false;
    if (text.ptr != room->ptr)
        buf_str(room, text); /* strtod() wants an end */
    *repaired = (struct value){.kind = VALUE_REAL, .real = strtod(room->ptr, NULL)};
    return !room->failed;
}

static bool repair_number(const struct plan_column *column, struct str text, struct buf *room,
                          struct value *repaired, const char **what)
{
    *what = "thousands separators removed";
    return without_groups(text, room) && as_number(column, buf_view(room), room, repaired);
}

static bool is_moment(enum pg_kind kind)
{
    return kind == PG_DATE || kind == PG_TIMESTAMP || kind == PG_TIMESTAMPTZ;
}

/* All types but texts and bytes: white space around a value is none of it, and a text of nothing is NULL. */
static bool repair_typed(const struct plan_column *column, struct str text, struct buf *room,
                         struct value *repaired, const char **what)
{
    struct str trimmed = str_trim(text);

    *repaired = (struct value){.kind = VALUE_NULL};
    *what = "empty text to NULL";
    if (trimmed.len == 0)
        return true;
    *what = "zero date to NULL";
    if (is_moment(column->type.kind) && is_zero_date(trimmed))
        return true;
    if (column->type.kind == PG_JSON || column->type.kind == PG_JSONB)
        return repair_json(text, room, repaired, what);
    if (pg_kind_is_number(column->type.kind) && repair_number(column, trimmed, room, repaired, what))
        return true;
    *what = "spaces around it removed";
    buf_clear(room);
    return trimmed.len < text.len && as_number(column, trimmed, room, repaired);
}

bool repair_value(const struct plan_column *column, enum repair_encoding encoding, const struct value *value,
                  struct buf *room, struct value *repaired, const char **what)
{
    buf_clear(room);
    if (value->kind != VALUE_TEXT || column->type.kind == PG_BYTEA || column->type.kind == PG_ENUM)
        return false;
    if (pg_kind_is_textual(column->type.kind))
        return repair_text(encoding, value->bytes, room, repaired, what);
    return repair_typed(column, value->bytes, room, repaired, what);
}
