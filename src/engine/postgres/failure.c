/* Why a connection failed, in plain words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/screen.h"
#include "engine/postgres/private.h"

/* What a failed connection says, and what that means for the user.  The first row that matches speaks. */
static const struct failure {
    const char *contains; /* in libpq's message, ASCII without case */
    enum err_code code;
    const char *what;
    const char *hint;
} failures[] = {
    /* Files of certificates and keys, of which libpq's words hold the system's too. */
    {"root certificate file", ERR_PERMISSION, "the authority's certificate (sslrootcert) cannot be used",
     "check the path in ?sslrootcert=FILE, that this user may read it, and that it is a PEM file"},
    {"has group or world access", ERR_PERMISSION, "the private key (sslkey) may be read by others",
     "chmod 600 that file"},
    {"private key file", ERR_PERMISSION, "the private key of the client's certificate cannot be used",
     "check ?sslkey=FILE: it must be there, readable, and belong to the certificate of sslcert"},
    {"certificate file", ERR_PERMISSION, "the client's certificate (sslcert) cannot be used",
     "check the path in ?sslcert=FILE, that this user may read it, and that it is a PEM file"},
    {"does not match host name", ERR_PERMISSION, "the server's certificate is for another host name",
     "give the name that the certificate has as the host in the URL; hostaddr=ADDRESS says where it is"},
    {"certificate verify failed", ERR_PERMISSION, "the server's certificate could not be verified",
     "it is signed by another authority than sslrootcert's, or is expired: openssl s_client -starttls "
     "postgres "
     "-connect HOST:PORT shows it"},
    {"certificate expired", ERR_PERMISSION,
     "the server does not take the client's certificate: it is expired", "renew the certificate of sslcert"},
    {"unknown ca", ERR_PERMISSION, "the server does not know who signed the client's certificate",
     "check ?sslcert=FILE, or the server's ssl_ca_file"},
    {"requires a valid client certificate", ERR_PERMISSION, "the server wants a certificate of the client",
     "give ?sslcert=FILE&sslkey=FILE"},
    {"password authentication failed", ERR_PERMISSION, "wrong password, or no such user",
     "check user and password in the URL; special characters in it must be percent-encoded (@ is %40)"},
    {"no password supplied", ERR_PERMISSION, "the server asks for a password and none was given",
     "put it in the URL, in PGPASSWORD or in ~/.pgpass"},
    {"pg_hba.conf", ERR_PERMISSION, "the server does not let this user in from here",
     "if the message says \"no encryption\", add ?sslmode=require to the URL; else the server's pg_hba.conf "
     "needs a "
     "line"},
    {"peer authentication failed", ERR_PERMISSION,
     "the server wants the operating system's user to be the database user",
     "connect as that user (sudo -u USER), or over TCP with a password: "
     "postgresql://USER:PASSWORD@127.0.0.1/DB"},
    {"permission denied for database", ERR_PERMISSION, "this user may not connect to that database",
     "as its owner: GRANT CONNECT ON DATABASE ... TO ..."},
    {"is not permitted to log in", ERR_PERMISSION, "this user may not log in", "ALTER ROLE ... LOGIN;"},
    {"too many c", ERR_CONNECT, "the server has no connection left",
     "close other programs, or try again later"},
    {"remaining connection slots", ERR_CONNECT, "the server has no connection left",
     "close other programs, or try again later"},
    {"starting up", ERR_CONNECT, "the server is starting", "pgrade check --wait URL waits until it is ready"},
    {"shutting down", ERR_CONNECT, "the server is shutting down", "start it again, or wait until it is back"},
    {"in recovery mode", ERR_CONNECT, "the server is recovering from a crash",
     "pgrade check --wait URL waits until it is ready; its log says why it crashed"},
    {"not yet accepting connections", ERR_CONNECT, "the server is starting",
     "pgrade check --wait URL waits until it is ready"},
    {"not accepting connections", ERR_CONNECT, "the server lets nobody in",
     "a standby with hot_standby = off: give the primary's host, or set hot_standby = on there; of a "
     "database, "
     "ALTER DATABASE ... ALLOW_CONNECTIONS true"},
    {"ssl required", ERR_CONNECT, "the server takes encrypted connections only",
     "add ?sslmode=require to the URL"},
    {"ssl connection is required", ERR_CONNECT, "the server takes encrypted connections only",
     "add ?sslmode=require to the URL"},
    {"ssl/tls required", ERR_CONNECT, "the server takes encrypted connections only",
     "add ?sslmode=require to the URL"},
    {"role \"", ERR_PERMISSION, "the user does not exist on the server",
     "check the user in the URL, or create it: CREATE ROLE ... LOGIN PASSWORD '...'"},
    {"does not exist", ERR_CONNECT, "the database does not exist on the server",
     "check the name in the URL, or create it: createdb NAME"},
    {"could not translate host name", ERR_CONNECT, "the host name is unknown", "check the host in the URL"},
    {"server does not support ssl", ERR_CONNECT, "the server does not speak TLS",
     "take sslmode=require out of the URL"},
    {"connection refused", ERR_CONNECT, "no server is listening there",
     "start PostgreSQL, or check host and port in the URL; `pgrade local start` gives you one on this "
     "machine"},
    {"no such file or directory", ERR_CONNECT, "no server is listening on that socket",
     "start PostgreSQL, or give host and port in the URL; `pgrade local start` gives you one on this "
     "machine"},
    {"timeout expired", ERR_CONNECT, "the server does not answer",
     "check host and port, and firewalls on the way"},
    {"", ERR_CONNECT, "the connection failed", "check the URL; `psql URL` shows what the server says"},
};

