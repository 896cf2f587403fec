/* translating.h: one expression, read and translated. */
#ifndef PGRADE_TESTS_TRANSLATING_H
#define PGRADE_TESTS_TRANSLATING_H

#include "schema/parse.h"
#include "schema/translate.h"
#include "tests/unit/schema/translate_scope.h"

static inline bool translate(struct arena *arena, const char *sql, const struct translate_scope *scope,
                             enum translate_want want, const struct pg_type *type, struct buf *out,
                             struct err *err)
{
    struct expr *expr;

    return parse_expr(arena, str_from(sql), &expr, err) && translate_expr(expr, scope, want, type, out, err);
}

#endif
