#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/random.h"
#include "ops/local_intern.h"

enum {
    PASSWORD_LENGTH = 32,        /* of 62 characters: 190 bits */
    SOCKETS_LENGTH_MAXIMUM = 90, /* sun_path holds 107 bytes, "/.s.PGSQL.32767" among them */
    INITDB_TIMEOUT_MS = 5 * 60 * 1000
};

/* In the order of removal.  The lock is last: until then nobody else begins. */
static const char *const entries[] = {LOCAL_DATA,   LOCAL_NEW_DATA, LOCAL_SOCKETS,      LOCAL_SETTINGS,
                                      LOCAL_LOG,    LOCAL_PASSWORD, LOCAL_NEW_PASSWORD, LOCAL_GIT,
                                      LOCAL_MARKER, LOCAL_LOCK};

/* What a program of PostgreSQL would take from our environment, or say in another language. */
static const char *const clean_environment[] = {
    "PGDATA",     "PGHOST",    "PGPORT",   "PGUSER",      "PGPASSWORD",
    "PGDATABASE", "PGOPTIONS", "PGTZ",     "PGDATESTYLE", "PGCLIENTENCODING",
    "PGSERVICE",  "PG_COLOR",  "LANGUAGE", "LC_ALL=C",    NULL,
};

/*
 * How the databases compare text: by code points, whatever the machine's language is.  The first that this
 * PostgreSQL and this machine know.  The provider of PostgreSQL itself stays the same when the system's C
 * library changes.
 */
static const struct {
    int since; /* major version */
    const char *arguments[4];
} locales[] = {
    {17, {"--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", NULL}},
    {17, {"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", NULL}},
    {0, {"--locale=C.UTF-8", NULL}},
    {0, {"--locale=C", NULL}},
};

/* The marker holds lines NAME=VALUE. */
static bool write_marker(struct arena *arena, const struct local_instance *instance, struct err *err)
{
    const char *text =
        arena_printf(arena,
                     "# A PostgreSQL server made by pgrade; `pgrade local destroy` removes it.\n"
                     "port=%d\nprograms=%s\nversion=%s\n",
                     instance->port, instance->programs, instance->version);

    return fs_write(fs_join(arena, instance->directory, LOCAL_MARKER), 0644, str_from(text), err);
}

/* Another start may be about to write its marker: the lock and the marker's beginnings are not foreign. */
static bool is_foreign(const char *name)
{
    return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcmp(name, LOCAL_LOCK) != 0 &&
           strncmp(name, "." LOCAL_MARKER ".", sizeof("." LOCAL_MARKER)) != 0 &&
           strcmp(name, LOCAL_MARKER) != 0;
}

static bool holds_foreign(const char *directory)
{
    DIR *stream = opendir(directory);
    struct dirent *entry;
    bool foreign = false;

    while (stream != NULL && !foreign && (entry = readdir(stream)) != NULL)
        foreign = is_foreign(entry->d_name);
    if (stream != NULL)
        (void)closedir(stream);
    return foreign;
}

bool local_instance_claim(struct arena *arena, const char *directory, struct err *err)
{
    mode_t mode = geteuid() == 0 ? 0755 : 0700; /* root's server is another user's, who must get in */

    if (!fs_is_directory(directory))
        return fs_make_directory(directory, mode, err);
    /* The marker is looked for at the end: who made those files meanwhile has made it before. */
    if (!holds_foreign(directory) || fs_exists(fs_join(arena, directory, LOCAL_MARKER)))
        return true;
    err_set(err, ERR_REFUSED, "%s holds files and is no local instance", directory);
    return err_hint(err, "choose another directory: --dir");
}

static bool make_password(struct arena *arena, struct local_instance *instance, struct err *err)
{
    const char *text;

    if (!random_letters(arena, PASSWORD_LENGTH, &text, err))
        return false;
    instance->password = text;
    return fs_write(fs_join(arena, instance->directory, LOCAL_PASSWORD), 0600,
                    str_from(arena_printf(arena, "%s\n", text)), err);
}

static bool fail_path(struct err *err, const char *doing, const char *path)
{
    int why = errno;

    err_set(err, ERR_IO, "cannot %s %s", doing, path);
    return err_detail(err, "%s", strerror(why));
}

static bool give_to_server(const struct local_instance *instance, const char *path, struct err *err)
{
    if (instance->as == NULL || lchown(path, instance->as->uid, instance->as->gid) == 0)
        return true;
    return fail_path(err, "give to the server's user", path);
}

