/* Elements of an array as the source has them. */
#include <math.h>
#include <stdlib.h>

#include "verify/array.h"
#include "verify/exact.h"

enum {
    DIGITS_OF_DOUBLE = 17,
    DIGITS_OF_FLOAT = 9
};

static bool count_element(struct array_form *made, int depth)
{
    if (made->dimensions == 0)
        made->dimensions = depth;
    if (made->dimensions != depth)
        return misfit(made->scratch, array_uneven);
    return ++made->elements <= ARRAY_ELEMENTS || misfit(made->scratch, "it has too many elements");
}

bool array_add_null(struct array_form *made, int depth)
{
    array_put_form(made, NULL);
    return count_element(made, depth);
}

bool array_add_value(struct array_form *made, int depth, struct value value)
{
    struct canonical_scratch *inner = made->scratch->inner;
    struct str form;

    if (!count_element(made, depth))
        return false;
    if (!made->rule.source(&made->rule, &value, inner, &form)) {
        made->scratch->exhausted = inner->exhausted;
        made->scratch->reason = inner->reason;
        inner->exhausted = false;
        inner->reason = NULL;
        return false;
    }
    array_put_form(made, &form);
    return true;
}

static bool named_real(struct str text, double *real)
{
    if (str_is_nocase(text, "NaN"))
        *real = NAN;
    else if (str_is_nocase(text, "Infinity"))
        *real = INFINITY;
    else if (str_is_nocase(text, "-Infinity"))
        *real = -INFINITY;
    else
        return false;
    return true;
}

/* docs/values.md, "Arrays": the nearest, of a decimal that has no more digits than the type keeps. */
static bool real_of_text(struct array_form *made, struct str text, bool single, double *real)
{
    struct canonical_scratch *scratch = made->scratch;
    struct exact number;

    if (named_real(text, real))
        return true;
    if (!exact_parse(text, &number))
        return misfit(scratch, "an element is no number");
    if (number.digit_count > DIGITS_OF_DOUBLE)
        return misfit(scratch, "an element has more digits than its type keeps");
    buf_clear(&scratch->spare);
    buf_str(&scratch->spare, text);
    if (scratch->spare.failed)
        return out_of_memory(scratch);
    if (single && number.digit_count <= DIGITS_OF_FLOAT)
        *real = (double)strtof(scratch->spare.ptr, NULL);
    else
        *real = strtod(scratch->spare.ptr, NULL);
    return (isfinite(*real) && (*real != 0 || number.digit_count == 0)) ||
           misfit(scratch, "an element is beyond its type's range");
}

bool array_add_real(struct array_form *made, int depth, struct str text, bool single)
{
    struct value value = {.kind = VALUE_REAL};

    return real_of_text(made, text, single, &value.real) && array_add_value(made, depth, value);
}

static bool add_bytes(struct array_form *made, int depth, struct str text)
{
    struct buf *bytes = &made->scratch->spare;

    buf_clear(bytes);
    if (text.len < 2 || text.len % 2 != 0 || text.ptr[0] != '\\' || text.ptr[1] != 'x')
        return misfit(made->scratch, "an element is no bytea in hex digits");
    for (size_t i = 2; i < text.len; i += 2) {
        int pair = hex_pair(text.ptr + i);

        if (pair < 0)
            return misfit(made->scratch, "an element is no bytea in hex digits");
        buf_byte(bytes, (char)(unsigned char)pair);
    }
    if (bytes->failed)
        return out_of_memory(made->scratch);
    return array_add_value(made, depth, (struct value){.kind = VALUE_BLOB, .bytes = buf_view(bytes)});
}

bool array_add_text(struct array_form *made, int depth, struct str text)
{
    enum pg_kind kind = made->rule.type.kind;

    if (kind == PG_FLOAT4 || kind == PG_FLOAT8)
        return array_add_real(made, depth, text, kind == PG_FLOAT4);
    if (kind == PG_BYTEA)
        return add_bytes(made, depth, text);
    return array_add_value(made, depth, (struct value){.kind = VALUE_TEXT, .bytes = text});
}

bool array_settle_length(struct array_form *made, int depth, int64_t length)
{
    int64_t *known = &made->lengths[depth - 1];

    if (length == 0 && depth > 1)
        return misfit(made->scratch, "it has an empty array inside");
    if (*known == 0)
        *known = length;
    return *known == length || misfit(made->scratch, array_uneven);
}
