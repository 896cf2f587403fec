#include "url/dotenv.h"

#include <string.h>

#include "base/fs.h"

enum {
    FILE_MAXIMUM = 1024 * 1024
};

struct reader {
    struct arena *arena;
    struct str text;
    size_t at;
    size_t line;
    const char *file;
    struct err *err;
    bool passes_over; /* lines that are none of ours */
};

static bool malformed(const struct reader *reader, size_t line, const char *what)
{
    err_set(reader->err, ERR_SYNTAX, "%s:%zu: %s", reader->file, line, what);
    return err_hint(reader->err, "write KEY=value, KEY='literal text' or KEY=\"text with \\\" and \\n\"");
}

/* The byte `ahead` of the place; 0 at the end of the text, which holds no NUL itself. */
static char peek(const struct reader *reader, size_t ahead)
{
    return ahead < reader->text.len - reader->at ? reader->text.ptr[reader->at + ahead] : '\0';
}

static bool at_line_end(const struct reader *reader)
{
    char c = peek(reader, 0);

    return c == '\0' || c == '\n' || (c == '\r' && (peek(reader, 1) == '\n' || peek(reader, 1) == '\0'));
}

static void skip_blanks(struct reader *reader)
{
    while (!at_line_end(reader) && ascii_is_space(peek(reader, 0)))
        reader->at++;
}

static void skip_line(struct reader *reader)
{
    while (!at_line_end(reader))
        reader->at++;
    if (peek(reader, 0) == '\r')
        reader->at++;
    if (peek(reader, 0) == '\n')
        reader->at++;
    reader->line++;
}

static size_t key_length(struct str text)
{
    size_t length = 0;

    if (text.len == 0 || ascii_is_digit(text.ptr[0]) || text.ptr[0] == '.' || text.ptr[0] == '-')
        return 0;
    while (length < text.len && (ascii_is_alpha(text.ptr[length]) || ascii_is_digit(text.ptr[length]) ||
                                 (text.ptr[length] != '\0' && strchr("_.-", text.ptr[length]) != NULL)))
        length++;
    return length;
}

static struct str read_key(struct reader *reader)
{
    struct str rest = str_slice(reader->text, reader->at, reader->text.len);
    struct str key = str_slice(rest, 0, key_length(rest));

    reader->at += key.len;
    return key;
}

static void read_unquoted(struct reader *reader, struct dotenv_entry *entry)
{
    bool after_space = entry->value_begin > 0 && ascii_is_space(reader->text.ptr[entry->value_begin - 1]);

    while (!at_line_end(reader) && !(after_space && peek(reader, 0) == '#')) {
        after_space = ascii_is_space(peek(reader, 0));
        reader->at++;
    }
    entry->value = str_trim(str_slice(reader->text, entry->value_begin, reader->at));
    entry->value_end = entry->value_begin + entry->value.len;
    entry->value = str_dup(reader->arena, entry->value);
}

/* What the escape after a backslash stands for; 0: it is none. */
static char escape(char c)
{
    static const char escapes[][2] = {{'n', '\n'},  {'r', '\r'}, {'t', '\t'}, {'"', '"'},
                                      {'\\', '\\'}, {'$', '$'},  {'`', '`'}};

    for (size_t i = 0; i < ARRAY_LENGTH(escapes); i++)
        if (escapes[i][0] == c)
            return escapes[i][1];
    return '\0';
}

/* One byte of a quoted value. */
static char read_quoted_byte(struct reader *reader, char quote)
{
    char c = peek(reader, 0);
    char escaped = quote == '"' && c == '\\' ? escape(peek(reader, 1)) : '\0';

    if (c == '\r' && peek(reader, 1) == '\n')
        reader->at++;
    c = peek(reader, 0);
    reader->line += c == '\n' ? 1 : 0;
    reader->at += escaped != '\0' ? 2 : 1;
    return escaped != '\0' ? escaped : c;
}

static bool read_quoted(struct reader *reader, struct dotenv_entry *entry)
{
    char *out = arena_alloc(reader->arena, reader->text.len - reader->at + 1);
    size_t length = 0;

    reader->at++;
    while (reader->at < reader->text.len && peek(reader, 0) != entry->quote)
        out[length++] = read_quoted_byte(reader, entry->quote);
    if (reader->at == reader->text.len)
        return malformed(reader, entry->line, "the quote that opens here is never closed");
    reader->at++;
    entry->value = (struct str){out, length};
    entry->value_end = reader->at;
    skip_blanks(reader);
    if (!at_line_end(reader) && peek(reader, 0) != '#')
        return malformed(reader, reader->line, "there is something after the closing quote");
    return true;
}

