#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fs.h"
#include "ops/local_intern.h"

enum {
    /* The lines of postmaster.pid: PostgreSQL's src/include/utils/pidfile.h, counted from 0 here. */
    LINE_PID = 0,
    LINE_PORT = 3,
    LINE_SOCKETS = 4,
    LINE_STATUS = 7,

    FILE_MAXIMUM = 16 * 1024,
    PORT_MAXIMUM = 32767 /* above, the system takes ports for outgoing connections */
};

static struct str line_of(struct str text, size_t number)
{
    for (;;) {
        ptrdiff_t end = str_find(text, '\n');
        size_t length = end < 0 ? text.len : (size_t)end;

        if (number == 0 || end < 0)
            return number == 0 ? str_trim(str_slice(text, 0, length)) : (struct str){NULL, 0};
        text = str_slice(text, length + 1, text.len);
        number--;
    }
}

static struct str read_small(struct arena *arena, const char *path)
{
    struct err err = {0};
    struct str content;

    return fs_read(arena, path, FILE_MAXIMUM, &content, &err) ? content : (struct str){NULL, 0};
}

/* The link's text; NULL when it may not be read or there is none. */
static const char *read_link(struct arena *arena, const char *path)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof(target));

    return length < 0 ? NULL : arena_copy(arena, target, (size_t)length);
}

/* Whether one of the arguments, which are ended by NULs, is this text. */
static bool has_argument(struct str arguments, const char *text)
{
    while (arguments.len > 0) {
        ptrdiff_t end = str_find(arguments, '\0');
        size_t length = end < 0 ? arguments.len : (size_t)end;

        if (str_is(str_slice(arguments, 0, length), text))
            return true;
        arguments = str_slice(arguments, length + 1, arguments.len);
    }
    return false;
}

/*
 * A number that somebody once wrote into a file says little: after a crash or a reboot any program may have
 * it. A server stays in its data directory; where we may not see that (in a container root cannot, of another
 * user's process), its arguments name the directory.
 */
static bool is_server(struct arena *arena, const char *pid, const char *data)
{
    struct str name = read_small(arena, arena_printf(arena, "/proc/%s/comm", pid));
    const char *directory = read_link(arena, arena_printf(arena, "/proc/%s/cwd", pid));

    if (!str_is(str_trim(name), "postgres") && !str_is(str_trim(name), "postmaster"))
        return false;
    if (directory != NULL)
        return strcmp(directory, data) == 0;
    return has_argument(read_small(arena, arena_printf(arena, "/proc/%s/cmdline", pid)), data);
}

static int small_number(struct str line)
{
    int64_t number;

    return str_to_int64(line, &number) && number > 0 && number <= INT_MAX ? (int)number : 0;
}

struct local_server local_server_look(struct arena *arena, const char *data)
{
    struct str file = read_small(arena, fs_join(arena, data, "postmaster.pid"));
    struct str sockets = line_of(file, LINE_SOCKETS);
    pid_t pid = small_number(line_of(file, LINE_PID));

    if (pid == 0 || (kill(pid, 0) != 0 && errno != EPERM))
        return (struct local_server){.pid = 0};
    if (!is_server(arena, arena_printf(arena, "%d", (int)pid), data))
        return (struct local_server){.stale = true};
    return (struct local_server){.pid = pid,
                                 .ready = str_is(line_of(file, LINE_STATUS), "ready"),
                                 .port = small_number(line_of(file, LINE_PORT)),
                                 .sockets = sockets.len == 0 ? NULL : str_cstr(arena, sockets)};
}

size_t local_server_processes(struct arena *arena, const char *data)
{
    DIR *directory = opendir("/proc");
    struct dirent *entry;
    size_t count = 0;

    while (directory != NULL && (entry = readdir(directory)) != NULL)
        count += ascii_is_digit(entry->d_name[0]) && is_server(arena, entry->d_name, data);
    if (directory != NULL)
        (void)closedir(directory);
    return count;
}

bool local_port_is_free(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    bool is_free;

    if (descriptor < 0)
        return false;
    /* As the server does: connections that linger after their end are no obstacle. */
    (void)setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    is_free = bind(descriptor, (const struct sockaddr *)&address, sizeof(address)) == 0;
    (void)close(descriptor);
    return is_free;
}

int local_port_choose(int first)
{
    for (int port = first; port <= PORT_MAXIMUM; port++) {
        if (local_port_is_free(port))
            return port;
    }
    return 0;
}
