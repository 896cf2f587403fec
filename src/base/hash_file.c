#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <sha2.h>

#include "base/flag.h"
#include "base/fs_private.h"
#include "base/hash.h"

enum {
    BLOCK = 256 * 1024
};

static bool read_all(int file, const char *path, const volatile sig_atomic_t *interrupted, SHA2_CTX *context,
                     int64_t *bytes, struct err *err)
{
    struct arena *scratch = arena_new();
    uint8_t *block = arena_alloc(scratch, BLOCK);
    ssize_t got;

    *bytes = 0;
    do {
        got = read(file, block, BLOCK);
        if (got > 0) {
            SHA256Update(context, block, (size_t)got);
            *bytes += got;
        }
    } while (!flag_is_set(interrupted) && (got > 0 || (got < 0 && errno == EINTR)));
    arena_free(scratch);
    if (flag_is_set(interrupted))
        return err_set(err, ERR_CANCELED, "interrupted");
    return got == 0 || fs_fail(err, "read", path);
}

bool hash_file(struct arena *arena, const char *path, const volatile sig_atomic_t *interrupted,
               struct str *hex, int64_t *bytes, struct err *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    char digits[SHA256_DIGEST_STRING_LENGTH];
    SHA2_CTX context;
    bool done;

    if (file < 0)
        return fs_fail(err, "read", path);
    SHA256Init(&context);
    done = read_all(file, path, interrupted, &context, bytes, err);
    (void)SHA256End(&context, digits);
    fs_close(file);
    if (done)
        *hex = str_dup(arena, str_from(digits));
    return done;
}
