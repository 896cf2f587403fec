#include "url/host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* The text itself is not shown: where a '@' is missing it is a password. */
static const struct {
    const char *what;
    const char *hint;
} problems[] = {
    [HOST_BRACKET] = {"has a '[' without an address and a ']'", "write an IPv6 address as [::1]:5432"},
    [HOST_COLONS] = {"has several colons", "write an IPv6 address in brackets, [::1]:5432; in a password "
                                           "write : as %3A, / as %2F, @ as %40"},
    [HOST_BYTE] =
        {"has a character that no host name has",
         "in a password write @ as %40, / as %2F, : as %3A, and a socket as ?host=/var/run/postgresql"},
    [HOST_OWN_PORT] = {"has its port in its name", "give the port by itself: host=db port=5432"},
    [HOST_PORT] =
        {"has a port that is no number from 1 to 65535",
         "write postgresql://user:password@host:5432/database; in a password write / as %2F, @ as %40"},
};

uint16_t url_port(struct str text)
{
    int64_t number = 0;

    if (text.len == 0 || text.len > 5 || !ascii_is_digit(text.ptr[0]) || !str_to_int64(text, &number))
        return 0;
    return number >= 1 && number <= 65535 ? (uint16_t)number : 0;
}

static bool is_host_byte(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) || (unsigned char)c >= 0x80 ||
           (c != '\0' && strchr(".-_~%", c));
}

static bool all_host_bytes(struct str name, char also)
{
    for (size_t i = 0; i < name.len; i++)
        if (!is_host_byte(name.ptr[i]) && name.ptr[i] != also)
            return false;
    return true;
}

static bool has_two_colons(struct str name)
{
    struct str rest;

    (void)url_cut(name, ':', &rest);
    return str_find(rest, ':') >= 0;
}

static enum host_problem read_name(struct str text, struct str *name, struct str *rest)
{
    if (str_starts_with(text, "[")) {
        *name = url_cut(str_slice(text, 1, text.len), ']', rest);
        if (rest->ptr == NULL || (rest->len > 0 && rest->ptr[0] != ':'))
            return HOST_BRACKET;
        return all_host_bytes(*name, ':') && has_two_colons(*name) ? HOST_GOOD : HOST_BRACKET;
    }
    *name = url_cut(text, ':', rest);
    *rest = str_slice(text, name->len, text.len);
    return all_host_bytes(*name, '-') ? HOST_GOOD : HOST_BYTE;
}

enum host_problem host_read(struct str text, struct str *name, struct str *port)
{
    struct str rest;
    enum host_problem problem = read_name(text, name, &rest);

    *port = str_slice(rest, 1, rest.len);
    if (problem != HOST_GOOD)
        return problem;
    if (str_find(*port, ':') >= 0)
        return HOST_COLONS;
    return port->len == 0 || url_port(*port) != 0 ? HOST_GOOD : HOST_PORT;
}

bool host_error(enum host_problem problem, size_t number, struct err *err)
{
    err_set(err, ERR_URL, "host %zu of the database URL %s", number, problems[problem].what);
    return err_hint(err, "%s", problems[problem].hint);
}

/* The item of a comma list at the start; `*list` is the rest, a NULL ptr at the end. */
static struct str next(struct str *list)
{
    return url_cut(*list, ',', list);
}

static size_t items(struct str list)
{
    size_t count = list.len > 0 ? 1 : 0;

    for (size_t i = 0; i < list.len; i++)
        count += list.ptr[i] == ',';
    return count;
}

/* A name as a parameter gives it: IPv6 with or without brackets, and `name:port` where SQLAlchemy takes that.
 */
static enum host_problem settle_name(struct url_reader *reader, struct str *name, struct str *port)
{
    struct str own_name;
    struct str own_port;
    enum host_problem problem;

