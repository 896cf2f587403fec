/* The VFS by which connections read a file that may become a copy while they do. */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/sqlite/held.h"

struct held_file {
    sqlite3_file file;
    struct held *held;
};

static int file_of(const struct held *held)
{
    return held->copy >= 0 ? held->copy : held->source;
}

static int held_close(sqlite3_file *file)
{
    (void)file;
    return SQLITE_OK;
}

/* Bytes behind the end are zeros ("sqlite3_io_methods", xRead). */
static int read_all(int descriptor, char *bytes, size_t wanted, off_t place)
{
    while (wanted > 0) {
        ssize_t got = pread(descriptor, bytes, wanted, place);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return SQLITE_IOERR_READ;
        if (got == 0) {
            memset(bytes, 0, wanted);
            return SQLITE_IOERR_SHORT_READ;
        }
        bytes += got;
        wanted -= (size_t)got;
        place += got;
    }
    return SQLITE_OK;
}

static int held_read(sqlite3_file *file, void *bytes, int wanted, sqlite3_int64 place)
{
    struct held *held = ((struct held_file *)file)->held;
    int code;

    pthread_rwlock_rdlock(&held->switching);
    code = read_all(file_of(held), bytes, (size_t)wanted, (off_t)place);
    pthread_rwlock_unlock(&held->switching);
    return code;
}

static int held_size(sqlite3_file *file, sqlite3_int64 *size)
{
    struct held *held = ((struct held_file *)file)->held;
    struct stat status;
    int code = SQLITE_IOERR_FSTAT;

    pthread_rwlock_rdlock(&held->switching);
    if (fstat(file_of(held), &status) == 0) {
        *size = status.st_size;
        code = SQLITE_OK;
    }
    pthread_rwlock_unlock(&held->switching);
    return code;
}

static int refuse_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 place)
{
    (void)file;
    (void)bytes;
    (void)size;
    (void)place;
    return SQLITE_READONLY;
}

static int refuse_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    (void)file;
    (void)size;
    return SQLITE_READONLY;
}

/* The lock that counts is held already, by held_take(). */
static int with_number(sqlite3_file *file, int number)
{
    (void)file;
    (void)number;
    return SQLITE_OK;
}

static int nobody_writes(sqlite3_file *file, int *reserved)
{
    (void)file;
    *reserved = 0;
    return SQLITE_OK;
}

static int no_control(sqlite3_file *file, int operation, void *argument)
{
    (void)file;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int no_sector(sqlite3_file *file)
{
    (void)file;
    return 0;
}

static int characteristics(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_IMMUTABLE; /* what is read never changes, whichever file it comes from */
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = held_close,
    .xRead = held_read,
    .xWrite = refuse_write,
    .xTruncate = refuse_truncate,
    .xSync = with_number,
    .xFileSize = held_size,
    .xLock = with_number,
    .xUnlock = with_number,
    .xCheckReservedLock = nobody_writes,
    .xFileControl = no_control,
    .xSectorSize = no_sector,
    .xDeviceCharacteristics = characteristics,
};

/* Files that SQLite makes to sort in are the system's business. */
static int held_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *given)
{
    sqlite3_vfs *usual = sqlite3_vfs_find(NULL);

    if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
        return usual->xOpen(usual, name, file, flags, given);
    *(struct held_file *)file = (struct held_file){.file = {.pMethods = &methods}, .held = vfs->pAppData};
    if (given != NULL)
        *given = SQLITE_OPEN_READONLY;
    return SQLITE_OK;
}

bool held_vfs_make(struct held *held)
{
    static atomic_uint made;
    const sqlite3_vfs *usual = sqlite3_vfs_find(NULL);

    if (usual == NULL) /* SQLite had no memory to begin with */
        return false;
    (void)snprintf(held->vfs_name, sizeof(held->vfs_name), "pgrade-held-%u", atomic_fetch_add(&made, 1));
    held->vfs = *usual;
    held->vfs.pNext = NULL;
    held->vfs.zName = held->vfs_name;
    held->vfs.pAppData = held;
    held->vfs.xOpen = held_open;
    if (held->vfs.szOsFile < (int)sizeof(struct held_file))
        held->vfs.szOsFile = (int)sizeof(struct held_file);
    return sqlite3_vfs_register(&held->vfs, 0) == SQLITE_OK;
}

void held_vfs_end(struct held *held)
{
    (void)sqlite3_vfs_unregister(&held->vfs);
}
