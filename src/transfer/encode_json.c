/* json and jsonb: the text, for jsonb behind its version number (jsonb_recv() in utils/adt/jsonb.c). */
#include <math.h>

#include "transfer/binary_json.h"
#include "transfer/decimal.h"
#include "transfer/encode_field.h"
#include "transfer/json_check.h"

enum {
    JSONB_VERSION = 1
};

static bool put_json(const struct encode_column *column, struct str text, struct buf *out,
                     const char **reason)
{
    char *at;

    if (column->plan->type.kind == PG_JSON)
        return field_put_bytes(out, text, reason);
    if (text.len > FIELD_MAXIMUM - 1)
        return misfit(reason, "more than 1 GB");
    at = field_new(out, text.len + 1, reason);
    if (at == NULL)
        return false;
    *at = JSONB_VERSION;
    memcpy(at + 1, text.ptr, text.len);
    return true;
}

bool encode_json_integer(const struct encode_column *column, const struct value *value, struct buf *out,
                         const char **reason)
{
    char room[DECIMAL_ROOM];

    return put_json(column, decimal_write_integer(value->integer, room), out, reason);
}

bool encode_json_real(const struct encode_column *column, const struct value *value, struct buf *out,
                      const char **reason)
{
    char room[DECIMAL_ROOM];

    if (isinf(value->real))
        return misfit(reason, "infinity");
    return put_json(column, decimal_write(value->real, room), out, reason);
}

bool encode_json_text(const struct encode_column *column, const struct value *value, struct buf *out,
                      const char **reason)
{
    const char *why = json_check(value->bytes, column->plan->type.kind == PG_JSONB);

    if (why != NULL)
        return misfit(reason, why);
    return put_json(column, value->bytes, out, reason);
}

/* Written and then checked, so that nothing needs a place of its own meanwhile. */
static const char *put_binary(const struct encode_column *column, struct str blob, struct buf *out)
{
    size_t start = out->len;
    bool jsonb = column->plan->type.kind == PG_JSONB;
    const char *why;
    struct str text;

    buf_put(out, "\0\0\0\0\1", jsonb ? 5 : 4);
    why = binary_json_write(blob, out);
    if (why != NULL || out->failed)
        return why;
    text = str_slice(buf_view(out), start + (jsonb ? 5 : 4), out->len);
    if (out->len - start - 4 > FIELD_MAXIMUM)
        return "more than 1 GB";
    put32(out->ptr + start, (uint32_t)(out->len - start - 4));
    return json_check(text, jsonb);
}

bool encode_json_blob(const struct encode_column *column, const struct value *value, struct buf *out,
                      const char **reason)
{
    size_t start = out->len;
    const char *why;

    if (!column->binary_blobs)
        return encode_json_text(column, value, out, reason);
    why = put_binary(column, value->bytes, out);
    if (why == NULL && !out->failed)
        return true;
    if (out->capacity != 0)
        out->ptr[start] = '\0';
    out->len = start;
    return misfit(reason, out->failed ? NULL : why);
}
