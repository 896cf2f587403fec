/* Locks between processes. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs_private.h"

/* Whoever removed the directory meanwhile (`local destroy`) left us a lock on a file that nobody else sees.
 */
static bool is_still_there(int descriptor, const char *path)
{
    struct stat ours;
    struct stat now;

    return fstat(descriptor, &ours) == 0 && stat(path, &now) == 0 && ours.st_ino == now.st_ino &&
           ours.st_dev == now.st_dev;
}

/* The descriptor; -1 with errno EWOULDBLOCK while another process holds the lock. */
static int try_lock(const char *path, int flags)
{
    int descriptor = open(path, flags | O_CLOEXEC, 0600);

    if (descriptor < 0)
        return -1;
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
        if (is_still_there(descriptor, path))
            return descriptor;
        errno = EWOULDBLOCK;
    }
    fs_close(descriptor);
    return -1;
}

static bool lock_within(const char *path, int flags, int wait_ms, struct fs_lock *lock, struct err *err)
{
    const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
    int64_t until = clock_monotonic_us() + (int64_t)wait_ms * 1000;

    for (;;) {
        lock->descriptor = try_lock(path, flags);
        if (lock->descriptor >= 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fs_fail(err, "lock", path);
        if (clock_monotonic_us() >= until)
            return err_set(err, ERR_REFUSED, "%s is locked by another process", path);
        (void)nanosleep(&pause, NULL);
    }
}

bool fs_lock(const char *path, int wait_ms, struct fs_lock *lock, struct err *err)
{
    return lock_within(path, O_RDWR | O_CREAT | O_NOFOLLOW, wait_ms, lock, err);
}

bool fs_lock_directory(const char *path, int wait_ms, struct fs_lock *lock, struct err *err)
{
    return lock_within(path, O_RDONLY | O_DIRECTORY, wait_ms, lock, err);
}

void fs_unlock(struct fs_lock *lock)
{
    fs_close(lock->descriptor);
    lock->descriptor = -1;
}