static bool read_value(struct reader *reader, struct dotenv_entry *entry)
{
    size_t after_sign = reader->at;

    skip_blanks(reader);
    entry->value_begin = reader->at;
    entry->quote = peek(reader, 0) == '"' || peek(reader, 0) == '\'' ? peek(reader, 0) : '\0';
    if (entry->quote != '\0')
        return read_quoted(reader, entry);
    read_unquoted(reader, entry);
    /* An empty value stands right after the sign, so that writing one leaves the space before a comment. */
    if (entry->value.len == 0)
        entry->value_begin = entry->value_end = after_sign;
    return true;
}

/* Up to and with the '='. */
static bool read_name(struct reader *reader, struct str *key)
{
    *key = read_key(reader);
    skip_blanks(reader);
    if (str_is(*key, "export") && peek(reader, 0) != '=') {
        *key = read_key(reader);
        skip_blanks(reader);
    }
    if (key->len == 0)
        return malformed(reader, reader->line, "this line does not begin with the name of a variable");
    if (peek(reader, 0) != '=')
        return malformed(reader, reader->line, "there is no '=' after the name");
    reader->at++;
    return true;
}

static bool read_entry(struct reader *reader, struct dotenv_entry *entry)
{
    struct str key;

    if (!read_name(reader, &key))
        return false;
    entry->key = str_dup(reader->arena, key);
    return read_value(reader, entry);
}

static bool is_entry(struct reader reader)
{
    struct err ignored = {.code = ERR_NONE};
    struct str key;

    reader.err = &ignored;
    return read_name(&reader, &key);
}

static bool read_line(struct reader *reader, struct dotenv *dotenv)
{
    struct dotenv_entry entry = {.lines_begin = reader->at, .line = reader->line};

    skip_blanks(reader);
    if (!at_line_end(reader) && peek(reader, 0) != '#' && reader->passes_over && !is_entry(*reader)) {
        ARENA_PUSH(reader->arena, dotenv->unknown, dotenv->unknown_count, dotenv->unknown_capacity) =
            entry.line;
        skip_line(reader);
    } else if (!at_line_end(reader) && peek(reader, 0) != '#') {
        if (!read_entry(reader, &entry))
            return false;
        skip_line(reader);
        entry.lines_end = reader->at;
        ARENA_PUSH(reader->arena, dotenv->items, dotenv->count, dotenv->capacity) = entry;
    } else {
        skip_line(reader);
    }
    return true;
}

static bool parse(struct reader *reader, struct dotenv *dotenv)
{
    *dotenv = (struct dotenv){.items = NULL};
    if (str_find(reader->text, '\0') >= 0)
        return err_set(reader->err, ERR_SYNTAX, "%s: this is no text: it holds a NUL byte", reader->file);
    if (str_starts_with(reader->text, "\xef\xbb\xbf"))
        reader->at = 3;
    while (reader->at < reader->text.len)
        if (!read_line(reader, dotenv))
            return false;
    return true;
}

bool dotenv_parse(struct arena *arena, struct str text, const char *file, struct dotenv *dotenv,
                  struct err *err)
{
    struct reader reader = {.arena = arena, .text = text, .line = 1, .file = file, .err = err};

    return parse(&reader, dotenv);
}

bool dotenv_parse_known(struct arena *arena, struct str text, const char *file, struct dotenv *dotenv,
                        struct err *err)
{
    struct reader reader = {
        .arena = arena, .text = text, .line = 1, .file = file, .err = err, .passes_over = true};

    return parse(&reader, dotenv);
}

bool dotenv_load(struct arena *arena, const char *path, struct dotenv *dotenv, struct err *err)
{
    struct fs_info info;
    struct str text;

    *dotenv = (struct dotenv){.items = NULL};
    if (!fs_stat(path, &info, err))
        return false;
    if (info.kind == FS_MISSING)
        return true;
    return fs_read(arena, path, FILE_MAXIMUM, &text, err) && dotenv_parse(arena, text, path, dotenv, err);
}

static const struct dotenv_entry *find(const struct dotenv *dotenv, const char *key)
{
    for (size_t i = dotenv->count; i > 0; i--)
        if (str_is(dotenv->items[i - 1].key, key))
            return &dotenv->items[i - 1];
    return NULL;
}

struct str dotenv_get(const struct dotenv *dotenv, const char *key)
{
    const struct dotenv_entry *entry = find(dotenv, key);

    return entry == NULL ? (struct str){NULL, 0} : entry->value;
}
