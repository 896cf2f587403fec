#include "url/dotenv_readers.h"

#include <string.h>

/* A line, in parts: `export KEY = `, the value as it is written without its quotes, and what follows it. */
struct written {
    struct str key;
    struct str head;
    struct str raw;
    struct str tail;
    char quote;
};

static bool holds_any(struct str text, const char *bytes)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\0' && strchr(bytes, text.ptr[i]) != NULL)
            return true;
    return false;
}

/* A backslash, which is not itself escaped, before one of these bytes. */
static bool escapes_any(struct str text, const char *bytes)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] != '\\')
            continue;
        i++;
        if (strchr(bytes, text.ptr[i]) != NULL)
            return true;
    }
    return false;
}

/* A variable may be called export: that is no `export NAME`. */
static bool exports(const struct written *line)
{
    struct str head = str_trim(line->head);
    struct str rest = str_slice(head, strlen("export"), head.len);

    return str_starts_with(head, "export") && rest.len > 0 && ascii_is_space(rest.ptr[0]) &&
           !str_starts_with(str_trim(rest), "=");
}

static bool has_space_before_sign(const struct written *line)
{
    ptrdiff_t sign = str_find(line->head, '=');

    return sign > 0 && ascii_is_space(line->head.ptr[sign - 1]);
}

static bool is_called_export(const struct written *line)
{
    return str_is(line->key, "export") && has_space_before_sign(line);
}

static bool has_odd_key(const struct written *line)
{
    return holds_any(line->key, ".-");
}

static bool is_quoted(const struct written *line)
{
    return line->quote != '\0';
}

static bool has_several_lines(const struct written *line)
{
    return holds_any(line->raw, "\n");
}

static bool has_space_behind_sign(const struct written *line)
{
    return str_find(line->head, '=') + 1 < (ptrdiff_t)line->head.len;
}

static bool has_space_at_sign(const struct written *line)
{
    return has_space_before_sign(line) || has_space_behind_sign(line);
}

static bool has_comment(const struct written *line)
{
    return str_trim(line->tail).len > 0;
}

static bool has_comment_for_value(const struct written *line)
{
    return line->raw.len == 0 && !is_quoted(line) && has_comment(line);
}

static bool has_tail(const struct written *line)
{
    return holds_any(line->tail, " \t\v\f") || has_comment(line);
}

static bool has_bare_backslash(const struct written *line)
{
    return !is_quoted(line) && holds_any(line->raw, "\\");
}

static bool has_escaped_control(const struct written *line)
{
    return line->quote == '"' && escapes_any(line->raw, "nrt");
}

static bool has_joined_lines(const struct written *line)
{
    return line->quote == '"' && escapes_any(line->raw, "\r\n");
}

static bool has_escaped_dollar(const struct written *line)
{
    return line->quote == '"' && escapes_any(line->raw, "$`");
}

static bool has_foreign_escape(const struct written *line)
{
    return line->quote == '"' && escapes_any(line->raw, "abfv'");
}

static bool has_backslashes_in_single(const struct written *line)
{
    return line->quote == '\'' && escapes_any(line->raw, "\\");
}

/* The quote behind it is taken for an escaped one where another follows anywhere in the file. */
static bool has_backslash_at_end(const struct written *line)
{
    return is_quoted(line) && str_ends_with(line->raw, "\\");
}

static bool has_braces(const struct written *line)
{
    for (size_t i = 0; i + 1 < line->raw.len; i++)
        if (line->raw.ptr[i] == '$' && line->raw.ptr[i + 1] == '{' &&
            str_find(str_slice(line->raw, i, line->raw.len), '}') >= 0)
            return true;
    return false;
}

static bool is_expanded(const struct written *line)
{
    bool escaped = false;

    for (size_t i = 0; line->quote == '"' && i < line->raw.len; i++) {
        if (!escaped && (line->raw.ptr[i] == '$' || line->raw.ptr[i] == '`'))
            return true;
        escaped = !escaped && line->raw.ptr[i] == '\\';
    }
    return false;
}

