/* libedit (histedit.h).  The only file that knows it. */
#include "cli/sql_line.h"

#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "base/buf.h"
#include "base/fs.h"

enum {
    KEPT = 1000,                /* statements that can be called back */
    FILE_MAXIMUM = 1024 * 1024, /* of what is read at the start */
    LOOK_MS = 200
};

struct sql_line {
    struct arena *arena;
    EditLine *edit;
    History *history;
    const char *path; /* of the history; NULL, "": none is kept */
    const char *prompt;
    const volatile sig_atomic_t *interrupted;
    bool was_interrupted;
};

static char *prompt_of(EditLine *edit)
{
    struct sql_line *line = NULL;

    (void)el_get(edit, EL_CLIENTDATA, &line);
    return (char *)(uintptr_t)line->prompt;
}

/* Whether there is something to read; Ctrl-C and a closed terminal end the waiting. */
static bool wait_for_key(struct sql_line *line)
{
    struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};

    while (*line->interrupted == 0)
        if (poll(&terminal, 1, LOOK_MS) > 0)
            return true;
    line->was_interrupted = true;
    return false;
}

static int read_key(EditLine *edit, wchar_t *key)
{
    struct sql_line *line = NULL;
    mbstate_t state = {0};
    char byte;
    size_t used = (size_t)-2;

    (void)el_get(edit, EL_CLIENTDATA, &line);
    do {
        ssize_t size;

        if (!wait_for_key(line))
            return -1;
        size = read(STDIN_FILENO, &byte, 1);
        if (size <= 0)
            return (int)size;
        used = mbrtowc(key, &byte, 1, &state);
        if (used == (size_t)-1) {
            *key = L'?';
            return 1;
        }
    } while (used == (size_t)-2);
    if (used == 0)
        *key = L'\0';
    return 1;
}

/* One entry a line; what had several has \n for their ends. */
static struct str escape(struct arena *arena, struct str statement)
{
    struct buf out;
    struct str made;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < statement.len; i++) {
        if (statement.ptr[i] == '\n')
            buf_text(&out, "\\n");
        else if (statement.ptr[i] == '\\')
            buf_text(&out, "\\\\");
        else
            buf_byte(&out, statement.ptr[i]);
    }
    made = buf_to_str(arena, &out);
    buf_free(&out);
    return made;
}

static struct str unescape(struct arena *arena, struct str entry)
{
    char *text = arena_alloc(arena, entry.len + 1);
    size_t length = 0;

    for (size_t i = 0; i < entry.len; i++) {
        bool pair = entry.ptr[i] == '\\' && i + 1 < entry.len;

        if (pair)
            i++;
        text[length++] = pair && entry.ptr[i] == 'n' ? '\n' : entry.ptr[i];
    }
    return (struct str){text, length};
}

/* On one line, since libedit edits one: comments up to the end of a line would swallow the rest. */
static void enter(struct sql_line *line, struct str statement)
{
    char *text = arena_copy(line->arena, statement.ptr, statement.len);
    HistEvent event;

    if (strstr(text, "--") == NULL)
        for (char *c = text; *c != '\0'; c++)
            if (*c == '\n')
                *c = ' ';
    (void)history(line->history, &event, H_ENTER, text);
}

static void load(struct sql_line *line)
{
    struct err ignored = {.code = ERR_NONE};
    struct fs_info info;
    struct str text;

    if (!fs_stat(line->path, &info, &ignored) || info.kind != FS_FILE)
        return;
    if (!fs_read_from(line->arena, line->path, info.size > FILE_MAXIMUM ? info.size - FILE_MAXIMUM : 0,
                      FILE_MAXIMUM, &text, &ignored))
        return;
    if (info.size > FILE_MAXIMUM) /* the first line may be half a one */
        text = str_slice(text, (size_t)(str_find(text, '\n') + 1), text.len);
    if (info.size > FILE_MAXIMUM)
        (void)!fs_write(line->path, 0600, text, &ignored);
    while (text.len > 0) {
        ptrdiff_t end = str_find(text, '\n');
        size_t length = end < 0 ? text.len : (size_t)end;

        if (length > 0)
            enter(line, unescape(line->arena, str_slice(text, 0, length)));
        text = str_slice(text, length + 1, text.len);
    }
}

