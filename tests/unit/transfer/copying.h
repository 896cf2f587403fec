/*
 * copying.h: for the tests of the encoders against a server: what was encoded is copied into a table beside a
 * text, and the server itself says whether both are the same.
 */
#ifndef PGRADE_TESTS_TRANSFER_COPYING_H
#define PGRADE_TESTS_TRANSFER_COPYING_H

#include "tests/unit/transfer/encoding.h"

struct copying;

void server_connect(const char *url);
void server_disconnect(void);

/* One statement whose result, if any, does not matter. */
void server_run(const char *sql);

/* A table of (v `type`, t text), ready to take rows. */
struct copying *copying_begin(const char *type, struct plan_column plan);

/* The value, which must be no misfit, and what is known of it otherwise. */
void copying_add(struct copying *copying, struct value value, const char *text);

/* Copies all, and fails unless v::text is the text of `expected`, an expression in t, in every row. */
void copying_end(struct copying *copying, const char *expected);

/* All of it for one value: `expected` is an expression. */
void assert_copied(const char *type, struct plan_column plan, struct value value, const char *expected);

#endif
