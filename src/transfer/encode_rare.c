/* oid, "char", name, bit strings, macaddr8: what few applications have. */
#include "transfer/decimal.h"
#include "transfer/encode_field.h"

enum {
    NAME_BYTES = 63, /* NAMEDATALEN, less the byte behind it */
    MAC8_BYTES = 8
};

static bool put_oid(const struct encode_column *column, int64_t number, struct buf *out, const char **reason)
{
    if (number < column->lowest || number > column->highest)
        return misfit(reason, column->too_large);
    return field_put32(out, (uint32_t)number, reason);
}

bool encode_oid_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                        const char **reason)
{
    return put_oid(column, value->integer, out, reason);
}

bool encode_oid_text(const struct encode_column *column, const struct value *value, struct buf *out,
                     const char **reason)
{
    int64_t number;

    if (!str_to_int64(value->bytes, &number))
        return misfit(reason, column->misfit);
    return put_oid(column, number, out, reason);
}

/* The byte 0 is written as no byte at all: charout() of src/backend/utils/adt/char.c. */
bool encode_char_byte_text(const struct encode_column *column, const struct value *value, struct buf *out,
                           const char **reason)
{
    struct str text = value->bytes;

    if (text.len > 1 || (text.len == 1 && (text.ptr[0] == '\0' || (unsigned char)text.ptr[0] >= 0x80)))
        return misfit(reason, column->misfit);
    return field_put_bytes(out, text.len == 1 ? text : (struct str){"", 1}, reason);
}

static bool put_name(struct str text, struct buf *out, const char **reason)
{
    if (text.len > NAME_BYTES)
        return misfit(reason, "more than 63 bytes");
    return field_put_bytes(out, text, reason);
}

bool encode_name_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                         const char **reason)
{
    char room[DECIMAL_ROOM];

    (void)column;
    return put_name(decimal_write_integer(value->integer, room), out, reason);
}

bool encode_name_real(const struct encode_column *column, const struct value *value, struct buf *out,
                      const char **reason)
{
    char room[DECIMAL_ROOM];

    (void)column;
    return put_name(decimal_write(value->real, room), out, reason);
}

bool encode_name_bytes(const struct encode_column *column, const struct value *value, struct buf *out,
                       const char **reason)
{
    const char *why = text_misfit(value->bytes);

    (void)column;
    return why == NULL ? put_name(value->bytes, out, reason) : misfit(reason, why);
}

/* The number of bits, then the bits from the highest on, the last byte filled with zeros: varbit_recv(). */
static bool put_bits(const struct encode_column *column, struct str digits, struct buf *out,
                     const char **reason)
{
    const struct pg_type *type = &column->plan->type;
    size_t bytes = (digits.len + 7) / 8;
    char *at;

    for (size_t i = 0; i < digits.len; i++)
        if (digits.ptr[i] != '0' && digits.ptr[i] != '1')
            return misfit(reason, column->misfit);
    if (type->kind == PG_BIT && digits.len != (size_t)type->length)
        return misfit(reason, "another number of bits");
    if (type->length > 0 && digits.len > (size_t)type->length)
        return misfit(reason, "more bits");
    at = field_new(out, 4 + bytes, reason);
    if (at == NULL)
        return false;
    put32(at, (uint32_t)digits.len);
    memset(at + 4, 0, bytes);
    for (size_t i = 0; i < digits.len; i++)
        if (digits.ptr[i] == '1')
            at[4 + i / 8] = (char)((unsigned char)at[4 + i / 8] | 0x80u >> i % 8);
    return true;
}

/* NUMERIC affinity, which a column declared BIT has, makes 101 of '101'. */
bool encode_bit_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                        const char **reason)
{
    char room[DECIMAL_ROOM];

    return put_bits(column, decimal_write_integer(value->integer, room), out, reason);
}

bool encode_bit_text(const struct encode_column *column, const struct value *value, struct buf *out,
                     const char **reason)
{
    return put_bits(column, value->bytes, out, reason);
}

bool encode_macaddr8_text(const struct encode_column *column, const struct value *value, struct buf *out,
                          const char **reason)
{
    struct str text = value->bytes;
    char bytes[MAC8_BYTES];

    if (text.len != MAC8_BYTES * 3 - 1 || (text.ptr[2] != ':' && text.ptr[2] != '-'))
        return misfit(reason, column->misfit);
    for (size_t i = 0; i < MAC8_BYTES; i++) {
        int high = hex_digit(text.ptr[3 * i]);
        int low = hex_digit(text.ptr[3 * i + 1]);

        if (high < 0 || low < 0 || (i > 0 && text.ptr[3 * i - 1] != text.ptr[2]))
            return misfit(reason, column->misfit);
        bytes[i] = (char)(unsigned char)(high * 16 + low);
    }
    return field_put_bytes(out, (struct str){bytes, MAC8_BYTES}, reason);
}
