/* report_verify.h: what a comparison found, for people and as JSON (docs/json.md). */
#ifndef PGRADE_CLI_REPORT_VERIFY_H
#define PGRADE_CLI_REPORT_VERIFY_H

#include "base/json.h"
#include "cli/command.h"
#include "ops/verify.h"

struct verify_report {
    struct invocation *invocation;
    const struct verify_options *options;
    const struct verify_result *result;
};

/* On stdout. */
void report_verify(const struct verify_report *report);
void report_verify_json(const struct verify_report *report, int status);

/* The page of --report. */
bool report_verify_page(const struct verify_report *report, const char *path, struct err *err) MUST_USE;

/* report_structure.c: "index t.a: the target has none"; as a member of a list that is open. */
void report_remark(struct buf *out, const struct verify_remark *remark);
void report_json_remark(struct json *json, const struct verify_remark *remark);

/* Differences of one table on lines of their own, for people; `upgrade` tells its own so too. */
void report_differences(struct buf *out, const struct comparison *comparison, struct str table,
                        const struct differences *differences, bool hide_values);
/* ... as elements of a list that is open. */
void report_json_differences(struct json *json, const struct comparison *comparison, struct str table,
                             const struct differences *differences, bool hide_values);
/* " column a; column b;": those that the digests of a table blame. */
void report_differing_columns(struct buf *out, const struct plan_table *table,
                              const struct digest_difference *difference);

#endif
