/*
 * encoding.h: for the tests of the encoders: columns and values in a line each, and what becomes of them.
 *
 * Every check starts from a buf with something in it, so that what must stay as it was is seen to stay.
 */
#ifndef PGRADE_TESTS_TRANSFER_ENCODING_H
#define PGRADE_TESTS_TRANSFER_ENCODING_H

#include "tests/unit.h"

#include <string.h>

#include "transfer/encode.h"

#define INT(number)   ((struct value){.kind = VALUE_INTEGER, .integer = (number)})
#define REAL(number)  ((struct value){.kind = VALUE_REAL, .real = (number)})
#define TEXT(literal) ((struct value){.kind = VALUE_TEXT, .bytes = STR(literal)})
#define BLOB(literal) ((struct value){.kind = VALUE_BLOB, .bytes = STR(literal)})
#define NOTHING       ((struct value){.kind = VALUE_NULL})

struct plan_column column_of(enum pg_kind kind);
struct plan_column column_array(enum pg_kind kind); /* of the element */
struct plan_column column_limited(enum pg_kind kind, int length);
struct plan_column column_numeric(int precision, int scale);
struct plan_column column_timed(enum pg_kind kind, int precision);
struct plan_column column_counting(enum pg_kind kind, enum time_unit unit);

/* A value of text that the caller keeps. */
struct value text_value(const char *text);

/* The field has these bytes behind its length, written in hex; spaces between them do not count. */
void assert_hex(struct plan_column plan, struct value value, const char *hex);

/* The field has these bytes. */
void assert_bytes(struct plan_column plan, struct value value, const char *bytes, size_t length);

/* The field is an integer of its length: two, four or eight bytes. */
void assert_integer(struct plan_column plan, struct value value, int64_t expected);

/* The field is a numeric that PostgreSQL would write so, zeros at the end included, in its normal form. */
void assert_numeric(struct plan_column plan, struct value value, const char *expected);

/* The value is a misfit for this reason, and nothing was put. */
void assert_misfit(struct plan_column plan, struct value value, const char *reason);

#endif
