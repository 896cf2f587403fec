/*
 * What the load sends for a value, and what the verification expects of it, are the same; and where one of
 * them says misfit, the other does too.
 *
 * The first bytes of the input choose the planned type, its modifiers and the storage class; the rest is the
 * value.  The encoder's field is read by the rules for what PostgreSQL sends, whose binary forms are the same
 * both ways, and compared with the form that the verification makes of the source's value.  The two sides
 * share no code, so a mistake has to be made twice to stay unseen.
 *
 *     CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false
 *     build-fuzz/tests/fuzz/fuzz_values -dict=tests/fuzz/values.dict CORPUS
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transfer/encode.h"
#include "verify/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum {
    HEAD = 6,
    FIELD_MAXIMUM = 1 << 24
};

static const struct str labels[] = {{"new", 3}, {"done", 4}, {"", 0}, {"it's", 4}};

/* The upper half of the first byte's range: an array of the type. */
static bool is_array(const uint8_t *head)
{
    return head[0] >= 128;
}

/* A column of the plan, made of the head: kind, first and second modifier, unit, how it is declared. */
static bool make_column(const uint8_t *head, struct plan_column *plan, struct column *source)
{
    static struct pg_type element;
    struct pg_type type = pg_type_of((enum pg_kind)(head[0] % 128 % PG_KIND_COUNT));

    *source = (struct column){.declared = (head[4] & 8) != 0 ? str_from("JSONB") : str_from("WHATEVER")};
    if (type.kind == PG_ENUM) {
        type.name = str_from("mood");
        type.labels = labels;
        type.label_count = ARRAY_LENGTH(labels);
    }
    if (head[1] % 4 != 0)
        (void)pg_type_set_modifiers(&type, head[1] / 4, head[2] % 2 == 0 ? PG_NO_MODIFIER : head[2] / 2 - 40);
    if ((type.kind == PG_CHAR || type.kind == PG_BIT) && type.length == 0)
        type.length = 1;
    if (type.kind == PG_ARRAY)
        return false;
    element = type;
    if (is_array(head))
        type = (struct pg_type){.kind = PG_ARRAY, .element = &element, .element_oid = 77};
    *plan =
        (struct plan_column){.type = type, .unit = (enum time_unit)(head[3] % UNIT_COUNT), .source = source};
    plan->unit_found = head[3] >= 128 && type.kind != PG_INTERVAL;
    return true;
}

/* False: SQLite has no such value (a NaN is NULL there). */
static bool make_value(unsigned kind, const uint8_t *bytes, size_t size, struct value *value)
{
    *value = (struct value){.kind = (enum value_kind)(VALUE_INTEGER + kind % 4)};
    if (value->kind == VALUE_TEXT || value->kind == VALUE_BLOB) {
        value->bytes = (struct str){(const char *)bytes, size};
        return true;
    }
    if (size == 0)
        return false;
    if (value->kind == VALUE_INTEGER) {
        memcpy(&value->integer, bytes, size < 8 ? size : 8);
        return true;
    }
    memcpy(&value->real, bytes, size < 8 ? size : 8);
    return !isnan(value->real);
}

static void refuse(const struct plan_column *plan, const struct value *value, const char *why,
                   const char *more)
{
    struct buf type;

    buf_init(&type, BUF_TEXT_MAXIMUM);
    pg_type_format(&type, &plan->type);
    fprintf(stderr, "%s, unit %d, declared %.*s: class %d, %lld, %.17g, '%.*s'\n  %s %s\n", type.ptr,
            (int)plan->unit, STR_ARGS(plan->source->declared), (int)value->kind, (long long)value->integer,
            value->real, STR_ARGS(value->bytes), why, more == NULL ? "" : more);
    abort();
}

static struct str field_in(const struct buf *out)
{
    uint32_t length;

    memcpy(&length, out->ptr, sizeof(length));
    length = __builtin_bswap32(length);
    if (out->len != sizeof(length) + length)
        return (struct str){NULL, 0};
    return (struct str){out->ptr + sizeof(length), length};
}

static void compare(const struct plan_column *plan, const struct value *value, const struct buf *out,
                    struct str wanted, const struct canonical *rule)
{
    struct canonical_scratch scratch;
    struct str field = field_in(out);
    struct str form;

    canonical_scratch_init(&scratch);
    if (field.ptr == NULL)
        refuse(plan, value, "the field has another length than it says", NULL);
    if (!rule->target(rule, field, &scratch, &form))
        refuse(plan, value, "PostgreSQL would not send this:", scratch.reason);
    if (form.len != wanted.len || memcmp(form.ptr, wanted.ptr, form.len) != 0)
        refuse(plan, value, "what is sent is another value than is expected", NULL);
    canonical_scratch_free(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena;
    struct column source;
    struct plan_column plan;
    struct value value;
    struct encode_column column;
    struct canonical rule;
    struct canonical_scratch scratch;
    struct buf out;
    struct str form;
    const char *reason = NULL;
    bool sent;
    bool expected;

    if (size < HEAD || !make_column(bytes, &plan, &source) ||
        !make_value(bytes[5], bytes + HEAD, size - HEAD, &value))
        return 0;
    arena = arena_new();
    buf_init(&out, FIELD_MAXIMUM);
    canonical_scratch_init(&scratch);
    encode_column_init(&column, arena, &plan);
    canonical_init(&rule, &plan);
    sent = encode_cell(&column, &value, &out, &reason);
    expected = rule.source(&rule, &value, &scratch, &form);
    if (sent && !expected)
        refuse(&plan, &value, "sent, and a misfit to the verification:", scratch.reason);
    if (!sent && expected)
        refuse(&plan, &value, "expected, and a misfit to the load:", reason);
    if (!sent && (reason == NULL || out.len != 0))
        refuse(&plan, &value, "a misfit without a reason, or with bytes", reason);
    if (sent && expected && scratch.null != (memcmp(out.ptr, "\377\377\377\377", 4) == 0))
        refuse(&plan, &value, "one of both says NULL", NULL);
    if (sent && !scratch.null)
        compare(&plan, &value, &out, form, &rule);
    canonical_scratch_free(&scratch);
    buf_free(&out);
    arena_free(arena);
    return 0;
}
