#include "base/err.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum {
    PART_MAXIMUM = sizeof(((struct err *)NULL)->detail) /* the longest */
};

static const struct {
    const char *name;
    int status;
} codes[] = {
#define X(code, status, text) [code] = {#code, status},
    ERR_CODES(X)
#undef X
};

/* A part is one line: white space of libraries' messages (line ends, tabs) becomes one space. */
static void fold_spaces(char *part)
{
    char *to = part;

    for (const char *from = part; *from != '\0'; from++) {
        bool space = *from == '\n' || *from == '\t' || *from == '\r';

        if (!space)
            *to++ = *from;
        else if (to > part && to[-1] != ' ')
            *to++ = ' ';
    }
    while (to > part && to[-1] == ' ')
        to--;
    *to = '\0';
}

/* Cut at a whole UTF-8 sequence: the byte behind the last one that fits tells where one begins. */
static void put(char *part, size_t size, const char *format, va_list args) PRINTF_LIKE(3, 0);
static void put(char *part, size_t size, const char *format, va_list args)
{
    char text[PART_MAXIMUM + 1];
    int length = vsnprintf(text, size + 1, format, args);
    struct str kept = {text, length < 0 ? 0 : (size_t)length > size ? size : (size_t)length};

    kept = str_utf8_clip(kept, size - 1);
    memcpy(part, kept.ptr, kept.len);
    part[kept.len] = '\0';
    fold_spaces(part);
}

static void put_text(char *part, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);
static void put_text(char *part, size_t size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    put(part, size, format, args);
    va_end(args);
}

bool err_set(struct err *err, enum err_code code, const char *format, ...)
{
    va_list args;

    if (err->code != ERR_NONE)
        return false;
    err->code = code;
    err->sqlstate[0] = err->detail[0] = err->hint[0] = '\0';
    va_start(args, format);
    put(err->primary, sizeof(err->primary), format, args);
    va_end(args);
    return false;
}

bool err_detail(struct err *err, const char *format, ...)
{
    va_list args;

    if (err->detail[0] != '\0')
        return false;
    va_start(args, format);
    put(err->detail, sizeof(err->detail), format, args);
    va_end(args);
    return false;
}

bool err_hint(struct err *err, const char *format, ...)
{
    va_list args;

    if (err->hint[0] != '\0')
        return false;
    va_start(args, format);
    put(err->hint, sizeof(err->hint), format, args);
    va_end(args);
    return false;
}

void err_sqlstate(struct err *err, const char *sqlstate)
{
    if (sqlstate != NULL)
        (void)snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", sqlstate);
}

bool err_prefix(struct err *err, const char *format, ...)
{
    char was[sizeof(err->primary)];
    char prefix[256];
    va_list args;

    memcpy(was, err->primary, sizeof(was));
    va_start(args, format);
    put(prefix, sizeof(prefix), format, args);
    va_end(args);
    put_text(err->primary, sizeof(err->primary), "%s: %s", prefix, was);
    return false;
}

void err_hide_values(struct err *err)
{
    if (strncmp(err->sqlstate, "22", 2) == 0 || strncmp(err->sqlstate, "23", 2) == 0)
        (void)snprintf(err->detail, sizeof(err->detail), "hidden (SQLSTATE %s)", err->sqlstate);
}

void err_clear(struct err *err)
{
    *err = (struct err){.code = ERR_NONE};
}

int err_exit_status(enum err_code code)
{
    return codes[code].status;
}

const char *err_code_name(enum err_code code)
{
    return codes[code].name;
}
