/*
 * Arrays.  The form: int32 dimensions; six times int32 length and int32 lower bound, zeros where there is no
 * such dimension; then of each element, in the order of PostgreSQL, uint32 bytes of its form and the form, or
 * 0xffffffff for NULL.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "verify/canonical_rules.h"
#include "verify/exact.h"
#include "verify/json_reader.h"

enum {
    DIMENSIONS_MAXIMUM = 6,
    ELEMENTS_MAXIMUM = 134217727,
    FORM_HEAD = 4 + 8 * DIMENSIONS_MAXIMUM,
    FIELD_HEAD =
        12, /* array_send() of PostgreSQL: dimensions, whether there are NULLs, type of the elements */
    FIELD_DIMENSION = 8,
    DIGITS_OF_DOUBLE = 17,
    DIGITS_OF_FLOAT = 9
};

static const char uneven[] = "its parts are of different lengths";
static const char no_array[] = "it is no array";

struct made {
    struct canonical rule; /* of an element */
    struct canonical_scratch *scratch;
    struct str left; /* of a literal, what is not read yet */
    int dimensions;  /* 0: no element has come yet */
    int64_t lengths[DIMENSIONS_MAXIMUM];
    int64_t lowest[DIMENSIONS_MAXIMUM];
    int64_t bounds; /* how many stand before a literal */
    int64_t bound_lengths[DIMENSIONS_MAXIMUM];
    int64_t elements;
};

static bool begin(const struct canonical *rule, struct canonical_scratch *scratch, struct made *made)
{
    const struct plan_column element = {
        .type = *rule->type.element, .unit = rule->unit, .unit_found = rule->unit_found};
    static const char zeros[FORM_HEAD];

    *made = (struct made){.scratch = scratch, .lowest = {1, 1, 1, 1, 1, 1}};
    canonical_init(&made->rule, &element);
    if (scratch->inner == NULL) {
        scratch->inner = malloc(sizeof(*scratch->inner));
        if (scratch->inner == NULL)
            return out_of_memory(scratch);
        canonical_scratch_init(scratch->inner);
    }
    buf_clear(&scratch->form);
    buf_put(&scratch->form, zeros, sizeof(zeros));
    return true;
}

static void put_uint32(char *at, int64_t number)
{
    uint32_t bytes = htole32((uint32_t)number);

    memcpy(at, &bytes, sizeof(bytes));
}

static bool finish(struct made *made, struct str *form)
{
    struct buf *out = &made->scratch->form;

    if (out->failed)
        return out_of_memory(made->scratch);
    put_uint32(out->ptr, made->dimensions);
    for (int i = 0; i < made->dimensions; i++) {
        put_uint32(out->ptr + 4 + (ptrdiff_t)8 * i, made->lengths[i]);
        put_uint32(out->ptr + 8 + (ptrdiff_t)8 * i, made->lowest[i]);
    }
    *form = buf_view(out);
    return true;
}

static void put_form(struct made *made, const struct str *form)
{
    char length[4];

    put_uint32(length, form == NULL ? UINT32_MAX : (int64_t)form->len);
    buf_put(&made->scratch->form, length, sizeof(length));
    if (form != NULL)
        buf_str(&made->scratch->form, *form);
}

/* ---- elements of the source ---- */

static bool count_element(struct made *made, int depth)
{
    if (made->dimensions == 0)
        made->dimensions = depth;
    if (made->dimensions != depth)
        return misfit(made->scratch, uneven);
    return ++made->elements <= ELEMENTS_MAXIMUM || misfit(made->scratch, "it has too many elements");
}

static bool add_null(struct made *made, int depth)
{
    put_form(made, NULL);
    return count_element(made, depth);
}

static bool add_value(struct made *made, int depth, struct value value)
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
    put_form(made, &form);
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
static bool real_of_text(struct made *made, struct str text, bool single, double *real)
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

static bool add_real(struct made *made, int depth, struct str text, bool single)
{
    struct value value = {.kind = VALUE_REAL};

    return real_of_text(made, text, single, &value.real) && add_value(made, depth, value);
}

static bool add_bytes(struct made *made, int depth, struct str text)
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
    return add_value(made, depth, (struct value){.kind = VALUE_BLOB, .bytes = buf_view(bytes)});
}