/* libpq passes over a password file that others may read, and says so to nobody who could tell. */
static bool hint_password_file(struct arena *arena, PGconn *connection, struct err *err)
{
    const char *path = NULL;
    PQconninfoOption *options = PQconninfo(connection);

    for (const PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++)
        if (strcmp(option->keyword, "passfile") == 0 && option->val != NULL)
            path = str_cstr(arena, str_from(option->val));
    PQconninfoFree(options);
    if (path == NULL && getenv("HOME") != NULL)
        path = fs_join(arena, getenv("HOME"), ".pgpass");
    return path != NULL && fs_is_shared(path) &&
           !err_hint(err, "%s was passed over, since others may read it: chmod 600 %s", path,
                     screen_shell_word(arena, str_from(path)));
}

bool postgres_connect_error(const struct url *url, PGconn *connection, struct err *err)
{
    struct arena *arena = arena_new();
    struct str text = str_trim(str_from(PQerrorMessage(connection)));
    const struct failure *failure = failures;

    while (!str_contains_nocase(text, failure->contains))
        failure++;
    err_set(err, failure->code, "cannot connect to %.*s: %s", STR_ARGS(url_redacted(arena, url)),
            failure->what);
    err_detail(err, "%.*s", STR_ARGS(text));
    if (!str_contains_nocase(text, "no password supplied") || !hint_password_file(arena, connection, err))
        err_hint(err, "%s", failure->hint);
    arena_free(arena);
    return false;
}

/*
 * libpq itself tells of a file that may not be read with bytes that it never wrote (15.18: a buffer that
 * GNU's strerror_r() leaves alone), so that is found out before.  One that is missing is libpq's to judge.
 */
bool postgres_check_files(const struct url *url, struct err *err)
{
    static const struct {
        const char *parameter;
        const char *variable;
    } files[] = {{"sslrootcert", "PGSSLROOTCERT"},
                 {"sslcert", "PGSSLCERT"},
                 {"sslkey", "PGSSLKEY"},
                 {"sslcrl", "PGSSLCRL"}};
    struct arena *arena = arena_new();
    bool done = true;

    for (size_t i = 0; i < ARRAY_LENGTH(files) && !str_is(url_parameter(url, "sslmode"), "disable"); i++) {
        struct str given = url_parameter(url, files[i].parameter);
        const char *path = given.ptr != NULL ? str_cstr(arena, given) : getenv(files[i].variable);

        if (path == NULL || access(path, R_OK) == 0 || errno == ENOENT || errno == ENOTDIR)
            continue;
        err_set(err, ERR_PERMISSION, "the file of %s cannot be read: %s", files[i].parameter, path);
        err_detail(err, "%s", strerror(errno));
        done = err_hint(err, "let this user read it, or give another file: ?%s=FILE", files[i].parameter);
        break;
    }
    arena_free(arena);
    return done;
}

bool postgres_is_here(struct str host, struct str address)
{
    /* A socket's name is a path, or begins with '@'. */
    return (host.len > 0 && (host.ptr[0] == '/' || host.ptr[0] == '@')) ||
           (address.len > 0 ? url_is_loopback(address) : host.len == 0);
}
