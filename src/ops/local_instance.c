#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "ops/local.h"
#include "ops/local_intern.h"

enum {
    FILE_MAXIMUM = 64 * 1024,
    FIRST_PORT = 20000,
    FIRST_PORTS = 10000
};

/* Whom the server runs as when we are root, the first that exists. */
static const char *const unprivileged[] = {"postgres", "pgrade", "nobody"};

static uint64_t hash_of(const char *text)
{
    uint64_t hash = 14695981039346656037U; /* FNV-1a */

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211U;
    return hash ^ hash >> 32;
}

int local_instance_first_port(const char *directory)
{
    return FIRST_PORT + (int)(hash_of(directory) % FIRST_PORTS);
}

const char *local_instance_short_sockets(struct arena *arena, const char *directory)
{
    return arena_printf(arena, "/tmp/pgrade-%016llx", (unsigned long long)hash_of(directory));
}

const char *local_instance_lock(struct arena *arena, const char *directory)
{
    return fs_join(arena, directory, LOCAL_LOCK);
}

static const char *safe_name(struct arena *arena, const char *name)
{
    char *safe = arena_copy(arena, name, strlen(name));

    for (char *c = safe; *c != '\0'; c++) {
        if (!ascii_is_alpha(*c) && !ascii_is_digit(*c) && *c != '-' && *c != '.')
            *c = '_';
    }
    return safe;
}

bool local_directory(struct arena *arena, const char *given, const char **directory, struct err *err)
{
    const char *here;

    if (given != NULL)
        return fs_absolute(arena, given, directory, err);
    if (!fs_absolute(arena, ".", &here, err))
        return false;
    if (geteuid() != 0)
        *directory = fs_join(arena, here, ".pgrade");
    else
        *directory = arena_printf(arena, "%s/%.40s-%08x", fs_data_directory(arena),
                                  safe_name(arena, strcmp(here, "/") == 0 ? "root" : fs_name_of(here)),
                                  (unsigned)hash_of(here));
    return true;
}

/* The marker holds lines NAME=VALUE; what it does not know it passes over. */
static struct str marker_value(struct str text, const char *name)
{
    size_t length = strlen(name);

    while (text.len > 0) {
        ptrdiff_t end = str_find(text, '\n');
        size_t size = end < 0 ? text.len : (size_t)end;
        struct str line = str_slice(text, 0, size);

        if (str_starts_with(line, name) && line.len > length && line.ptr[length] == '=')
            return str_slice(line, length + 1, line.len);
        text = str_slice(text, size + 1, text.len);
    }
    return (struct str){NULL, 0};
}

static int marker_number(struct str text, const char *name)
{
    int64_t number;

    return str_to_int64(marker_value(text, name), &number) && number > 0 && number <= 65535 ? (int)number : 0;
}

static const char *marker_text(struct arena *arena, struct str text, const char *name)
{
    struct str value = marker_value(text, name);

    return value.len == 0 ? NULL : str_cstr(arena, value);
}

/* A file of the instance; a NULL ptr when it is not there. */
static bool read_own(struct arena *arena, const struct local_instance *instance, const char *name,
                     struct str *text, struct err *err)
{
    const char *path = fs_join(arena, instance->directory, name);
    struct fs_info info;

    *text = (struct str){NULL, 0};
    return fs_stat(path, &info, err) &&
           (info.kind == FS_MISSING || fs_read(arena, path, FILE_MAXIMUM, text, err));
}

static bool read_marker(struct arena *arena, struct local_instance *instance, struct err *err)
{
    struct str text;

    if (!read_own(arena, instance, LOCAL_MARKER, &text, err))
        return false;
    if (text.ptr == NULL)
        return true;
    instance->exists = true;
    instance->port = marker_number(text, "port");
    instance->programs = marker_text(arena, text, "programs");
    instance->version = marker_text(arena, text, "version");
    return true;
}

static bool read_password(struct arena *arena, struct local_instance *instance, struct err *err)
{
    struct str text;

    if (!read_own(arena, instance, LOCAL_PASSWORD, &text, err))
        return false;
    if (text.ptr != NULL &&
        !fs_check_secret(fs_join(arena, instance->directory, LOCAL_PASSWORD), "a password", err))
        return false;
    if (text.ptr != NULL)
        instance->password = str_cstr(arena, str_trim(text));
    return true;
}

static bool unprivileged_user(struct arena *arena, struct proc_user *user, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LENGTH(unprivileged); i++) {
        struct err ignored = {0};

        if (proc_user_by_name(arena, unprivileged[i], user, &ignored))
            return true;
    }
    err_set(err, ERR_FAILED, "root may not run PostgreSQL, and there is no user postgres on this machine");
    return err_hint(err, "call pgrade as an ordinary user, or make one: useradd --system postgres");
}

/* The owner of the data runs the server, also when another user would be chosen today. */
static bool choose_user(struct arena *arena, struct local_instance *instance, struct err *err)
{
    struct fs_info info = {.kind = FS_MISSING};
    struct err ignored = {0};

    if (instance->exists && !fs_stat(instance->data, &info, err))
        return false;
    if (info.kind == FS_MISSING && geteuid() == 0) {
        if (!unprivileged_user(arena, &instance->user, err))
            return false;
    } else {
        uid_t uid = info.kind == FS_MISSING ? geteuid() : info.owner;

        if (!proc_user_by_id(arena, uid, &instance->user, &ignored))
            instance->user = (struct proc_user){
                .name = arena_printf(arena, "%u", (unsigned)uid), .home = "/", .uid = uid, .gid = info.group};
    }
    if (instance->user.uid == 0)
        return err_set(err, ERR_REFUSED, "%s belongs to root, who may not run PostgreSQL", instance->data);
    instance->as = geteuid() == 0 ? &instance->user : NULL;
    return true;
}

/* Data that cannot be read are told at a start; a status or a destroy must still be possible. */
static bool read_data(struct arena *arena, struct local_instance *instance, struct err *err)
{
    struct err ignored = {0};
    struct str text;
    int64_t major;

    instance->has_data = fs_is_directory(instance->data);
    if (!instance->has_data)
        return true;
    if (fs_read(arena, fs_join(arena, instance->data, "PG_VERSION"), FILE_MAXIMUM, &text, &ignored) &&
        str_to_int64(str_trim(text), &major) && major > 0 && major < 1000)
        instance->major = (int)major;
    /* Servers are recognised by their working directory, which the system tells without links. */
    return fs_absolute(arena, instance->data, &instance->data, err);
}

bool local_instance_open(struct arena *arena, const char *directory, struct local_instance *instance,
                         struct err *err)
{
    struct fs_info info;

    *instance = (struct local_instance){.directory = directory,
                                        .data = fs_join(arena, directory, LOCAL_DATA),
                                        .log = fs_join(arena, directory, LOCAL_LOG)};
    if (!fs_stat(directory, &info, err))
        return false;
    if (info.kind != FS_MISSING && info.kind != FS_DIRECTORY)
        return err_set(err, ERR_REFUSED, "%s is not a directory", directory);
    /* Somebody else could have put links there for us to write through, or programs for us to run. */
    if (info.kind == FS_DIRECTORY && info.owner != geteuid()) {
        err_set(err, ERR_REFUSED, "%s belongs to another user", directory);
        return err_hint(err, "call pgrade as that user, or choose another directory: --dir");
    }
    return read_marker(arena, instance, err) && read_data(arena, instance, err) &&
           read_password(arena, instance, err) && choose_user(arena, instance, err);
}
