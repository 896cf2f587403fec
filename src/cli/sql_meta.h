/* sql_meta.h: the prompt's own commands, which begin with a backslash. */
#ifndef PGRADE_CLI_SQL_META_H
#define PGRADE_CLI_SQL_META_H

#include "cli/sql.h"

/* *quit: that was \q.  An error is to be told; the prompt goes on. */
bool sql_meta_run(struct sql *sql, struct str line, bool *quit, struct err *err) MUST_USE;

#endif
