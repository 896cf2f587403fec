/* How a mend is printed: what is to be copied in one line, what is to be read in as many as it takes. */
#include "base/screen.h"
#include "cli/report_check.h"
#include "cli/wrap.h"

/* Programs that mends begin with; a path and a quoted word are one too, and all capitals are SQL. */
static const char *const programs[] = {"sudo", "chmod", "sed",        "echo", "pgrade", "npm", "npx",    "cd",
                                       "set",  "grep",  "journalctl", "pip",  "pipenv", "git", "sqlite3"};

static bool is_command(struct str text)
{
    ptrdiff_t space = str_find(text, ' ');
    struct str word = str_slice(text, 0, space < 0 ? text.len : (size_t)space);
    bool capitals = word.len > 1;

    if (word.len > 0 && (word.ptr[0] == '\'' || word.ptr[0] == '/'))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(programs); i++)
        if (str_is(word, programs[i]))
            return true;
    for (size_t i = 0; i < word.len; i++)
        capitals = capitals && (ascii_is_alpha(word.ptr[i]) && word.ptr[i] == ascii_upper(word.ptr[i]));
    return capitals;
}

/* Where "   -- remark" or "   # remark" begins; the end: there is none. */
static size_t remark_of(struct str text)
{
    for (size_t i = 0; i + 5 < text.len; i++)
        if (str_starts_with(str_slice(text, i, text.len), "   -- ") ||
            str_starts_with(str_slice(text, i, text.len), "   # "))
            return i;
    return text.len;
}

/* A remark goes on in lines that are remarks too, so that all may be copied. */
static void put_remark(struct buf *out, struct arena *arena, struct str remark, size_t column, size_t width)
{
    const char *mark = remark.ptr[0] == '#' ? "# " : "-- ";
    size_t indent = column + str_from(mark).len;

    for (remark = str_slice(remark, str_from(mark).len, remark.len); remark.len > 0;) {
        size_t end = remark.len;

        if (width > indent && screen_width(remark) > width - indent) {
            end = screen_clip(remark, width - indent).len + 1;
            while (end > 0 && remark.ptr[end - 1] != ' ')
                end--;
            end = end == 0 ? remark.len : end;
        }
        buf_printf(out, "%*s%s%.*s\n", (int)column, "", mark,
                   STR_ARGS(screen_text(arena, str_trim(str_slice(remark, 0, end)))));
        remark = str_slice(remark, end, remark.len);
    }
}

void report_check_mend(struct buf *out, struct arena *arena, struct str mend, size_t column)
{
    struct str text = report_check_one_line(arena, mend);
    size_t width = wrap_width();
    size_t at = remark_of(text);
    bool fits = width == 0 || column + 6 + screen_width(text) <= width;

    buf_printf(out, "%*smend: ", (int)column, "");
    if (!fits && !is_command(text)) {
        report_check_prose(out, arena, text, column + 6, column + 6);
    } else if (fits || at == text.len) {
        buf_printf(out, "%.*s\n", STR_ARGS(screen_text(arena, text)));
    } else {
        buf_printf(out, "%.*s\n", STR_ARGS(screen_text(arena, str_slice(text, 0, at))));
        put_remark(out, arena, str_slice(text, at + 3, text.len), column + 6, width);
    }
}
