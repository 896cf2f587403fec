/* libpq's keyword/value strings (PostgreSQL manual, 34.1.1.1): name = value, with '...' and \. */
#include "url/url_intern.h"

static void skip_spaces(struct str *text)
{
    while (text->len > 0 && ascii_is_space(text->ptr[0]))
        *text = str_slice(*text, 1, text->len);
}

/* The name at the start; true when it is followed by a '='. */
static bool read_name(struct str *text, struct str *name)
{
    size_t length = 0;

    skip_spaces(text);
    while (length < text->len && text->ptr[length] != '=' && !ascii_is_space(text->ptr[length]))
        length++;
    *name = str_slice(*text, 0, length);
    *text = str_slice(*text, length, text->len);
    skip_spaces(text);
    if (text->len == 0 || text->ptr[0] != '=' || length == 0)
        return false;
    *text = str_slice(*text, 1, text->len);
    skip_spaces(text);
    return true;
}

/* False when the closing quote is missing. */
static bool read_value(struct arena *arena, struct str *text, struct str *value)
{
    bool quoted = str_starts_with(*text, "'");
    char *out = arena_alloc(arena, text->len + 1);
    size_t length = 0;
    size_t i = quoted ? 1 : 0;

    while (i < text->len && (quoted ? text->ptr[i] != '\'' : !ascii_is_space(text->ptr[i]))) {
        if (text->ptr[i] == '\\' && ++i == text->len)
            break;
        out[length++] = text->ptr[i++];
    }
    *value = (struct str){out, length};
    if (quoted && i == text->len)
        return false;
    *text = str_slice(*text, i + quoted, text->len);
    return true;
}

bool url_keywords_begin(struct str text)
{
    struct str name;

    return read_name(&text, &name) && url_parameter_is_libpq(name);
}

static bool malformed(const char *what, struct err *err)
{
    err_set(err, ERR_URL, "%s in the connection string", what);
    return err_hint(err, "write host=db dbname=app password='with space', and \\' and \\\\ for ' and \\");
}

bool url_keywords_read(struct arena *arena, struct str text, struct url *url, struct err *err)
{
    struct url_reader reader = {.arena = arena, .url = url};

    url->kind = URL_POSTGRES;
    for (skip_spaces(&text); text.len > 0; skip_spaces(&text)) {
        struct str name;
        struct str value;

        if (!read_name(&text, &name))
            return malformed("'=' is missing after a name", err);
        if (!read_value(arena, &text, &value))
            return malformed("a closing quote is missing", err);
        if (!url_postgres_put(&reader, str_dup(arena, name), value, err))
            return false;
    }
    return url_hosts_settle(&reader, err);
}