static bool add_text(struct made *made, int depth, struct str text)
{
    enum pg_kind kind = made->rule.type.kind;

    if (kind == PG_FLOAT4 || kind == PG_FLOAT8)
        return add_real(made, depth, text, kind == PG_FLOAT4);
    if (kind == PG_BYTEA)
        return add_bytes(made, depth, text);
    return add_value(made, depth, (struct value){.kind = VALUE_TEXT, .bytes = text});
}

/* ---- PostgreSQL's literal ---- */

static bool next_is(struct made *made, char wanted)
{
    while (made->left.len > 0 &&
           (made->left.ptr[0] == ' ' || (made->left.ptr[0] >= '\t' && made->left.ptr[0] <= '\r')))
        made->left = str_slice(made->left, 1, made->left.len);
    return made->left.len > 0 && made->left.ptr[0] == wanted;
}

static bool take_next(struct made *made, char wanted)
{
    bool is = next_is(made, wanted);

    if (is)
        made->left = str_slice(made->left, 1, made->left.len);
    return is;
}

/* An element up to what ends it, its backslashes undone into `made`.  `bare_length`: without white space at
 * the end; `escaped`: it had a backslash. */
static bool read_element(struct made *made, bool quoted, bool *escaped, size_t *bare_length)
{
    struct buf *out = &made->scratch->made;
    struct str *left = &made->left;

    buf_clear(out);
    *escaped = false;
    *bare_length = 0;
    for (; left->len > 0; *left = str_slice(*left, 1, left->len)) {
        char c = left->ptr[0];
        bool blank = c == ' ' || (c >= '\t' && c <= '\r');

        if (quoted ? c == '"' : c == ',' || c == '}')
            return true;
        if (!quoted && (c == '{' || c == '"'))
            return false;
        if (c == '\\') {
            *left = str_slice(*left, 1, left->len);
            if (left->len == 0)
                return false;
            *escaped = true;
            blank = false;
        }
        buf_byte(out, left->ptr[0]);
        if (!blank)
            *bare_length = out->len;
    }
    return false;
}

static bool add_literal(struct made *made, int depth)
{
    bool quoted = take_next(made, '"');
    bool escaped;
    size_t length;
    struct str text;

    if (!read_element(made, quoted, &escaped, &length) || (!quoted && length == 0))
        return misfit(made->scratch, no_array);
    if (made->scratch->made.failed)
        return out_of_memory(made->scratch);
    text = buf_view(&made->scratch->made);
    if (quoted) {
        made->left = str_slice(made->left, 1, made->left.len);
        return add_text(made, depth, text);
    }
    text.len = length;
    if (!escaped && str_is_nocase(text, "NULL"))
        return add_null(made, depth);
    return add_text(made, depth, text);
}

static bool read_level(struct made *made, int depth);

static bool settle_length(struct made *made, int depth, int64_t length)
{
    int64_t *known = &made->lengths[depth - 1];

    if (length == 0 && depth > 1)
        return misfit(made->scratch, "it has an empty array inside");
    if (*known == 0)
        *known = length;
    return *known == length || misfit(made->scratch, uneven);
}

/* Behind the brace that opens. */
static bool read_literal(struct made *made, int depth)
{
    int64_t length = 0;

    if (take_next(made, '}'))
        return settle_length(made, depth, 0);
    do {
        length++;
        if (!(take_next(made, '{') ? read_level(made, depth + 1) : add_literal(made, depth)))
            return false;
    } while (take_next(made, ','));
    return take_next(made, '}') ? settle_length(made, depth, length) : misfit(made->scratch, no_array);
}

static bool read_level(struct made *made, int depth)
{
    if (depth > DIMENSIONS_MAXIMUM)
        return misfit(made->scratch, "it has more than 6 dimensions");
    if (made->dimensions != 0 && depth > made->dimensions)
        return misfit(made->scratch, uneven);
    return read_literal(made, depth);
}