static bool make_server_directory(const struct local_instance *instance, const char *path, mode_t mode,
                                  struct err *err)
{
    return fs_make_directory(path, mode, err) && give_to_server(instance, path, err);
}

bool local_instance_run(struct arena *arena, const struct local_instance *instance, const char *const *argv,
                        int timeout_ms, struct proc_result *result, struct err *err)
{
    const struct proc_options options = {.argv = argv,
                                         .environment = clean_environment,
                                         .directory = instance->directory,
                                         .user = instance->as,
                                         .timeout_ms = timeout_ms};

    if (proc_check(arena, &options, result, err))
        return true;
    if (instance->as != NULL)
        err_hint(err, "the server runs as the user %s, who must be able to enter %s", instance->as->name,
                 instance->directory);
    return false;
}

static bool initdb(struct arena *arena, const struct local_instance *instance,
                   const struct local_programs *programs, const char *password_file, struct err *err)
{
    const char *program = fs_join(arena, programs->directory, "initdb");
    const char *data = fs_join(arena, instance->directory, LOCAL_NEW_DATA);
    struct proc_result result;

    for (size_t i = 0; i < ARRAY_LENGTH(locales); i++) {
        const char *const *locale = locales[i].arguments;
        const char *argv[] = {program,
                              "-D",
                              data,
                              "--username=" LOCAL_ROLE,
                              "--pwfile",
                              password_file,
                              "--auth-local=scram-sha-256",
                              "--auth-host=scram-sha-256",
                              "--encoding=UTF8",
                              "--data-checksums",
                              locale[0],
                              locale[1],
                              locale[1] == NULL ? NULL : locale[2],
                              NULL};
        struct err attempt = {0};

        if (programs->major < locales[i].since)
            continue;
        if (local_instance_run(arena, instance, argv, INITDB_TIMEOUT_MS, &result, &attempt))
            return true;
        /* Only a locale that is unknown here is a reason to try the next. */
        if (i + 1 == ARRAY_LENGTH(locales) || strstr(attempt.detail, "locale") == NULL) {
            *err = attempt;
            return false;
        }
    }
    return false;
}

/* Settings that change with every start are kept beside the data, in a file that is always written whole. */
static bool include_settings(struct arena *arena, const char *data, struct err *err)
{
    static const char line[] = "\ninclude_if_exists = '../" LOCAL_SETTINGS "'\n";
    const char *path = fs_join(arena, data, "postgresql.conf");
    int descriptor = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
    bool done = descriptor >= 0 && write(descriptor, line, sizeof(line) - 1) == (ssize_t)sizeof(line) - 1 &&
                fsync(descriptor) == 0;

    if (!done)
        fail_path(err, "write", path);
    if (descriptor >= 0)
        (void)close(descriptor);
    return done;
}

/* Beside the password itself, which stays root's when the server is another user's. */
static bool initdb_with_password(struct arena *arena, const struct local_instance *instance,
                                 const struct local_programs *programs, struct err *err)
{
    const char *path = fs_join(arena, instance->directory, LOCAL_NEW_PASSWORD);
    struct err ignored = {0};
    bool done = fs_remove_tree(instance->directory, LOCAL_NEW_PASSWORD, err) &&
                fs_write(path, 0600, str_from(instance->password), err) &&
                give_to_server(instance, path, err) && initdb(arena, instance, programs, path, err);

    return fs_remove_tree(instance->directory, LOCAL_NEW_PASSWORD, done ? err : &ignored) && done;
}

/* Under another name until it is complete: what is called `data` is whole, whenever we were killed. */
static bool make_data(struct arena *arena, struct local_instance *instance,
                      const struct local_programs *programs, struct err *err)
{
    const char *data = fs_join(arena, instance->directory, LOCAL_NEW_DATA);

    if (!fs_remove_tree(instance->directory, LOCAL_NEW_DATA, err) ||
        !make_server_directory(instance, data, 0700, err) ||
        !initdb_with_password(arena, instance, programs, err) || !include_settings(arena, data, err))
        return false;
    if (rename(data, instance->data) != 0)
        return fail_path(err, "make", instance->data);
    instance->has_data = true;
    instance->major = programs->major;
    return true;
}

static bool is_usable(struct arena *arena, const struct local_instance *instance, struct err *err)
{
    if (instance->has_data && instance->major == 0)
        err_set(err, ERR_FAILED, "%s is damaged: it holds no readable PG_VERSION", instance->data);
    else if (instance->has_data && instance->password == NULL)
        err_set(err, ERR_FAILED, "the password of the instance is lost: there is no %s",
                fs_join(arena, instance->directory, LOCAL_PASSWORD));
    else
        return true;
    return err_hint(err, "put the file back, or give the instance up: pgrade local destroy");
}

