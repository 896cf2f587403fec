/* The name of the file of rows that are set aside; and the files that killed runs left without one. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "transfer/quarantine_file.h"

enum {
    HEADING_MAXIMUM = 256
};

bool quarantine_sync(struct quarantine *quarantine, struct err *err)
{
    if (fsync(quarantine->descriptor) != 0)
        return quarantine_fail("write", quarantine->part, err);
    if (!fs_exists(quarantine->path))
        return true;
    errno = EEXIST;
    return quarantine_fail("name", quarantine->path, err);
}

/* Not over a file that came meanwhile. */
bool quarantine_link(const char *part, const char *path)
{
    if (link(part, path) == 0) {
        (void)unlink(part);
        return true;
    }
    log_message(LOG_WARNING, "the file of the rows that were set aside keeps the name %s: %s: %s", part, path,
                strerror(errno));
    return false;
}

const char *quarantine_name(struct quarantine *quarantine)
{
    if (quarantine->path == NULL || quarantine->descriptor < 0 || quarantine->rows == 0)
        return NULL;
    quarantine->kept = true;
    return quarantine_link(quarantine->part, quarantine->path) ? quarantine->path : quarantine->part;
}

/* What has not been written out yet is missing at its end. */
static bool is_ours(int descriptor)
{
    char start[HEADING_MAXIMUM];
    size_t length = strlen(quarantine_heading);
    struct stat facts;
    ssize_t size;

    if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode))
        return false;
    size = pread(descriptor, start, length < sizeof(start) ? length : sizeof(start), 0);
    return size >= 0 && strncmp(start, quarantine_heading, (size_t)size) == 0;
}

int quarantine_look(const char *path)
{
    int descriptor = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (descriptor >= 0 && !is_ours(descriptor)) {
        (void)close(descriptor);
        return -1;
    }
    return descriptor;
}

/* A run that is alive holds the lock of its file. */
int quarantine_take(const char *part)
{
    int descriptor = quarantine_look(part);

    if (descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        (void)close(descriptor);
        return -1;
    }
    return descriptor;
}

bool quarantine_remove(const char *part)
{
    int descriptor = quarantine_take(part);
    bool removed;

    if (descriptor < 0)
        return false;
    removed = unlink(part) == 0;
    (void)close(descriptor);
    return removed;
}