static void set_up(struct sql_line *line)
{
    HistEvent event;

    (void)history(line->history, &event, H_SETSIZE, KEPT);
    (void)history(line->history, &event, H_SETUNIQUE, 1);
    (void)el_set(line->edit, EL_CLIENTDATA, line);
    (void)el_set(line->edit, EL_PROMPT, prompt_of);
    (void)el_set(line->edit, EL_EDITOR, "emacs");
    (void)el_set(line->edit, EL_SIGNAL, 0);
    (void)el_set(line->edit, EL_GETCFN, read_key);
    (void)el_set(line->edit, EL_HIST, history, line->history);
    (void)el_set(line->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
    (void)el_source(line->edit, NULL);
}

struct sql_line *sql_line_new(const volatile sig_atomic_t *interrupted)
{
    struct sql_line *line = calloc(1, sizeof(*line));
    struct err ignored = {.code = ERR_NONE};

    if (line == NULL)
        return NULL;
    /* Letters beyond ASCII are letters to libedit in a locale of UTF-8 only. */
    if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1)
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    line->arena = arena_new();
    line->interrupted = interrupted;
    line->edit = el_init("pgrade", stdin, stdout, stderr);
    line->history = history_init();
    if (line->edit == NULL || line->history == NULL) {
        sql_line_free(line);
        return NULL;
    }
    set_up(line);
    line->path = getenv("PGRADE_HISTORY");
    if (line->path == NULL && fs_make_directory(fs_data_directory(line->arena), 0700, &ignored))
        line->path = fs_join(line->arena, fs_data_directory(line->arena), "history");
    if (line->path != NULL && line->path[0] != '\0')
        load(line);
    return line;
}

void sql_line_free(struct sql_line *line)
{
    if (line == NULL)
        return;
    if (line->edit != NULL)
        el_end(line->edit);
    if (line->history != NULL)
        history_end(line->history);
    arena_free(line->arena);
    free(line);
}

enum line_outcome sql_line_read(struct sql_line *line, const char *prompt, struct str *text)
{
    const char *got;
    int count = 0;

    line->prompt = prompt;
    line->was_interrupted = false;
    el_resize(line->edit);
    /* Before the prompt is shown: what is typed at once must not be echoed by the terminal itself. */
    (void)el_set(line->edit, EL_PREP_TERM, 1);
    got = el_gets(line->edit, &count);
    if (line->was_interrupted)
        return LINE_INTERRUPTED;
    if (got == NULL || count <= 0)
        return LINE_END;
    *text = (struct str){got, (size_t)count};
    while (text->len > 0 && (text->ptr[text->len - 1] == '\n' || text->ptr[text->len - 1] == '\r'))
        text->len--;
    return LINE_READ;
}

static bool may_hold_password(struct str statement)
{
    return str_contains_nocase(statement, "password") || str_contains_nocase(statement, "://") ||
           str_contains_nocase(statement, "secret");
}

/* Added to the file at once: a prompt beside this one adds its own. */
void sql_line_remember(struct sql_line *line, struct str statement)
{
    struct str entry = escape(line->arena, statement);
    int file;

    if (statement.len == 0 || may_hold_password(statement))
        return;
    enter(line, statement);
    if (line->path == NULL || line->path[0] == '\0')
        return;
    file = open(line->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return;
    if (fchmod(file, 0600) == 0)
        (void)!write(file, arena_printf(line->arena, "%.*s\n", STR_ARGS(entry)), entry.len + 1);
    (void)close(file);
}
