#include "cli/secrets.h"

#include <string.h>
#include <sys/prctl.h>

#include "base/str.h"

/* LeakSanitizer looks at the process as a debugger does, which the same switch forbids. */
#if defined(__SANITIZE_ADDRESS__)
#define MAY_FORBID_DUMPS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MAY_FORBID_DUMPS 0
#endif
#endif
#ifndef MAY_FORBID_DUMPS
#define MAY_FORBID_DUMPS 1
#endif

static void blank(char *from, const char *to)
{
    while (from < to)
        *from++ = '*';
}

/* Up to the last '@': a password that was not percent-encoded may hold any byte. */
static void blank_user_info(char *word)
{
    char *start = strstr(word, "://");
    char *end = strrchr(word, '@');
    char *colon = start == NULL ? NULL : strchr(start + 3, ':');

    if (colon != NULL && end != NULL && colon < end)
        blank(colon + 1, end);
}

/* `password=`, `sslpassword=`, `..._secret=` and the like, up to the next parameter; in the other spelling of
 * libpq, with spaces, all that follows. */
static void blank_parameters(char *word)
{
    static const char *const names[] = {"password=", "passwd=", "secret="};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        for (char *at = strstr(word, names[i]); at != NULL; at = strstr(at + 1, names[i])) {
            char *value = at + strlen(names[i]);

            blank(value, value + strcspn(value, "&"));
        }
}

/* `env set KEY=VALUE`, of which the value may be anything. */
static void blank_settings(int count, char **words)
{
    for (int i = 3; count > 3 && strcmp(words[1], "env") == 0 && strcmp(words[2], "set") == 0 && i < count;
         i++) {
        char *sign = words[i][0] == '-' ? NULL : strchr(words[i], '=');

        if (sign != NULL)
            blank(sign + 1, sign + strlen(sign));
    }
}

char **secrets_hide(struct arena *arena, int count, char **words)
{
    char **copies = ARENA_ARRAY(arena, char *, (size_t)count + 1);

    for (int i = 0; i < count; i++) {
        copies[i] = arena_copy(arena, words[i], strlen(words[i]));
        blank_user_info(words[i]);
        blank_parameters(words[i]);
    }
    blank_settings(count, words);
    if (MAY_FORBID_DUMPS)
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return copies;
}
