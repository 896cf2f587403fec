/* What `check --production` prints: a list to be ticked off. */
#include <stdio.h>

#include "base/screen.h"
#include "cli/report_check.h"
#include "cli/wrap.h"

enum {
    COLUMN = 6 /* below a title */
};

static const struct {
    const char *tick;
    const char *color;
} marks[] = {[CHECK_OK] = {"[x]", "\033[32m"},
             [CHECK_SKIPPED] = {"[-]", "\033[2m"},
             [CHECK_ADVICE] = {"[!]", "\033[33m"},
             [CHECK_PROBLEM] = {"[ ]", "\033[1;31m"}};

static void put_line(struct buf *out, struct arena *arena, const char *name, struct str text)
{
    buf_printf(out, "%*s%s: ", COLUMN, "", name);
    report_check_prose(out, arena, text, COLUMN + 2, COLUMN + screen_width(str_from(name)) + 2);
}

/* What was found, or why it was not looked at. */
static void put_details(const struct invocation *invocation, const struct check_result *result,
                        struct str *said, struct buf *out)
{
    struct arena *arena = invocation->arena;

    /* One reason may keep several checks from being made. */
    if (result->state == CHECK_SKIPPED && !str_equal(*said, result->note))
        put_line(out, arena, result->check->name, result->note);
    if (result->state == CHECK_SKIPPED)
        *said = result->note;
    for (size_t i = 0; i < result->count; i++) {
        struct str mend = result->findings[i].mend;

        put_line(out, arena, result->check->name, result->findings[i].what);
        report_check_mend(out, arena, mend.len > 0 ? mend : str_from(result->check->mend), COLUMN + 2);
    }
}

static void put_item(const struct invocation *invocation, const struct check_report *report,
                     const struct check_item *item, struct buf *out)
{
    enum check_state state = check_item_state(item, report);
    struct str said = {NULL, 0};
    size_t behind = 0;

    buf_printf(out, "%s%s%s %s\n", invocation->color ? marks[state].color : "", marks[state].tick,
               invocation->color ? "\033[0m" : "", item->title);
    for (size_t i = 0; i < report->count; i++) {
        if (!check_belongs(item, report->results[i].check))
            continue;
        if (report->results[i].behind)
            behind++;
        else
            put_details(invocation, &report->results[i], &said, out);
    }
    if (behind > 0)
        buf_printf(out, "%*s%zu not looked at: an earlier step failed\n", COLUMN, "", behind);
}

void report_production(const struct invocation *invocation, const struct check_report *report)
{
    size_t ticked = 0;
    size_t count = 0;
    struct buf out;

    buf_init(&out, SIZE_MAX / 2);
    for (const struct check_item *item = check_items; item->title != NULL; item++) {
        put_item(invocation, report, item, &out);
        ticked += check_item_state(item, report) == CHECK_OK ? 1 : 0;
        count++;
    }
    buf_printf(&out, "\n%zu of %zu are in order   [x] good  [ ] problem  [!] advice  [-] not looked at\n",
               ticked, count);
    (void)fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}
