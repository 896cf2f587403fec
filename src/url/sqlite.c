#include "url/url_intern.h"

struct sqlite_reader {
    struct arena *arena;
    struct url *url;
};

/* The words that sqlite3_uri_boolean() takes for true. */
static bool is_true(struct str value)
{
    static const char *const words[] = {"1", "yes", "true", "on"};

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (str_is_nocase(value, words[i]))
            return true;
    return false;
}

static bool in_memory(struct err *err)
{
    err_set(err, ERR_URL, "the URL names a SQLite database in memory");
    err_detail(err, "only the process that made it can read it");
    return err_hint(
        err, "give the file: app.db, sqlite:///app.db, or sqlite:////srv/app.db with an absolute path");
}

static bool put(void *context, struct str name, struct str value, struct err *err)
{
    struct sqlite_reader *reader = context;

    if (str_is(name, "mode") && str_is(value, "memory"))
        return in_memory(err);
    if (str_is(name, "immutable"))
        reader->url->immutable = is_true(value);
    /* Tells SQLAlchemy that a URI follows; SQLite never sees it. */
    if (!str_is(name, "uri"))
        url_parameters_set(reader->arena, &reader->url->parameters, name, value);
    return true;
}

bool url_path_read(struct arena *arena, struct str path, struct url *url, struct err *err)
{
    url->kind = URL_SQLITE;
    if (path.len == 0 || str_is(path, ":memory:"))
        return in_memory(err);
    url->path = str_dup(arena, path);
    return true;
}

static bool read_encoded(struct arena *arena, struct str path, struct str query, struct url *url,
                         struct err *err)
{
    struct sqlite_reader reader = {arena, url};
    struct str decoded;

    return url_decode(arena, path, false, &decoded, err) &&
           url_query_read(arena, query, false, put, &reader, err) && url_path_read(arena, decoded, url, err);
}

/* sqlite.org/uri.html: the fragment is ignored, the authority is empty or localhost. */
bool url_file_read(struct arena *arena, struct str rest, struct url *url, struct err *err)
{
    struct str query;
    struct str fragment;
    struct str path = url_cut(url_cut(rest, '#', &fragment), '?', &query);

    if (str_starts_with(path, "//")) {
        struct str authority = url_cut(str_slice(path, 2, path.len), '/', &path);

        if (path.ptr == NULL || (authority.len > 0 && !str_is(authority, "localhost"))) {
            err_set(err, ERR_URL, "a file: URL can name no other machine");
            return err_hint(err, "write file:app.db, or file:///srv/app.db with an absolute path");
        }
        path = str_slice(rest, (size_t)(path.ptr - rest.ptr) - 1, (size_t)(path.ptr - rest.ptr) + path.len);
    }
    return read_encoded(arena, path, query, url, err);
}

bool url_sqlite_read(struct arena *arena, struct str rest, struct url *url, struct err *err)
{
    struct str query;
    struct str path = url_cut(rest, '?', &query);

    if (str_starts_with(path, "///"))
        path = str_slice(path, 3, path.len);
    else if (str_is(path, "//"))
        return in_memory(err);
    else if (str_starts_with(path, "//")) {
        err_set(err, ERR_URL, "a sqlite: URL can name no other machine");
        err_detail(err, "what follows two slashes is a host");
        return err_hint(err, "write three slashes, sqlite:///app.db, or four before an absolute path");
    }
    /* SQLAlchemy hands a SQLite URI through: sqlite:///file:app.db?mode=ro&uri=true. */
    if (str_starts_with_nocase(path, "file:"))
        return url_file_read(arena, str_slice(rest, (size_t)(path.ptr - rest.ptr) + 5, rest.len), url, err);
    return read_encoded(arena, path, query, url, err);
}
