/* downgrade_whole.h: SQLite's own checks of the file that a downgrade made, for downgrade*.c only. */
#ifndef PGRADE_OPS_DOWNGRADE_WHOLE_H
#define PGRADE_OPS_DOWNGRADE_WHOLE_H

#include "base/err.h"
#include "base/pool.h"

struct downgrade_run;
struct file_check;

/* Each check has a connection of its own.  To be closed whatever is returned. */
bool file_check_open(struct downgrade_run *run, struct file_check **check, struct err *err) MUST_USE;
void file_check_close(struct file_check *check); /* NULL is allowed */

/* The checks as tasks that never fail; rank 0 is for the longer one, 2 for the other. */
void file_check_add(struct file_check *check, struct pool *pool);
/* From any thread. */
void file_check_cancel(const struct file_check *check);

/* Once the tasks have ended: names what the old file had not, and fails where the file is damaged. */
bool file_check_judge(struct downgrade_run *run, const struct file_check *check, struct err *err) MUST_USE;

#endif
