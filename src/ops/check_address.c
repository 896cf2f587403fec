/* From the URL's form to a server that answers, without libpq, so that each step can be told by itself. */
#include <stdlib.h>
#include <string.h>

#include "engine/postgres/postgres.h"
#include "ops/check_intern.h"

enum {
    STEP_MS = 5000,
    USUAL_PORT = 5432
};

/* A password that was typed as it is goes wrong in other programs than this one. */
static void look_at_password(struct check_run *run, const struct url *url)
{
    struct arena *arena = run->arena;
    const char *text = str_cstr(arena, run->request->text);
    const char *password = url->password.ptr == NULL ? "" : str_cstr(arena, url->password);

    if (strstr(text, "://") != NULL && strpbrk(password, "@:/?#[]% ") != NULL &&
        strstr(text, password) != NULL)
        check_found(
            run, CHECK_ADVICE,
            (struct str)STR("pgrade show --url --password URL   # writes it escaped, in every spelling"),
            "the password has characters that other programs take for a part of the address");
}

static void check_form(struct check_run *run)
{
    struct str text = run->request->text;
    const struct url *url = &run->report->url;
    bool short_scheme = str_starts_with_nocase(text, "postgres://");

    if (!run->report->parsed) {
        struct str meant = check_meant(run);

        check_found(run, CHECK_PROBLEM,
                    meant.len > 0
                        ? str_printf(run->arena, "give the URL alone, with its scheme: %.*s", STR_ARGS(meant))
                        : str_dup(run->arena, str_from(run->failure.hint)),
                    "%s%s%s", run->failure.primary, run->failure.detail[0] != '\0' ? ": " : "",
                    run->failure.detail);
        return;
    }
    if (short_scheme)
        check_found(run, CHECK_ADVICE, (struct str)STR("write postgresql:// instead of postgres://"),
                    "SQLAlchemy from 1.4 on does not know the scheme postgres:// "
                    "(NoSuchModuleError: sqlalchemy.dialects:postgres)");
    look_at_password(run, url);
    check_ok(run, "%.*s", STR_ARGS(url_redacted(run->arena, url)));
}

/* The hosts in turn, with what libpq takes where the URL is silent. */
static const char *host_of(struct check_run *run, size_t which)
{
    const struct url *url = &run->report->url;
    struct str address = url_parameter(url, "hostaddr");

    if (address.len > 0)
        return which == 0 ? str_cstr(run->arena, address) : NULL;
    if (url->hosts.count == 0)
        return which == 0 && url_parameter(url, "service").len == 0 && getenv("PGSERVICE") == NULL
                   ? getenv("PGHOST")
                   : NULL;
    return which < url->hosts.count && url->hosts.items[which].name.len > 0
               ? str_cstr(run->arena, url->hosts.items[which].name)
               : NULL;
}

static unsigned port_of(const struct check_run *run, size_t which)
{
    const struct url_hosts *hosts = &run->report->url.hosts;
    struct str given = str_from(getenv("PGPORT"));
    int64_t port;

    if (which < hosts->count && hosts->items[which].port != 0)
        return hosts->items[which].port;
    return str_to_int64(given, &port) && port > 0 && port < 65536 ? (unsigned)port : USUAL_PORT;
}

static struct str mend_name(struct check_run *run, const char *host)
{
    const struct provider *provider = provider_of(str_from(host));

    if (provider != NULL && provider->internal)
        return str_printf(run->arena, "this name is known within %s only; from outside take %s",
                          provider->name, provider->other);
    if (provider == NULL && strchr(host, '.') == NULL)
        return (struct str)STR(
            "a name without a dot is often that of a container, known to its neighbours only: from "
            "outside take 127.0.0.1 and the port that is published (docker ps)");
    return (struct str){NULL, 0};
}

