#include "cli/wrap.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/str.h"

enum {
    USUAL_WIDTH = 80,
    LEAST_WIDTH = 20
};

size_t wrap_width(void)
{
    const char *columns = getenv("COLUMNS");
    long given = columns == NULL ? 0 : strtol(columns, NULL, 10);
    struct winsize size;

    if (given >= LEAST_WIDTH)
        return (size_t)given;
    if (isatty(STDOUT_FILENO) != 1)
        return 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < LEAST_WIDTH)
        return USUAL_WIDTH;
    return size.ws_col;
}

/* The spaces at the line's beginning, and the number of an item of a list. */
static size_t indent_of(struct str line)
{
    size_t indent = 0;

    while (indent < line.len && line.ptr[indent] == ' ')
        indent++;
    if (indent + 2 < line.len && ascii_is_digit(line.ptr[indent]) && line.ptr[indent + 1] == '.')
        return indent + 3;
    return indent + 2;
}

/* Up to the next space, the spaces before it included. */
static struct str take_word(struct str *rest)
{
    size_t end = 0;
    struct str word;

    while (end < rest->len && rest->ptr[end] == ' ')
        end++;
    while (end < rest->len && rest->ptr[end] != ' ')
        end++;
    word = str_slice(*rest, 0, end);
    *rest = str_slice(*rest, end, rest->len);
    return word;
}

static void put_wrapped(struct buf *out, struct str line, size_t width)
{
    size_t indent = indent_of(line);
    struct str rest = line;
    size_t used = 0;

    while (rest.len > 0) {
        struct str word = take_word(&rest);

        if (used > indent && used + str_utf8_count(word) > width) {
            buf_byte(out, '\n');
            for (size_t i = 0; i < indent; i++)
                buf_byte(out, ' ');
            used = indent;
            word = str_trim(word);
        }
        buf_str(out, word);
        used += str_utf8_count(word);
    }
}

void wrap_lines(struct buf *out, size_t start, size_t width)
{
    struct str text = str_slice(buf_view(out), start, out->len);
    struct buf made;

    if (width == 0)
        return;
    buf_init(&made, out->maximum);
    buf_str(&made, str_slice(buf_view(out), 0, start));
    while (text.len > 0) {
        ptrdiff_t found = str_find(text, '\n');
        size_t end = found < 0 ? text.len : (size_t)found;
        struct str line = str_slice(text, 0, end);

        if (str_utf8_count(line) <= width || str_starts_with(line, "    "))
            buf_str(&made, line);
        else
            put_wrapped(&made, line, width);
        if (found >= 0)
            buf_byte(&made, '\n');
        text = str_slice(text, end + (found >= 0), text.len);
    }
    if (made.failed) {
        buf_free(&made);
        return;
    }
    buf_free(out);
    *out = made;
}