    if (str_starts_with(*name, "/") || str_starts_with(*name, "@"))
        return HOST_GOOD;
    problem = host_read(*name, &own_name, &own_port);
    if (problem == HOST_GOOD && own_port.len > 0 && !reader->hosts_are_parameters)
        return HOST_OWN_PORT;
    if (problem == HOST_GOOD && own_port.len > 0)
        *port = own_port;
    if (problem == HOST_GOOD)
        *name = own_name;
    /* IPv6 without brackets has several colons; of the other names the server's resolver is the judge. */
    return problem == HOST_PORT ? HOST_PORT : HOST_GOOD;
}

static bool add(struct url_reader *reader, struct str name, struct str port, struct err *err)
{
    struct url_hosts *hosts = &reader->url->hosts;
    enum host_problem problem = settle_name(reader, &name, &port);

    if (problem == HOST_GOOD && port.len > 0 && url_port(port) == 0)
        problem = HOST_PORT;
    if (problem != HOST_GOOD)
        return host_error(problem, hosts->count + 1, err);
    ARENA_PUSH(reader->arena, hosts->items, hosts->count, hosts->capacity) =
        (struct url_host){str_dup(reader->arena, name), url_port(port)};
    return true;
}

/* Without names there are as many hosts as addresses, or one, the default, for a port. */
static bool count_hosts(const struct url_reader *reader, size_t *count, struct err *err)
{
    size_t ports = items(reader->ports);

    *count = items(reader->hosts);
    if (*count == 0)
        *count = items(url_parameter(reader->url, "hostaddr"));
    if (*count == 0 && ports > 0)
        *count = 1;
    if (ports <= 1 || ports == *count)
        return true;
    err_set(err, ERR_URL, "the database URL has %zu ports for %zu hosts", ports, *count);
    return err_hint(err, "give one port for all, or one for each host");
}

bool url_hosts_settle(struct url_reader *reader, struct err *err)
{
    struct url_hosts *hosts = &reader->url->hosts;
    struct str names = reader->hosts;
    struct str ports = reader->ports;
    bool one_port = items(ports) <= 1;
    size_t count;

    if (!count_hosts(reader, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str name = next(&names);
        struct str port = one_port ? reader->ports : next(&ports);

        if (!add(reader, name, port, err))
            return false;
    }
    /* One host of which nothing is said is no host given. */
    if (hosts->count == 1 && hosts->items[0].name.len == 0 && hosts->items[0].port == 0)
        hosts->count = 0;
    return true;
}

bool url_is_loopback(struct str name)
{
    char text[INET6_ADDRSTRLEN];
    struct in_addr ipv4;
    struct in6_addr ipv6;

    if (name.len >= sizeof(text))
        return false;
    memcpy(text, name.len == 0 ? "" : name.ptr, name.len);
    text[name.len] = '\0';
    if (inet_pton(AF_INET, text, &ipv4) == 1)
        return ntohl(ipv4.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, text, &ipv6) == 1 &&
           (IN6_IS_ADDR_LOOPBACK(&ipv6) || (IN6_IS_ADDR_V4MAPPED(&ipv6) && ipv6.s6_addr[12] == 127));
}

static bool is_local(struct str name)
{
    /* '@' begins the name of an abstract socket. */
    return name.len == 0 || name.ptr[0] == '/' || name.ptr[0] == '@' || str_is_nocase(name, "localhost") ||
           url_is_loopback(name);
}

bool url_is_local(const struct url *url)
{
    struct str addresses = url_parameter(url, "hostaddr");

    if (url->kind == URL_SQLITE)
        return true;
    if (url_parameter(url, "service").len > 0)
        return false;
    /* An address overrides the name at its place, unless it is empty. */
    for (size_t i = 0; i < url->hosts.count || addresses.ptr != NULL; i++) {
        struct str address = next(&addresses);
        bool named = address.len == 0 && i < url->hosts.count;

        if (named ? !is_local(url->hosts.items[i].name) : (address.len > 0 && !url_is_loopback(address)))
            return false;
    }
    return true;
}
