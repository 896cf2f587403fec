/*
 * JSON, part by part.  Functions of SQLite take any text for JSON and stop where it is none; so do casts to
 * json.  An object is taken to have each of its keys once: of equal ones SQLite finds the first, PostgreSQL
 * the last.
 */
#include "schema/translate_json.h"

#include <string.h>

#include "schema/ident.h"

static bool refuse_path(struct translator *tr, const char *what)
{
    return refuse(tr, "its path is not a literal of keys and places", "%s", what);
}

bool json_document(struct translator *tr, const struct term *term, const char *what, struct term *out)
{
    bool json = term->type.kind == PG_JSON || term->type.kind == PG_JSONB;

    *out = *term;
    if (term->json == JSON_PART || (term->json == JSON_NONE && json && term->form == FORM_EXPRESSION))
        return true;
    if (term_family(term) != FAMILY_TEXT || term->form != FORM_EXPRESSION || term->storage != STORAGE_TEXT)
        return refuse(tr, "it is not known to be JSON", "%s", what);
    if (!term_to_text(tr, out, what))
        return false;
    *out = term_make(tr, PG_JSON, STORAGE_OTHER, LEVEL_CAST, "%.*s", STR_ARGS(term_cast(tr, out, "json")));
    return true;
}

/* ---- paths ---- */

static void step_key(struct translator *tr, struct str key, struct term *part)
{
    struct buf quoted;

    buf_init(&quoted, BUF_TEXT_MAXIMUM);
    literal_quote(&quoted, key);
    part->sql = str_printf(tr->arena, "%.*s -> %.*s", STR_ARGS(term_sql(tr, part, LEVEL_OPERATOR)),
                           STR_ARGS(str_trim(buf_view(&quoted))));
    buf_free(&quoted);
    part->level = LEVEL_OPERATOR;
}

/* jsonb takes a value that is no array for one of a single place; json does not. */
static void step_place(struct translator *tr, int64_t place, struct term *part)
{
    struct str sql =
        part->type.kind == PG_JSONB ? term_cast(tr, part, "json") : term_sql(tr, part, LEVEL_OPERATOR);

    part->sql = str_printf(tr->arena, "%.*s -> %lld", STR_ARGS(sql), (long long)place);
    part->level = LEVEL_OPERATOR;
    part->type = pg_type_of(PG_JSON);
}

/* .key or ."key" */
static bool take_key(struct translator *tr, struct str path, size_t *at, struct term *part)
{
    bool quoted = ++*at < path.len && path.ptr[*at] == '"';
    size_t start = quoted ? ++*at : *at;

    while (*at < path.len && (quoted ? path.ptr[*at] != '"' : strchr(".[", path.ptr[*at]) == NULL)) {
        if (path.ptr[*at] == '\\' || path.ptr[*at] == '\0')
            return false;
        ++*at;
    }
    if (*at == start || (quoted && *at >= path.len))
        return false;
    step_key(tr, str_slice(path, start, *at), part);
    *at += quoted;
    return true;
}

/* [N] or [#-N] */
static bool take_place(struct translator *tr, struct str path, size_t *at, struct term *part)
{
    ptrdiff_t close = str_find(str_slice(path, *at, path.len), ']');
    struct str inner;
    bool back;
    int64_t place;

    if (close < 2)
        return false;
    inner = str_slice(path, *at + 1, *at + (size_t)close);
    back = str_starts_with(inner, "#-");
    inner = str_slice(inner, back ? 2 : 0, inner.len);
    if (inner.len == 0 || inner.len > 9 || !ascii_is_digit(inner.ptr[0]) || !str_to_int64(inner, &place) ||
        (back && place == 0))
        return false;
    step_place(tr, back ? -place : place, part);
    *at += (size_t)close + 1;
    return true;
}

static bool follow(struct translator *tr, struct str path, struct term *part)
{
    size_t at = 1;

    if (path.len == 0 || path.ptr[0] != '$' || str_utf8_valid_prefix(path) != path.len)
        return false;
    while (at < path.len)
        if (!(path.ptr[at] == '.'   ? take_key(tr, path, &at, part)
              : path.ptr[at] == '[' ? take_place(tr, path, &at, part)
                                    : false))
            return false;
    return true;
}

bool json_part(struct translator *tr, const struct term *base, const struct term *path, bool arrow,
               const char *what, struct term *out)
{
    bool text = term_is_constant(path, STORAGE_TEXT);
    bool place =
        arrow && term_is_constant(path, STORAGE_INTEGER) && path->integer >= 0 && path->integer <= INT32_MAX;
    bool label = arrow && text && path->bytes.len > 0 && path->bytes.ptr[0] != '$';

    if (!json_document(tr, base, what, out))
        return false;
    if (label && (strpbrk(str_cstr(tr->arena, path->bytes), ".[\"\\$") != NULL))
        return refuse_path(tr, what);
    if (label)
        step_key(tr, path->bytes, out);
    else if (place)
        step_place(tr, path->integer, out);
    else if (!text || !follow(tr, path->bytes, out))
        return refuse_path(tr, what);
    *out = term_make(tr, out->type.kind, STORAGE_OTHER, out->level, "%.*s", STR_ARGS(out->sql));
    out->json = JSON_PART;
    return true;
}

