/* oid, "char" and bit strings. */
#include "transfer/decode_field.h"

bool decode_oid(struct decode_column *column, struct str field, bool plainly, struct value *value,
                const char **reason)
{
    (void)column;
    (void)plainly;
    (void)reason;
    *value = (struct value){.kind = VALUE_INTEGER, .integer = field32(field, 0)};
    return true;
}

/* The byte 0 is no character. */
bool decode_char_byte(struct decode_column *column, struct str field, bool plainly, struct value *value,
                      const char **reason)
{
    (void)column;
    (void)plainly;
    (void)reason;
    *value = (struct value){.kind = VALUE_TEXT, .bytes = {field.ptr, field.ptr[0] != '\0'}};
    return true;
}

bool decode_bits(struct decode_column *column, struct str field, bool plainly, struct value *value,
                 const char **reason)
{
    size_t count;

    (void)plainly;
    if (field.len < 4)
        return false;
    count = field32(field, 0);
    if (field.len != 4 + (count + 7) / 8)
        return false;
    for (size_t i = 0; i < count; i++)
        buf_byte(&column->room, ((unsigned char)field.ptr[4 + i / 8] & (0x80u >> i % 8)) != 0 ? '1' : '0');
    return value_made(column, value, reason);
}
