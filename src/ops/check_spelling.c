/* A URL whose scheme is missing or misspelt, as it was meant. */
#include "base/fs.h"
#include "ops/check_intern.h"

static const char *const files[] = {".db", ".db3", ".sqlite", ".sqlite3", ".sqlite-journal", ".bak"};

static bool all_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!ascii_is_digit(text.ptr[i]))
            return false;
    return text.len > 0;
}

/* A path that names no file may be HOST/DATABASE, HOST:PORT/DATABASE or USER@HOST/DATABASE. */
static bool is_address(struct arena *arena, struct str text)
{
    ptrdiff_t slash = str_find(text, '/');
    struct str host = str_slice(text, 0, slash < 0 ? text.len : (size_t)slash);
    struct str rest = str_slice(text, host.len + 1, text.len);
    ptrdiff_t colon = str_find(host, ':');

    if (host.len == 0 || host.ptr[0] == '.' || host.ptr[0] == '~')
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
        if (str_ends_with(text, files[i]))
            return false;
    if (str_find(text, '@') >= 0)
        return true;
    if (colon >= 0)
        return all_digits(str_slice(host, (size_t)colon + 1, host.len));
    return str_is_nocase(host, "localhost") ||
           (rest.len > 0 && str_find(rest, '/') < 0 && !fs_exists(str_cstr(arena, host)));
}

/* "postgresql//", "postgres:/", "//": what is left of a scheme. */
static struct str behind_scheme(struct str text)
{
    static const char *const schemes[] = {"postgresql", "postgres"};

    for (size_t i = 0; i < ARRAY_LENGTH(schemes); i++) {
        size_t length = str_from(schemes[i]).len;

        if (str_starts_with_nocase(text, schemes[i]) && text.len > length &&
            (text.ptr[length] == ':' || text.ptr[length] == '/')) {
            text = str_slice(text, length + (text.ptr[length] == ':' ? 1 : 0), text.len);
            break;
        }
    }
    while (text.len > 0 && text.ptr[0] == '/')
        text = str_slice(text, 1, text.len);
    return text;
}

/* "DATABASE_URL=postgresql://...", "psql postgresql://...", quotes around it: the URL alone. */
static struct str within(struct str text)
{
    static const char *const schemes[] = {"postgresql://", "postgres://"};
    struct str quotes = STR("\"'`;");

    for (size_t i = 1; i < text.len; i++)
        for (size_t j = 0; j < ARRAY_LENGTH(schemes); j++) {
            struct str found = str_slice(text, i, text.len);

            if (!str_starts_with_nocase(found, schemes[j]) || ascii_is_alpha(text.ptr[i - 1]) ||
                text.ptr[i - 1] == ':' || text.ptr[i - 1] == '+')
                continue;
            while (found.len > 0 && str_find(quotes, found.ptr[found.len - 1]) >= 0)
                found.len--;
            return str_slice(found, str_from(schemes[j]).len, found.len);
        }
    return (struct str){NULL, 0};
}

struct str check_meant(struct check_run *run)
{
    struct str none = {NULL, 0};
    struct str text = str_trim(run->request->text);
    struct err ignored = {.code = ERR_NONE};
    struct str inside;
    struct url url;

    if (run->report->parsed && !is_address(run->arena, text))
        return none;
    inside = run->report->parsed ? none : within(text);
    for (size_t i = 0; inside.len == 0 && i + 2 < text.len; i++) /* another scheme, or all of one */
        if (str_starts_with(str_slice(text, i, text.len), "://"))
            return none;
    text =
        str_printf(run->arena, "postgresql://%.*s", STR_ARGS(inside.len > 0 ? inside : behind_scheme(text)));
    return url_parse(run->arena, text, &url, &ignored) && url.hosts.count > 0 ? url_redacted(run->arena, &url)
                                                                              : none;
}