static bool is_no_word(const struct written *line)
{
    return !is_quoted(line) && (holds_any(line->raw, " \t\v\f\r;&|<>()$`\\\"'*[]!{}") ||
                                str_starts_with(line->raw, "~") || str_starts_with(line->raw, "#"));
}

static const struct rule {
    enum dotenv_reader reader;
    bool (*seen)(const struct written *line);
    const char *what;
} rules[] = {
    {DOTENV_PYTHON, has_braces, "replaces ${...} by a variable"},
    {DOTENV_PYTHON, has_escaped_dollar, "keeps the backslash before $ and `"},
    {DOTENV_PYTHON, has_foreign_escape, "takes \\a, \\b, \\f, \\v and \\' for escapes"},
    {DOTENV_PYTHON, has_backslashes_in_single, "takes a backslash for an escape between single quotes"},
    {DOTENV_PYTHON, has_backslash_at_end, "may read on where a backslash stands before the closing quote"},
    {DOTENV_PYTHON, is_called_export, "takes the name export for the word export"},
    {DOTENV_PYTHON, has_comment_for_value, "takes the comment for the value"},
    {DOTENV_SYSTEMD, exports, "passes over a line that begins with export"},
    {DOTENV_SYSTEMD, has_odd_key, "passes over names with . and -"},
    {DOTENV_SYSTEMD, has_bare_backslash, "drops a backslash outside of quotes"},
    {DOTENV_SYSTEMD, has_escaped_control, "takes \\n, \\r and \\t for two characters"},
    {DOTENV_SYSTEMD, has_joined_lines, "joins lines after a backslash"},
    {DOTENV_SYSTEMD, has_comment, "takes the comment for a part of the value"},
    {DOTENV_DOCKER, exports, "refuses export"},
    {DOTENV_DOCKER, has_space_before_sign, "refuses a space before ="},
    {DOTENV_DOCKER, has_space_behind_sign, "keeps the space behind ="},
    {DOTENV_DOCKER, is_quoted, "keeps the quotes"},
    {DOTENV_DOCKER, has_several_lines, "ends a value at the end of the line"},
    {DOTENV_DOCKER, has_tail, "takes what follows the value for a part of it"},
    {DOTENV_SHELL, has_odd_key, "knows no names with . and -"},
    {DOTENV_SHELL, has_space_at_sign, "takes no spaces around ="},
    {DOTENV_SHELL, is_no_word, "gives a meaning to what should stand in single quotes"},
    {DOTENV_SHELL, is_expanded, "replaces $ and runs ` between double quotes"},
    {DOTENV_SHELL, has_escaped_control, "takes \\n, \\r and \\t for two characters"},
    {DOTENV_SHELL, has_joined_lines, "joins lines after a backslash"},
};

const char *dotenv_reader_name(enum dotenv_reader reader)
{
    static const char *const names[] = {[DOTENV_PYTHON] = "python-dotenv",
                                        [DOTENV_SYSTEMD] = "systemd",
                                        [DOTENV_DOCKER] = "docker --env-file",
                                        [DOTENV_SHELL] = "a shell"};

    return names[reader];
}

struct dotenv_oddity *dotenv_oddities(struct arena *arena, struct str text, const struct dotenv_entry *entry,
                                      size_t *count)
{
    size_t quotes = entry->quote != '\0' ? 1 : 0;
    struct str head = str_slice(text, entry->lines_begin, entry->value_begin);
    struct str tail = str_slice(text, entry->value_end, entry->lines_end);
    struct written line = {.key = entry->key, .quote = entry->quote};
    struct dotenv_oddity *oddities = ARENA_ARRAY(arena, struct dotenv_oddity, ARRAY_LENGTH(rules));

    while (tail.len > 0 && (tail.ptr[tail.len - 1] == '\n' || tail.ptr[tail.len - 1] == '\r'))
        tail.len--;
    line.head = head;
    line.tail = tail;
    line.raw = str_slice(text, entry->value_begin + quotes, entry->value_end - quotes);
    *count = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(rules); i++)
        if (rules[i].seen(&line))
            oddities[(*count)++] = (struct dotenv_oddity){rules[i].reader, rules[i].what};
    return oddities;
}
