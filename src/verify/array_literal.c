/* An array in PostgreSQL's own words: {1,NULL,"a b"}. */
#include "verify/array.h"

static const char no_array[] = "it is no array";

static bool next_is(struct array_form *made, char wanted)
{
    while (made->left.len > 0 &&
           (made->left.ptr[0] == ' ' || (made->left.ptr[0] >= '\t' && made->left.ptr[0] <= '\r')))
        made->left = str_slice(made->left, 1, made->left.len);
    return made->left.len > 0 && made->left.ptr[0] == wanted;
}

static bool take_next(struct array_form *made, char wanted)
{
    bool is = next_is(made, wanted);

    if (is)
        made->left = str_slice(made->left, 1, made->left.len);
    return is;
}

/* An element up to what ends it, its backslashes undone into `made`.  `bare_length`: without white space at
 * the end; `escaped`: it had a backslash. */
static bool read_element(struct array_form *made, bool quoted, bool *escaped, size_t *bare_length)
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

static bool add_literal(struct array_form *made, int depth)
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
        return array_add_text(made, depth, text);
    }
    text.len = length;
    if (!escaped && str_is_nocase(text, "NULL"))
        return array_add_null(made, depth);
    return array_add_text(made, depth, text);
}

static bool read_level(struct array_form *made, int depth);

/* Behind the brace that opens. */
static bool read_literal(struct array_form *made, int depth)
{
    int64_t length = 0;

    if (take_next(made, '}'))
        return array_settle_length(made, depth, 0);
    do {
        length++;
        if (!(take_next(made, '{') ? read_level(made, depth + 1) : add_literal(made, depth)))
            return false;
    } while (take_next(made, ','));
    return take_next(made, '}') ? array_settle_length(made, depth, length) : misfit(made->scratch, no_array);
}

static bool read_level(struct array_form *made, int depth)
{
    if (depth > ARRAY_DIMENSIONS)
        return misfit(made->scratch, "it has more than 6 dimensions");
    if (made->dimensions != 0 && depth > made->dimensions)
        return misfit(made->scratch, array_uneven);
    return read_literal(made, depth);
}

/* "[2:4][1:1]=" */
static bool read_bounds(struct array_form *made, struct str bounds)
{
    while (bounds.len > 0) {
        ptrdiff_t colon = str_find(bounds, ':');
        ptrdiff_t close = str_find(bounds, ']');
        int64_t low;
        int64_t high;

        if (made->bounds == ARRAY_DIMENSIONS || bounds.ptr[0] != '[' || colon < 0 || close < colon ||
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

static bool bounds_fit(const struct array_form *made)
{
    if (made->bounds == 0)
        return true;
    for (int i = 0; i < made->dimensions; i++)
        if (made->lengths[i] != made->bound_lengths[i])
            return false;
    return made->bounds == made->dimensions;
}

bool array_from_literal(struct array_form *made, struct str text, struct str bounds)
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
