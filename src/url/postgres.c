#include "base/buf.h"
#include "url/host.h"

/* One way to take the text after "://" apart.  A NULL ptr: not there. */
struct reading {
    struct str userinfo;
    struct str hosts;
    struct str database;
    struct str query;
};

static const size_t no_userinfo = SIZE_MAX;

/* Where the address ends: at the first '/' or '?', as in libpq. */
static size_t authority_length(struct str text)
{
    size_t length = 0;

    while (length < text.len && text.ptr[length] != '/' && text.ptr[length] != '?')
        length++;
    return length;
}

/* The reading in which the '@' at `at` ends the userinfo. */
static struct reading read_at(struct str text, size_t at)
{
    struct reading reading = {.userinfo = {NULL, 0}};
    struct str tail = text;
    struct str path;

    if (at != no_userinfo) {
        reading.userinfo = str_slice(text, 0, at);
        tail = str_slice(text, at + 1, text.len);
    }
    reading.hosts = str_slice(tail, 0, authority_length(tail));
    path = url_cut(str_slice(tail, reading.hosts.len, tail.len), '?', &reading.query);
    if (path.len > 0)
        reading.database = str_slice(path, 1, path.len);
    return reading;
}

static bool hosts_fit(struct str hosts)
{
    struct str name;
    struct str port;

    while (hosts.ptr != NULL)
        if (host_read(url_cut(hosts, ',', &hosts), &name, &port) != HOST_GOOD)
            return false;
    return true;
}

/* Only a '@' makes it doubtful that this is a query. */
static bool query_fits(struct str query)
{
    if (str_find(query, '@') < 0)
        return true;
    while (query.len > 0) {
        struct str value;
        struct str name = url_cut(url_cut(query, '&', &query), '=', &value);

        if (value.ptr == NULL || name.len == 0 || str_find(name, '@') >= 0 || str_find(name, '/') >= 0)
            return false;
    }
    return true;
}

/* Whether a whole address, and nothing but it, follows the userinfo. */
static bool fits(struct reading reading)
{
    struct str password;
    struct str user = url_cut(reading.userinfo, ':', &password);

    return authority_length(user) == user.len && hosts_fit(reading.hosts) &&
           str_find(reading.database, '@') < 0 && str_find(reading.database, '/') < 0 &&
           query_fits(reading.query);
}

static struct reading choose(struct str text)
{
    struct reading plain = read_at(text, no_userinfo);
    size_t at = authority_length(text);

    if (fits(plain))
        return plain;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '@' && fits(read_at(text, i)))
            return read_at(text, i);
    while (at > 0 && text.ptr[at - 1] != '@')
        at--;
    return at == 0 ? plain : read_at(text, at - 1);
}

static bool read_userinfo(struct url_reader *reader, struct str userinfo, struct err *err)
{
    struct url *url = reader->url;
    struct str raw_password;
    struct str raw_user = url_cut(userinfo, ':', &raw_password);

    if (raw_user.len > 0 && !url_decode(reader->arena, raw_user, false, &url->user, err))
        return false;
    return raw_password.ptr == NULL || url_decode(reader->arena, raw_password, false, &url->password, err);
}

/* Joins names and ports as libpq does, so that a parameter can replace either. */
static bool join_hosts(struct url_reader *reader, struct str hosts, struct buf *names, struct buf *ports,
                       struct err *err)
{
    bool any_port = false;

    for (size_t number = 1; hosts.ptr != NULL; number++) {
        struct str name;
        struct str port;
        enum host_problem problem = host_read(url_cut(hosts, ',', &hosts), &name, &port);

        if (problem != HOST_GOOD)
            return host_error(problem, number, err);
        if (!url_decode(reader->arena, name, false, &name, err))
            return false;
        /* In the list it would be two hosts. */
        if (str_find(name, ',') >= 0)
            return host_error(HOST_BYTE, number, err);
        buf_printf(names, "%s%.*s", number > 1 ? "," : "", STR_ARGS(name));
        buf_printf(ports, "%s%.*s", number > 1 ? "," : "", STR_ARGS(port));
        any_port = any_port || port.len > 0;
    }
    if (names->failed || ports->failed)
        return err_set(err, ERR_OUT_OF_MEMORY, "the hosts of the database URL do not fit into memory");
    reader->hosts = buf_to_str(reader->arena, names);
    if (any_port)
        reader->ports = buf_to_str(reader->arena, ports);
    return true;
}

static bool read_hosts(struct url_reader *reader, struct str hosts, struct err *err)
{
    struct buf names;
    struct buf ports;
    bool good;

    buf_init(&names, BUF_TEXT_MAXIMUM);
    buf_init(&ports, BUF_TEXT_MAXIMUM);
    good = join_hosts(reader, hosts, &names, &ports, err);
    buf_free(&names);
    buf_free(&ports);
    return good;
}

static bool read_database(struct url_reader *reader, struct str raw, struct err *err)
{
    struct str name;

    return raw.len == 0 || (url_decode(reader->arena, raw, false, &name, err) &&
                            url_postgres_put(reader, (struct str)STR("dbname"), name, err));
}

bool url_postgres_read(struct arena *arena, struct str rest, struct url *url, struct err *err)
{
    struct url_reader reader = {.arena = arena, .url = url};
    struct reading reading = choose(rest);

    url->kind = URL_POSTGRES;
    if (!read_userinfo(&reader, reading.userinfo, err) || !read_hosts(&reader, reading.hosts, err))
        return false;
    if (!read_database(&reader, reading.database, err))
        return false;
    return url_query_read(arena, reading.query, url->driver.ptr != NULL, url_postgres_put, &reader, err) &&
           url_hosts_settle(&reader, err);
}