/* ---- values ---- */

void json_value_of(struct translator *tr, const struct term *part, struct term *out)
{
    struct str sql = part->type.kind == PG_JSONB ? part->sql : term_cast(tr, part, "jsonb");

    *out = term_make(tr, PG_JSONB, STORAGE_OTHER, LEVEL_ATOM, "nullif(%.*s, 'null')", STR_ARGS(sql));
    out->json = JSON_VALUE;
}

static void put_json_string(struct buf *out, struct str text)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c < 0x20)
            buf_printf(out, "\\u%04x", (unsigned)c);
        else
            buf_printf(out, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
    }
    buf_byte(out, '"');
}

bool json_literal(struct translator *tr, const struct term *constant, struct term *out)
{
    bool text = constant->storage == STORAGE_TEXT;
    bool done = true;
    struct buf json;

    /* What begins so may be equal to the text of an object or an array. */
    if (text && constant->bytes.len > 0 && strchr("{[", constant->bytes.ptr[0]) != NULL)
        return refuse(tr, "it may be the text of an object or an array, whose keys jsonb sorts",
                      "a comparison of a value out of JSON with the literal %.*s",
                      STR_ARGS(str_utf8_clip(constant->sql, 100)));
    buf_init(&json, BUF_TEXT_MAXIMUM);
    if (text)
        put_json_string(&json, constant->bytes);
    else if (constant->storage == STORAGE_INTEGER)
        buf_printf(&json, "%lld", (long long)constant->integer);
    else
        buf_str(&json, real_text(tr->arena, constant->real));
    done = term_text(tr, buf_view(&json), out);
    buf_free(&json);
    if (!done)
        return false;
    *out = term_make(tr, PG_JSONB, STORAGE_OTHER, LEVEL_CAST, "%.*s", STR_ARGS(term_cast(tr, out, "jsonb")));
    out->json = JSON_VALUE;
    return true;
}

/* Booleans are the numbers 1 and 0, and texts are more than all numbers: so is an object in jsonb. */
void json_to_order(struct translator *tr, struct term *value)
{
    struct str sql = value->sql;

    *value = term_make(tr, PG_JSONB, STORAGE_OTHER, LEVEL_ATOM,
                       "CASE jsonb_typeof(%.*s) WHEN 'number' THEN %.*s WHEN 'boolean' THEN "
                       "CASE WHEN %.*s = 'true' THEN '1'::jsonb ELSE '0' END WHEN 'string' THEN '{}' "
                       "WHEN 'array' THEN '{}' WHEN 'object' THEN '{}' END",
                       STR_ARGS(sql), STR_ARGS(sql), STR_ARGS(sql));
    value->json = JSON_VALUE;
}

/*
 * What does not fit stops with an error of the cast: a fraction, an object or an array in a column of texts,
 * where SQLite would write it in its own way; a text that is no number in a column of numbers.
 */
bool json_store(struct translator *tr, const struct term *value, const struct pg_type *type, struct term *out)
{
    struct str sql = value->sql;
    struct str scalar =
        str_printf(tr->arena, "CASE %.*s WHEN 'true' THEN '1' WHEN 'false' THEN '0' ELSE %.*s #>> '{}' END",
                   STR_ARGS(sql), STR_ARGS(sql));
    struct str name = pg_type_text(tr->arena, type);

    if (type->kind == PG_TEXT || type->kind == PG_VARCHAR)
        *out = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM,
                         "CASE WHEN jsonb_typeof(%.*s) = 'string' THEN %.*s #>> '{}' ELSE "
                         "(%.*s)::bigint::text END",
                         STR_ARGS(sql), STR_ARGS(sql), STR_ARGS(scalar));
    else if (pg_kind_is_integer(type->kind) || type->kind == PG_BOOL)
        *out = term_make(tr, type->kind, STORAGE_INTEGER, LEVEL_CAST, "(%.*s)::%.*s", STR_ARGS(scalar),
                         STR_ARGS(name));
    else if (type->kind == PG_FLOAT8)
        *out =
            term_make(tr, type->kind, STORAGE_REAL, LEVEL_CAST, "%.*s::%.*s", STR_ARGS(sql), STR_ARGS(name));
    else
        return refuse(tr, "it may be of any type", "a value out of JSON in a column of type %.*s",
                      STR_ARGS(name));
    return true;
}

bool translate_arrow(struct translator *tr, const struct expr *expr, struct term *out)
{
    bool value = strcmp(expr->op, "->>") == 0;
    const char *what = value ? "operator ->>" : "operator ->";
    struct term base;
    struct term path;

    if (!translate_operand(tr, expr->items[0], &base) || !translate_node(tr, expr->items[1], &path))
        return false;
    if (base.form == FORM_NULL || path.form == FORM_NULL) {
        *out = term_null();
        return true;
    }
    if (!json_part(tr, &base, &path, true, what, out))
        return false;
    if (value)
        json_value_of(tr, out, out);
    return true;
}
