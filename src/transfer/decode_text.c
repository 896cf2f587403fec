/* Texts, bytes, UUIDs, JSON and addresses. */
#include <arpa/inet.h>

#include "transfer/decode_field.h"

enum {
    UUID_SIZE = 16,
    JSONB_VERSION_SIZE = 1,
    FAMILY_IPV4 = 2, /* PGSQL_AF_INET */
    ADDRESS_AT = 4,
    IPV4_BITS = 32,
    IPV6_BITS = 128
};

bool decode_text(struct decode_column *column, struct str field, bool plainly, struct value *value,
                 const char **reason)
{
    (void)reason;
    while (column->plan->type.kind == PG_CHAR && field.len > 0 && field.ptr[field.len - 1] == ' ')
        field.len--;
    *value = (struct value){.kind = VALUE_TEXT, .bytes = field};
    if (!plainly && column->spelling.class == VALUE_BLOB)
        value->kind = VALUE_BLOB;
    return true;
}

bool decode_bytea(struct decode_column *column, struct str field, bool plainly, struct value *value,
                  const char **reason)
{
    (void)reason;
    *value = (struct value){.kind = VALUE_BLOB, .bytes = field};
    if (!plainly && column->spelling.class == VALUE_TEXT)
        value->kind = VALUE_TEXT;
    return true;
}

static void put_hex(struct buf *out, char byte, bool upper)
{
    buf_printf(out, upper ? "%02X" : "%02x", (unsigned)(unsigned char)byte);
}

bool decode_uuid(struct decode_column *column, struct str field, bool plainly, struct value *value,
                 const char **reason)
{
    static const unsigned dash_before = 1u << 4 | 1u << 6 | 1u << 8 | 1u << 10;
    const struct spelling *spelling = &column->spelling;

    if (!plainly && spelling->class == VALUE_BLOB) {
        *value = (struct value){.kind = VALUE_BLOB, .bytes = field};
        return true;
    }
    for (size_t i = 0; i < UUID_SIZE; i++) {
        if ((plainly || !spelling->plain) && (dash_before >> i & 1) != 0)
            buf_byte(&column->room, '-');
        put_hex(&column->room, field.ptr[i], spelling->upper);
    }
    return value_made(column, value, reason);
}

/* ---- JSON ---- */

static void put_escaped(struct buf *out, struct str text, size_t *at)
{
    unsigned char first = (unsigned char)text.ptr[*at];
    size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    uint32_t character = first & (0xffu >> (size + 1));

    for (size_t i = 1; i < size && *at + i < text.len; i++)
        character = character << 6 | ((unsigned char)text.ptr[*at + i] & 0x3fu);
    *at += size - 1;
    if (character < 0x10000) {
        buf_printf(out, "\\u%04x", character);
        return;
    }
    character -= 0x10000;
    buf_printf(out, "\\u%04x\\u%04x", 0xd800 | character >> 10, 0xdc00 | (character & 0x3ff));
}

/* The server's text with its spaces left out, or in ASCII. */
static void put_json(struct buf *out, struct str text, const struct spelling *spelling)
{
    bool inside = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (spelling->escaped && (unsigned char)c >= 0x80) {
            put_escaped(out, text, &i);
            continue;
        }
        if (!inside && c == ' ' && spelling->tight)
            continue;
        buf_byte(out, c);
        if (inside && c == '\\' && i + 1 < text.len)
            buf_byte(out, text.ptr[++i]);
        else if (c == '"')
            inside = !inside;
    }
}

/* A text of json is what somebody wrote, and is kept. */
bool decode_json(struct decode_column *column, struct str field, bool plainly, struct value *value,
                 const char **reason)
{
    const struct spelling *spelling = &column->spelling;
    bool binary = column->plan->type.kind == PG_JSONB;
    struct str text = binary ? str_slice(field, JSONB_VERSION_SIZE, field.len) : field;

    *value = (struct value){.kind = VALUE_TEXT, .bytes = text};
    if (binary && !plainly && (spelling->tight || spelling->escaped)) {
        put_json(&column->room, text, spelling);
        if (!value_made(column, value, reason))
            return false;
    }
    if (spelling->class == VALUE_BLOB && !column->encode.binary_blobs)
        value->kind = VALUE_BLOB;
    return true;
}

/* ---- addresses ---- */

bool decode_inet(struct decode_column *column, struct str field, bool plainly, struct value *value,
                 const char **reason)
{
    char room[INET6_ADDRSTRLEN];
    bool old;
    size_t full;
    size_t bits;

    if (field.len < ADDRESS_AT)
        return false;
    old = field.ptr[0] == FAMILY_IPV4;
    full = old ? IPV4_BITS : IPV6_BITS;
    if (field.len != ADDRESS_AT + full / 8 ||
        inet_ntop(old ? AF_INET : AF_INET6, field.ptr + ADDRESS_AT, room, sizeof(room)) == NULL)
        return false;
    bits = (unsigned char)field.ptr[1];
    buf_text(&column->room, room);
    if (bits != full || (!plainly && !column->spelling.plain))
        buf_printf(&column->room, "/%zu", bits);
    return value_made(column, value, reason);
}

bool decode_macaddr(struct decode_column *column, struct str field, bool plainly, struct value *value,
                    const char **reason)
{
    (void)plainly;
    for (size_t i = 0; i < field.len; i++) {
        if (i > 0)
            buf_byte(&column->room, column->spelling.between);
        put_hex(&column->room, field.ptr[i], column->spelling.upper);
    }
    return value_made(column, value, reason);
}
