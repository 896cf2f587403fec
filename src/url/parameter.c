#include <string.h>

#include "url/url_intern.h"

typedef bool store(struct url_reader *reader, struct str name, struct str value, struct err *err);

static store store_user;
static store store_password;
static store store_database;
static store store_host;
static store store_port;
static store store_ssl;
static store store_socket;
static store keep;
static store drop;

enum {
    LIBPQ = 1, /* a keyword of libpq */
    SECRET = 2 /* its value is never shown */
};

/*
 * Every name with a meaning.  libpq's are those of PostgreSQL 18 (manual, 34.1.2): whether the libpq at hand
 * knows them all is the engine's to find out.  The dropped ones stand here only where they resemble a keyword
 * of libpq so much that they would be taken for a misspelling.
 */
static const struct known {
    const char *name;
    store *store;
    int flags;
} known[] = {
    {"user", store_user, LIBPQ},
    {"password", store_password, LIBPQ | SECRET},
    {"dbname", store_database, LIBPQ},
    {"host", store_host, LIBPQ},
    {"port", store_port, LIBPQ},
    {"sslmode", store_ssl, LIBPQ},
    {"application_name", keep, LIBPQ},
    {"channel_binding", keep, LIBPQ},
    {"client_encoding", keep, LIBPQ},
    {"connect_timeout", keep, LIBPQ},
    {"fallback_application_name", keep, LIBPQ},
    {"gssdelegation", keep, LIBPQ},
    {"gssencmode", keep, LIBPQ},
    {"gsslib", keep, LIBPQ},
    {"hostaddr", keep, LIBPQ},
    {"keepalives", keep, LIBPQ},
    {"keepalives_count", keep, LIBPQ},
    {"keepalives_idle", keep, LIBPQ},
    {"keepalives_interval", keep, LIBPQ},
    {"krbsrvname", keep, LIBPQ},
    {"load_balance_hosts", keep, LIBPQ},
    {"max_protocol_version", keep, LIBPQ},
    {"min_protocol_version", keep, LIBPQ},
    {"oauth_client_id", keep, LIBPQ},
    {"oauth_client_secret", keep, LIBPQ | SECRET},
    {"oauth_issuer", keep, LIBPQ},
    {"oauth_scope", keep, LIBPQ},
    {"options", keep, LIBPQ},
    {"passfile", keep, LIBPQ},
    {"replication", keep, LIBPQ},
    {"require_auth", keep, LIBPQ},
    {"requirepeer", keep, LIBPQ},
    {"scram_client_key", keep, LIBPQ | SECRET},
    {"scram_server_key", keep, LIBPQ | SECRET},
    {"service", keep, LIBPQ},
    {"servicefile", keep, LIBPQ},
    {"ssl_max_protocol_version", keep, LIBPQ},
    {"ssl_min_protocol_version", keep, LIBPQ},
    {"sslcert", keep, LIBPQ},
    {"sslcertmode", keep, LIBPQ},
    {"sslcompression", keep, LIBPQ},
    {"sslcrl", keep, LIBPQ},
    {"sslcrldir", keep, LIBPQ},
    {"sslkey", keep, LIBPQ},
    {"sslkeylogfile", keep, LIBPQ},
    {"sslnegotiation", keep, LIBPQ},
    {"sslpassword", keep, LIBPQ | SECRET},
    {"sslrootcert", keep, LIBPQ},
    {"sslsni", keep, LIBPQ},
    {"target_session_attrs", keep, LIBPQ},
    {"tcp_user_timeout", keep, LIBPQ},
    {"database", store_database, 0}, /* psycopg2, pg8000, asyncpg */
    {"ssl", store_ssl, 0},           /* asyncpg, node-postgres */
    {"unix_sock", store_socket, 0},  /* pg8000: the socket itself, not its directory */
    {"sslaccept", drop, 0},          /* Prisma */
    {"sslidentity", drop, 0},        /* Prisma */
    {"pool", drop, 0},               /* Rails */
};

/* What is written as `ssl` or `sslmode`, and the sslmode that it means. */
static const struct {
    const char *written;
    const char *mode;
} ssl_modes[] = {
    {"disable", "disable"},   {"allow", "allow"},         {"prefer", "prefer"},
    {"require", "require"},   {"verify-ca", "verify-ca"}, {"verify-full", "verify-full"},
    {"no-verify", "require"}, /* node-postgres: encrypted, the certificate is not looked at */
    {"true", "require"},      /* libpq's own rule for ssl=true */
    {"1", "require"},         {"false", "disable"},       {"0", "disable"},
};

static const struct known *find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        if (str_is(name, known[i].name))
            return &known[i];
    return NULL;
}

bool url_parameter_is_libpq(struct str name)
{
    const struct known *entry = find(name);

    return entry != NULL && (entry->flags & LIBPQ) != 0;
}

bool url_parameter_is_secret(struct str name)
{
    const struct known *entry = find(name);

    return entry != NULL && (entry->flags & SECRET) != 0;
}

