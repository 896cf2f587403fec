/* What mends a refusal to connect, with the names that are in it: to be run as it is printed. */
#include <string.h>

#include "ops/check_intern.h"
#include "ops/sql_text.h"

enum {
    USUAL_PORT = 5432,
    ANSWER_MS = 5000
};

/* What stands between `before` and the next quote; empty: it is not there. */
static struct str quoted(struct str text, const char *before)
{
    size_t length = strlen(before);

    for (size_t i = 0; i + length <= text.len; i++) {
        struct str rest = str_slice(text, i, text.len);
        ptrdiff_t end;

        if (!str_starts_with(rest, before))
            continue;
        rest = str_slice(rest, length, rest.len);
        end = str_find(rest, '"');
        return str_slice(rest, 0, end < 0 ? 0 : (size_t)end);
    }
    return (struct str){NULL, 0};
}

/* As the URL has it; where it is silent, as the server says whom it took. */
static struct str role_of(const struct check_run *run, struct str says)
{
    struct str name = quoted(says, "user \"");

    if (run->report->url.user.len > 0)
        return run->report->url.user;
    return name.len > 0 ? name : quoted(says, "role \"");
}

static struct str database_of(const struct check_run *run, struct str says)
{
    return run->report->url.database.len > 0 ? run->report->url.database : quoted(says, "database \"");
}

static struct str mend_password(struct check_run *run, struct str says)
{
    return sql_text(
        run->arena,
        "ALTER ROLE %I PASSWORD '...'   -- as an administrator; or the right user and password in "
        "the URL, where special characters are written as %%HH (@ is %%40)",
        role_of(run, says));
}

/* libpq takes the system's user, and the database of the user's name. */
static struct str mend_silence(struct check_run *run, const char *what)
{
    const struct url *url = &run->report->url;

    return str_printf(run->arena,
                      "name the %s in the URL, which is silent about it: postgresql://%.*s@HOST/%.*s", what,
                      STR_ARGS(url->user.len > 0 ? url->user : str_from("USER")),
                      STR_ARGS(url->database.len > 0 ? url->database : str_from("DATABASE")));
}

static struct str mend_role(struct check_run *run, struct str says)
{
    if (run->report->url.user.len == 0)
        return mend_silence(run, "user");
    return sql_text(
        run->arena,
        "CREATE ROLE %I LOGIN PASSWORD '...'   -- as an administrator; or the right user in the URL",
        role_of(run, says));
}

static struct str mend_no_login(struct check_run *run, struct str says)
{
    return sql_text(run->arena, "ALTER ROLE %I LOGIN   -- as an administrator", role_of(run, says));
}

static struct str mend_database(struct check_run *run, struct str says)
{
    struct str role = role_of(run, says);

    if (run->report->url.database.len == 0 || role.len == 0)
        return mend_silence(run, "database");
    if (str_ends_with(run->report->url.database, "/"))
        return (struct str)STR(
            "take the slash at the end out of the URL: it is a part of the database's name there");
    return sql_text(
        run->arena,
        "CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING 'UTF8'   -- as an administrator; or "
        "the right name behind the last slash of the URL",
        database_of(run, says), role);
}

static struct str mend_connect(struct check_run *run, struct str says)
{
    return sql_text(run->arena, "GRANT CONNECT ON DATABASE %I TO %I   -- as the database's owner",
                    database_of(run, says), role_of(run, says));
}

static struct str mend_closed(struct check_run *run, struct str says)
{
    return sql_text(run->arena, "ALTER DATABASE %I ALLOW_CONNECTIONS true   -- as an administrator",
                    database_of(run, says));
}

static struct str mend_role_limit(struct check_run *run, struct str says)
{
    return sql_text(
        run->arena,
        "ALTER ROLE %I CONNECTION LIMIT 20   -- as an administrator; or end programs that connect as "
        "it, or give them smaller pools",
        role_of(run, says));
}

static struct str mend_database_limit(struct check_run *run, struct str says)
{
    return sql_text(
        run->arena,
        "ALTER DATABASE %I CONNECTION LIMIT 20   -- as an administrator; or end programs that use "
        "it, or give them smaller pools",
        database_of(run, says));
}

/* A name in pg_hba.conf, where quotes are doubled too. */
static struct str line_for(struct check_run *run, struct str says)
{
    struct str host = quoted(says, "host \"");

    return sql_text(run->arena, "host %I %I %S/%d scram-sha-256", database_of(run, says), role_of(run, says),
                    host, str_find(host, ':') < 0 ? 32 : 128);
}

/*
 * libpq tries both ways unless it is told not to, and tells of both: encryption mends where it was not tried.
 */
static struct str mend_rules(struct check_run *run, struct str says)
{
    bool tried = str_contains_nocase(says, ", SSL encryption");
    bool rejects = str_contains_nocase(says, "rejects connection");
    struct str line = line_for(run, says);