static void check_names_of_hosts(struct check_run *run)
{
    const char *host = host_of(run, 0);
    bool found = false;

    if (host == NULL) {
        check_skip(run, "the URL names no host: libpq takes its own");
        return;
    }
    for (size_t i = 0; (host = host_of(run, i)) != NULL; i++) {
        struct str addresses;

        if (host[0] == '/')
            check_ok(run, "%s is the directory of a local socket", host);
        else if (check_look_up(run->arena, host, &addresses).how == REACH_OPEN)
            check_ok(run, "%s is %.*s", host, STR_ARGS(addresses));
        else
            check_found(run, CHECK_PROBLEM, mend_name(run, host), "the host name %s is unknown (%.*s)", host,
                        STR_ARGS(addresses));
        found = found || run->result->note.ptr != NULL;
    }
    if (!found)
        return;
    for (size_t i = 0; i < run->result->count; i++)
        run->result->findings[i].state = CHECK_ADVICE;
    run->result->state = run->result->count > 0 ? CHECK_ADVICE : CHECK_OK;
}

static struct str elsewhere(struct check_run *run, const char *host, unsigned port)
{
    static const char *const directories[] = {"/var/run/postgresql", "/tmp"};

    if (host[0] == '/')
        return check_reach(run->arena, "127.0.0.1", port, STEP_MS).answer != 0
                   ? str_printf(run->arena, "a server answers over TCP: give the host 127.0.0.1:%u", port)
                   : (struct str){NULL, 0};
    for (size_t i = 0; url_is_local(&run->report->url) && i < ARRAY_LENGTH(directories); i++)
        if (check_reach(run->arena, directories[i], port, STEP_MS).answer != 0)
            return str_printf(run->arena,
                              "a server answers on the local socket: postgresql:///DATABASE?host=%s, or set "
                              "listen_addresses in postgresql.conf",
                              directories[i]);
    return (struct str){NULL, 0};
}

static bool resolves_to_ipv6(struct check_run *run, const char *host)
{
    struct str addresses;

    return check_look_up(run->arena, host, &addresses).how == REACH_OPEN && str_find(addresses, ':') >= 0;
}

static void tell_unreached(struct check_run *run, const struct reached *reached, const char *host,
                           unsigned port)
{
    const struct url_hosts *hosts = &run->report->url.hosts;
    struct str region = hosts->count > 0 ? provider_region(hosts->items[0].name) : (struct str){NULL, 0};
    struct str mend = elsewhere(run, host, port);

    switch (reached->how) {
    case REACH_REFUSED:
        check_found(run, CHECK_PROBLEM, mend,
                    "connection refused: the machine is there, and no server listens on %s, port %u", host,
                    port);
        break;
    case REACH_TIMEOUT:
        check_found(
            run, CHECK_PROBLEM,
            str_printf(
                run->arena,
                "allow this machine's address in the provider's access list or firewall, and check that the "
                "database is in the region that the host names%s%.*s",
                region.len > 0 ? ": " : "", STR_ARGS(region)),
            "no answer within %d s from %s, port %u: unlike a refusal this is a firewall, an access "
            "list, or a machine that is off",
            STEP_MS / 1000, host, port);
        break;
    case REACH_NO_SOCKET:
        check_found(run, CHECK_PROBLEM, mend, "there is no socket %s/.s.PGSQL.%u: no server runs there", host,
                    port);
        break;
    case REACH_NO_WAY:
        check_found(
            run, CHECK_PROBLEM,
            strchr(host, ':') != NULL || resolves_to_ipv6(run, host)
                ? (struct str)STR("this machine has no way to addresses of IPv6: take a host that has one of "
                                  "IPv4 (of Supabase the pooler's), or give the machine IPv6")
                : (struct str)STR(
                      "check the network, a VPN or a route to that address: ip route get ADDRESS"),
            "no way leads from this machine to %s, port %u: %s", host, port, strerror(reached->error));
        break;
    default:
        check_found(run, CHECK_PROBLEM, mend, "%s, port %u: %s", host, port, strerror(reached->error));
        break;
    }
}