/* "[2:4][1:1]=" */
static bool read_bounds(struct made *made, struct str bounds)
{
    while (bounds.len > 0) {
        ptrdiff_t colon = str_find(bounds, ':');
        ptrdiff_t close = str_find(bounds, ']');
        int64_t low;
        int64_t high;

        if (made->bounds == DIMENSIONS_MAXIMUM || bounds.ptr[0] != '[' || colon < 0 || close < colon ||
            !str_to_int64(str_slice(bounds, 1, (size_t)colon), &low) ||
            !str_to_int64(str_slice(bounds, (size_t)colon + 1, (size_t)close), &high) || low < INT32_MIN ||
            high >= INT32_MAX || high < low)
            return misfit(made->scratch, "its bounds are none of PostgreSQL's");
        made->lowest[made->bounds] = low;
        made->bound_lengths[made->bounds++] = high - low + 1;
        bounds = str_slice(bounds, (size_t)close + 1, bounds.len);
    }
    return true;
}

static bool bounds_fit(const struct made *made)
{
    if (made->bounds == 0)
        return true;
    for (int i = 0; i < made->dimensions; i++)
        if (made->lengths[i] != made->bound_lengths[i])
            return false;
    return made->bounds == made->dimensions;
}

static bool from_literal(struct made *made, struct str text, struct str bounds)
{
    made->left = str_slice(text, bounds.len + (bounds.len > 0), text.len);
    if (!text_is_valid(text))
        return misfit(made->scratch, "it is not UTF-8, or holds a NUL");
    if (!read_bounds(made, bounds))
        return false;
    if (!(bounds.len > 0 ? made->left.len > 0 && made->left.ptr[0] == '{' && take_next(made, '{')
                         : take_next(made, '{')))
        return misfit(made->scratch, no_array);
    if (!read_level(made, 1))
        return false;
    if (next_is(made, '\0') || made->left.len > 0)
        return misfit(made->scratch, "something follows the array");
    return bounds_fit(made) || misfit(made->scratch, "it is not what its bounds say");
}

/* ---- JSON ---- */

static bool is_json(enum pg_kind kind)
{
    return kind == PG_JSON || kind == PG_JSONB;
}

/* A string between its quotes, with its escapes undone. */
static bool add_string(struct made *made, int depth, struct str written)
{
    struct canonical_scratch *scratch = made->scratch;
    struct json_room room = {&scratch->made, &scratch->members, &scratch->spare};
    struct str plain;
    size_t length = 0;

    if (!json_normal_write(written, &room, &scratch->reason))
        return scratch->reason == NULL ? out_of_memory(scratch) : false;
    plain = str_slice(buf_view(&scratch->made), 1, scratch->made.len - 1);
    /* Normalised, a quote and a backslash alone have a backslash before them. */
    for (size_t i = 0; i < plain.len; i++) {
        if (plain.ptr[i] == '\\')
            i++;
        scratch->made.ptr[length++] = plain.ptr[i];
    }
    return add_text(made, depth, (struct str){scratch->made.ptr, length});
}

static bool add_number(struct made *made, int depth, struct str written)
{
    enum pg_kind kind = made->rule.type.kind;
    struct value value = {.kind = VALUE_INTEGER};

    if (kind == PG_FLOAT4 || kind == PG_FLOAT8)
        return add_text(made, depth, written);
    if (kind == PG_NUMERIC || kind == PG_TEXT || kind == PG_VARCHAR || kind == PG_CHAR || kind == PG_NAME)
        return add_value(made, depth, (struct value){.kind = VALUE_TEXT, .bytes = written});
    if (str_to_int64(written, &value.integer))
        return add_value(made, depth, value);
    return add_real(made, depth, written, false);
}

static bool add_json(struct made *made, int depth, struct str written)
{
    if (str_is(written, "null"))
        return add_null(made, depth);
    if (is_json(made->rule.type.kind))
        return add_value(made, depth, (struct value){.kind = VALUE_TEXT, .bytes = written});
    switch (written.ptr[0]) {
    case '"': return add_string(made, depth, written);
    case '{': return misfit(made->scratch, "an element is a JSON object");
    case 't':
    case 'f':
        if (made->rule.type.kind != PG_BOOL)
            return misfit(made->scratch, "an element is true or false");
        return add_value(made, depth,
                         (struct value){.kind = VALUE_INTEGER, .integer = written.ptr[0] == 't'});
    default: return add_number(made, depth, written);
    }
}

static bool read_json(struct made *made, struct reader *r, int depth);

