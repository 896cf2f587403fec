#include "verify/canonical.h"

#include <stdlib.h>

#include "verify/canonical_rules.h"
#include "verify/exact.h"

/* PostgreSQL holds no field above 1 GB; rendered JSON may be longer than its text by its exponents. */
#define FORM_MAXIMUM ((size_t)3 << 30)

const char too_long[] = "it has more bytes than a field holds";

static const struct {
    canonical_source *source;
    canonical_target *target;
    bool as_sent;
} rules[PG_KIND_COUNT] = {
    [PG_BOOL] = {boolean_source, boolean_target, false},
    [PG_INT2] = {integer_source, int2_target, false},
    [PG_INT4] = {integer_source, int4_target, false},
    [PG_INT8] = {integer_source, int8_target, false},
    [PG_FLOAT4] = {float4_source, float4_target, false},
    [PG_FLOAT8] = {float8_source, float8_target, false},
    [PG_NUMERIC] = {numeric_source, numeric_target, false},
    [PG_TEXT] = {text_source, bytes_target, true},
    [PG_VARCHAR] = {text_source, bytes_target, true},
    [PG_CHAR] = {char_source, char_target, false},
    [PG_BYTEA] = {bytea_source, bytes_target, true},
    [PG_DATE] = {date_source, date_target, false},
    [PG_TIME] = {time_source, time_target, false},
    [PG_TIMETZ] = {timetz_source, timetz_target, false},
    [PG_TIMESTAMP] = {timestamp_source, timestamp_target, false},
    [PG_TIMESTAMPTZ] = {timestamp_source, timestamp_target, false},
    [PG_INTERVAL] = {interval_source, interval_target, false},
    [PG_UUID] = {uuid_source, uuid_target, false},
    [PG_JSON] = {json_source, bytes_target, true},
    [PG_JSONB] = {jsonb_source, jsonb_target, false},
    [PG_INET] = {inet_source, inet_target, false},
    [PG_CIDR] = {cidr_source, inet_target, false},
    [PG_MACADDR] = {macaddr_source, macaddr_target, false},
    [PG_ENUM] = {enum_source, bytes_target, true},
    [PG_MACADDR8] = {macaddr8_source, macaddr8_target, false},
    [PG_OID] = {oid_source, oid_target, false},
    [PG_CHAR_BYTE] = {char_byte_source, char_byte_target, false},
    [PG_NAME] = {name_source, bytes_target, true},
    [PG_BIT] = {bits_source, bits_target, false},
    [PG_VARBIT] = {bits_source, bits_target, false},
    [PG_ARRAY] = {array_source, array_target, false},
};

static const struct {
    int64_t lowest;
    int64_t highest;
} ranges[PG_KIND_COUNT] = {
    [PG_INT2] = {INT16_MIN, INT16_MAX},
    [PG_INT4] = {INT32_MIN, INT32_MAX},
    [PG_INT8] = {INT64_MIN, INT64_MAX},
    [PG_OID] = {0, UINT32_MAX},
};

static const int64_t steps[] = {1000000, 100000, 10000, 1000, 100, 10, 1};

static void limit_numeric(struct canonical *rule)
{
    int precision = rule->type.precision;
    int scale = rule->type.scale;

    if (precision == 0)
        return;
    rule->source = numeric_limited_source;
    rule->highest = (int64_t)exact_power(precision < EXACT_IN_DOUBLE ? precision : EXACT_IN_DOUBLE);
    rule->power = scale >= 0 && scale <= EXACT_IN_DOUBLE ? (double)exact_power(scale) : 0;
}

static void limit_text(struct canonical *rule, const struct plan_column *column)
{
    rule->length_limit = column->type.length;
}

void canonical_init(struct canonical *rule, const struct plan_column *column)
{
    enum pg_kind kind = column->type.kind;
    int precision = column->type.precision;

    *rule = (struct canonical){
        .source = rules[kind].source,
        .target = rules[kind].target,
        .as_sent = rules[kind].as_sent,
        .type = column->type,
        .unit = column->unit,
        .unit_found = column->unit_found,
        .lowest = ranges[kind].lowest,
        .highest = ranges[kind].highest,
        .step = precision >= 0 && precision < (int)ARRAY_LENGTH(steps) ? steps[precision] : 1,
        .blob_is_jsonb = column->source != NULL && str_is_nocase(column->source->declared, "JSONB"),
        .not_null = column->not_null,
    };
    if (kind == PG_NUMERIC)
        limit_numeric(rule);
    if (kind == PG_VARCHAR || kind == PG_CHAR)
        limit_text(rule, column);
}

void canonical_scratch_init(struct canonical_scratch *scratch)
{
    *scratch = (struct canonical_scratch){.reason = NULL};
    buf_init(&scratch->form, FORM_MAXIMUM);
    buf_init(&scratch->made, FORM_MAXIMUM);
    buf_init(&scratch->members, FORM_MAXIMUM);
    buf_init(&scratch->spare, FORM_MAXIMUM);
}

void canonical_scratch_free(struct canonical_scratch *scratch)
{
    buf_free(&scratch->form);
    buf_free(&scratch->made);
    buf_free(&scratch->members);
    buf_free(&scratch->spare);
    if (scratch->inner != NULL)
        canonical_scratch_free(scratch->inner);
    free(scratch->inner);
    scratch->inner = NULL;
}
