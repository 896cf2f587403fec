/* A literal as a value of a column's type: docs/values.md, for the constants in DEFAULT and in comparisons.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "schema/ident.h"
#include "schema/translate_term.h"

/* 2^53: every integer up to it is a double. */
static const int64_t EXACT_DOUBLE = 9007199254740992;

static bool unfit(struct translator *tr, const struct term *constant, const struct pg_type *type)
{
    return refuse(tr, "the type cannot hold this value exactly", "the literal %.*s for %.*s",
                  STR_ARGS(str_utf8_clip(constant->sql, 100)), STR_ARGS(pg_type_text(tr->arena, type)));
}

/* As a number, a text read SQLite's way; false: it is none. */
static bool numeric_value(struct translator *tr, const struct term *constant, struct term *number)
{
    if (constant->storage == STORAGE_TEXT)
        return number_from_text(tr, constant->bytes, number);
    *number = *constant;
    return constant->storage != STORAGE_BLOB;
}

static bool is_whole(const struct term *number, int64_t *value)
{
    *value = number->storage == STORAGE_INTEGER ? number->integer : 0;
    if (number->storage == STORAGE_INTEGER)
        return true;
    if (!(fabs(number->real) < 9223372036854775808.0) || trunc(number->real) != number->real)
        return false;
    *value = (int64_t)number->real;
    return true;
}

static bool to_boolean(struct translator *tr, const struct term *constant, const struct pg_type *type,
                       struct term *out)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"t", true},  {"true", true},   {"y", true},  {"yes", true}, {"on", true},   {"1", true},
                 {"f", false}, {"false", false}, {"n", false}, {"no", false}, {"off", false}, {"0", false}};
    int64_t integer;

    for (size_t i = 0; constant->storage == STORAGE_TEXT && i < ARRAY_LENGTH(words); i++)
        if (str_is_nocase(constant->bytes, words[i].word)) {
            *out = term_boolean(tr, words[i].value);
            return true;
        }
    if (constant->storage == STORAGE_TEXT || constant->storage == STORAGE_BLOB ||
        !is_whole(constant, &integer) || integer < 0 || integer > 1)
        return unfit(tr, constant, type);
    *out = term_boolean(tr, integer == 1);
    return true;
}

static bool to_integer(struct translator *tr, const struct term *constant, const struct pg_type *type,
                       struct term *out)
{
    struct term number;
    int64_t value;
    bool fits;

    if (!numeric_value(tr, constant, &number) || !is_whole(&number, &value))
        return unfit(tr, constant, type);
    fits = type->kind == PG_INT8 || (type->kind == PG_INT4 && value >= INT32_MIN && value <= INT32_MAX) ||
           (type->kind == PG_INT2 && value >= INT16_MIN && value <= INT16_MAX);
    if (!fits)
        return unfit(tr, constant, type);
    *out = term_integer(tr, value);
    return true;
}

static bool to_float(struct translator *tr, const struct term *constant, const struct pg_type *type,
                     struct term *out)
{
    struct term number;
    double value;

    if (!numeric_value(tr, constant, &number))
        return unfit(tr, constant, type);
    value = number.storage == STORAGE_REAL ? number.real : (double)number.integer;
    /* A cast to float beyond its range is undefined, so infinities and the large go first. */
    if ((number.storage == STORAGE_INTEGER &&
         (number.integer > EXACT_DOUBLE || number.integer < -EXACT_DOUBLE)) ||
        (type->kind == PG_FLOAT4 && !isinf(value) &&
         (fabs(value) > 3.4028234663852886e38 || (double)(float)value != value)))
        return unfit(tr, constant, type);
    *out = number;
    return true;
}

/* Digits before and after the point of a number without exponent. */
static bool fits_decimal(struct str digits, const struct pg_type *type)
{
    ptrdiff_t point = str_find(digits, '.');
    size_t sign = digits.ptr[0] == '-' ? 1 : 0;
    size_t whole = (point < 0 ? digits.len : (size_t)point) - sign;
    size_t fraction = point < 0 ? 0 : digits.len - (size_t)point - 1;

    if (whole == 1 && digits.ptr[sign] == '0')
        whole = 0;
    if (fraction == 1 && digits.ptr[digits.len - 1] == '0')
        fraction = 0;
    return (int)whole <= type->precision - type->scale && (int)fraction <= type->scale;
}

static bool to_numeric(struct translator *tr, const struct term *constant, const struct pg_type *type,
                       struct term *out)
{
    struct str digits;

    if (!numeric_value(tr, constant, out) || (out->storage == STORAGE_REAL && isinf(out->real)))
        return unfit(tr, constant, type);
    digits = out->storage == STORAGE_REAL ? real_text(tr->arena, out->real)
                                          : str_printf(tr->arena, "%lld", (long long)out->integer);
    if (type->precision > 0 && (str_find(digits, 'e') >= 0 || !fits_decimal(digits, type)))
        return unfit(tr, constant, type);
    return true;
}

static bool to_text(struct translator *tr, const struct term *constant, const struct pg_type *type,
                    struct term *out)
{
    struct str text = constant->bytes;