static bool read_json_item(struct made *made, struct reader *r, int depth)
{
    const char *start;

    json_skip_space(r);
    if (*r->p == '[' && !is_json(made->rule.type.kind)) {
        if (depth == DIMENSIONS_MAXIMUM)
            return misfit(made->scratch, "it has more than 6 dimensions");
        if (made->dimensions != 0 && depth == made->dimensions)
            return misfit(made->scratch, uneven);
        return read_json(made, r, depth + 1);
    }
    start = r->p;
    (void)json_read_value(r);
    return add_json(made, depth, str_trim((struct str){start, (size_t)(r->p - start)}));
}

/* Of JSON that is known to be well formed. */
static bool read_json(struct made *made, struct reader *r, int depth)
{
    int64_t length = 0;

    (void)take(r, '[');
    json_skip_space(r);
    if (!take(r, ']')) {
        do {
            length++;
            if (!read_json_item(made, r, depth))
                return false;
            json_skip_space(r);
        } while (take(r, ','));
        (void)take(r, ']');
    }
    return settle_length(made, depth, length);
}

static bool from_json(struct made *made, struct str text)
{
    struct reader r = {.p = text.ptr, .end = text.ptr + text.len};

    json_skip_space(&r);
    return json_normal_check(text, &made->scratch->reason) && read_json(made, &r, 1);
}

/* ---- both ---- */

/* What stands before the equals sign of "[1:2]={3,4}"; empty: nothing does. */
static struct str bounds_of(struct str text)
{
    size_t length = 0;

    while (length < text.len && (ascii_is_digit(text.ptr[length]) || memchr("[]:+-", text.ptr[length], 5)))
        length++;
    return length < text.len && text.ptr[length] == '=' ? str_slice(text, 0, length)
                                                        : (struct str){text.ptr, 0};
}

bool array_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                  struct str *form)
{
    struct str text = value->bytes;
    struct made made;
    struct str bounds;

    if (value->kind != VALUE_TEXT)
        return misfit(scratch, NULL);
    if (str_is(str_trim(text), "null")) {
        if (rule->not_null)
            return misfit(scratch, "it is JSON's null, and the column is NOT NULL");
        scratch->null = true;
        return true;
    }
    while (text.len > 0 && (text.ptr[0] == ' ' || (text.ptr[0] >= '\t' && text.ptr[0] <= '\r')))
        text = str_slice(text, 1, text.len);
    if (!begin(rule, scratch, &made))
        return false;
    bounds = bounds_of(text);
    if (text.len > 0 && text.ptr[0] == '[' && bounds.len == 0 ? !from_json(&made, value->bytes)
                                                              : !from_literal(&made, text, bounds))
        return false;
    return finish(&made, form);
}

static bool target_elements(struct made *made, struct str field, int64_t count)
{
    struct canonical_scratch *inner = made->scratch->inner;

    for (; count > 0; count--) {
        uint32_t length;
        struct str form;

        if (field.len < 4)
            return false;
        length = field_uint32(field.ptr);
        field = str_slice(field, 4, field.len);
        if (length == UINT32_MAX) {
            put_form(made, NULL);
            continue;
        }
        if (length > field.len || !made->rule.target(&made->rule, str_slice(field, 0, length), inner, &form))
            return false;
        put_form(made, &form);
        field = str_slice(field, length, field.len);
    }
    return field.len == 0;
}

bool array_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                  struct str *form)
{
    struct made made;
    int64_t count = 1;
    size_t head;

    if (field.len < FIELD_HEAD || field_uint32(field.ptr) > DIMENSIONS_MAXIMUM ||
        (rule->type.element_oid != 0 && field_uint32(field.ptr + 8) != rule->type.element_oid) ||
        !begin(rule, scratch, &made))
        return false;
    made.dimensions = (int)field_uint32(field.ptr);
    head = FIELD_HEAD + FIELD_DIMENSION * (size_t)made.dimensions;
    if (field.len < head)
        return false;
    for (int i = 0; i < made.dimensions; i++) {
        const char *at = field.ptr + FIELD_HEAD + (ptrdiff_t)FIELD_DIMENSION * i;

        made.lengths[i] = (int32_t)field_uint32(at);
        made.lowest[i] = (int32_t)field_uint32(at + 4);
        if (made.lengths[i] < 1 || made.lengths[i] > ELEMENTS_MAXIMUM / count)
            return false;
        count *= made.lengths[i];
    }
    return target_elements(&made, str_slice(field, head, field.len), made.dimensions == 0 ? 0 : count) &&
           finish(&made, form);
}
