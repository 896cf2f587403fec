/* The way to a server, without libpq: its name, its port, and whether PostgreSQL is what answers there. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "ops/check_intern.h"

/* SSLRequest: its length, and the number that stands for it (PostgreSQL documentation, "Message Formats").  A
 * server answers S or N, before it asks who is there. */
static const unsigned char question[] = {0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f};

static struct addrinfo *look_up(struct arena *arena, const char *host, unsigned port, int *failed)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;

    *failed = getaddrinfo(host, arena_printf(arena, "%u", port), &hints, &found);
    return *failed == 0 ? found : NULL;
}

struct reached check_look_up(struct arena *arena, const char *host, struct str *addresses)
{
    struct reached reached = {.how = REACH_OPEN};
    struct addrinfo *found = look_up(arena, host, 0, &reached.error);
    struct buf text;

    if (found == NULL) {
        reached.how = REACH_UNKNOWN_NAME;
        *addresses = str_from(arena_printf(arena, "%s", gai_strerror(reached.error)));
        return reached;
    }
    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (const struct addrinfo *one = found; one != NULL; one = one->ai_next) {
        char name[NI_MAXHOST];

        if (getnameinfo(one->ai_addr, one->ai_addrlen, name, sizeof(name), NULL, 0, NI_NUMERICHOST) == 0)
            buf_printf(&text, "%s%s", text.len > 0 ? ", " : "", name);
    }
    *addresses = buf_to_str(arena, &text);
    buf_free(&text);
    freeaddrinfo(found);
    return reached;
}

/* 0, or what the system says. */
static int connect_within(int socket, const struct sockaddr *address, socklen_t length, int timeout_ms)
{
    struct pollfd wait = {.fd = socket, .events = POLLOUT};
    int error = 0;
    socklen_t size = sizeof(error);

    if (connect(socket, address, length) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    if (poll(&wait, 1, timeout_ms) <= 0)
        return ETIMEDOUT;
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

static char ask(int socket, int timeout_ms)
{
    struct pollfd wait = {.fd = socket, .events = POLLIN};
    char answer = 0;

    if (send(socket, question, sizeof(question), MSG_NOSIGNAL) != (ssize_t)sizeof(question) ||
        poll(&wait, 1, timeout_ms) <= 0 || recv(socket, &answer, 1, 0) != 1)
        return 0;
    return answer;
}

static enum reach_how how_of(int error)
{
    switch (error) {
    case 0: return REACH_OPEN;
    case ECONNREFUSED: return REACH_REFUSED;
    case ETIMEDOUT: return REACH_TIMEOUT;
    case ENOENT: return REACH_NO_SOCKET;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EADDRNOTAVAIL: return REACH_NO_WAY;
    default: return REACH_OTHER;
    }
}

static struct reached reach(const struct sockaddr *address, socklen_t length, int timeout_ms)
{
    struct reached reached = {.how = REACH_OTHER};
    int made = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (made < 0)
        return (struct reached){.how = REACH_OTHER, .error = errno};
    reached.error = connect_within(made, address, length, timeout_ms);
    reached.how = how_of(reached.error);
    if (reached.how == REACH_OPEN)
        reached.answer = ask(made, timeout_ms);
    (void)close(made);
    return reached;
}

static struct reached reach_socket(const char *directory, unsigned port, int timeout_ms)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct arena *arena = arena_new();
    struct str path = str_printf(arena, "%s/.s.PGSQL.%u", directory, port);
    struct reached reached = {.how = REACH_NO_SOCKET, .error = ENAMETOOLONG};

    if (path.len < sizeof(address.sun_path)) {
        for (size_t i = 0; i < path.len; i++)
            address.sun_path[i] = path.ptr[i];
        reached = reach((const struct sockaddr *)&address, sizeof(address), timeout_ms);
    }
    arena_free(arena);
    return reached;
}

struct reached check_reach(struct arena *arena, const char *host, unsigned port, int timeout_ms)
{
    struct reached reached = {.how = REACH_UNKNOWN_NAME};
    struct addrinfo *found;

    if (host[0] == '/')
        return reach_socket(host, port, timeout_ms);
    found = look_up(arena, host, port, &reached.error);
    for (const struct addrinfo *one = found; one != NULL; one = one->ai_next) {
        reached = reach(one->ai_addr, one->ai_addrlen, timeout_ms);
        if (reached.how == REACH_OPEN)
            break;
    }
    if (found != NULL)
        freeaddrinfo(found);
    return reached;
}
