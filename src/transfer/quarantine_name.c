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

const char *quarantine_name(struct quarantine *quarantine)
{
    if (quarantine->path == NULL || quarantine->descriptor < 0 || quarantine->rows == 0)
        return NULL;
    quarantine->kept = true;
    /* Not over a file that came meanwhile. */
    if (link(quarantine->part, quarantine->path) == 0) {
        (void)unlink(quarantine->part);
        return quarantine->path;
    }
    log_message(LOG_WARNING, "the file of the rows that were set aside keeps the name %s: %s: %s",
                quarantine->part, quarantine->path, strerror(errno));
    return quarantine->part;
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

/* A run that is alive holds the lock of its file. */
bool quarantine_remove(const char *part)
{
    int descriptor = open(part, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool removed;

    if (descriptor < 0)
        return false;
    removed = is_ours(descriptor) && flock(descriptor, LOCK_EX | LOCK_NB) == 0 && unlink(part) == 0;
    (void)close(descriptor);
    return removed;
}
