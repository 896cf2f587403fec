/* boolean, smallint, integer, bigint, real, double precision. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "verify/canonical_rules.h"

/* 2^63: the first double above every int64. */
#define INT64_END 9223372036854775808.0

static const struct {
    struct str word;
    bool truth;
} words[] = {
    {STR("t"), true},  {STR("true"), true}, {STR("y"), true},    {STR("yes"), true},
    {STR("on"), true}, {STR("1"), true},    {STR("f"), false},   {STR("false"), false},
    {STR("n"), false}, {STR("no"), false},  {STR("off"), false}, {STR("0"), false},
};

static bool form_boolean(struct canonical_scratch *scratch, bool truth, struct str *form)
{
    scratch->fixed[0] = truth;
    return form_fixed(scratch, 1, form);
}

bool boolean_source(const struct canonical *rule, const struct value *value,
                    struct canonical_scratch *scratch, struct str *form)
{
    (void)rule;
    if (value->kind == VALUE_INTEGER && (value->integer == 0 || value->integer == 1))
        return form_boolean(scratch, value->integer == 1, form);
    if (value->kind == VALUE_REAL && (value->real == 0.0 || value->real == 1.0))
        return form_boolean(scratch, value->real == 1.0, form);
    if (value->kind == VALUE_TEXT)
        for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
            if (str_equal_nocase(value->bytes, words[i].word))
                return form_boolean(scratch, words[i].truth, form);
    return misfit(scratch, NULL);
}

bool boolean_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                    struct str *form)
{
    (void)rule;
    return field.len == 1 && form_boolean(scratch, field.ptr[0] != 0, form);
}

static bool integer_of_real(double real, int64_t *integer)
{
    if (!(real >= -INT64_END && real < INT64_END) || trunc(real) != real)
        return false;
    *integer = (int64_t)real;
    return true;
}

bool integer_source(const struct canonical *rule, const struct value *value,
                    struct canonical_scratch *scratch, struct str *form)
{
    int64_t integer = value->integer;

    if (value->kind == VALUE_REAL && !integer_of_real(value->real, &integer))
        return misfit(scratch, "it is not integral, or out of range");
    if ((value->kind == VALUE_TEXT || value->kind == VALUE_BLOB) && !str_to_int64(value->bytes, &integer))
        return misfit(scratch, "it is no integer, or out of range");
    if (integer < rule->lowest || integer > rule->highest)
        return misfit(scratch, "it is out of range");
    return form_int64(scratch, integer, form);
}

bool int2_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                 struct str *form)
{
    (void)rule;
    return field.len == 2 && form_int64(scratch, (int16_t)field_uint16(field.ptr), form);
}

bool int4_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                 struct str *form)
{
    (void)rule;
    return field.len == 4 && form_int64(scratch, (int32_t)field_uint32(field.ptr), form);
}

bool int8_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                 struct str *form)
{
    (void)rule;
    return field.len == 8 && form_int64(scratch, (int64_t)field_uint64(field.ptr), form);
}

static bool form_float8(struct canonical_scratch *scratch, double real, struct str *form)
{
    int64_t bits = 0x7ff8000000000000;

    if (!isnan(real))
        memcpy(&bits, &real, sizeof(bits));
    return form_int64(scratch, bits, form);
}

static bool form_float4(struct canonical_scratch *scratch, float real, struct str *form)
{
    uint32_t bits = 0x7fc00000;

    if (!isnan(real))
        memcpy(&bits, &real, sizeof(bits));
    bits = htole32(bits);
    memcpy(scratch->fixed, &bits, sizeof(bits));
    return form_fixed(scratch, sizeof(bits), form);
}

/* An integer as a double, when the double is the same number. */
static bool real_of_value(const struct value *value, double *real)
{
    *real = value->kind == VALUE_REAL ? value->real : (double)value->integer;
    return value->kind == VALUE_REAL ||
           (value->kind == VALUE_INTEGER && *real < INT64_END && (int64_t)*real == value->integer);
}

bool float8_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                   struct str *form)
{
    double real;

    (void)rule;
    if (!real_of_value(value, &real))
        return misfit(scratch, value->kind == VALUE_INTEGER ? "no double is the same number" : NULL);
    return form_float8(scratch, real, form);
}

bool float8_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                   struct str *form)
{
    uint64_t bits;
    double real;

    (void)rule;
    if (field.len != sizeof(bits))
        return false;
    bits = field_uint64(field.ptr);
    memcpy(&real, &bits, sizeof(real));
    return form_float8(scratch, real, form);
}

/* docs/values.md: written in at most FLT_DIG digits, so that the float's shortest text is the double's. */
static bool float_of_few_digits(double real, float *single)
{
    char text[32];

    snprintf(text, sizeof(text), "%.*g", FLT_DIG, real);
    *single = strtof(text, NULL);
    return strtod(text, NULL) == real && isfinite(*single) && fabsf(*single) >= FLT_MIN;
}

bool float4_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                   struct str *form)
{
    double real;
    float single;

    (void)rule;
    /* An int64 that is a float is a double too: floats are doubles. */
    if (!real_of_value(value, &real))
        return misfit(scratch, value->kind == VALUE_INTEGER ? "no float is the same number" : NULL);
    if (isfinite(real) && (fabs(real) > (double)FLT_MAX || (double)(float)real != real))
        return value->kind == VALUE_REAL && float_of_few_digits(real, &single)
                   ? form_float4(scratch, single, form)
                   : misfit(scratch, "no float is the same number");
    return form_float4(scratch, (float)real, form);
}

bool float4_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                   struct str *form)
{
    uint32_t bits;
    float real;

    (void)rule;
    if (field.len != sizeof(bits))
        return false;
    bits = field_uint32(field.ptr);
    memcpy(&real, &bits, sizeof(real));
    return form_float4(scratch, real, form);
}
