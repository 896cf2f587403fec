/* What kind of file is this?  Looked at before SQLite opens it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/screen.h"
#include "engine/sqlite/private.h"

static const char magic[16] = "SQLite format 3";

static bool stat_error(const char *path, int number, struct err *err)
{
    if (number == ENOENT || number == ENOTDIR) {
        err_set(err, ERR_SOURCE_MISSING, "%s: no such file", path);
        err_hint(err, "check the path; nothing was created");
    } else {
        err_set(err, ERR_PERMISSION, "%s: cannot be read", path);
        err_detail(err, "%s", strerror(number));
        err_hint(err, "run pgrade as the user who owns the file, or give read permission");
    }
    return false;
}

static bool wrong_kind(const char *path, const struct stat *status, struct err *err)
{
    err_set(err, ERR_SOURCE_KIND, "%s: %s, not a database file", path,
            S_ISDIR(status->st_mode) ? "a directory" : "not a regular file");
    err_hint(err, "name the SQLite file itself, such as instance/app.db");
    return false;
}

static bool looks_like_text(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((bytes[i] < 0x20 && !ascii_is_space((char)bytes[i])) || bytes[i] == 0x7f)
            return false;
    return size > 0 && str_utf8_valid_prefix((struct str){(const char *)bytes, size}) + 3 >= size;
}

static bool not_sqlite(const char *path, const unsigned char *bytes, size_t size, struct err *err)
{
    err_set(err, ERR_SOURCE_KIND, "%s: not a SQLite database", path);
    if (looks_like_text(bytes, size)) {
        err_detail(err, "it holds text, starting with \"%.*s\"",
                   STR_ARGS(str_utf8_clip(str_trim((struct str){(const char *)bytes, size}), 40)));
        err_hint(err, "for an SQL dump: sqlite3 app.db < dump.sql, then use app.db");
    } else if (size == SQLITE_HEADER_SIZE) {
        err_detail(
            err, "its first bytes are not SQLite's; it may be encrypted (SQLCipher, SEE) or another format");
        err_hint(err, "an encrypted database must be decrypted first (SQLCipher: sqlcipher_export() into a "
                      "plain file)");
    } else {
        err_detail(err, "it has only %zu bytes", size);
        err_hint(err, "check the path");
    }
    return false;
}

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

bool sqlite_header_is_wal(const unsigned char *header)
{
    return header[18] == 2 || header[19] == 2;
}

/* "Rollback Journals", the file format's section 3: a finished journal has no size, or zeros for a header. */
bool sqlite_journal_is_hot(int journal)
{
    static const unsigned char hot[] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};
    unsigned char header[sizeof(hot)];

    return pread(journal, header, sizeof(header), 0) == (ssize_t)sizeof(header) &&
           memcmp(header, hot, sizeof(hot)) == 0;
}

static int64_t wanted_size(const unsigned char *header)
{
    uint32_t page_size = (uint32_t)header[16] << 8 | header[17];

    return (int64_t)big_endian(header + 28) * (page_size == 1 ? 65536 : page_size);
}

/* The header's page count is valid only when its version-valid-for number is that of the last change
 * (section 1.3.8); a file in WAL mode may be behind its -wal. */
static bool is_cut_short(const unsigned char *header, int64_t size)
{
    bool valid = big_endian(header + 24) == big_endian(header + 92);

    return !sqlite_header_is_wal(header) && valid && size < wanted_size(header);
}

static bool has_journal(const char *path)
{
    char name[PATH_MAX];

    return snprintf(name, sizeof(name), "%s-journal", path) < (int)sizeof(name) && access(name, F_OK) == 0;
}

/* A writer grows the file page by page, the header first: what looks cut short is looked at again while
 * nobody writes; and what a crashed writer left is for its journal to mend. */
static bool check_size(const char *path, int file, unsigned char *header, int64_t size, struct err *err)
{
    struct stat status = {.st_size = size};
    enum lock_outcome outcome;
    struct arena *arena;

    if (!is_cut_short(header, size))
        return true;
    outcome = sqlite_lock_shared(file, SQLITE_BUSY_MS, NULL);
    if (outcome == LOCK_BUSY)
        return sqlite_lock_error(path, outcome, err);
    if (fstat(file, &status) != 0 || pread(file, header, SQLITE_HEADER_SIZE, 0) != SQLITE_HEADER_SIZE)
        return stat_error(path, errno, err);
    sqlite_unlock(file);
    if (!is_cut_short(header, status.st_size) || has_journal(path))
        return true;
    err_set(err, ERR_SOURCE_CORRUPT, "%s: the file is cut short", path);
    err_detail(err, "its header says %lld bytes (%u pages), it has %lld", (long long)wanted_size(header),
               big_endian(header + 28), (long long)status.st_size);
    arena = arena_new();
    err_hint(err, "copy it again, or take a backup; `sqlite3 %s .dump` may save what is left",
             screen_shell_word(arena, str_from(path)));
    arena_free(arena);
    return false;
}

static bool check_header(const char *path, int file, struct err *err)
{
    unsigned char header[SQLITE_HEADER_SIZE];
    struct stat status;
    ssize_t size = pread(file, header, sizeof(header), 0);

    if (size < 0 || fstat(file, &status) != 0)
        return stat_error(path, errno, err);
    if (size == 0) /* what SQLite itself makes of a new database: no tables */
        return true;
    if ((size_t)size < sizeof(header) || memcmp(header, magic, sizeof(magic)) != 0)
        return not_sqlite(path, header, (size_t)size, err);
    return check_size(path, file, header, status.st_size, err);
}

static bool look(const char *path, struct stat *status, struct err *err)
{
    if (stat(path, status) != 0)
        return stat_error(path, errno, err);
    return S_ISREG(status->st_mode) || wrong_kind(path, status, err);
}

bool sqlite_examine_kind(const char *path, struct err *err)
{
    struct stat status;

    return look(path, &status, err);
}

bool sqlite_examine(const char *path, struct err *err)
{
    struct stat status;
    bool done;
    int file;

    if (!look(path, &status, err))
        return false;
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return stat_error(path, errno, err);
    done = check_header(path, file, err);
    (void)close(file);
    return done;
}
