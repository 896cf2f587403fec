/* report_check.h: what check.h found, for people and as JSON (docs/json.md). */
#ifndef PGRADE_CLI_REPORT_CHECK_H
#define PGRADE_CLI_REPORT_CHECK_H

#include "cli/command.h"
#include "ops/check.h"

/* A statement that --fix ran. */
struct check_fix_done {
    struct str sql;
    struct str error; /* a NULL ptr: it went well */
};

struct check_fixes {
    struct check_fix_done *items;
    size_t count;
    size_t capacity;
};

/* 0, 5 or 6: docs/exit.md. */
int report_check_status(const struct check_report *report);
void report_production(const struct invocation *invocation, const struct check_report *report);
/* What the server says in several lines is said in one. */
struct str report_check_one_line(struct arena *arena, struct str text);
/* "mend: ..." behind `column`: a command stays in one line, and its remark goes below where there is no room.
 */
void report_check_mend(struct buf *out, struct arena *arena, struct str mend, size_t column);
/* Words in lines as wide as the terminal, behind `column`; the first line goes on at `used`. */
void report_check_prose(struct buf *out, struct arena *arena, struct str text, size_t column, size_t used);
void report_check(const struct invocation *invocation, const struct check_report *report);
void report_check_json(const struct invocation *invocation, const struct check_report *report,
                       const struct check_fixes *fixes);

/* The table of checks, and the page of one; `only` NULL: all. */
void report_check_list(const struct invocation *invocation);
void report_check_page(const struct invocation *invocation, const struct check_group *group,
                       const struct check_entry *check);
void report_check_list_json(const struct check_entry *only);

#endif
