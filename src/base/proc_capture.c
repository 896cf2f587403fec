/* What a program writes, kept up to a maximum: the first bytes, or the last. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/proc_private.h"

/* Makes room at the end by dropping the oldest bytes, half of them at once so that this is rare. */
static void drop_first(struct buf *buf, size_t wanted)
{
    size_t half = buf->len / 2;
    size_t drop = wanted > buf->len ? buf->len : wanted > half ? wanted : half;

    memmove(buf->ptr, buf->ptr + drop, buf->len - drop);
    buf->len -= drop;
    buf->ptr[buf->len] = '\0';
}

static void capture_put(struct capture *capture, const char *bytes, size_t size)
{
    size_t room = capture->maximum - capture->bytes.len;

    if (size > room) {
        capture->cut = true;
        if (capture->keep_last) {
            drop_first(&capture->bytes, size - room);
            room = capture->maximum - capture->bytes.len;
            bytes += size > room ? size - room : 0;
        }
        size = size > room ? room : size;
    }
    buf_put(&capture->bytes, bytes, size);
    capture->cut = capture->cut || capture->bytes.failed;
}

void capture_read(struct capture *capture)
{
    char block[4096];

    while (capture->descriptor >= 0) {
        ssize_t got = read(capture->descriptor, block, sizeof(block));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0)
            close_one(&capture->descriptor);
        else
            capture_put(capture, block, (size_t)got);
    }
}

void capture_wait(struct capture captures[2], int timeout_ms)
{
    struct pollfd polls[2];

    for (int i = 0; i < 2; i++)
        polls[i] = (struct pollfd){.fd = captures[i].descriptor, .events = POLLIN};
    (void)poll(polls, 2, timeout_ms);
    capture_read(&captures[0]);
    capture_read(&captures[1]);
}

void capture_begin(struct capture *capture, size_t maximum, bool keep_last)
{
    *capture = (struct capture){.descriptor = -1, .maximum = maximum, .keep_last = keep_last};
    buf_init(&capture->bytes, maximum);
}

struct str capture_end(struct arena *arena, struct capture *capture)
{
    struct str bytes = buf_to_str(arena, &capture->bytes);

    close_one(&capture->descriptor);
    buf_free(&capture->bytes);
    return bytes;
}
