/* What `check` prints. */
#include <stdio.h>

#include "base/screen.h"
#include "cli/report_check.h"
#include "cli/table.h"
#include "cli/wrap.h"

enum {
    TEXT_COLUMN = 11, /* below the name of the check */
    NAME_WIDTH = 20,
    COLOR_COUNT = CHECK_PROBLEM + 1
};

static const struct {
    const char *word;
    const char *color;
} marks[COLOR_COUNT] = {[CHECK_OK] = {"ok", "\033[32m"},
                        [CHECK_SKIPPED] = {"skipped", "\033[2m"},
                        [CHECK_ADVICE] = {"advice", "\033[33m"},
                        [CHECK_PROBLEM] = {"PROBLEM", "\033[1;31m"}};

/* In lines of at most `width` (0: one line) behind `column`; the first goes on at `used`. */
static void put_words(struct buf *out, struct arena *arena, struct str text, size_t column, size_t width,
                      size_t used)
{
    bool first = true;

    while (text.len > 0) {
        ptrdiff_t space = str_find(text, ' ');
        struct str word = screen_text(arena, str_slice(text, 0, space < 0 ? text.len : (size_t)space));
        size_t wide = screen_width(word);

        if (!first && width > 0 && used + 1 + wide > width) {
            buf_printf(out, "\n%*s", (int)column, "");
            used = column;
            first = true;
        }
        buf_printf(out, "%s%.*s", first ? "" : " ", STR_ARGS(word));
        used += wide + (first ? 0 : 1);
        first = false;
        text = space < 0 ? (struct str){NULL, 0} : str_slice(text, (size_t)space + 1, text.len);
    }
    buf_byte(out, '\n');
}

/* What the server says in several lines is said in one. */
struct str report_check_one_line(struct arena *arena, struct str text)
{
    char *copy = arena_printf(arena, "%.*s", STR_ARGS(text));

    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\n' || *c == '\t')
            *c = ' ';
    return str_from(copy);
}

static void put_prose(struct buf *out, struct arena *arena, struct str text, size_t column, size_t width)
{
    put_words(out, arena, text, column, width, column);
}

void report_check_prose(struct buf *out, struct arena *arena, struct str text, size_t column, size_t used)
{
    put_words(out, arena, report_check_one_line(arena, text), column, wrap_width(), used);
}

static void put_part(struct buf *out, struct arena *arena, const char *name, struct str text)
{
    buf_printf(out, "%*s%-6s", TEXT_COLUMN, "", name);
    put_prose(out, arena, text, TEXT_COLUMN + 6, wrap_width());
}

/* What the check says in general stands behind the last of several findings that have no mend of their own.
 */
static void put_finding(const struct check_result *result, size_t which, struct buf *out, struct arena *arena)
{
    struct str mend = result->findings[which].mend;
    bool last = which + 1 == result->count || result->findings[which + 1].mend.len > 0;

    buf_printf(out, "%*s", TEXT_COLUMN, "");
    put_prose(out, arena, report_check_one_line(arena, result->findings[which].what), TEXT_COLUMN,
              wrap_width());
    /* Whole, to be copied. */
    if (mend.len > 0)
        report_check_mend(out, arena, mend, TEXT_COLUMN);
    else if (last)
        put_part(out, arena, "mend:", str_from(result->check->mend));
}

/* Beside the name, or below it where its first word has no room there. */
static void put_note(struct buf *out, struct arena *arena, const char *name, struct str note)
{
    ptrdiff_t space = str_find(note, ' ');
    size_t wide = screen_width(str_slice(note, 0, space < 0 ? note.len : (size_t)space));
    bool below = wrap_width() > 0 && TEXT_COLUMN + NAME_WIDTH + wide > wrap_width();
    size_t column = below ? TEXT_COLUMN : TEXT_COLUMN + NAME_WIDTH;

    if (below)
        buf_printf(out, "%s\n%*s", name, TEXT_COLUMN, "");
    else
        buf_printf(out, "%-*s", NAME_WIDTH, name);
    put_prose(out, arena, note, column, wrap_width());
}

static void put_result(const struct invocation *invocation, const struct check_result *result,
                       struct buf *out)
{
    struct arena *arena = invocation->arena;
    const char *color = invocation->color ? marks[result->state].color : "";

