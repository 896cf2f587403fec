#include "transfer/encode.h"

#include <stdio.h>

#include "transfer/encode_field.h"
#include "transfer/moment.h"

static bool encode_null(const struct encode_column *column, const struct value *value, struct buf *out,
                        const char **reason)
{
    char *room = buf_reserve(out, 4);

    (void)column;
    (void)value;
    if (room == NULL)
        return misfit(reason, NULL);
    put32(room, UINT32_MAX);
    out->len += 4;
    out->ptr[out->len] = '\0';
    return true;
}

static bool encode_misfit(const struct encode_column *column, const struct value *value, struct buf *out,
                          const char **reason)
{
    (void)value;
    (void)out;
    return misfit(reason, column->misfit);
}

enum {
    ROW_FIXED = PG_KIND_COUNT, /* numeric(p,s), whose rules are not those of numeric */
    ROW_COUNT
};

/* The rows of docs/values.md. */
struct row {
    encode_fn *encode[VALUE_BLOB + 1]; /* NULL, INTEGER, REAL, TEXT, BLOB */
    const char *misfit;
};

#define ROW(integer, real, text, blob, misfit)                                                               \
    {                                                                                                        \
        {encode_null, encode_##integer, encode_##real, encode_##text, encode_##blob}, misfit                 \
    }

/* clang-format off */
static const struct row rows[ROW_COUNT] = {
    [PG_BOOL] = ROW(bool_integer, bool_real, bool_text, misfit, "no boolean"),
    [PG_INT2] = ROW(int2_integer, int2_real, int2_text, int2_text, "no integer"),
    [PG_INT4] = ROW(int4_integer, int4_real, int4_text, int4_text, "no integer"),
    [PG_INT8] = ROW(int8_integer, int8_real, int8_text, int8_text, "no integer"),
    [PG_FLOAT4] = ROW(float4_integer, float4_real, misfit, misfit, "no number"),
    [PG_FLOAT8] = ROW(float8_integer, float8_real, misfit, misfit, "no number"),
    [PG_NUMERIC] = ROW(numeric_integer, numeric_real, numeric_text, misfit, "no number"),
    [ROW_FIXED] = ROW(fixed_integer, fixed_real, fixed_text, misfit, "no number"),
    [PG_TEXT] = ROW(text_integer, text_real, text_bytes, text_bytes, "no text"),
    [PG_VARCHAR] = ROW(text_integer, text_real, text_bytes, text_bytes, "no text"),
    [PG_CHAR] = ROW(text_integer, text_real, text_bytes, text_bytes, "no text"),
    [PG_ENUM] = ROW(misfit, misfit, label_text, misfit, "none of the labels"),
    [PG_BYTEA] = ROW(misfit, misfit, bytea_bytes, bytea_bytes, "a number, not bytes"),
    [PG_DATE] = ROW(date_integer, date_real, date_text, misfit, "no date"),
    [PG_TIME] = ROW(misfit, misfit, time_text, misfit, "no time of day"),
    [PG_TIMETZ] = ROW(misfit, misfit, timetz_text, misfit, "no time of day"),
    [PG_TIMESTAMP] = ROW(timestamp_integer, timestamp_real, timestamp_text, misfit, "no timestamp"),
    [PG_TIMESTAMPTZ] = ROW(timestamp_integer, timestamp_real, timestamp_text, misfit, "no timestamp"),
    [PG_INTERVAL] = ROW(interval_integer, interval_real, interval_text, misfit, "no span of time"),
    [PG_UUID] = ROW(uuid_integer, misfit, uuid_text, uuid_blob, "no UUID"),
    [PG_JSON] = ROW(json_integer, json_real, json_text, json_blob, "no JSON"),
    [PG_JSONB] = ROW(json_integer, json_real, json_text, json_blob, "no JSON"),
    [PG_INET] = ROW(misfit, misfit, inet_text, misfit, "no network address"),
    [PG_CIDR] = ROW(misfit, misfit, inet_text, misfit, "no network"),
    [PG_MACADDR] = ROW(misfit, misfit, macaddr_text, misfit, "no MAC address"),
    [PG_MACADDR8] = ROW(misfit, misfit, macaddr8_text, misfit, "no MAC address of eight bytes"),
    [PG_OID] = ROW(oid_integer, misfit, oid_text, misfit, "no object identifier"),
    [PG_CHAR_BYTE] = ROW(misfit, misfit, char_byte_text, misfit, "no single character of ASCII"),
    [PG_NAME] = ROW(name_integer, name_real, name_bytes, name_bytes, "no text"),
    [PG_BIT] = ROW(bit_integer, misfit, bit_text, misfit, "no bits, zeros and ones"),
    [PG_VARBIT] = ROW(misfit, misfit, bit_text, misfit, "no bits, zeros and ones"),
    [PG_ARRAY] = ROW(misfit, misfit, array_text, misfit, "no array"),
};
/* clang-format on */

static void integer_init(struct encode_column *column)
{
    int bits = column->plan->type.kind == PG_INT2 ? 16 : column->plan->type.kind == PG_INT4 ? 32 : 64;

    column->highest = INT64_MAX >> (64 - bits);
    column->lowest = -column->highest - 1;
    snprintf(column->too_large, sizeof(column->too_large), "out of range for %s",
             pg_kind_name(column->plan->type.kind));
}

static void oid_init(struct encode_column *column)
{
    column->highest = UINT32_MAX;
    snprintf(column->too_large, sizeof(column->too_large), "out of range for oid");
}

static int64_t power_of_ten(int exponent)
{
    int64_t power = 1;

    for (; exponent > 0; exponent--)
        power *= 10;
    return power;
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static void fixed_init(struct encode_column *column)
{
    int precision = column->plan->type.precision;
    int scale = column->plan->type.scale;
    int before = precision > scale ? precision - scale : 0;

    /* 15 digits are what a double always keeps; 18 what an int64_t does. */
    column->power = scale >= 0 && scale <= 15 ? (double)power_of_ten(scale) : 0;
    column->unscaled_limit = power_of_ten(precision < 15 ? precision : 15);
    column->integer_limit = before > 18 ? 0 : power_of_ten(before);
    if (scale < 0)
        snprintf(column->too_fine, sizeof(column->too_fine), "the last %d digit%s before the point no zeros",
                 -scale, plural(-scale));
    else
        snprintf(column->too_fine, sizeof(column->too_fine), "more than %d decimal%s", scale, plural(scale));
    snprintf(column->too_large, sizeof(column->too_large), "more than %d digit%s before the point", before,
             plural(before));
}

static void text_init(struct encode_column *column)
{
    const struct plan_column *plan = column->plan;
    int64_t limit = plan->type.length;

    /* A bare char is char(1). */
    if (plan->type.kind == PG_CHAR && limit == 0)
        limit = 1;
    if (plan->type.kind == PG_TEXT)
        limit = 0;
    column->characters = limit > 0 ? (size_t)limit : SIZE_MAX;
    snprintf(column->too_large, sizeof(column->too_large), "more than %lld character%s", (long long)limit,
             plural(limit));
}

static void moment_init(struct encode_column *column)
{
    int precision = column->plan->type.precision;

    if (precision < 0 || precision > 6)
        precision = 6;
    column->step = power_of_ten(6 - precision);
    column->unit = moment_unit_of(column->plan->unit);
    column->unit_found = column->plan->unit_found;
    snprintf(column->too_fine, sizeof(column->too_fine), "more than %d digit%s of a second's fraction",
             precision, plural(precision));
}

static void json_init(struct encode_column *column)
{
    const struct column *source = column->plan->source;

    column->binary_blobs = source != NULL && str_is_nocase(source->declared, "JSONB");
}

void encode_column_init(struct encode_column *column, struct arena *arena, const struct plan_column *plan)
{
    static void (*const inits[PG_KIND_COUNT])(struct encode_column *) = {
        [PG_INT2] = integer_init,  [PG_INT4] = integer_init,     [PG_INT8] = integer_init,
        [PG_NUMERIC] = fixed_init, [PG_TEXT] = text_init,        [PG_VARCHAR] = text_init,
        [PG_CHAR] = text_init,     [PG_DATE] = moment_init,      [PG_TIME] = moment_init,
        [PG_TIMETZ] = moment_init, [PG_TIMESTAMP] = moment_init, [PG_TIMESTAMPTZ] = moment_init,
        [PG_OID] = oid_init,       [PG_INTERVAL] = moment_init,  [PG_JSON] = json_init,
        [PG_JSONB] = json_init,
    };
    bool fixed = plan->type.kind == PG_NUMERIC && plan->type.precision > 0;
    const struct row *row = &rows[fixed ? (int)ROW_FIXED : (int)plan->type.kind];

    *column = (struct encode_column){.plan = plan, .encode = row->encode, .misfit = row->misfit};
    if (inits[plan->type.kind] != NULL)
        inits[plan->type.kind](column);
    if (plan->type.kind == PG_ARRAY)
        encode_array_init(column, arena);
}
