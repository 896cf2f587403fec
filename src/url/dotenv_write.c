#include <string.h>

#include "url/dotenv.h"

/* Means the same to every reader and every shell without quotes. */
static bool is_plain(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) || (c != '\0' && strchr("_./:@%+,=?-", c) != NULL);
}

/* The quote that a value needs; 0: none.  Single ones where they do: between them no reader expands `$`. */
static char quote_for(struct str value, bool was_quoted)
{
    bool plain = true;
    bool literal = true;

    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];

        plain = plain && is_plain(c);
        literal = literal && c != '\'' && c != '\n' && c != '\r';
    }
    if (plain && !was_quoted)
        return '\0';
    return literal ? '\'' : '"';
}

static void put_escaped(struct buf *out, struct str value)
{
    static const char *const escapes[] = {
        ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t", ['"'] = "\\\"", ['$'] = "\\$", ['\\'] = "\\\\"};

    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];

        if (c < ARRAY_LENGTH(escapes) && escapes[c] != NULL)
            buf_text(out, escapes[c]);
        else
            buf_byte(out, (char)c);
    }
}

static void put_value(struct buf *out, struct str value, bool was_quoted)
{
    char quote = quote_for(value, was_quoted);

    if (quote != '\0')
        buf_byte(out, quote);
    if (quote == '"')
        put_escaped(out, value);
    else
        buf_str(out, value);
    if (quote != '\0')
        buf_byte(out, quote);
}

static const char *line_end(struct str text)
{
    ptrdiff_t at = str_find(text, '\n');

    return at > 0 && text.ptr[at - 1] == '\r' ? "\r\n" : "\n";
}

static void put_new(struct buf *out, struct str text, const char *key, struct str value)
{
    buf_str(out, text);
    if (text.len > 0 && !str_ends_with(text, "\n") && !str_is(text, "\xef\xbb\xbf"))
        buf_text(out, line_end(text));
    buf_printf(out, "%s=", key);
    put_value(out, value, false);
    buf_text(out, line_end(text));
}

static bool is_key(const char *key)
{
    struct dotenv parsed;
    struct err ignored = {.code = ERR_NONE};
    struct arena *scratch = arena_new();
    struct str line = str_printf(scratch, "%s=", key);
    bool good = dotenv_parse(scratch, line, "", &parsed, &ignored) && parsed.count == 1 &&
                str_is(parsed.items[0].key, key);

    arena_free(scratch);
    return good;
}

static bool check_written(const struct buf *out, const char *file, struct err *err)
{
    if (out->failed)
        return err_set(err, ERR_OUT_OF_MEMORY, "%s: the new text does not fit", file);
    return true;
}

bool dotenv_set(struct buf *out, struct str text, const char *file, const char *key, struct str value,
                struct err *err)
{
    struct arena *scratch;
    struct dotenv dotenv;
    const struct dotenv_entry *entry = NULL;
    bool good;

    if (!is_key(key))
        return err_set(err, ERR_USAGE, "\"%s\" is no name of an environment variable", key);
    if (str_find(value, '\0') >= 0)
        return err_set(err, ERR_USAGE, "%s: the new value of %s holds a NUL byte", file, key);
    scratch = arena_new();
    good = dotenv_parse(scratch, text, file, &dotenv, err);
    for (size_t i = 0; good && i < dotenv.count; i++)
        if (str_is(dotenv.items[i].key, key))
            entry = &dotenv.items[i];
    if (entry != NULL) {
        buf_str(out, str_slice(text, 0, entry->value_begin));
        put_value(out, value, entry->quote != '\0');
        buf_str(out, str_slice(text, entry->value_end, text.len));
    } else if (good) {
        put_new(out, text, key, value);
    }
    arena_free(scratch);
    return good && check_written(out, file, err);
}

bool dotenv_unset(struct buf *out, struct str text, const char *file, const char *key, struct err *err)
{
    struct arena *scratch = arena_new();
    struct dotenv dotenv;
    size_t kept = 0;
    bool good = dotenv_parse(scratch, text, file, &dotenv, err);

    for (size_t i = 0; good && i < dotenv.count; i++) {
        if (!str_is(dotenv.items[i].key, key))
            continue;
        buf_str(out, str_slice(text, kept, dotenv.items[i].lines_begin));
        kept = dotenv.items[i].lines_end;
    }
    if (good)
        buf_str(out, str_slice(text, kept, text.len));
    arena_free(scratch);
    return good && check_written(out, file, err);
}
