#include "cli/secret_input.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"

enum {
    SECRET_MAXIMUM = 512 * 1024,
    LINE_MAXIMUM = 4095 /* of a terminal that edits its line: N_TTY_BUF_SIZE */
};

static volatile sig_atomic_t stopped_by;

static void on_stop(int number)
{
    stopped_by = number;
}

static const int stops[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

/* Without SA_RESTART: reading ends, and the terminal is given its echo back before anything else. */
static void catch_stops(struct sigaction *before)
{
    struct sigaction action = {.sa_handler = on_stop};

    stopped_by = 0;
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ARRAY_LENGTH(stops); i++)
        (void)sigaction(stops[i], &action, &before[i]);
}

static void release_stops(const struct sigaction *before)
{
    for (size_t i = 0; i < ARRAY_LENGTH(stops); i++)
        (void)sigaction(stops[i], &before[i], NULL);
    if (stopped_by != 0)
        (void)raise(stopped_by);
}

/* Up to the line end; at most the maximum and one more, so that too much is seen. */
static void read_bytes(struct buf *buf, bool one_line)
{
    char byte;

    while (stopped_by == 0 && !buf->failed) {
        ssize_t got = read(STDIN_FILENO, &byte, 1);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || (one_line && byte == '\n'))
            return;
        buf_byte(buf, byte);
    }
}

/* Asks when nothing is echoed any more, so that who answers at once is not seen either. */
static void ask(const char *what, const char *again, struct buf *answer)
{
    struct sigaction before[ARRAY_LENGTH(stops)];
    struct termios shown;
    struct termios hidden;

    catch_stops(before);
    (void)tcgetattr(STDIN_FILENO, &shown);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    (void)fprintf(stderr, "%s%s: ", what, again);
    read_bytes(answer, true);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    (void)fputc('\n', stderr);
    release_stops(before);
}

static bool ask_once(struct arena *arena, const char *what, const char *again, struct str *secret,
                     struct err *err)
{
    struct buf answer;

    buf_init(&answer, LINE_MAXIMUM);
    ask(what, again, &answer);
    if (stopped_by != 0)
        err_set(err, ERR_CANCELED, "interrupted: nothing was done");
    else if (answer.len >= LINE_MAXIMUM) {
        err_set(err, ERR_USAGE, "%s: a terminal takes lines of less than %d bytes", what, (int)LINE_MAXIMUM);
        err_hint(err, "write it into a file of mode 0600, or pipe it to standard input");
    } else {
        *secret = buf_to_str(arena, &answer);
    }
    explicit_bzero(answer.ptr, answer.len);
    buf_free(&answer);
    return err->code == ERR_NONE;
}

static bool ask_terminal(struct arena *arena, const struct secret_source *source, struct str *secret,
                         struct err *err)
{
    struct str again;

    if (!ask_once(arena, source->what, "", secret, err))
        return false;
    if (!source->twice || secret->len == 0)
        return true;
    if (!ask_once(arena, source->what, ", once more", &again, err))
        return false;
    return str_equal(*secret, again) || err_set(err, ERR_USAGE, "%s: the two are not the same", source->what);
}

static bool read_stdin(struct arena *arena, const char *what, struct str *secret, struct err *err)
{
    struct buf text;

    buf_init(&text, SECRET_MAXIMUM);
    stopped_by = 0;
    read_bytes(&text, false);
    if (text.failed)
        err_set(err, ERR_USAGE, "%s: standard input holds more than %d bytes", what, (int)SECRET_MAXIMUM);
    else
        *secret = buf_to_str(arena, &text);
    explicit_bzero(text.ptr, text.len);
    buf_free(&text);
    return err->code == ERR_NONE;
}

static void drop_line_end(struct str *secret)
{
    if (secret->len == 0 || secret->ptr[secret->len - 1] != '\n')
        return;
    secret->len--;
    if (secret->len > 0 && secret->ptr[secret->len - 1] == '\r')
        secret->len--;
}

bool secret_input(struct arena *arena, const struct secret_source *source, struct str *secret,
                  struct err *err)
{
    bool done;

    if (source->path != NULL && strcmp(source->path, "-") != 0)
        done = (!source->own || fs_check_secret(source->path, "a password", err)) &&
               fs_read(arena, source->path, SECRET_MAXIMUM, secret, err);
    else if (source->path == NULL && isatty(STDIN_FILENO) == 1)
        done = ask_terminal(arena, source, secret, err);
    else
        done = read_stdin(arena, source->what, secret, err);
    if (!done)
        return false;
    drop_line_end(secret);
    if (secret->len > 0)
        return true;
    return err_set(err, ERR_USAGE, "%s: nothing was given", source->what);
}
