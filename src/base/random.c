#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

bool random_letters(struct arena *arena, size_t count, const char **text, struct err *err)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    char *made = arena_alloc(arena, count + 1);
    size_t length = 0;

    while (length < count) {
        unsigned char byte;

        if (getrandom(&byte, 1, 0) != 1) {
            if (errno == EINTR)
                continue;
            return err_set(err, ERR_FAILED, "the system gives no random numbers");
        }
        /* The rest above a multiple of 62 would make the first letters more frequent. */
        if (byte < 4 * 62)
            made[length++] = letters[byte % 62];
    }
    *text = made;
    return true;
}
