#include <string.h>

#include "url/dotenv.h"

/* Means the same to every reader and every shell without quotes. */
static bool is_plain(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) || (c != '\0' && strchr("_./:@%+,=?-", c) != NULL);
}

/*
 * Whether every reader takes the bytes between single quotes as they stand.  python-dotenv alone knows
 * escapes there, \\ and \': one backslash before another, or before the closing quote, would mean less than
 * it says.
 */
static bool is_literal(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char next = i + 1 < value.len ? value.ptr[i + 1] : '\'';

        if (value.ptr[i] == '\'' || value.ptr[i] == '\r' ||
            (value.ptr[i] == '\\' && (next == '\\' || next == '\'')))
            return false;
    }
    return true;
}

/* The quote that a value needs; 0: none.  Single ones where they do: between them no shell expands `$`. */
static char quote_for(struct str value, bool was_quoted)
{
    bool plain = true;

    for (size_t i = 0; i < value.len; i++)
        plain = plain && is_plain(value.ptr[i]);
    if (plain && !was_quoted)
        return '\0';
    return is_literal(value) ? '\'' : '"';
}

/* `$` and '`' mean nothing to pgrade, but a shell that sources the file would run what they say. */
static void put_escaped(struct buf *out, struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];

        if (c != '\0' && strchr("\"\\$`", c) != NULL)
            buf_byte(out, '\\');
        buf_text(out, c == '\r' ? "\\r" : "");
        if (c != '\r')
            buf_byte(out, c);
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
    good = dotenv_parse_known(scratch, text, file, &dotenv, err);
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

static void put_commented(struct buf *out, struct str lines, const char *end)
{
    while (lines.len > 0) {
        ptrdiff_t at = str_find(lines, '\n');
        size_t length = at < 0 ? lines.len : (size_t)at + 1;

        buf_text(out, "# ");
        buf_str(out, str_slice(lines, 0, length));
        buf_text(out, at < 0 ? end : "");
        lines = str_slice(lines, length, lines.len);
    }
}

bool dotenv_comment(struct buf *out, struct str text, const char *file, const char *key, struct err *err)
{
    struct arena *scratch = arena_new();
    struct dotenv dotenv;
    const struct dotenv_entry *entry = NULL;
    bool good = dotenv_parse_known(scratch, text, file, &dotenv, err);
    size_t at;

    for (size_t i = 0; good && i < dotenv.count; i++)
        if (str_is(dotenv.items[i].key, key))
            entry = &dotenv.items[i];
    at = entry != NULL ? entry->lines_begin : text.len;
    if (good) {
        buf_str(out, str_slice(text, 0, at));
        if (entry != NULL)
            put_commented(out, str_slice(text, at, entry->lines_end), line_end(text));
        buf_str(out, str_slice(text, at, text.len));
    }
    arena_free(scratch);
    return good && check_written(out, file, err);
}

bool dotenv_unset(struct buf *out, struct str text, const char *file, const char *key, struct err *err)
{
    struct arena *scratch = arena_new();
    struct dotenv dotenv;
    size_t kept = 0;
    bool good = dotenv_parse_known(scratch, text, file, &dotenv, err);

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
