#include "url/url.h"

#include "url/url_intern.h"

#define POSTGRES_FORM "postgresql://user:password@host:5432/database"
#define WRITE_IT      "write " POSTGRES_FORM

typedef bool reader(struct arena *arena, struct str rest, struct url *url, struct err *err);

/* What may stand before a ':'.  Without a reader it is refused, with the hint. */
static const struct scheme {
    const char *name;
    reader *read;
    bool slashes; /* must be followed by "//" */
    const char *hint;
} schemes[] = {
    {"sqlite", url_sqlite_read, false, NULL},
    {"sqlite3", url_sqlite_read, false, NULL}, /* Rails */
    {"file", url_file_read, false, NULL},
    {"postgresql", url_postgres_read, true, WRITE_IT},
    {"postgres", url_postgres_read, true, WRITE_IT},
    {"pgsql", url_postgres_read, true, WRITE_IT},   /* Laravel */
    {"psql", url_postgres_read, true, WRITE_IT},    /* django-environ */
    {"postgis", url_postgres_read, true, WRITE_IT}, /* GeoDjango */
    {"jdbc", NULL, false, "leave out \"jdbc:\"; user and password stand before the host: " POSTGRES_FORM},
    {"http", NULL, true, "this is the address of a page; the database's own begins with postgresql://"},
    {"https", NULL, true, "this is the address of a page; the database's own begins with postgresql://"},
};

static const struct scheme *scheme_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(schemes); i++)
        if (str_is_nocase(name, schemes[i].name))
            return &schemes[i];
    return NULL;
}

static bool is_scheme_byte(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) || c == '+' || c == '.' || c == '-';
}

/* The text before the first ':', when it has the form of a scheme, else the empty str.  One letter is a
 * drive. */
static struct str scheme_cut(struct str text)
{
    struct str after;
    struct str scheme = url_cut(text, ':', &after);

    if (after.ptr == NULL || scheme.len < 2 || !ascii_is_alpha(scheme.ptr[0]))
        return (struct str){NULL, 0};
    for (size_t i = 0; i < scheme.len; i++)
        if (!is_scheme_byte(scheme.ptr[i]))
            return (struct str){NULL, 0};
    return scheme;
}

/* An address whose scheme was lost, or is behind a quote.  As a path it would be printed, with its password.
 */
static bool is_lost_url(struct str text)
{
    struct str after;
    struct str before = url_cut(text, ':', &after);
    ptrdiff_t slash = str_find(before, '/');

    if (after.ptr == NULL || before.len == 0)
        return false;
    if (slash >= 0 && str_starts_with(str_slice(before, (size_t)slash, before.len), "//") &&
        str_find(after, '@') >= 0) /* postgresql//user:password@host: only the colon is missing */
        return true;
    if (before.ptr[0] == '/' || before.ptr[0] == '.')
        return false;
    if (before.len == 1 && (str_starts_with(after, "/") || str_starts_with(after, "\\")))
        return false;
    return str_starts_with(after, "//") || (str_find(before, '/') < 0 && str_find(after, '@') >= 0);
}

static bool read_without_scheme(struct arena *arena, struct str text, struct url *url, struct err *err)
{
    struct str trimmed = str_trim(text);

    if (url_keywords_begin(trimmed))
        return url_keywords_read(arena, trimmed, url, err);
    if (!is_lost_url(trimmed))
        return url_path_read(arena, text, url, err);
    err_set(err, ERR_URL, "the database is given by neither a path nor a URL");
    err_detail(err, "it looks like an address, but does not begin with postgresql:// or sqlite://");
    return err_hint(err, WRITE_IT ", without quotes in the value; a file of such a name is ./NAME");
}

static bool wrong_scheme(struct str name, const struct scheme *scheme, struct err *err)
{
    err_set(err, ERR_URL, "\"%.*s:\" begins no URL of a database that pgrade knows", STR_ARGS(name));
    if (scheme != NULL)
        return err_hint(err, "%s", scheme->hint);
    return err_hint(err, "pgrade moves SQLite to PostgreSQL: give a SQLite file or a postgresql:// URL");
}

static bool read_with_scheme(struct arena *arena, struct str scheme_text, struct str rest, struct url *url,
                             struct err *err)
{
    struct str driver;
    const struct scheme *scheme = scheme_find(url_cut(scheme_text, '+', &driver));

    if (scheme == NULL || scheme->read == NULL)
        return wrong_scheme(scheme_text, scheme, err);
    if (scheme->slashes && !str_starts_with(rest, "//")) {
        err_set(err, ERR_URL, "\"//\" is missing after \"%.*s:\"", STR_ARGS(scheme_text));
        return err_hint(err, "%s", scheme->hint);
    }
    if (driver.len > 0)
        url->driver = str_dup(arena, driver);
    return scheme->read(arena, scheme->slashes ? str_slice(rest, 2, rest.len) : rest, url, err);
}

bool url_parse(struct arena *arena, struct str text, struct url *url, struct err *err)
{
    struct str trimmed = str_trim(text);
    struct str scheme = scheme_cut(trimmed);
    struct str rest = str_slice(trimmed, scheme.len + 1, trimmed.len);
    struct str ignored;

    *url = (struct url){.kind = URL_SQLITE};
    if (trimmed.len == 0) {
        err_set(err, ERR_URL, "the path or URL of the database is empty");
        return err_hint(err, "give a file (app.db) or " POSTGRES_FORM);
    }
    if (str_find(text, '\0') >= 0)
        return err_set(err, ERR_URL, "the path or URL of the database holds a NUL byte");
    /* "a:b.db" is a path, "mysql://" is not. */
    if (scheme.len == 0 ||
        (scheme_find(url_cut(scheme, '+', &ignored)) == NULL && !str_starts_with(rest, "//")))
        return read_without_scheme(arena, text, url, err);
    return read_with_scheme(arena, scheme, rest, url, err);
}

struct str url_parameter(const struct url *url, const char *name)
{
    for (size_t i = 0; i < url->parameters.count; i++)
        if (str_is(url->parameters.items[i].name, name))
            return url->parameters.items[i].value;
    return (struct str){NULL, 0};
}

bool url_has_secret(const struct url *url)
{
    for (size_t i = 0; i < url->parameters.count; i++)
        if (url->parameters.items[i].value.len > 0 && url_parameter_is_secret(url->parameters.items[i].name))
            return true;
    return url->password.len > 0;
}
