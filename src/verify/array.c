/*
 * Arrays.  The form: int32 dimensions; six times int32 length and int32 lower bound, zeros where there is no
 * such dimension; then of each element, in the order of PostgreSQL, uint32 bytes of its form and the form, or
 * 0xffffffff for NULL.
 */
#include <stdlib.h>

#include "verify/array.h"

enum {
    FORM_HEAD = 4 + 8 * ARRAY_DIMENSIONS,
    FIELD_HEAD =
        12, /* array_send() of PostgreSQL: dimensions, whether there are NULLs, type of the elements */
    FIELD_DIMENSION = 8
};

const char array_uneven[] = "its parts are of different lengths";

static bool begin(const struct canonical *rule, struct canonical_scratch *scratch, struct array_form *made)
{
    const struct plan_column element = {
        .type = *rule->type.element, .unit = rule->unit, .unit_found = rule->unit_found};
    static const char zeros[FORM_HEAD];

    *made = (struct array_form){.scratch = scratch, .lowest = {1, 1, 1, 1, 1, 1}};
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

static bool finish(struct array_form *made, struct str *form)
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

void array_put_form(struct array_form *made, const struct str *form)
{
    char length[4];

    put_uint32(length, form == NULL ? UINT32_MAX : (int64_t)form->len);
    buf_put(&made->scratch->form, length, sizeof(length));
    if (form != NULL)
        buf_str(&made->scratch->form, *form);
}

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
    struct array_form made;
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
    if (text.len > 0 && text.ptr[0] == '[' && bounds.len == 0 ? !array_from_json(&made, value->bytes)
                                                              : !array_from_literal(&made, text, bounds))
        return false;
    return finish(&made, form);
}

static bool target_elements(struct array_form *made, struct str field, int64_t count)
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
            array_put_form(made, NULL);
            continue;
        }
        if (length > field.len || !made->rule.target(&made->rule, str_slice(field, 0, length), inner, &form))
            return false;
        array_put_form(made, &form);
        field = str_slice(field, length, field.len);
    }
    return field.len == 0;
}

bool array_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                  struct str *form)
{
    struct array_form made;
    int64_t count = 1;
    size_t head;

    if (field.len < FIELD_HEAD || field_uint32(field.ptr) > ARRAY_DIMENSIONS ||
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
        if (made.lengths[i] < 1 || made.lengths[i] > ARRAY_ELEMENTS / count)
            return false;
        count *= made.lengths[i];
    }
    return target_elements(&made, str_slice(field, head, field.len), made.dimensions == 0 ? 0 : count) &&
           finish(&made, form);
}