void url_parameters_set(struct arena *arena, struct url_parameters *parameters, struct str name,
                        struct str value)
{
    for (size_t i = 0; i < parameters->count; i++) {
        if (str_equal(parameters->items[i].name, name)) {
            parameters->items[i].value = value;
            return;
        }
    }
    ARENA_PUSH(arena, parameters->items, parameters->count, parameters->capacity) =
        (struct url_parameter){name, value};
}

static bool keep(struct url_reader *reader, struct str name, struct str value, struct err *err)
{
    (void)err;
    url_parameters_set(reader->arena, &reader->url->parameters, name, value);
    return true;
}

static bool drop(struct url_reader *reader, struct str name, struct str value, struct err *err)
{
    (void)err;
    url_parameters_set(reader->arena, &reader->url->dropped, name, value);
    return true;
}

/* libpq takes an empty value for one that is not given; only the password keeps the difference. */
static struct str given(struct str value)
{
    return value.len == 0 ? (struct str){NULL, 0} : value;
}

static bool store_user(struct url_reader *reader, struct str name, struct str value, struct err *err)
{
    (void)name;
    (void)err;
    reader->url->user = given(value);
    return true;
}

static bool store_password(struct url_reader *reader, struct str name, struct str value, struct err *err)
{
    (void)name;
    (void)err;
    reader->url->password = value;
    return true;
}

static bool store_database(struct url_reader *reader, struct str name, struct str value, struct err *err)
{
    (void)name;
    /* libpq would read it as a URL in some calls and as a name in others; as a name its password is shown. */
    if (str_starts_with(value, "postgresql://") || str_starts_with(value, "postgres://")) {
        err_set(err, ERR_URL, "the name of the database is a URL itself");
        return err_hint(err, "give that URL by itself");
    }
    reader->url->database = given(value);
    return true;
}

static bool store_host(struct url_reader *reader, struct str name, struct str value, struct err *err)
{
    (void)name;
    (void)err;
    if (reader->hosts_are_parameters)
        reader->hosts = str_printf(reader->arena, "%.*s,%.*s", STR_ARGS(reader->hosts), STR_ARGS(value));
    else
        reader->hosts = value;
    reader->hosts_are_parameters = reader->url->driver.ptr != NULL;
    return true;
}

static bool store_port(struct url_reader *reader, struct str name, struct str value, struct err *err)
{
    (void)name;
    (void)err;
    reader->ports = value;
    return true;
}

static bool store_ssl(struct url_reader *reader, struct str name, struct str value, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LENGTH(ssl_modes); i++)
        if (str_is_nocase(value, ssl_modes[i].written))
            return keep(reader, (struct str)STR("sslmode"), str_from(ssl_modes[i].mode), err);
    err_set(err, ERR_URL, "the parameter %.*s of the database URL has a value that says nothing",
            STR_ARGS(name));
    return err_hint(err, "sslmode is one of disable, allow, prefer, require, verify-ca, verify-full");
}

/* libpq wants the directory and the port: DIRECTORY/.s.PGSQL.PORT. */
static bool store_socket(struct url_reader *reader, struct str name, struct str value, struct err *err)
{
    static const char base[] = "/.s.PGSQL.";
    size_t directory = value.len;

    while (directory > 0 && !str_starts_with(str_slice(value, directory, value.len), base))
        directory--;
    reader->ports = str_slice(value, directory + sizeof(base) - 1, value.len);
    if (directory == 0 || url_port(reader->ports) == 0) {
        err_set(err, ERR_URL, "the parameter unix_sock of the database URL names no socket of PostgreSQL");
        return err_hint(err, "it looks like /var/run/postgresql/.s.PGSQL.5432");
    }
    return store_host(reader, name, str_slice(value, 0, directory), err);
}

enum {
    LONGEST_NAME = 32
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions and replacements that make `b` of `a` (Levenshtein), without case. */
static size_t edit_distance(struct str a, struct str b)
{
    size_t row[LONGEST_NAME + 1];

    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t replaced = diagonal + (ascii_lower(a.ptr[i - 1]) == ascii_lower(b.ptr[j - 1]) ? 0 : 1);

            diagonal = row[j];
            row[j] = least(replaced, 1 + least(row[j], row[j - 1]));
        }
    }
    return row[b.len];
}

static const char *nearest(struct str name)
{
    size_t allowed = name.len <= 5 ? 1 : 2;

    if (name.len > LONGEST_NAME)
        return NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        if ((known[i].flags & LIBPQ) != 0 && edit_distance(name, str_from(known[i].name)) <= allowed)
            return known[i].name;
    return str_starts_with_nocase(name, "ssl") ? "sslmode" : NULL;
}

bool url_postgres_put(void *context, struct str name, struct str value, struct err *err)
{
    struct url_reader *reader = context;
    const struct known *entry = find(name);
    const char *meant = entry == NULL ? nearest(name) : NULL;

    if (entry != NULL)
        return entry->store(reader, name, value, err);
    if (meant == NULL)
        return drop(reader, name, value, err);
    err_set(err, ERR_URL, "PostgreSQL knows no connection parameter \"%.*s\"", STR_ARGS(name));
    return err_hint(err, "write %s, or leave it out", meant);
}
