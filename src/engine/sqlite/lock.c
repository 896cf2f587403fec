/*
 * SQLite's locks on a file, taken without SQLite.
 *
 * As os.h of its sources tells: a reader holds SHARED on 510 bytes, and on its way there PENDING, by which a
 * writer that waits for the last reader keeps new ones out; a writer holds RESERVED from its first change on.
 * A process's own POSIX locks go when it closes any descriptor of the file; locks of an open file description
 * stay, so these are taken where the system has them.
 */
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/flag.h"
#include "engine/sqlite/private.h"

enum {
    PENDING_BYTE = 0x40000000,
    RESERVED_BYTE = PENDING_BYTE + 1,
    SHARED_FIRST = PENDING_BYTE + 2,
    SHARED_SIZE = 510,
    PAUSE_NS = 500 * 1000
};

static bool control(int file, int of_description, int of_process, struct flock *lock)
{
    return fcntl(file, of_description, lock) == 0 ||
           (errno == EINVAL && fcntl(file, of_process, lock) == 0); /* a system without the former */
}

static bool set(int file, short type, off_t first, off_t size)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = first, .l_len = size};

    return control(file, F_OFD_SETLK, F_SETLK, &lock);
}

/* PENDING goes again in any case: holding it would keep the writer out that holds SHARED back. */
static bool try_shared(int file)
{
    bool locked;
    int number;

    if (!set(file, F_RDLCK, PENDING_BYTE, 1))
        return false;
    locked = set(file, F_RDLCK, SHARED_FIRST, SHARED_SIZE);
    number = errno;
    (void)set(file, F_UNLCK, PENDING_BYTE, 1);
    errno = number;
    return locked;
}

enum lock_outcome sqlite_lock_shared(int file, int wait_ms, const volatile sig_atomic_t *interrupted)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    int64_t until = clock_monotonic_us() + (int64_t)wait_ms * 1000;

    while (!try_shared(file)) {
        if (errno != EAGAIN && errno != EACCES && errno != EINTR)
            return LOCK_IMPOSSIBLE;
        if (clock_monotonic_us() >= until || flag_is_set(interrupted))
            return LOCK_BUSY;
        (void)nanosleep(&pause, NULL);
    }
    return LOCK_TAKEN;
}

void sqlite_unlock(int file)
{
    (void)set(file, F_UNLCK, PENDING_BYTE, SHARED_SIZE + 2);
}

bool sqlite_is_reserved(int file)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = RESERVED_BYTE, .l_len = 1};

    return control(file, F_OFD_GETLK, F_GETLK, &lock) && lock.l_type != F_UNLCK;
}