/* One of several hosts is enough; the others are told as advice. */
static void check_port(struct check_run *run)
{
    const char *host;
    bool open = false;

    if (host_of(run, 0) == NULL) {
        check_skip(run, "the URL names no host: libpq takes its own");
        return;
    }
    for (size_t i = 0; (host = host_of(run, i)) != NULL; i++) {
        struct reached reached = check_reach(run->arena, host, port_of(run, i), STEP_MS);

        if (reached.how != REACH_OPEN) {
            tell_unreached(run, &reached, host, port_of(run, i));
            continue;
        }
        run->answer = open ? run->answer : reached.answer;
        open = true;
        check_ok(run, host[0] == '/' ? "%s, number %u" : "%s, port %u, accepts connections", host,
                 port_of(run, i));
    }
    for (size_t i = 0; open && i < run->result->count; i++)
        run->result->findings[i].state = CHECK_ADVICE;
    run->result->state = open ? (run->result->count > 0 ? CHECK_ADVICE : CHECK_OK) : CHECK_PROBLEM;
}

static void check_protocol(struct check_run *run)
{
    if (host_of(run, 0) == NULL)
        check_skip(run, "the URL names no host: libpq takes its own");
    else if (run->answer == 'S' || run->answer == 'N')
        check_ok(run, "%s",
                 run->answer == 'S' ? "it speaks PostgreSQL's protocol, and offers TLS"
                                    : "it speaks PostgreSQL's protocol, and offers no TLS");
    else
        check_found(run, CHECK_PROBLEM, (struct str){NULL, 0},
                    run->answer == 0 ? "what listens there does not answer as PostgreSQL does"
                                     : "what listens there is no PostgreSQL: it answers another protocol");
}

const struct check_entry check_address_checks[] = {
    {.name = "url",
     .looks = "whether the URL can be understood, by other programs too",
     .why =
         "a missing scheme, postgres:// for postgresql://, or a raw @ in a password sends programs elsewhere",
     .mend = "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, special characters as %HH",
     .stops = true,
     .run = check_form},
    {.name = "provider",
     .looks = "whose machine it is, by its name, and whether that name is the one for here",
     .why = "providers have a name for inside of their network and another one for the rest of the world",
     .mend = "the other one of the two URLs on the provider's page",
     .alone = true,
     .run = check_provider_name},
    {.name = "host",
     .looks = "whether the name of the host has an address",
     .why = "without one nothing can be sent",
     .mend = "check the host in the URL for mistakes: getent hosts HOST",
     .stops = true,
     .run = check_names_of_hosts},
    {.name = "port",
     .looks = "whether something accepts connections at the address",
     .why = "a refusal means that no server runs there; silence means a firewall on the way",
     .mend = "start the server (sudo systemctl start postgresql), or check host and port in the URL",
     .stops = true,
     .run = check_port},
    {.name = "protocol",
     .looks = "whether what answers is PostgreSQL",
     .why = "a port may belong to another program",
     .mend = "check host and port in the URL: PostgreSQL's usual port is 5432, of pgbouncer 6432",
     .stops = true,
     .run = check_protocol},
    {.name = "tls",
     .looks = "whether the connection is encrypted as the URL wants, and the certificate is good",
     .why = "rows and what is typed can be read and changed on the way otherwise",
     .mend = "?sslmode=verify-full&sslrootcert=FILE with the provider's certificate",
     .stops = true,
     .run = check_try_tls},
    {.name = "ready",
     .looks = "whether the server takes connections: not starting up, shutting down or recovering",
     .why = "it refuses everybody until it is done",
     .mend = "pgrade check --wait URL",
     .stops = true,
     .run = check_try_ready},
    {.name = "slots",
     .looks = "whether a connection is free",
     .why = "when all are taken, whoever comes next is refused",
     .mend = "end programs that hold connections, use smaller pools, or put pgbouncer before the server",
     .stops = true,
     .run = check_try_slots},
    {.name = "login",
     .looks = "whether the server lets this role in, from here, with this password",
     .why = "nothing can be done without",
     .mend = "check user and password in the URL; ALTER ROLE ... PASSWORD sets another one",
     .stops = true,
     .run = check_try_login},
    {.name = "database",
     .looks = "whether the database exists, and the role may connect to it",
     .why = "a server has several databases, and the URL names one of them",
     .mend = "createdb NAME, or check the name behind the last slash of the URL",
     .stops = true,
     .run = check_try_database},
    {.name = NULL},
};
