/*
 * Which state a file is in, in a text that another state never has.
 *
 * Numbers from "Database File Format": every commit counts the change counter of the header up (section
 * 1.3.7), or, in WAL mode, adds frames to the -wal, whose checksums run on over all before them (section 4.2,
 * 4.4).  Size and time of change tell of programs that are not SQLite.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/sqlite/private.h"

enum {
    HEADER_SIZE = 100,
    LOG_HEADER_SIZE = 32,
    FRAME_HEADER_SIZE = 24
};

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* By SQLite's own descriptor: closing another would drop the locks that this process holds on the file. */
static bool read_open_header(struct engine *engine, unsigned char *header)
{
    struct sqlite *sqlite = (struct sqlite *)engine_unwrap(engine);
    sqlite3_file *file = NULL;

    return sqlite3_file_control(sqlite->connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
           file != NULL && file->pMethods != NULL &&
           file->pMethods->xRead(file, header, HEADER_SIZE, 0) == SQLITE_OK;
}

static bool read_closed_header(const char *path, unsigned char *header)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool done;

    if (file < 0)
        return false;
    done = pread(file, header, HEADER_SIZE, 0) == HEADER_SIZE;
    (void)close(file);
    return done;
}

/* The frames that belong to it: those that carry the salt of its header.  What is behind them is of an
 * earlier time. */
static void put_log(int file, struct buf *state)
{
    unsigned char header[LOG_HEADER_SIZE];
    unsigned char frame[FRAME_HEADER_SIZE];
    unsigned char last[FRAME_HEADER_SIZE] = {0};
    int64_t frames = 0;
    off_t at = LOG_HEADER_SIZE;
    uint32_t page;

    if (pread(file, header, sizeof(header), 0) != LOG_HEADER_SIZE)
        return;
    page = big_endian(header + 8);
    while (page > 0 && pread(file, frame, sizeof(frame), at) == FRAME_HEADER_SIZE &&
           memcmp(frame + 8, header + 16, 8) == 0) {
        memcpy(last, frame, sizeof(last));
        at += (off_t)FRAME_HEADER_SIZE + (off_t)page;
        frames++;
    }
    if (frames > 0)
        buf_printf(state, ", log %" PRIx32 "%08" PRIx32 " %" PRId64 " %" PRIx32 "%08" PRIx32,
                   big_endian(last + 8), big_endian(last + 12), frames, big_endian(last + 16),
                   big_endian(last + 20));
}

/* SQLite holds its locks in WAL mode on the -shm, so that a -wal may be opened and closed. */
static bool put_log_of(const char *path, struct buf *state)
{
    struct arena *arena = arena_new();
    int file = open(arena_printf(arena, "%s-wal", path), O_RDONLY | O_CLOEXEC);
    bool known = file >= 0 || errno == ENOENT;

    arena_free(arena);
    if (file < 0)
        return known;
    put_log(file, state);
    (void)close(file);
    return true;
}

struct str sqlite_state(struct arena *arena, const char *path, struct engine *engine)
{
    unsigned char header[HEADER_SIZE];
    struct str made = {NULL, 0};
    struct stat status;
    struct buf state;

    if (stat(path, &status) != 0 ||
        !(engine == NULL ? read_closed_header(path, header) : read_open_header(engine, header)))
        return made;
    buf_init(&state, BUF_TEXT_MAXIMUM);
    buf_printf(&state, "%" PRId64 " bytes of %" PRId64 ".%09ld, change %" PRIu32 ", schema %" PRIu32,
               (int64_t)status.st_size, (int64_t)status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
               big_endian(header + 24), big_endian(header + 40));
    if (put_log_of(path, &state))
        made = buf_to_str(arena, &state);
    buf_free(&state);
    return made;
}
