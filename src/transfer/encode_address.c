/* What is an address or an identity in bytes: uuid, inet, cidr, macaddr. */
#include <arpa/inet.h>

#include "transfer/encode_field.h"

enum {
    UUID_BYTES = 16,
    MAC_BYTES = 6
};

static bool hex_byte(const char *at, unsigned char *byte)
{
    int high = hex_digit(at[0]);
    int low = hex_digit(at[1]);

    *byte = (unsigned char)(((unsigned)high << 4 | (unsigned)low) & 0xff);
    return high >= 0 && low >= 0;
}

static bool put_uuid(struct buf *out, const void *uuid, const char **reason)
{
    return field_put_bytes(out, (struct str){uuid, UUID_BYTES}, reason);
}

bool encode_uuid_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                         const char **reason)
{
    static const unsigned char nil[UUID_BYTES];

    /* What NUMERIC affinity makes of 32 zeros: Django keeps UUIDs as char(32), others declare UUID. */
    if (value->integer != 0)
        return misfit(reason, column->misfit);
    return put_uuid(out, nil, reason);
}

bool encode_uuid_text(const struct encode_column *column, const struct value *value, struct buf *out,
                      const char **reason)
{
    struct str text = value->bytes;
    bool dashes = text.len == 36;
    unsigned char uuid[UUID_BYTES];
    const char *at = text.ptr;

    if (text.len != 32 && !dashes)
        return misfit(reason, column->misfit);
    for (size_t i = 0; i < UUID_BYTES; i++, at += 2) {
        if (dashes && (i == 4 || i == 6 || i == 8 || i == 10) && *at++ != '-')
            return misfit(reason, column->misfit);
        if (!hex_byte(at, &uuid[i]))
            return misfit(reason, column->misfit);
    }
    return put_uuid(out, uuid, reason);
}

bool encode_uuid_blob(const struct encode_column *column, const struct value *value, struct buf *out,
                      const char **reason)
{
    if (value->bytes.len != UUID_BYTES)
        return misfit(reason, column->misfit);
    return put_uuid(out, value->bytes.ptr, reason);
}

bool encode_macaddr_text(const struct encode_column *column, const struct value *value, struct buf *out,
                         const char **reason)
{
    struct str text = value->bytes;
    unsigned char mac[MAC_BYTES];

    if (text.len != MAC_BYTES * 3 - 1 || (text.ptr[2] != ':' && text.ptr[2] != '-'))
        return misfit(reason, column->misfit);
    for (size_t i = 0; i < MAC_BYTES; i++) {
        if (!hex_byte(text.ptr + 3 * i, &mac[i]) || (i > 0 && text.ptr[3 * i - 1] != text.ptr[2]))
            return misfit(reason, column->misfit);
    }
    return field_put_bytes(out, (struct str){(const char *)mac, MAC_BYTES}, reason);
}

/* PostgreSQL's names of the two families, which are not those of the system: src/include/utils/inet.h. */
static const struct family {
    int system;
    char number;
    unsigned char bytes;
} families[] = {
    {AF_INET, 2, 4},
    {AF_INET6, 3, 16},
};

/* No zeros in front: PostgreSQL takes none either. */
static bool parse_bits(struct str text, unsigned highest, unsigned *bits)
{
    *bits = 0;
    if (text.len < 1 || text.len > 3 || (text.len > 1 && text.ptr[0] == '0'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!ascii_is_digit(text.ptr[i]))
            return false;
        *bits = *bits * 10 + (unsigned)(text.ptr[i] - '0');
    }
    return *bits <= highest;
}

/* The family and the bytes of an address; NULL when it is none. */
static const struct family *parse_address(struct str text, unsigned char bytes[16])
{
    char terminated[INET6_ADDRSTRLEN];

    if (text.len == 0 || text.len >= sizeof(terminated) || memchr(text.ptr, '\0', text.len) != NULL)
        return NULL;
    memcpy(terminated, text.ptr, text.len);
    terminated[text.len] = '\0';
    for (size_t i = 0; i < ARRAY_LENGTH(families); i++)
        if (inet_pton(families[i].system, terminated, bytes) == 1)
            return &families[i];
    return NULL;
}

static bool bits_behind(const unsigned char *bytes, unsigned count, unsigned mask)
{
    for (unsigned bit = mask; bit < count * 8; bit++)
        if ((bytes[bit / 8] >> (7 - bit % 8) & 1) != 0)
            return true;
    return false;
}

bool encode_inet_text(const struct encode_column *column, const struct value *value, struct buf *out,
                      const char **reason)
{
    struct str text = value->bytes;
    bool cidr = column->plan->type.kind == PG_CIDR;
    ptrdiff_t slash = str_find(text, '/');
    unsigned char bytes[16];
    const struct family *family = parse_address(slash < 0 ? text : str_slice(text, 0, (size_t)slash), bytes);
    unsigned bits;
    char *at;

    if (family == NULL)
        return misfit(reason, column->misfit);
    bits = family->bytes * 8u;
    if (slash >= 0 && !parse_bits(str_slice(text, (size_t)slash + 1, text.len), bits, &bits))
        return misfit(reason, column->misfit);
    if (cidr && bits_behind(bytes, family->bytes, bits))
        return misfit(reason, "a network with bits set behind its mask");
    at = field_new(out, 4u + family->bytes, reason);
    if (at == NULL)
        return false;
    at[0] = family->number;
    at[1] = (char)(unsigned char)bits;
    at[2] = cidr;
    at[3] = (char)family->bytes;
    memcpy(at + 4, bytes, family->bytes);
    return true;
}
