#include "cli/place.h"

#include "schema/ident.h"

static struct str skip_blanks(struct str text)
{
    while (text.len > 0 && ascii_is_space(text.ptr[0]))
        text = str_slice(text, 1, text.len);
    return text;
}

/* The part in quotes that begins the text; *rest is what follows it. */
static bool read_quoted(struct arena *arena, struct str text, struct str *part, struct str *rest)
{
    char *plain = arena_alloc(arena, text.len + 1);
    size_t length = 0;

    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == '"' && (i + 1 == text.len || text.ptr[++i] != '"')) {
            *part = (struct str){plain, length};
            *rest = skip_blanks(str_slice(text, i, text.len));
            return true;
        }
        plain[length++] = text.ptr[i];
    }
    return false;
}

/* The part that begins the text, up to one of two characters; *rest begins with that. */
static bool read_part(struct arena *arena, struct str text, char end, struct str *part, struct str *rest)
{
    size_t length = 0;

    text = skip_blanks(text);
    if (text.len > 0 && text.ptr[0] == '"')
        return read_quoted(arena, text, part, rest) && rest->len > 0 &&
               (rest->ptr[0] == end || rest->ptr[0] == '=');
    while (length < text.len && text.ptr[length] != end && text.ptr[length] != '=')
        length++;
    *part = str_trim(str_slice(text, 0, length));
    *rest = str_slice(text, length, text.len);
    return part->len > 0 && rest->len > 0;
}

bool place_read(struct arena *arena, struct str text, struct place *place)
{
    struct str rest;

    *place = (struct place){.column = {NULL, 0}};
    if (!read_part(arena, text, '.', &place->table, &rest))
        return false;
    if (rest.ptr[0] == '.' && !read_part(arena, str_slice(rest, 1, rest.len), '=', &place->column, &rest))
        return false;
    place->value = str_slice(rest, 1, rest.len);
    return place->value.len > 0;
}

bool place_read_key(struct arena *arena, struct str text, struct place *place)
{
    return place_read(arena, str_printf(arena, "%.*s=?", STR_ARGS(text)), place);
}

bool place_equal(const struct place *a, const struct place *b)
{
    return (a->column.ptr == NULL) == (b->column.ptr == NULL) && str_equal_nocase(a->table, b->table) &&
           str_equal_nocase(a->column, b->column);
}

static void put_part(struct buf *out, struct str part)
{
    bool plain = part.len > 0 && part.len == str_trim(part).len;

    for (size_t i = 0; i < part.len; i++)
        plain = plain && str_find(str_from(".=\"#;[*"), part.ptr[i]) < 0;
    if (plain)
        buf_str(out, part);
    else
        ident_quote(out, part);
}

void place_put(struct buf *out, struct str table, struct str column)
{
    put_part(out, table);
    if (column.ptr == NULL)
        return;
    buf_byte(out, '.');
    put_part(out, column);
}

bool place_is_repeated(struct invocation *invocation, size_t which)
{
    const struct given *given = &invocation->given[which];
    struct place place;
    struct place other;

    if (given->where != NULL || !place_read(invocation->arena, str_from(given->value), &place))
        return false;
    for (size_t i = 0; i < which; i++)
        if (invocation->given[i].option == given->option && invocation->given[i].where == NULL &&
            place_read(invocation->arena, str_from(invocation->given[i].value), &other) &&
            place_equal(&place, &other))
            return true;
    return false;
}