    if (constant->storage == STORAGE_INTEGER)
        text = str_printf(tr->arena, "%lld", (long long)constant->integer);
    /* A whole REAL stays one in a column of TEXT affinity and is an INTEGER in others: 5.0 or 5. */
    if (constant->storage == STORAGE_REAL && (trunc(constant->real) == constant->real))
        return unfit(tr, constant, type);
    if (constant->storage == STORAGE_REAL)
        text = real_text(tr->arena, constant->real);
    if (type->length > 0 && (int64_t)str_utf8_count(text) > type->length)
        return unfit(tr, constant, type);
    if (type->kind == PG_CHAR && text.len > 0 && text.ptr[text.len - 1] == ' ')
        return unfit(tr, constant, type);
    return term_text(tr, text, out);
}

static bool to_enum(struct translator *tr, const struct term *constant, const struct pg_type *type,
                    struct term *out)
{
    for (size_t i = 0; constant->storage == STORAGE_TEXT && i < type->label_count; i++)
        if (str_equal(constant->bytes, type->labels[i])) {
            if (!term_text(tr, constant->bytes, out))
                return false;
            out->type = *type;
            return true;
        }
    return unfit(tr, constant, type);
}

static bool to_bytea(struct translator *tr, const struct term *constant, const struct pg_type *type,
                     struct term *out)
{
    if (constant->storage != STORAGE_BLOB && constant->storage != STORAGE_TEXT)
        return unfit(tr, constant, type);
    *out = term_blob(tr, constant->bytes);
    return true;
}

static bool to_moment(struct translator *tr, const struct term *constant, const struct pg_type *type,
                      struct term *out)
{
    if (constant->storage != STORAGE_TEXT)
        return refuse(tr, "whether a number there counts seconds, milliseconds or days is not in the schema",
                      "the literal %.*s for %.*s", STR_ARGS(constant->sql),
                      STR_ARGS(pg_type_text(tr->arena, type)));
    return moment_constant(tr, constant->bytes, type, out);
}

/* 32 hex digits, in groups of 8-4-4-4-12 or in one. */
static bool uuid_digits(struct str text, char digits[33])
{
    size_t count = 0;
    bool dashed = text.len == 36;

    if (text.len != 32 && !dashed)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = ascii_lower(text.ptr[i]);

        if (dashed && (i == 8 || i == 13 || i == 18 || i == 23)) {
            if (c != '-')
                return false;
            continue;
        }
        if (!ascii_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
        digits[count++] = c;
    }
    digits[count] = '\0';
    return true;
}

static bool to_uuid(struct translator *tr, const struct term *constant, const struct pg_type *type,
                    struct term *out)
{
    char hex[33] = "00000000000000000000000000000000";
    bool fits = constant->storage == STORAGE_INTEGER && constant->integer == 0;

    if (constant->storage == STORAGE_TEXT)
        fits = uuid_digits(constant->bytes, hex);
    if (constant->storage == STORAGE_BLOB && constant->bytes.len == 16) {
        for (size_t i = 0; i < 16; i++)
            (void)snprintf(hex + 2 * i, 3, "%02x", (unsigned)(unsigned char)constant->bytes.ptr[i]);
        fits = true;
    }
    if (!fits)
        return unfit(tr, constant, type);
    *out = term_make(tr, PG_UUID, STORAGE_OTHER, LEVEL_CAST, "'%.8s-%.4s-%.4s-%.4s-%s'::uuid", hex, hex + 8,
                     hex + 12, hex + 16, hex + 20);
    return true;
}

static bool to_json(struct translator *tr, const struct term *constant, const struct pg_type *type,
                    struct term *out)
{
    bool binary = type->kind == PG_JSONB;
    struct str text = constant->bytes;

    if (constant->storage == STORAGE_INTEGER)
        text = str_printf(tr->arena, "%lld", (long long)constant->integer);
    if (constant->storage == STORAGE_REAL || constant->storage == STORAGE_BLOB ||
        !json_is_valid(text, binary) || !term_text(tr, text, out))
        return unfit(tr, constant, type);
    *out = term_make(tr, type->kind, STORAGE_OTHER, LEVEL_CAST, "%.*s::%s", STR_ARGS(out->sql),
                     pg_kind_name(type->kind));
    return true;
}

typedef bool writer(struct translator *tr, const struct term *constant, const struct pg_type *type,
                    struct term *out);

static writer *const writers[PG_KIND_COUNT] = {
    [PG_BOOL] = to_boolean, [PG_INT2] = to_integer,  [PG_INT4] = to_integer,     [PG_INT8] = to_integer,
    [PG_FLOAT4] = to_float, [PG_FLOAT8] = to_float,  [PG_NUMERIC] = to_numeric,  [PG_TEXT] = to_text,
    [PG_VARCHAR] = to_text, [PG_CHAR] = to_text,     [PG_BYTEA] = to_bytea,      [PG_DATE] = to_moment,
    [PG_TIME] = to_moment,  [PG_TIMETZ] = to_moment, [PG_TIMESTAMP] = to_moment, [PG_TIMESTAMPTZ] = to_moment,
    [PG_UUID] = to_uuid,    [PG_JSON] = to_json,     [PG_JSONB] = to_json,       [PG_ENUM] = to_enum,
};

bool constant_to_type(struct translator *tr, const struct term *constant, const struct pg_type *type,
                      struct term *out)
{
    struct term value = *constant;

    if (writers[type->kind] == NULL)
        return refuse(tr, "SQLite has no values of this type", "a literal for %s", pg_kind_name(type->kind));
    return writers[type->kind](tr, &value, type, out);
}
