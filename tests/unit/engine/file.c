#include "tests/unit.h"

#include "file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"

static bool run(const char *path, const char *sql)
{
    sqlite3 *connection;
    char *message = NULL;
    bool done = sqlite3_open(path, &connection) == SQLITE_OK;

    (void)sqlite3_busy_timeout(connection, 10000);
    (void)sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 0, (int *)NULL);
    done = done && sqlite3_exec(connection, sql, NULL, NULL, &message) == SQLITE_OK;
    if (!done)
        (void)fprintf(stderr, "%s: %s\n", sql, message == NULL ? "?" : message);
    sqlite3_free(message);
    (void)sqlite3_close(connection);
    return done;
}

/* Runs every statement that comes in, and answers with one byte. */
static void serve(int socket, const char *path)
{
    char sql[4096];
    ssize_t size;

    while ((size = read(socket, sql, sizeof(sql) - 1)) > 0) {
        char answer;

        sql[size] = '\0';
        answer = run(path, sql) ? 'y' : 'n';
        if (write(socket, &answer, 1) != 1)
            break;
    }
    _exit(0);
}

static int start_other_process(const char *path)
{
    int sockets[2];
    pid_t child;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0 || (child = fork()) < 0)
        return -1;
    if (child == 0) {
        (void)close(sockets[0]);
        serve(sockets[1], path);
    }
    (void)close(sockets[1]);
    return sockets[0];
}

int file_setup(void **state)
{
    struct arena *arena = arena_new();
    struct file *file = ARENA_NEW(arena, struct file);
    char folder[] = "/tmp/pgrade-engine-XXXXXX";

    if (mkdtemp(folder) == NULL)
        return -1;
    file->arena = arena;
    file->folder = arena_printf(arena, "%s", folder);
    file->path = arena_printf(arena, "%s/app.db", folder);
    file->url = (struct url){.kind = URL_SQLITE, .path = str_from(file->path)};
    file->elsewhere = start_other_process(file->path);
    *state = file;
    return file->elsewhere < 0 ? -1 : 0;
}

int file_teardown(void **state)
{
    struct file *file = *state;
    struct err err = {.code = ERR_NONE};
    bool removed;

    (void)close(file->elsewhere);
    (void)wait(NULL);
    removed = fs_remove_tree("/tmp", file->folder + strlen("/tmp/"), &err);
    arena_free(file->arena);
    return removed ? 0 : -1;
}

void file_run(const struct file *file, const char *sql)
{
    assert_true(run(file->path, sql));
}

void file_run_elsewhere(const struct file *file, const char *sql)
{
    char answer = '?';

    assert_int_equal(write(file->elsewhere, sql, strlen(sql)), (ssize_t)strlen(sql));
    assert_int_equal(read(file->elsewhere, &answer, 1), 1);
    assert_int_equal(answer, 'y');
}

void file_write(const struct file *file, const void *bytes, size_t size)
{
    int descriptor = open(file->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, size), (ssize_t)size);
    assert_int_equal(close(descriptor), 0);
}

long long file_size(const struct file *file, const char *suffix)
{
    struct stat status;

    if (stat(arena_printf(file->arena, "%s%s", file->path, suffix), &status) != 0)
        return -1;
    return (long long)status.st_size;
}

struct engine *file_open(struct file *file)
{
    struct engine_options options = {.busy_ms = 50};
    struct engine *engine = NULL;

    err_clear(&file->err);
    if (!engine_open(&file->url, &options, &engine, &file->err))
        fail_msg("%s: %s", file->err.primary, file->err.detail);
    return engine;
}

void file_refused(struct file *file, enum err_code code, const char *says)
{
    struct engine_options options = {.busy_ms = 50};
    struct engine *engine = NULL;

    err_clear(&file->err);
    assert_false(engine_open(&file->url, &options, &engine, &file->err));
    assert_null(engine);
    if (file->err.code != code || strstr(file->err.primary, says) == NULL)
        fail_msg("%s %s: %s", err_code_name(file->err.code), file->err.primary, file->err.detail);
}

long long file_int(struct engine *engine, const char *sql)
{
    struct err err = {.code = ERR_NONE};
    int64_t value = -1;

    if (!engine_int(engine, str_from(sql), &value, &err))
        fail_msg("%s: %s: %s", sql, err.primary, err.detail);
    return (long long)value;
}

const char *file_text(struct file *file, struct str text)
{
    return text.ptr == NULL ? "NULL" : str_cstr(file->arena, text);
}
