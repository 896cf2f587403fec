/*
 * COPY ... FROM STDIN, by way of a queue.
 *
 * A server that waits for its disk takes nothing meanwhile, and a socket holds a millisecond of rows: without
 * a queue the sender would wait with it, and the server for the sender afterwards.  So libpq is never made to
 * wait (it is non-blocking while a COPY runs): what it cannot send at once stays in the queue, and only a
 * full queue waits.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "engine/postgres/private.h"

enum {
    /* libpq adds five bytes and sends multiples of 8 KB: with this no rest stays behind.  The server parses a
     * message only when it is whole, so messages larger than the socket's buffer make both take turns. */
    MESSAGE_MAXIMUM = 64 * 1024 - 5,
    QUEUE_SIZE = 4 * 1024 * 1024,
    EVERYTHING = QUEUE_SIZE + 1 /* more room than there can be */
};

/* A ring: `len` bytes from `head` on, the last of them may be at the beginning. */
struct postgres_queue {
    size_t head;
    size_t len;
    char bytes[QUEUE_SIZE];
};

static bool fail(struct postgres *postgres, struct err *err)
{
    return postgres_error(postgres, NULL, (struct str)STR("COPY"), err);
}

bool postgres_copy_in(struct engine *engine, struct str sql, struct err *err)
{
    struct postgres *postgres = (struct postgres *)engine;

    if (postgres->queue == NULL)
        postgres->queue = malloc(sizeof(*postgres->queue));
    if (postgres->queue == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for the rows to be sent");
    postgres->queue->head = postgres->queue->len = 0;
    if (!postgres_copy_start(postgres, sql, PGRES_COPY_IN, err))
        return false;
    return PQsetnonblocking(postgres->connection, 1) == 0 || fail(postgres, err);
}

/* Until the socket takes more; what the server has to say is taken in, or it would wait in its turn. */
static bool wait_for_socket(struct postgres *postgres, struct err *err)
{
    struct pollfd wanted = {.fd = PQsocket(postgres->connection), .events = POLLIN | POLLOUT};

    if (poll(&wanted, 1, -1) < 0)
        return errno == EINTR || err_set(err, ERR_FAILED, "poll: %s", strerror(errno));
    return (wanted.revents & ~POLLOUT) == 0 || PQconsumeInput(postgres->connection) == 1 ||
           fail(postgres, err);
}

static bool send_piece(struct postgres *postgres, struct err *err)
{
    struct postgres_queue *queue = postgres->queue;
    size_t size = queue->len < MESSAGE_MAXIMUM ? queue->len : MESSAGE_MAXIMUM;

    if (size > QUEUE_SIZE - queue->head)
        size = QUEUE_SIZE - queue->head;
    if (PQputCopyData(postgres->connection, queue->bytes + queue->head, (int)size) != 1)
        return fail(postgres, err);
    queue->len -= size;
    queue->head = queue->len == 0 ? 0 : (queue->head + size) % QUEUE_SIZE;
    return true;
}

/* Sends what can be sent, and waits until the queue has this much room; EVERYTHING: until all is sent. */
static bool drain(struct postgres *postgres, size_t room, struct err *err)
{
    for (;;) {
        int unsent = PQflush(postgres->connection);

        if (unsent < 0)
            return fail(postgres, err);
        if (unsent == 0 && postgres->queue->len == 0)
            return true;
        if (unsent == 0 && !send_piece(postgres, err))
            return false;
        if (unsent == 1 && QUEUE_SIZE - postgres->queue->len >= room)
            return true;
        if (unsent == 1 && !wait_for_socket(postgres, err))
            return false;
    }
}

static size_t enqueue(struct postgres_queue *queue, const char *bytes, size_t size)
{
    size_t end = (queue->head + queue->len) % QUEUE_SIZE;
    size_t room = QUEUE_SIZE - queue->len;

    if (room > QUEUE_SIZE - end)
        room = QUEUE_SIZE - end;
    if (size > room)
        size = room;
    memcpy(queue->bytes + end, bytes, size);
    queue->len += size;
    return size;
}

bool postgres_copy_put(struct engine *engine, const void *bytes, size_t size, struct err *err)
{
    struct postgres *postgres = (struct postgres *)engine;
    const char *next = bytes;

    while (size > 0) {
        size_t taken = enqueue(postgres->queue, next, size);

        next += taken;
        size -= taken;
        if (!drain(postgres, MESSAGE_MAXIMUM, err))
            return false;
    }
    return true;
}

bool postgres_copy_in_end(struct engine *engine, int64_t *rows, struct err *err)
{
    struct postgres *postgres = (struct postgres *)engine;

    *rows = 0;
    if (!drain(postgres, EVERYTHING, err))
        return false;
    if (PQsetnonblocking(postgres->connection, 0) != 0 || PQputCopyEnd(postgres->connection, NULL) != 1)
        return fail(postgres, err);
    return postgres_copy_finish(postgres, rows, err);
}

void postgres_copy_in_abort(struct engine *engine, const char *why)
{
    struct postgres *postgres = (struct postgres *)engine;
    struct err ignored = {.code = ERR_NONE};

    if (PQsetnonblocking(postgres->connection, 0) == 0 && PQputCopyEnd(postgres->connection, why) == 1)
        (void)postgres_copy_finish(postgres, NULL, &ignored);
}
