/* text, varchar, char, bytea and enums. */
#include "transfer/decimal.h"
#include "transfer/encode_field.h"

const char *text_misfit(struct str text)
{
    if (text.len == 0)
        return NULL;
    if (memchr(text.ptr, '\0', text.len) != NULL)
        return "a NUL character inside";
    return str_utf8_valid_prefix(text) == text.len ? NULL : "not valid UTF-8";
}

/* Of valid UTF-8: every byte that continues none. */
static size_t count_characters(struct str text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

static bool put_limited(const struct encode_column *column, struct str text, struct buf *out,
                        const char **reason)
{
    if (text.len > column->characters && count_characters(text) > column->characters)
        return misfit(reason, column->too_large);
    if (column->plan->type.kind == PG_CHAR && text.len > 0 && text.ptr[text.len - 1] == ' ')
        return misfit(reason, "spaces at the end, which char(n) does not keep");
    return field_put_bytes(out, text, reason);
}

bool encode_text_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                         const char **reason)
{
    char room[DECIMAL_ROOM];

    return put_limited(column, decimal_write_integer(value->integer, room), out, reason);
}

bool encode_text_real(const struct encode_column *column, const struct value *value, struct buf *out,
                      const char **reason)
{
    char room[DECIMAL_ROOM];

    return put_limited(column, decimal_write(value->real, room), out, reason);
}

bool encode_text_bytes(const struct encode_column *column, const struct value *value, struct buf *out,
                       const char **reason)
{
    const char *why = text_misfit(value->bytes);

    if (why != NULL)
        return misfit(reason, why);
    return put_limited(column, value->bytes, out, reason);
}

bool encode_label_text(const struct encode_column *column, const struct value *value, struct buf *out,
                       const char **reason)
{
    const struct pg_type *type = &column->plan->type;

    for (size_t i = 0; i < type->label_count; i++)
        if (str_equal(type->labels[i], value->bytes))
            return field_put_bytes(out, value->bytes, reason);
    return misfit(reason, column->misfit);
}

bool encode_bytea_bytes(const struct encode_column *column, const struct value *value, struct buf *out,
                        const char **reason)
{
    (void)column;
    return field_put_bytes(out, value->bytes, reason);
}