    buf_printf(out, "  %s%-*s%s", color, TEXT_COLUMN - 2, marks[result->state].word,
               invocation->color ? "\033[0m" : "");
    if (result->note.len > 0 && (result->state == CHECK_OK || result->state == CHECK_SKIPPED)) {
        put_note(out, arena, result->check->name, report_check_one_line(arena, result->note));
    } else {
        buf_printf(out, "%s\n", result->check->name);
    }
    for (size_t i = 0; i < result->count; i++)
        put_finding(result, i, out, arena);
    if (result->count > 0)
        put_part(out, arena, "why:", str_from(result->check->why));
}

static size_t count_of(const struct check_report *report, enum check_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < report->count; i++)
        count += report->results[i].state == state ? 1 : 0;
    return count;
}

int report_check_status(const struct check_report *report)
{
    if (report->stopped)
        return PGRADE_UNREACHABLE;
    return count_of(report, CHECK_PROBLEM) + count_of(report, CHECK_ADVICE) > 0 ? PGRADE_SHORTFALL
                                                                                : PGRADE_DONE;
}

static void put_sum(const struct check_report *report, struct buf *out)
{
    size_t problems = count_of(report, CHECK_PROBLEM);
    size_t fixes = check_count_fixes(report);

    buf_printf(out, "\n%zu problem%s, %zu with advice, %zu good, %zu skipped\n", problems,
               problems == 1 ? "" : "s", count_of(report, CHECK_ADVICE), count_of(report, CHECK_OK),
               count_of(report, CHECK_SKIPPED));
    if (fixes > 0)
        buf_printf(out, "--fix runs %zu of the statements above, after asking\n", fixes);
    if (report->stopped)
        buf_text(out, "stopped at the first step that failed: those that were skipped behind it need it\n");
}

static void print(struct buf *out)
{
    (void)fwrite(out->ptr, 1, out->len, stdout);
    buf_free(out);
}

void report_check(const struct invocation *invocation, const struct check_report *report)
{
    const struct check_group *group = NULL;
    struct buf out;

    buf_init(&out, SIZE_MAX / 2);
    for (size_t i = 0; i < report->count; i++) {
        if (report->results[i].behind)
            continue;
        if (report->results[i].group != group)
            buf_printf(&out, "%s%s\n", i > 0 ? "\n" : "", report->results[i].group->name);
        group = report->results[i].group;
        put_result(invocation, &report->results[i], &out);
    }
    put_sum(report, &out);
    print(&out);
}

void report_check_list(const struct invocation *invocation)
{
    struct buf out;

    buf_init(&out, SIZE_MAX / 2);
    for (const struct check_group *group = check_groups; group->name != NULL; group++) {
        buf_printf(&out, "%s%s (%s)\n", group == check_groups ? "" : "\n", group->name,
                   group->kind == URL_SQLITE ? "SQLite" : "PostgreSQL");
        for (const struct check_entry *check = group->checks; check->name != NULL; check++) {
            buf_printf(&out, "  %-*s ", NAME_WIDTH, check->name);
            put_prose(&out, invocation->arena, str_from(check->looks), NAME_WIDTH + 3, wrap_width());
        }
    }
    print(&out);
}

static void put_paragraph(struct buf *out, struct arena *arena, const char *name, const char *text)
{
    buf_printf(out, "%-7s", name);
    put_prose(out, arena, str_from(text), 7, wrap_width());
}

void report_check_page(const struct invocation *invocation, const struct check_group *group,
                       const struct check_entry *check)
{
    struct buf out;

    buf_init(&out, SIZE_MAX / 2);
    buf_printf(&out, "%s (%s)\n\n", check->name, group->name);
    put_paragraph(&out, invocation->arena, "looks", check->looks);
    put_paragraph(&out, invocation->arena, "why", check->why);
    put_paragraph(&out, invocation->arena, "mend", check->mend);
    put_paragraph(&out, invocation->arena, "--fix", check->fixable ? "does it, after asking" : "does not");
    if (check->stops)
        put_paragraph(&out, invocation->arena, "stops",
                      "the checks behind it cannot be made while it is a problem");
    print(&out);
}
