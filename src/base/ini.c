#include "base/ini.h"

struct ini {
    struct arena *arena;
    const char *name;
    struct str rest;
    struct str section;
    int line;
    struct ini_entry *entries;
    size_t count;
    size_t capacity;
};

static bool wrong(const struct ini *ini, const char *why, struct err *err)
{
    err_set(err, ERR_USAGE, "%s:%d: %s", ini->name, ini->line, why);
    return err_hint(err, "a line is `[section]`, `key = value`, or a comment that begins with #");
}

static struct str next_line(struct ini *ini)
{
    ptrdiff_t end = str_find(ini->rest, '\n');
    size_t length = end < 0 ? ini->rest.len : (size_t)end;
    struct str line = str_slice(ini->rest, 0, length);

    ini->rest = str_slice(ini->rest, length + 1, ini->rest.len);
    ini->line++;
    return str_trim(line);
}

/* The first equals sign outside of quotes; -1: there is none. */
static ptrdiff_t find_equals(struct str line)
{
    bool quoted = false;

    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '"')
            quoted = !quoted;
        else if (line.ptr[i] == '=' && !quoted)
            return (ptrdiff_t)i;
    }
    return -1;
}

/* Without its quotes, when all of it is one text in quotes. */
static struct str unquote(struct arena *arena, struct str value)
{
    struct str inner = str_slice(value, 1, value.len > 1 ? value.len - 1 : 1);
    char *plain;
    size_t length = 0;

    if (value.len < 2 || value.ptr[0] != '"' || value.ptr[value.len - 1] != '"')
        return value;
    plain = arena_alloc(arena, inner.len + 1);
    for (size_t i = 0; i < inner.len; i++) {
        if (inner.ptr[i] == '"' && (i + 1 == inner.len || inner.ptr[i + 1] != '"'))
            return value;
        i += inner.ptr[i] == '"';
        plain[length++] = inner.ptr[i];
    }
    return (struct str){plain, length};
}

static bool read_section(struct ini *ini, struct str line, struct err *err)
{
    if (line.len < 3 || line.ptr[line.len - 1] != ']')
        return wrong(ini, "a section is a name in brackets", err);
    ini->section = str_trim(str_slice(line, 1, line.len - 1));
    return ini->section.len > 0 || wrong(ini, "a section is a name in brackets", err);
}

static bool is_repeated(const struct ini *ini, struct str key, struct err *err)
{
    for (size_t i = 0; i < ini->count; i++) {
        if (!str_equal(ini->entries[i].section, ini->section) || !str_equal_nocase(ini->entries[i].key, key))
            continue;
        err_set(err, ERR_USAGE, "%s:%d: %.*s is set in line %d already", ini->name, ini->line, STR_ARGS(key),
                ini->entries[i].line);
        err_hint(err, "keep one of them");
        return true;
    }
    return false;
}

static bool read_entry(struct ini *ini, struct str line, struct err *err)
{
    ptrdiff_t equals = find_equals(line);
    struct str key = str_trim(str_slice(line, 0, equals < 0 ? 0 : (size_t)equals));

    if (equals < 0)
        return wrong(ini, "there is no equals sign", err);
    if (key.len == 0)
        return wrong(ini, "there is nothing before the equals sign", err);
    if (ini->section.len == 0)
        return wrong(ini, "it stands before the first section", err);
    if (is_repeated(ini, key, err))
        return false;
    ARENA_PUSH(ini->arena, ini->entries, ini->count, ini->capacity) = (struct ini_entry){
        ini->section, key, unquote(ini->arena, str_trim(str_slice(line, (size_t)equals + 1, line.len))),
        ini->line};
    return true;
}

static bool read_line(struct ini *ini, struct str line, struct err *err)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] == '\0')
            return wrong(ini, "there is a NUL byte in it, so it is no text", err);
    if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
        return true;
    return line.ptr[0] == '[' ? read_section(ini, line, err) : read_entry(ini, line, err);
}

bool ini_parse(struct arena *arena, const char *name, struct str text, struct ini_entry **entries,
               size_t *count, struct err *err)
{
    struct ini ini = {.arena = arena, .name = name, .rest = text};

    if (str_starts_with(text, "\xef\xbb\xbf"))
        ini.rest = str_slice(text, 3, text.len);
    while (ini.rest.len > 0)
        if (!read_line(&ini, next_line(&ini), err))
            return false;
    *entries = ini.entries;
    *count = ini.count;
    return true;
}
