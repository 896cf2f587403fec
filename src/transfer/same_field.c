#include "transfer/same_field.h"

#include <string.h>

#include "transfer/json_same.h"

enum {
    NUMERIC_HEAD = 8, /* groups, weight, sign, decimals shown: two bytes each */
    NUMERIC_SHOWN = 6
};

static struct str without_spaces(struct str text)
{
    while (text.len > 0 && text.ptr[text.len - 1] == ' ')
        text.len--;
    return text;
}

static bool same_numeric(struct str encoded, struct str sent)
{
    return encoded.len == sent.len && encoded.len >= NUMERIC_HEAD &&
           memcmp(encoded.ptr, sent.ptr, NUMERIC_SHOWN) == 0 &&
           memcmp(encoded.ptr + NUMERIC_HEAD, sent.ptr + NUMERIC_HEAD, encoded.len - NUMERIC_HEAD) == 0;
}

enum {
    ARRAY_HEAD = 12, /* dimensions, whether there are NULLs, the elements' type: four bytes each */
    ARRAY_DIMENSION = 8
};

static uint32_t number_at(struct str bytes, size_t at)
{
    uint32_t number;

    memcpy(&number, bytes.ptr + at, sizeof(number));
    return __builtin_bswap32(number);
}

/* The next element; a NULL has no ptr. */
static bool cut_element(struct str *rest, struct str *element)
{
    uint32_t length;

    if (rest->len < 4)
        return false;
    length = number_at(*rest, 0);
    *rest = str_slice(*rest, 4, rest->len);
    *element = (struct str){NULL, 0};
    if (length == UINT32_MAX)
        return true;
    if (length > rest->len)
        return false;
    *element = (struct str){rest->ptr, length};
    *rest = str_slice(*rest, length, rest->len);
    return true;
}

static bool same_array(const struct pg_type *element, struct str encoded, struct str sent)
{
    size_t head = encoded.len < ARRAY_HEAD ? 0 : ARRAY_HEAD + ARRAY_DIMENSION * (size_t)number_at(encoded, 0);
    struct str a;
    struct str b;

    if (head == 0 || encoded.len < head || sent.len < head || memcmp(encoded.ptr, sent.ptr, head) != 0)
        return false;
    encoded = str_slice(encoded, head, encoded.len);
    sent = str_slice(sent, head, sent.len);
    while (cut_element(&encoded, &a) && cut_element(&sent, &b))
        if ((a.ptr == NULL) != (b.ptr == NULL) || (a.ptr != NULL && !same_field(element, a, b)))
            return false;
    return encoded.len == 0 && sent.len == 0;
}

bool same_field(const struct pg_type *type, struct str encoded, struct str sent)
{
    if (str_equal(encoded, sent))
        return true;
    switch (type->kind) {
    case PG_NUMERIC: return same_numeric(encoded, sent);
    case PG_ARRAY: return same_array(type->element, encoded, sent);
    case PG_CHAR: return str_equal(without_spaces(encoded), without_spaces(sent));
    case PG_JSONB:
        return encoded.len > 0 && sent.len > 0 &&
               json_same(str_slice(encoded, 1, encoded.len), str_slice(sent, 1, sent.len));
    default: return false;
    }
}

struct str field_for_hash(const struct pg_type *type, struct str field)
{
    switch (type->kind) {
    case PG_NUMERIC: return str_slice(field, NUMERIC_HEAD, field.len);
    case PG_CHAR: return without_spaces(field);
    case PG_ARRAY:
    case PG_JSONB: return (struct str){field.ptr, 0};
    default: return field;
    }
}