    if (!tried && run->answer == 'S' && str_contains_nocase(says, ", no encryption"))
        return str_printf(run->arena,
                          "add ?sslmode=require to the URL; where that is not enough, to the server's "
                          "pg_hba.conf the line: %.*s",
                          STR_ARGS(line));
    if (check_provider(run) != NULL)
        return (struct str)STR("allow this machine's address in the access list on the provider's page");
    if (quoted(says, "host \"").len == 0 || str_is(quoted(says, "host \""), "[local]"))
        return (struct str){NULL, 0};
    return str_printf(run->arena,
                      "to the server's pg_hba.conf (SHOW hba_file)%s the line: %.*s   # then SELECT "
                      "pg_reload_conf()",
                      rejects ? ", above the one that rejects," : "", STR_ARGS(line));
}

/* Where the socket asks the system who is there, TCP asks for a password. */
static struct str mend_peer(struct check_run *run, struct str says)
{
    struct url url = run->report->url;
    unsigned port =
        url.hosts.count > 0 && url.hosts.items[0].port != 0 ? url.hosts.items[0].port : USUAL_PORT;
    struct url_host here = {.name = STR("127.0.0.1"), .port = (uint16_t)port};
    struct str text;

    if (check_reach(run->arena, "127.0.0.1", port, ANSWER_MS).answer == 0)
        return (struct str){NULL, 0};
    url.hosts = (struct url_hosts){.items = &here, .count = 1, .capacity = 1};
    url.user = role_of(run, says);
    url.password = (struct str)STR("PASSWORD");
    text = url_text(run->arena, &url, URL_LIBPQ);
    return str_printf(
        run->arena,
        "over TCP, with the role's password: %.*s   # or run as that user of the system: sudo -u %s",
        STR_ARGS(text), check_word(run, url.user));
}

static struct str mend_set_role(struct check_run *run, struct str says)
{
    return sql_text(
        run->arena,
        "GRANT %I TO %I   -- as an administrator; or take role= out of the URL's options and of ALTER ROLE "
        "... SET",
        quoted(says, "set role \""), role_of(run, says));
}

static struct str mend_attributes(struct check_run *run, struct str says)
{
    (void)says;
    return str_printf(run->arena,
                      "take target_session_attrs=%.*s out of the URL, or give the host of such a server",
                      STR_ARGS(url_parameter(&run->report->url, "target_session_attrs")));
}

static struct str mend_no_tls(struct check_run *run, struct str says)
{
    struct str mode = url_parameter(&run->report->url, "sslmode");

    (void)says;
    if (mode.len == 0)
        return (struct str){NULL, 0};
    return str_printf(run->arena,
                      "take sslmode=%.*s out of the URL; or switch TLS on at the server (ssl = on)",
                      STR_ARGS(mode));
}

/* What pgbouncer says of a role or a database that its own files do not have. */
static struct str mend_pooler_user(struct check_run *run, struct str says)
{
    return sql_text(
        run->arena,
        "pgbouncer does not know the role: a line for it in its auth_file, or an auth_query; then RELOAD: "
        "%I \"PASSWORD\"",
        role_of(run, says));
}

static struct str mend_pooler_database(struct check_run *run, struct str says)
{
    (void)says;
    return str_printf(run->arena,
                      "a line in [databases] of pgbouncer.ini, then RELOAD: %.*s = host=HOST port=5432",
                      STR_ARGS(run->report->url.database));
}

/* The first row that is said speaks. */
static const struct {
    const char *says;
    const char *also;
    struct str (*mend)(struct check_run *run, struct str says);
} refusals[] = {
    {"password authentication failed", "", mend_password},
    {"pg_hba.conf", "", mend_rules},
    {"peer authentication failed", "", mend_peer},
    {"is not permitted to log in", "", mend_no_login},
    {"permission denied for database", "", mend_connect},
    {"permission denied to set role", "", mend_set_role},
    {"is not currently accepting connections", "", mend_closed},
    {"too many connections for role", "", mend_role_limit},
    {"too many connections for database", "", mend_database_limit},
    {"role \"", "does not exist", mend_role},
    {"database \"", "does not exist", mend_database},
    {"server does not support ssl", "", mend_no_tls},
    {"server is not in hot standby mode", "", mend_attributes},
    {"session is ", "read-only", mend_attributes},
    {"server is in hot standby mode", "", mend_attributes},
    {"\"trust\" authentication failed", "", mend_pooler_user},
    {"no such user", "", mend_pooler_user},
    {"no such database", "", mend_pooler_database},
};

struct str check_mend_refusal(struct check_run *run)
{
    struct str says = str_from(run->failure.detail);

    for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++)
        if (str_contains_nocase(says, refusals[i].says) && str_contains_nocase(says, refusals[i].also)) {
            struct str mend = refusals[i].mend(run, says);

            return mend.len > 0 ? mend : str_dup(run->arena, str_from(run->failure.hint));
        }
    return str_dup(run->arena, str_from(run->failure.hint));
}
