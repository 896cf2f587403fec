/* view_run.h: what making a view and comparing its rows share. */
#ifndef PGRADE_OPS_VIEW_RUN_H
#define PGRADE_OPS_VIEW_RUN_H

#include "ops/views.h"

struct digester;
struct near;

struct view_run {
    struct arena *arena; /* of the result */
    const struct upgrade_options *options;
    struct upgrade_result *result;
    struct engine *control;
    struct engine *reader;
    size_t place;              /* of the view at hand */
    struct digester *digester; /* exact */
    struct near *near;         /* where that is not equal */
};

/* views.c */
struct plan_view *view_at(const struct view_run *run, size_t place);
/* The view at hand is not carried after all. */
void view_leave(struct view_run *run, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same, with the reason without values of rows. */
void view_leave_because(struct view_run *run, struct str reason, struct str bare_reason);
void view_not_compared(struct view_run *run, const char *why);

/* view_compare.c: asks both sides for the rows of the view at hand and says what came of it; a view whose
 * rows are not those of the source is left.  False: the run ends. */
bool view_compare(struct view_run *run, struct err *err) MUST_USE;

#endif
