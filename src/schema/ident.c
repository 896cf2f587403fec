#include "schema/ident.h"

void ident_quote(struct buf *out, struct str name)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, name.ptr[i]);
    }
    buf_byte(out, '"');
}

void ident_quote_qualified(struct buf *out, struct str schema, struct str name)
{
    if (schema.len > 0) {
        ident_quote(out, schema);
        buf_byte(out, '.');
    }
    ident_quote(out, name);
}

void comment_put(struct buf *out, struct str text)
{
    buf_text(out, "-- ");
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n')
            buf_text(out, "\n-- ");
        else if (text.ptr[i] != '\r')
            buf_byte(out, text.ptr[i]);
    }
    buf_byte(out, '\n');
}

void literal_quote(struct buf *out, struct str text)
{
    /* E'' does not depend on standard_conforming_strings; only texts with a backslash need it. */
    if (str_find(text, '\\') >= 0)
        buf_text(out, " E");
    buf_byte(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'' || text.ptr[i] == '\\')
            buf_byte(out, text.ptr[i]);
        buf_byte(out, text.ptr[i]);
    }
    buf_byte(out, '\'');
}

struct str ident_for_people(struct arena *arena, struct str name)
{
    bool plain = name.len > 0 && !ascii_is_digit(name.ptr[0]);
    struct buf quoted;
    struct str copy;

    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        plain = plain && ((c >= 'a' && c <= 'z') || c == '_' || ascii_is_digit(c));
    }
    if (plain)
        return name;
    buf_init(&quoted, BUF_TEXT_MAXIMUM);
    ident_quote(&quoted, name);
    copy = buf_to_str(arena, &quoted);
    buf_free(&quoted);
    return copy;
}
