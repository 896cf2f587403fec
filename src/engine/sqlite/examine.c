/* What kind of file is this?  Looked at before SQLite opens it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/sqlite/private.h"

enum {
    HEADER_SIZE = 100 /* "Database File Format", section 1.3 */
};

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
    } else if (size == HEADER_SIZE) {
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

/* The header's page count is valid only when its version-valid-for number is that of the last change
 * (section 1.3.8); a file in WAL mode may be behind its -wal. */
static bool check_size(const char *path, const unsigned char *header, int64_t size, struct err *err)
{
    uint32_t page_size = (uint32_t)header[16] << 8 | header[17];
    uint32_t pages = big_endian(header + 28);
    bool valid = big_endian(header + 24) == big_endian(header + 92);
    bool wal = header[18] == 2 || header[19] == 2;

    if (page_size == 1)
        page_size = 65536;
    if (wal || !valid || pages == 0 || size >= (int64_t)pages * page_size)
        return true;
    err_set(err, ERR_SOURCE_CORRUPT, "%s: the file is cut short", path);
    err_detail(err, "its header says %lld bytes (%u pages of %u), it has %lld", (long long)pages * page_size,
               pages, page_size, (long long)size);
    err_hint(err, "copy it again, or take a backup; `sqlite3 %s .recover` may save what is left", path);
    return false;
}

bool sqlite_examine(const char *path, struct err *err)
{
    unsigned char header[HEADER_SIZE];
    struct stat status;
    ssize_t size;
    int file;

    if (stat(path, &status) != 0)
        return stat_error(path, errno, err);
    if (!S_ISREG(status.st_mode))
        return wrong_kind(path, &status, err);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return stat_error(path, errno, err);
    size = pread(file, header, sizeof(header), 0);
    (void)close(file);
    if (size < 0)
        return stat_error(path, errno, err);
    if (size == 0) /* what SQLite itself makes of a new database: no tables */
        return true;
    if ((size_t)size < sizeof(header) || memcmp(header, magic, sizeof(magic)) != 0)
        return not_sqlite(path, header, (size_t)size, err);
    return check_size(path, header, status.st_size, err);
}
