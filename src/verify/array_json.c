/* An array in JSON. */
#include "verify/array.h"
#include "verify/json_reader.h"

static bool is_json(enum pg_kind kind)
{
    return kind == PG_JSON || kind == PG_JSONB;
}

/* A string between its quotes, with its escapes undone. */
static bool add_string(struct array_form *made, int depth, struct str written)
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
    return array_add_text(made, depth, (struct str){scratch->made.ptr, length});
}

static bool add_number(struct array_form *made, int depth, struct str written)
{
    enum pg_kind kind = made->rule.type.kind;
    struct value value = {.kind = VALUE_INTEGER};

    if (kind == PG_FLOAT4 || kind == PG_FLOAT8)
        return array_add_text(made, depth, written);
    if (kind == PG_NUMERIC || kind == PG_TEXT || kind == PG_VARCHAR || kind == PG_CHAR || kind == PG_NAME)
        return array_add_value(made, depth, (struct value){.kind = VALUE_TEXT, .bytes = written});
    if (str_to_int64(written, &value.integer))
        return array_add_value(made, depth, value);
    return array_add_real(made, depth, written, false);
}

static bool add_json(struct array_form *made, int depth, struct str written)
{
    if (str_is(written, "null"))
        return array_add_null(made, depth);
    if (is_json(made->rule.type.kind))
        return array_add_value(made, depth, (struct value){.kind = VALUE_TEXT, .bytes = written});
    switch (written.ptr[0]) {
    case '"': return add_string(made, depth, written);
    case '{': return misfit(made->scratch, "an element is a JSON object");
    case 't':
    case 'f':
        if (made->rule.type.kind != PG_BOOL)
            return misfit(made->scratch, "an element is true or false");
        return array_add_value(made, depth,
                               (struct value){.kind = VALUE_INTEGER, .integer = written.ptr[0] == 't'});
    default: return add_number(made, depth, written);
    }
}

static bool read_json(struct array_form *made, struct reader *r, int depth);

static bool read_json_item(struct array_form *made, struct reader *r, int depth)
{
    const char *start;

    json_skip_space(r);
    if (*r->p == '[' && !is_json(made->rule.type.kind)) {
        if (depth == ARRAY_DIMENSIONS)
            return misfit(made->scratch, "it has more than 6 dimensions");
        if (made->dimensions != 0 && depth == made->dimensions)
            return misfit(made->scratch, array_uneven);
        return read_json(made, r, depth + 1);
    }
    start = r->p;
    (void)json_read_value(r);
    return add_json(made, depth, str_trim((struct str){start, (size_t)(r->p - start)}));
}

/* Of JSON that is known to be well formed. */
static bool read_json(struct array_form *made, struct reader *r, int depth)
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
    return array_settle_length(made, depth, length);
}

bool array_from_json(struct array_form *made, struct str text)
{
    struct reader r = {.p = text.ptr, .end = text.ptr + text.len};

    json_skip_space(&r);
    return json_normal_check(text, &made->scratch->reason) && read_json(made, &r, 1);
}
