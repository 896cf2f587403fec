/* inet, cidr, macaddr. */
#include <arpa/inet.h>

#include "verify/canonical_rules.h"

/* The binary format: network_send() of PostgreSQL.  Its family numbers are its own, the same everywhere. */
enum {
    HEAD_SIZE = 4, /* family, bits, whether it is a cidr, bytes of the address */
    PGSQL_INET = 2,
    PGSQL_INET6 = 3,
    MAC_SIZE = 6
};

struct address {
    int family; /* 4 or 6 */
    unsigned bits;
    unsigned size; /* bytes */
    unsigned char bytes[16];
};

static bool form_address(struct canonical_scratch *scratch, const struct address *address, struct str *form)
{
    scratch->fixed[0] = (unsigned char)address->family;
    scratch->fixed[1] = (unsigned char)address->bits;
    memcpy(scratch->fixed + 2, address->bytes, address->size);
    return form_fixed(scratch, 2 + address->size, form);
}

static bool parse_bits(struct str text, unsigned most, unsigned *bits)
{
    int64_t number;

    if (text.len == 0 || text.len > 3 || !ascii_is_digit(text.ptr[0]) || !str_to_int64(text, &number) ||
        number > (int64_t)most || (text.ptr[0] == '0' && text.len > 1))
        return false;
    *bits = (unsigned)number;
    return true;
}

static bool parse_address(struct str text, struct address *address)
{
    ptrdiff_t slash = str_find(text, '/');
    struct str host = slash < 0 ? text : str_slice(text, 0, (size_t)slash);
    bool six = str_find(host, ':') >= 0;
    char name[INET6_ADDRSTRLEN];

    if (host.len == 0 || host.len >= sizeof(name) || str_find(host, '\0') >= 0)
        return false;
    memcpy(name, host.ptr, host.len);
    name[host.len] = '\0';
    *address = (struct address){.family = six ? 6 : 4, .size = six ? 16 : 4};
    address->bits = address->size * 8;
    return inet_pton(six ? AF_INET6 : AF_INET, name, address->bytes) == 1 &&
           (slash < 0 ||
            parse_bits(str_slice(text, (size_t)slash + 1, text.len), address->bits, &address->bits));
}

static bool take_address(const struct value *value, const char *wrong, struct canonical_scratch *scratch,
                         struct address *address)
{
    if (value->kind != VALUE_TEXT)
        return misfit(scratch, NULL);
    return parse_address(value->bytes, address) || misfit(scratch, wrong);
}

bool inet_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                 struct str *form)
{
    struct address address;

    (void)rule;
    return take_address(value, "it is no IP address", scratch, &address) &&
           form_address(scratch, &address, form);
}

static bool bits_behind_mask(const struct address *address)
{
    for (unsigned bit = address->bits; bit < address->size * 8; bit++)
        if ((address->bytes[bit / 8] & 0x80u >> bit % 8) != 0)
            return true;
    return false;
}

bool cidr_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                 struct str *form)
{
    struct address address;

    (void)rule;
    if (!take_address(value, "it is no IP network", scratch, &address))
        return false;
    if (bits_behind_mask(&address))
        return misfit(scratch, "it has bits set behind its mask");
    return form_address(scratch, &address, form);
}

bool inet_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                 struct str *form)
{
    const unsigned char *bytes = (const unsigned char *)field.ptr;
    bool six;
    struct address address;

    (void)rule;
    if (field.len < HEAD_SIZE || (bytes[0] != PGSQL_INET && bytes[0] != PGSQL_INET6))
        return false;
    six = bytes[0] == PGSQL_INET6;
    address = (struct address){.family = six ? 6 : 4, .bits = bytes[1], .size = six ? 16 : 4};
    if (bytes[3] != address.size || field.len != HEAD_SIZE + address.size)
        return false;
    memcpy(address.bytes, bytes + HEAD_SIZE, address.size);
    return form_address(scratch, &address, form);
}

bool macaddr_source(const struct canonical *rule, const struct value *value,
                    struct canonical_scratch *scratch, struct str *form)
{
    const char *p = value->bytes.ptr;
    char separator;

    (void)rule;
    if (value->kind != VALUE_TEXT)
        return misfit(scratch, NULL);
    if (value->bytes.len != 3 * MAC_SIZE - 1)
        return misfit(scratch, "it is no MAC address");
    separator = p[2];
    for (int i = 0; i < MAC_SIZE; i++, p += 3) {
        int pair = hex_pair(p);

        if (pair < 0 || (i < MAC_SIZE - 1 && (p[2] != separator || (separator != ':' && separator != '-'))))
            return misfit(scratch, "it is no MAC address");
        scratch->fixed[i] = (unsigned char)pair;
    }
    return form_fixed(scratch, MAC_SIZE, form);
}

bool macaddr_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                    struct str *form)
{
    (void)rule;
    (void)scratch;
    *form = field;
    return field.len == MAC_SIZE;
}