bool local_instance_create(struct arena *arena, struct local_instance *instance,
                           const struct local_programs *programs, struct err *err)
{
    instance->programs = programs->directory;
    instance->version = programs->version;
    if (!is_usable(arena, instance, err) || !write_marker(arena, instance, err))
        return false;
    instance->exists = true;
    /* Passwords and data have no business in the project's history. */
    if (!fs_write(fs_join(arena, instance->directory, LOCAL_GIT), 0644, (struct str)STR("*\n"), err))
        return false;
    if (instance->password == NULL && !make_password(arena, instance, err))
        return false;
    return instance->has_data || make_data(arena, instance, programs, err);
}

/* ------------------------------------------------------------------------------------ for each start */

/* Only what needs no quoting in the settings file, and fits into a socket's address. */
static bool is_good_for_sockets(const char *path)
{
    size_t length = strspn(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-");

    return length <= SOCKETS_LENGTH_MAXIMUM && path[length] == '\0';
}

/* In /tmp anybody may have made a directory of that name: then there is no Unix socket. */
static bool is_the_servers(const struct local_instance *instance, const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == instance->user.uid;
}

static bool remove_sockets(struct arena *arena, const char *directory, struct err *err)
{
    const char *elsewhere = local_instance_short_sockets(arena, directory);
    struct err ignored = {0};

    /* In /tmp it may be somebody else's, and then it is no matter of ours. */
    (void)!fs_remove_tree(fs_directory_of(arena, elsewhere), fs_name_of(elsewhere), &ignored);
    return fs_remove_tree(directory, LOCAL_SOCKETS, err);
}

static bool prepare_sockets(struct arena *arena, const struct local_instance *instance, const char **path,
                            struct err *err)
{
    mode_t mode = instance->as != NULL ? 0755 : 0700;

    /* Anew: a lock file beside a socket that was left there names a process as well, and who has that number.
     */
    if (!remove_sockets(arena, instance->directory, err))
        return false;
    *path = fs_join(arena, instance->directory, LOCAL_SOCKETS);
    if (is_good_for_sockets(*path))
        return make_server_directory(instance, *path, mode, err);
    *path = local_instance_short_sockets(arena, instance->directory);
    if (mkdir(*path, mode) == 0 && !give_to_server(instance, *path, err))
        return false;
    if (!is_the_servers(instance, *path))
        *path = "";
    return true;
}

static bool write_settings(struct arena *arena, const struct local_instance *instance, const char *sockets,
                           struct err *err)
{
    const char *text = arena_printf(
        arena,
        "# Written at each start.  Your own settings belong at the end of data/postgresql.conf.\n"
        "listen_addresses = '127.0.0.1'\n"
        "port = %d\n"
        "unix_socket_directories = '%s'\n"
        "fsync = on\n"
        /* The one transaction that publishes locks each table that comes and each that goes. */
        "max_locks_per_transaction = 512\n"
        "timezone = 'UTC'\n"
        "log_timezone = 'UTC'\n",
        instance->port, sockets);

    return fs_write(fs_join(arena, instance->directory, LOCAL_SETTINGS), 0644, str_from(text), err);
}

/* Made here, since the server's user may not make files in root's directory. */
static bool prepare_log(const struct local_instance *instance, struct err *err)
{
    int descriptor = open(instance->log, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (descriptor < 0)
        return fail_path(err, "open", instance->log);
    (void)close(descriptor);
    return give_to_server(instance, instance->log, err);
}

bool local_instance_prepare(struct arena *arena, struct local_instance *instance,
                            const struct local_programs *programs, int port, struct err *err)
{
    const char *sockets;

    instance->port = port;
    instance->programs = programs->directory;
    instance->version = programs->version;
    return prepare_sockets(arena, instance, &sockets, err) && write_settings(arena, instance, sockets, err) &&
           prepare_log(instance, err) && write_marker(arena, instance, err);
}

/* ---------------------------------------------------------------------------------------- and its end */

bool local_instance_remove(struct arena *arena, const char *directory, struct err *err)
{
    if (!remove_sockets(arena, directory, err))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(entries); i++) {
        if (!fs_remove_tree(directory, entries[i], err))
            return false;
    }
    if (rmdir(directory) != 0 && errno != ENOTEMPTY && errno != EEXIST)
        return fail_path(err, "remove", directory);
    return true;
}
