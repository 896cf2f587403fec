/* report.h: what a plan decided and what an upgrade did, for people and as JSON (docs/json.md). */
#ifndef PGRADE_CLI_REPORT_H
#define PGRADE_CLI_REPORT_H

#include "base/json.h"
#include "cli/command.h"
#include "cli/connect.h"
#include "ops/upgrade.h"
#include "plan/fill.h"

struct report {
    struct invocation *invocation;
    const struct endpoints *endpoints;
    const struct upgrade_options *options;
    const struct upgrade_result *result;
    const char *not_carried_file; /* that was written; NULL: none */
};

/* On stdout. */
void report_plan(const struct report *report);
void report_plan_json(const struct report *report);

/* `err` NULL: it was published. */
void report_upgrade(const struct report *report, const struct err *err);
void report_upgrade_json(const struct report *report, const struct err *err, int status);

/* The page of --report; `failed` NULL: it was published. */
bool report_upgrade_page(const struct report *report, const struct err *failed, const char *path,
                         struct err *err) MUST_USE;

/* Parts that both share. */
/* Why an object is not carried, without values of rows where --hide-values is given. */
struct str report_reason(const struct report *report, const struct not_carried *object);
void report_not_carried(const struct report *report, struct buf *out);
void report_misfits(const struct report *report, struct buf *out);
void report_changes(const struct report *report, struct buf *out);
/* Of the table: values that are NULL or repaired now, as --misfit allowed. */
int64_t report_changed_values(const struct report *report, size_t place);
/* "equal 956920d94ecd17e1, 5 set aside". */
struct str report_table_verdict(const struct report *report, size_t place);
void report_notes(const struct report *report, struct buf *out);
void report_plan_views(const struct report *report, struct buf *out);
void report_views(const struct report *report, struct buf *out);
struct str report_view_verdict(struct arena *arena, const struct view_outcome *outcome);
void report_json_views(const struct report *report, struct json *json);
void report_json_view_proof(const struct report *report, struct json *json);
void report_json_plan(const struct report *report, struct json *json);
/* report_structure.c: what differs beside the rows; what was compared: "4 tables, 20 columns". */
void report_structure(const struct report *report, struct buf *out);
struct str report_structure_counts(struct arena *arena, const struct structure *structure);
void report_json_structure(const struct report *report, struct json *json);
/* report_comparison.c: the target's tables beside the source's. */
void report_comparison(const struct report *report, struct buf *out);
void report_json_comparison(const struct report *report, struct json *json);
void report_json_refusal(const struct report *report, struct json *json);
void report_json_misfits(const struct report *report, struct json *json);

#endif
