/* expr_text.h: an expression as SQL with all its brackets, so that its grouping can be read and executed. */
#ifndef PGRADE_TESTS_EXPR_TEXT_H
#define PGRADE_TESTS_EXPR_TEXT_H

#include "base/buf.h"
#include "schema/expr.h"

void expr_text(struct buf *out, const struct expr *expr);

#endif
